// RUN: lacuna-opt %s --announce-regions | FileCheck %s

// CHECK-DAG: llvm.mlir.global internal constant @[[$CHOOSEV:lacuna_message_.*]]("choose by vector at model.mlir:9:3\00")
// CHECK-DAG: llvm.mlir.global internal constant @[[$CHOOSED:lacuna_message_.*]]("choose by dense at model.mlir:9:3\00")
// CHECK-DAG: llvm.mlir.global internal constant @[[$FIRST:lacuna_message_.*]]("d by dense at model.mlir:7:3\00")
// CHECK-DAG: llvm.mlir.global internal constant @[[$SECOND:lacuna_message_.*]]("d by dense\00")

func.func private @d(%in: memref<?xf32>, %out: memref<?xf32>) attributes {lacuna.dispatch, lacuna.route = #lacuna.route<dense>} {
  return
}

func.func private @v(%in: memref<?xf32>, %out: memref<?xf32>) attributes {lacuna.dispatch, lacuna.route = #lacuna.route<vector>} {
  return
}

// A function that chooses is named by what it will choose.
func.func private @choose(%size: index, %in: memref<?xf32>, %out: memref<?xf32>) attributes {lacuna.dispatch} {
  %c16 = arith.constant 16 : index
  %few = arith.cmpi ult, %size, %c16 : index
  scf.if %few {
    func.call @v(%in, %out) : (memref<?xf32>, memref<?xf32>) -> ()
  } else {
    func.call @d(%in, %out) : (memref<?xf32>, memref<?xf32>) -> ()
  }
  return
}

// CHECK-LABEL: func.func @chosen
func.func @chosen(%x: memref<?xf32>, %o: memref<?xf32>) {
  // CHECK: %[[SIZE:.*]] = memref.dim
  // CHECK-DAG: %[[FEW:.*]] = llvm.mlir.addressof @[[$CHOOSEV]]
  // CHECK-DAG: %[[MANY:.*]] = llvm.mlir.addressof @[[$CHOOSED]]
  // CHECK: %[[HERE:.*]] = arith.cmpi ult, %[[SIZE]], %{{.*}} : index
  // CHECK: %[[NAME:.*]] = arith.select %[[HERE]], %[[FEW]], %[[MANY]]
  // CHECK: llvm.call @lacuna_rt_region(%[[NAME]]
  // CHECK: call @choose
  // CHECK: llvm.call @lacuna_rt_region(%[[NAME]]
  %c0 = arith.constant 0 : index
  %n = memref.dim %x, %c0 : memref<?xf32>
  func.call @choose(%n, %x, %o) : (index, memref<?xf32>, memref<?xf32>) -> () loc("model.mlir":9:3)
  return
}

// CHECK-LABEL: func.func @main
func.func @main(%x: memref<?xf32>, %o: memref<?xf32>) {
  // CHECK: %[[NAME:.*]] = llvm.mlir.addressof @[[$FIRST]]
  // CHECK: llvm.call @lacuna_rt_region(%[[NAME]], %{{.*}})
  // CHECK: call @d
  // CHECK: llvm.call @lacuna_rt_region(%[[NAME]], %{{.*}})
  func.call @d(%x, %o) : (memref<?xf32>, memref<?xf32>) -> () loc("model.mlir":7:3)
  // CHECK: %[[NAME:.*]] = llvm.mlir.addressof @[[$SECOND]]
  // CHECK: llvm.call @lacuna_rt_region
  // CHECK: call @d
  func.call @d(%x, %o) : (memref<?xf32>, memref<?xf32>) -> () loc(unknown)
  return
}
