// RUN: lacuna-opt %s --parallel-to-runtime --split-input-file | FileCheck %s

// The body runs a range of the flattened iterations; its buffers do not alias.
// CHECK: func.func private @scale$parallel(%{{.*}}: memref<?x?xf32> {llvm.noalias}
// CHECK-SAME: %[[BEGIN:[a-z0-9]+]]: index, %[[END:[a-z0-9]+]]: index) attributes {lacuna.parallel_body}
// CHECK: scf.for %{{.*}} = %[[BEGIN]] to %[[END]]
// CHECK: arith.remui
// CHECK: arith.divui
// CHECK: memref.store
// CHECK: llvm.func internal @scale$parallel_entry(%{{.*}}: !llvm.ptr, %{{.*}}: i64, %{{.*}}: i64)
// CHECK: call @scale$parallel(
// CHECK-LABEL: func.func private @scale(
// CHECK-SAME: %{{.*}}: memref<?x?xf32>, %[[GRAIN:.*]]: index)
// CHECK: %[[G:.*]] = arith.index_cast %[[GRAIN]] : index to i64
// CHECK: llvm.call @lacuna_rt_parallel_for(%{{.*}}, %{{.*}}, %{{.*}}, %[[G]])
// CHECK-NOT: scf.forall
// CHECK-NOT: lacuna.grain
func.func private @scale(%x: memref<?x?xf32>, %grain: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %m = memref.dim %x, %c0 : memref<?x?xf32>
  %n = memref.dim %x, %c1 : memref<?x?xf32>
  scf.forall (%i, %j) in (%m, %n) {
    lacuna.grain %grain
    %0 = memref.load %x[%i, %j] : memref<?x?xf32>
    %1 = arith.addf %0, %0 : f32
    memref.store %1, %x[%i, %j] : memref<?x?xf32>
  }
  return
}

// -----

// CHECK-LABEL: func.func private @threads(
// CHECK: %[[N:.*]] = llvm.call @lacuna_rt_threads() : () -> i64
// CHECK: %[[I:.*]] = arith.index_cast %[[N]] : i64 to index
// CHECK: memref.store %[[I]]
func.func private @threads(%x: memref<index>) {
  %n = lacuna.threads
  memref.store %n, %x[] : memref<index>
  return
}

// -----

// Only the outermost loop is the runtime's.
// CHECK-LABEL: func.func private @nested$parallel
// CHECK: scf.parallel
// CHECK-LABEL: func.func private @nested(
// CHECK-COUNT-1: llvm.call @lacuna_rt_parallel_for
func.func private @nested(%x: memref<8x8xf32>, %v: f32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8 = arith.constant 8 : index
  scf.parallel (%i) = (%c0) to (%c8) step (%c1) {
    scf.parallel (%j) = (%c0) to (%c8) step (%c1) {
      memref.store %v, %x[%i, %j] : memref<8x8xf32>
    }
  }
  return
}
