// RUN: lacuna-opt %s --verify-host-code=target=sm_80 | FileCheck %s

// What only hands buffers on is left as it is.
// CHECK-LABEL: func.func @handles
module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @k(%x: memref<?x4xf32>) kernel {
      %c0 = arith.constant 0 : index
      %v = memref.load %x[%c0, %c0] : memref<?x4xf32>
      gpu.return
    }
  }
  func.func private @dispatch(%x: memref<?x4xf32>) attributes {lacuna.dispatch} {
    %c1 = arith.constant 1 : index
    gpu.launch_func @kernels::@k blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%x : memref<?x4xf32>)
    return
  }
  // The size of a constant's view is known to the host.
  memref.global "private" constant @table : memref<5xi64> = dense<[3, 1, 2, 7, 5]>
  func.func @measured(%n: index) -> index {
    %c0 = arith.constant 0 : index
    %t = memref.get_global @table : memref<5xi64>
    %s = memref.subview %t[0] [%n] [1] : memref<5xi64> to memref<?xi64, strided<[1]>>
    %d = memref.dim %s, %c0 : memref<?xi64, strided<[1]>>
    return %d : index
  }
  func.func @handles(%x: memref<?x4xf32>, %y: memref<?x4xf32>, %c: i1) {
    %c0 = arith.constant 0 : index
    %n = memref.dim %x, %c0 : memref<?x4xf32>
    %s = memref.alloc(%n) : memref<?x4xf32>
    %v = memref.subview %s[0, 0] [%n, 2] [1, 1] : memref<?x4xf32> to memref<?x2xf32, strided<[4, 1]>>
    %f = memref.collapse_shape %s [[0, 1]] : memref<?x4xf32> into memref<?xf32>
    %r = scf.if %c -> memref<?x4xf32> {
      scf.yield %x : memref<?x4xf32>
    } else {
      scf.yield %s : memref<?x4xf32>
    }
    func.call @dispatch(%r) : (memref<?x4xf32>) -> ()
    memref.copy %s, %y : memref<?x4xf32> to memref<?x4xf32>
    memref.dealloc %s : memref<?x4xf32>
    return
  }
}
