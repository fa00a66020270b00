// RUN: lacuna-opt %s --pass-pipeline='builtin.module(gpu.module(number-memory-spaces))' | FileCheck %s

// CHECK: memref.global @dynamic_shared : memref<0xi8, 3> {alignment = 128 : i64}
// CHECK-LABEL: gpu.func @spaces
// CHECK-SAME: memref<4xf32, 1>
// CHECK-SAME: workgroup(%{{.*}} : memref<16x64xbf16, 3>)
// CHECK-SAME: private(%{{.*}} : memref<2xf32>)
// CHECK: memref.subview %{{.*}} : memref<16x64xbf16, 3> to memref<8x64xbf16, strided<[64, 1]>, 3>
gpu.module @kernels {
  gpu.func @spaces(%g: memref<4xf32, #gpu.address_space<global>>)
      workgroup(%s: memref<16x64xbf16, #gpu.address_space<workgroup>>)
      private(%p: memref<2xf32, #gpu.address_space<private>>) kernel {
    %v = memref.subview %s[0, 0] [8, 64] [1, 1]
        : memref<16x64xbf16, #gpu.address_space<workgroup>>
        to memref<8x64xbf16, strided<[64, 1]>, #gpu.address_space<workgroup>>
    %c0 = arith.constant 0 : index
    %x = memref.load %v[%c0, %c0] : memref<8x64xbf16, strided<[64, 1]>, #gpu.address_space<workgroup>>
    gpu.return
  }
  // Dynamic shared memory is an external array, as in CUDA C++.
  // CHECK: gpu.func @dynamic
  // CHECK: %[[A:.*]] = memref.get_global @dynamic_shared : memref<0xi8, 3>
  // CHECK: %[[M:.*]] = memref.cast %[[A]] : memref<0xi8, 3> to memref<?xi8, 3>
  // CHECK: memref.view %[[M]]
  gpu.func @dynamic() kernel {
    %c0 = arith.constant 0 : index
    %m = gpu.dynamic_shared_memory : memref<?xi8, #gpu.address_space<workgroup>>
    %v = memref.view %m[%c0][] : memref<?xi8, #gpu.address_space<workgroup>> to memref<8xf32, #gpu.address_space<workgroup>>
    %x = memref.load %v[%c0] : memref<8xf32, #gpu.address_space<workgroup>>
    gpu.return
  }
}
