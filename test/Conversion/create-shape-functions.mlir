// RUN: lacuna-opt %s --create-shape-functions --split-input-file | FileCheck %s

// The sizes of an invocation's result are those of its destination.
func.func private @d(%in: memref<?x8xf32>, %out: memref<?x4xf32>) attributes {lacuna.dispatch} {
  return
}
// CHECK-LABEL: func.func @main(
// CHECK-LABEL: func.func private @main$shapes(
// CHECK-SAME: %[[B:[^:]*]]: index, %[[L:[^:]*]]: index, %{{.*}}: index) -> (index, index, index)
// CHECK-SAME: lacuna.shapes_of = @main
func.func @main(%x: tensor<?x?x8xf32>) -> (tensor<?x4xf32>, tensor<f32>, tensor<?xf32>) {
  // CHECK-DAG: %[[C4:.*]] = arith.constant 4 : index
  // CHECK-DAG: %[[N:.*]] = affine.apply #{{.*}}()[%[[B]], %[[L]]]
  // CHECK-NOT: lacuna.invoke
  // CHECK: return %[[N]], %[[C4]], %[[L]]
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %rows = tensor.collapse_shape %x [[0, 1], [2]] : tensor<?x?x8xf32> into tensor<?x8xf32>
  %n = tensor.dim %rows, %c0 : tensor<?x8xf32>
  %e = tensor.empty(%n) : tensor<?x4xf32>
  %r = lacuna.invoke @d ins(%rows : tensor<?x8xf32>) outs(%e : tensor<?x4xf32>) -> tensor<?x4xf32>
  %s = arith.constant dense<0.0> : tensor<f32>
  %l = tensor.dim %x, %c1 : tensor<?x?x8xf32>
  %t = tensor.empty(%l) : tensor<?xf32>
  return %r, %s, %t : tensor<?x4xf32>, tensor<f32>, tensor<?xf32>
}

// -----

// Checks of data and of sizes are not part of it.
// CHECK-LABEL: func.func private @checked$shapes(
// CHECK-SAME: %[[N:.*]]: index) -> index
// CHECK-NOT: cf.assert
// CHECK: return %[[N]]
func.func @checked(%x: tensor<?xi64>) -> tensor<?xi64> {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?xi64>
  %ok = arith.cmpi sgt, %n, %c0 : index
  cf.assert %ok, "empty"
  return %x : tensor<?xi64>
}

// -----

// CHECK-LABEL: func.func private @none$shapes()
// CHECK-NEXT: return
func.func @none() {
  return
}
