// RUN: lacuna-opt %s --split-sparse-tensor-dispatch | FileCheck %s

// What feeds the contraction and what follows it take route dense.
// CHECK-LABEL: func.func private @net$dense_0(
// CHECK-SAME: attributes {lacuna.dispatch, lacuna.route = #lacuna.route<dense>}
// CHECK: linalg.exp
// CHECK: bufferization.materialize_in_destination

// CHECK-LABEL: func.func private @net$sparse_0(
// CHECK-SAME: attributes {lacuna.dispatch, lacuna.route = #lacuna.route<sparse-tensor>}
// CHECK: lacuna.assemble
// CHECK: linalg.fill
// CHECK: linalg.matmul
// CHECK-NOT: linalg

// CHECK-LABEL: func.func private @net$dense_1(
// CHECK-SAME: attributes {lacuna.dispatch, lacuna.route = #lacuna.route<dense>}
// CHECK: linalg.tanh

// CHECK-LABEL: func.func private @net(
// CHECK-SAME: %[[X:.*]]: memref<?x8xf32>, %[[V:.*]]: memref<4x2x2xf32>, %[[C:.*]]: memref<4x2x2xi8>, %[[OUT:.*]]: memref<?x4xf32>) {
// CHECK: %[[Y:.*]] = memref.alloc(%{{.*}}) {alignment = 64 : i64} : memref<?x4xf32>
// CHECK: %[[E:.*]] = memref.alloc(%{{.*}}) {alignment = 64 : i64} : memref<?x8xf32>
// CHECK: call @net$dense_0(%[[X]], %[[E]])
// CHECK: call @net$sparse_0(%[[E]], %[[V]], %[[C]], %[[Y]])
// CHECK: call @net$dense_1(%[[Y]], %[[X]], %[[OUT]])
// CHECK: memref.dealloc %[[Y]]
// CHECK: memref.dealloc %[[E]]
#rows = affine_map<(n, m, k) -> (n, k)>
#columns = affine_map<(n, m, k) -> (m, k)>
#result = affine_map<(n, m, k) -> (n, m)>
func.func private @net(%x: memref<?x8xf32>, %v: memref<4x2x2xf32>, %c: memref<4x2x2xi8>, %out: memref<?x4xf32>)
    attributes {lacuna.dispatch, lacuna.route = #lacuna.route<sparse-tensor>} {
  %zero = arith.constant 0.0 : f32
  %c0 = arith.constant 0 : index
  %xt = bufferization.to_tensor %x restrict : memref<?x8xf32> to tensor<?x8xf32>
  %n = tensor.dim %xt, %c0 : tensor<?x8xf32>
  %vt = bufferization.to_tensor %v restrict : memref<4x2x2xf32> to tensor<4x2x2xf32>
  %ct = bufferization.to_tensor %c restrict : memref<4x2x2xi8> to tensor<4x2x2xi8>
  %w = lacuna.assemble %vt, %ct : tensor<4x2x2xf32>, tensor<4x2x2xi8> to tensor<4x8xf32, #lacuna.nm<2:4, dim = 1>>
  %xe = tensor.empty(%n) : tensor<?x8xf32>
  %e = linalg.exp ins(%xt : tensor<?x8xf32>) outs(%xe : tensor<?x8xf32>) -> tensor<?x8xf32>
  %ye = tensor.empty(%n) : tensor<?x4xf32>
  %f = linalg.fill ins(%zero : f32) outs(%ye : tensor<?x4xf32>) -> tensor<?x4xf32>
  %y = linalg.matmul indexing_maps = [#rows, #columns, #result]
      ins(%e, %w : tensor<?x8xf32>, tensor<4x8xf32, #lacuna.nm<2:4, dim = 1>>) outs(%f : tensor<?x4xf32>) -> tensor<?x4xf32>
  %z = linalg.tanh ins(%y : tensor<?x4xf32>) outs(%ye : tensor<?x4xf32>) -> tensor<?x4xf32>
  bufferization.materialize_in_destination %z in restrict writable %out : (tensor<?x4xf32>, memref<?x4xf32>) -> ()
  return
}

// A contraction alone stays as it is.
// CHECK-LABEL: func.func private @alone(
// CHECK-SAME: lacuna.route = #lacuna.route<sparse-tensor>
// CHECK-NOT: call
// CHECK: linalg.matmul
func.func private @alone(%x: memref<3x8xf32>, %v: memref<4x2x2xf32>, %c: memref<4x2x2xi8>, %out: memref<3x4xf32>)
    attributes {lacuna.dispatch, lacuna.route = #lacuna.route<sparse-tensor>} {
  %zero = arith.constant 0.0 : f32
  %xt = bufferization.to_tensor %x restrict : memref<3x8xf32> to tensor<3x8xf32>
  %vt = bufferization.to_tensor %v restrict : memref<4x2x2xf32> to tensor<4x2x2xf32>
  %ct = bufferization.to_tensor %c restrict : memref<4x2x2xi8> to tensor<4x2x2xi8>
  %w = lacuna.assemble %vt, %ct : tensor<4x2x2xf32>, tensor<4x2x2xi8> to tensor<4x8xf32, #lacuna.nm<2:4, dim = 1>>
  %e = tensor.empty() : tensor<3x4xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<3x4xf32>) -> tensor<3x4xf32>
  %y = linalg.matmul indexing_maps = [#rows, #columns, #result]
      ins(%xt, %w : tensor<3x8xf32>, tensor<4x8xf32, #lacuna.nm<2:4, dim = 1>>) outs(%f : tensor<3x4xf32>) -> tensor<3x4xf32>
  bufferization.materialize_in_destination %y in restrict writable %out : (tensor<3x4xf32>, memref<3x4xf32>) -> ()
  return
}

// Route vector computes an elementwise operation that alone reads the result
// itself, however it is written; what feeds the contraction is apart.
// CHECK-LABEL: func.func private @vectors$dense_0(
// CHECK: linalg.exp
// CHECK-LABEL: func.func private @vectors$sparse_0(
// CHECK-SAME: lacuna.route = #lacuna.route<vector>
// CHECK: lacuna.assemble vector
// CHECK: linalg.matmul
// CHECK: linalg.generic
// CHECK: arith.negf
// CHECK-LABEL: func.func private @vectors(
// CHECK-SAME: %[[X:.*]]: memref<3x8xf32>, %[[V:.*]]: memref<1x16x16xf32>, %[[C:.*]]: memref<1x1x16xi32>, %[[OUT:.*]]: memref<3x4xf32>) {
// CHECK: %[[E:.*]] = memref.alloc() {alignment = 64 : i64} : memref<3x8xf32>
// CHECK: call @vectors$dense_0(%[[X]], %[[E]])
// CHECK: call @vectors$sparse_0(%[[E]], %[[V]], %[[C]], %[[OUT]])
// CHECK: memref.dealloc %[[E]]
// CHECK-NEXT: return
func.func private @vectors(%x: memref<3x8xf32>, %v: memref<1x16x16xf32>, %c: memref<1x1x16xi32>, %out: memref<3x4xf32>)
    attributes {lacuna.dispatch, lacuna.route = #lacuna.route<vector>} {
  %zero = arith.constant 0.0 : f32
  %xt = bufferization.to_tensor %x restrict : memref<3x8xf32> to tensor<3x8xf32>
  %vt = bufferization.to_tensor %v restrict : memref<1x16x16xf32> to tensor<1x16x16xf32>
  %ct = bufferization.to_tensor %c restrict : memref<1x1x16xi32> to tensor<1x1x16xi32>
  %w = lacuna.assemble vector %vt, %ct : tensor<1x16x16xf32>, tensor<1x1x16xi32> to tensor<4x8xf32, #lacuna.nm<2:4, dim = 1>>
  %xe = tensor.empty() : tensor<3x8xf32>
  %x1 = linalg.exp ins(%xt : tensor<3x8xf32>) outs(%xe : tensor<3x8xf32>) -> tensor<3x8xf32>
  %e = tensor.empty() : tensor<3x4xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<3x4xf32>) -> tensor<3x4xf32>
  %y = linalg.matmul indexing_maps = [#rows, #columns, #result]
      ins(%x1, %w : tensor<3x8xf32>, tensor<4x8xf32, #lacuna.nm<2:4, dim = 1>>) outs(%f : tensor<3x4xf32>) -> tensor<3x4xf32>
  %z = linalg.generic {indexing_maps = [affine_map<(n, m) -> (n, m)>, affine_map<(n, m) -> (n, m)>], iterator_types = ["parallel", "parallel"]}
      ins(%y : tensor<3x4xf32>) outs(%e : tensor<3x4xf32>) {
  ^bb0(%a: f32, %o: f32):
    %r = arith.negf %a : f32
    linalg.yield %r : f32
  } -> tensor<3x4xf32>
  bufferization.materialize_in_destination %z in restrict writable %out : (tensor<3x4xf32>, memref<3x4xf32>) -> ()
  return
}
