// RUN: lacuna-opt %s --lower-vector-dispatch --split-input-file --verify-diagnostics

// expected-error @below {{expected a lacuna.assemble with one use and a result; run split-sparse-tensor-dispatch first}}
func.func private @no_weight(%x: memref<4xf32>, %out: memref<4xf32>)
    attributes {lacuna.dispatch, lacuna.route = #lacuna.route<vector>} {
  return
}

// -----

// expected-error @below {{expected the views of vector kernels in lacuna.assemble; run split-sparse-tensor-dispatch first}}
func.func private @components(%x: memref<3x8xf32>, %v: memref<4x2x2xf32>, %c: memref<4x2x2xi8>, %out: memref<3x4xf32>)
    attributes {lacuna.dispatch, lacuna.route = #lacuna.route<vector>} {
  %xt = bufferization.to_tensor %x restrict : memref<3x8xf32> to tensor<3x8xf32>
  %vt = bufferization.to_tensor %v restrict : memref<4x2x2xf32> to tensor<4x2x2xf32>
  %ct = bufferization.to_tensor %c restrict : memref<4x2x2xi8> to tensor<4x2x2xi8>
  %w = lacuna.assemble %vt, %ct : tensor<4x2x2xf32>, tensor<4x2x2xi8> to tensor<4x8xf32, #lacuna.nm<2:4, dim = 1>>
  %o = bufferization.to_tensor %out restrict : memref<3x4xf32> to tensor<3x4xf32>
  %y = linalg.matmul indexing_maps = [affine_map<(n, m, k) -> (n, k)>, affine_map<(n, m, k) -> (m, k)>, affine_map<(n, m, k) -> (n, m)>]
      ins(%xt, %w : tensor<3x8xf32>, tensor<4x8xf32, #lacuna.nm<2:4, dim = 1>>) outs(%o : tensor<3x4xf32>) -> tensor<3x4xf32>
  bufferization.materialize_in_destination %y in restrict writable %out : (tensor<3x4xf32>, memref<3x4xf32>) -> ()
  return
}

// -----

// expected-error @below {{expected its only computation to be a contraction and an elementwise operation on the result; run split-sparse-tensor-dispatch first}}
func.func private @transposes(%x: memref<4x8xf32>, %v: memref<1x16x16xf32>, %c: memref<1x1x16xi32>, %out: memref<4x4xf32>)
    attributes {lacuna.dispatch, lacuna.route = #lacuna.route<vector>} {
  %xt = bufferization.to_tensor %x restrict : memref<4x8xf32> to tensor<4x8xf32>
  %vt = bufferization.to_tensor %v restrict : memref<1x16x16xf32> to tensor<1x16x16xf32>
  %ct = bufferization.to_tensor %c restrict : memref<1x1x16xi32> to tensor<1x1x16xi32>
  %w = lacuna.assemble vector %vt, %ct : tensor<1x16x16xf32>, tensor<1x1x16xi32> to tensor<4x8xf32, #lacuna.nm<2:4, dim = 1>>
  %o = bufferization.to_tensor %out restrict : memref<4x4xf32> to tensor<4x4xf32>
  %y = linalg.matmul indexing_maps = [affine_map<(n, m, k) -> (n, k)>, affine_map<(n, m, k) -> (m, k)>, affine_map<(n, m, k) -> (n, m)>]
      ins(%xt, %w : tensor<4x8xf32>, tensor<4x8xf32, #lacuna.nm<2:4, dim = 1>>) outs(%o : tensor<4x4xf32>) -> tensor<4x4xf32>
  %z = linalg.generic {indexing_maps = [affine_map<(n, m) -> (m, n)>, affine_map<(n, m) -> (n, m)>], iterator_types = ["parallel", "parallel"]}
      ins(%y : tensor<4x4xf32>) outs(%o : tensor<4x4xf32>) {
  ^bb0(%a: f32, %i: f32):
    %e = arith.negf %a : f32
    linalg.yield %e : f32
  } -> tensor<4x4xf32>
  bufferization.materialize_in_destination %z in restrict writable %out : (tensor<4x4xf32>, memref<4x4xf32>) -> ()
  return
}

// -----

func.func private @double(%x: memref<3x8xf64>, %v: memref<1x16x16xf64>, %c: memref<1x1x16xi32>, %out: memref<3x4xf64>)
    attributes {lacuna.dispatch, lacuna.route = #lacuna.route<vector>} {
  %xt = bufferization.to_tensor %x restrict : memref<3x8xf64> to tensor<3x8xf64>
  %vt = bufferization.to_tensor %v restrict : memref<1x16x16xf64> to tensor<1x16x16xf64>
  %ct = bufferization.to_tensor %c restrict : memref<1x1x16xi32> to tensor<1x1x16xi32>
  %w = lacuna.assemble vector %vt, %ct : tensor<1x16x16xf64>, tensor<1x1x16xi32> to tensor<4x8xf64, #lacuna.nm<2:4, dim = 1>>
  %o = bufferization.to_tensor %out restrict : memref<3x4xf64> to tensor<3x4xf64>
  // expected-error @below {{cannot take route vector: the sums are f64, and vector kernels add in f32 or i32}}
  %y = linalg.matmul indexing_maps = [affine_map<(n, m, k) -> (n, k)>, affine_map<(n, m, k) -> (m, k)>, affine_map<(n, m, k) -> (n, m)>]
      ins(%xt, %w : tensor<3x8xf64>, tensor<4x8xf64, #lacuna.nm<2:4, dim = 1>>) outs(%o : tensor<3x4xf64>) -> tensor<3x4xf64>
  bufferization.materialize_in_destination %y in restrict writable %out : (tensor<3x4xf64>, memref<3x4xf64>) -> ()
  return
}

// -----

func.func private @batch_last(%x: memref<2x3x8xf32>, %v: memref<4x1x16x16xf32>, %c: memref<4x1x1x16xi32>, %out: memref<2x3x4xf32>)
    attributes {lacuna.dispatch, lacuna.route = #lacuna.route<vector>} {
  %xt = bufferization.to_tensor %x restrict : memref<2x3x8xf32> to tensor<2x3x8xf32>
  %vt = bufferization.to_tensor %v restrict : memref<4x1x16x16xf32> to tensor<4x1x16x16xf32>
  %ct = bufferization.to_tensor %c restrict : memref<4x1x1x16xi32> to tensor<4x1x1x16xi32>
  %w = lacuna.assemble vector %vt, %ct : tensor<4x1x16x16xf32>, tensor<4x1x1x16xi32> to tensor<4x2x8xf32, #lacuna.nm<2:4, dim = 2>>
  %o = bufferization.to_tensor %out restrict : memref<2x3x4xf32> to tensor<2x3x4xf32>
  // expected-error @below {{cannot take route vector: the rows of one vector would be of different batches}}
  %y = linalg.generic {indexing_maps = [affine_map<(b, n, m, k) -> (b, n, k)>, affine_map<(b, n, m, k) -> (m, b, k)>, affine_map<(b, n, m, k) -> (b, n, m)>],
                       iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%xt, %w : tensor<2x3x8xf32>, tensor<4x2x8xf32, #lacuna.nm<2:4, dim = 2>>) outs(%o : tensor<2x3x4xf32>) {
  ^bb0(%a: f32, %b: f32, %s: f32):
    %p = arith.mulf %a, %b : f32
    %q = arith.addf %s, %p : f32
    linalg.yield %q : f32
  } -> tensor<2x3x4xf32>
  bufferization.materialize_in_destination %y in restrict writable %out : (tensor<2x3x4xf32>, memref<2x3x4xf32>) -> ()
  return
}
