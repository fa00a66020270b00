// RUN: lacuna-opt %s --announce-regions | FileCheck %s

// CHECK-DAG: llvm.mlir.global internal constant @[[$FIRST:lacuna_message_.*]]("d at model.mlir:7:3\00")
// CHECK-DAG: llvm.mlir.global internal constant @[[$SECOND:lacuna_message_.*]]("d\00")

func.func private @d(%in: memref<?xf32>, %out: memref<?xf32>) attributes {lacuna.dispatch} {
  return
}

// CHECK-LABEL: func.func @main
func.func @main(%x: memref<?xf32>, %o: memref<?xf32>) {
  // CHECK: %[[NAME:.*]] = llvm.mlir.addressof @[[$FIRST]]
  // CHECK: llvm.call @lacuna_rt_region(%[[NAME]], %{{.*}})
  // CHECK: call @d
  // CHECK: llvm.mlir.addressof @[[$FIRST]]
  // CHECK: llvm.call @lacuna_rt_region
  func.call @d(%x, %o) : (memref<?xf32>, memref<?xf32>) -> () loc("model.mlir":7:3)
  // CHECK: %[[NAME:.*]] = llvm.mlir.addressof @[[$SECOND]]
  // CHECK: llvm.call @lacuna_rt_region
  // CHECK: call @d
  func.call @d(%x, %o) : (memref<?xf32>, memref<?xf32>) -> () loc(unknown)
  return
}
