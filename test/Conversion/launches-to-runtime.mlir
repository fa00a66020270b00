// RUN: lacuna-opt %s --launches-to-runtime | FileCheck %s

// The kernels go, their names stay in the order of their indices.
// CHECK: module attributes {lacuna.kernels = ["first", "second"]} {
// CHECK-NOT: gpu.
module attributes {gpu.container_module} {
  gpu.module @kernels {
    func.func @helper() { return }
    gpu.func @first(%n: index) kernel { gpu.return }
    llvm.func @second() attributes {gpu.kernel, nvvm.kernel} { llvm.return }
  }

  // CHECK-LABEL: func.func @scalars(
  // CHECK: %[[PARAMS:.*]] = llvm.alloca %{{.*}} x !llvm.ptr
  // CHECK: %[[SIZES:.*]] = llvm.alloca %{{.*}} x i64
  // CHECK: llvm.store %{{.*}}, %{{.*}} : i64, !llvm.ptr
  // CHECK: %[[Y:.*]] = arith.extui %arg1 : i32 to i64
  // CHECK: %[[INDEX:.*]] = llvm.mlir.constant(0 : i32)
  // CHECK: %[[COUNT:.*]] = llvm.mlir.constant(1 : i32)
  // CHECK: llvm.call @lacuna_rt_launch(%[[INDEX]], %[[SIZES]], %[[PARAMS]], %[[COUNT]])
  func.func @scalars(%n: index, %s: i32) {
    %c1 = arith.constant 1 : index
    gpu.launch_func @kernels::@first blocks in (%n, %c1, %c1) threads in (%n, %c1, %c1)
        dynamic_shared_memory_size %s args(%n : index)
    return
  }

  // A memref of rank 2 is seven parameters: two pointers, the offset, two sizes,
  // two strides; two scalars follow.
  // CHECK-LABEL: func.func @buffers(
  // CHECK: builtin.unrealized_conversion_cast %arg0 : memref<?x4xf32> to !llvm.struct<
  // CHECK: llvm.extractvalue %{{.*}}[0]
  // CHECK: llvm.extractvalue %{{.*}}[1]
  // CHECK: llvm.extractvalue %{{.*}}[2]
  // CHECK: llvm.extractvalue %{{.*}}[3, 0]
  // CHECK: llvm.extractvalue %{{.*}}[3, 1]
  // CHECK: llvm.extractvalue %{{.*}}[4, 0]
  // CHECK: llvm.extractvalue %{{.*}}[4, 1]
  // CHECK: llvm.store %{{.*}}, %{{.*}} : bf16, !llvm.ptr
  // CHECK: llvm.mlir.constant(1 : i32)
  // CHECK: llvm.mlir.constant(9 : i32)
  // CHECK: llvm.call @lacuna_rt_launch
  func.func @buffers(%x: memref<?x4xf32>, %s: bf16, %f: i1) {
    %c1 = arith.constant 1 : index
    gpu.launch_func @kernels::@second blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1)
        args(%x : memref<?x4xf32>, %s : bf16, %f : i1)
    return
  }
}
