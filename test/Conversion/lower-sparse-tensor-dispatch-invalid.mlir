// RUN: lacuna-opt %s --lower-sparse-tensor-dispatch --split-input-file --verify-diagnostics

// expected-error @below {{expected a lacuna.assemble with one use and a result; run split-sparse-tensor-dispatch first}}
func.func private @no_weight(%x: memref<4xf32>, %out: memref<4xf32>)
    attributes {lacuna.dispatch, lacuna.route = #lacuna.route<sparse-tensor>} {
  return
}

// -----

// expected-error @below {{expected its only computation to be a contraction; run split-sparse-tensor-dispatch first}}
func.func private @epilogue(%x: memref<3x8xf32>, %v: memref<4x2x2xf32>, %c: memref<4x2x2xi8>, %out: memref<3x4xf32>)
    attributes {lacuna.dispatch, lacuna.route = #lacuna.route<sparse-tensor>} {
  %xt = bufferization.to_tensor %x restrict : memref<3x8xf32> to tensor<3x8xf32>
  %vt = bufferization.to_tensor %v restrict : memref<4x2x2xf32> to tensor<4x2x2xf32>
  %ct = bufferization.to_tensor %c restrict : memref<4x2x2xi8> to tensor<4x2x2xi8>
  %w = lacuna.assemble %vt, %ct : tensor<4x2x2xf32>, tensor<4x2x2xi8> to tensor<4x8xf32, #lacuna.nm<2:4, dim = 1>>
  %o = bufferization.to_tensor %out restrict : memref<3x4xf32> to tensor<3x4xf32>
  %y = linalg.matmul indexing_maps = [affine_map<(n, m, k) -> (n, k)>, affine_map<(n, m, k) -> (m, k)>, affine_map<(n, m, k) -> (n, m)>]
      ins(%xt, %w : tensor<3x8xf32>, tensor<4x8xf32, #lacuna.nm<2:4, dim = 1>>) outs(%o : tensor<3x4xf32>) -> tensor<3x4xf32>
  %z = linalg.exp ins(%y : tensor<3x4xf32>) outs(%o : tensor<3x4xf32>) -> tensor<3x4xf32>
  bufferization.materialize_in_destination %z in restrict writable %out : (tensor<3x4xf32>, memref<3x4xf32>) -> ()
  return
}

// -----

func.func private @outer_dimension(%x: memref<3x4xf32>, %v: memref<8x1x2xf32>, %c: memref<8x1x2xi8>, %out: memref<3x8xf32>)
    attributes {lacuna.dispatch, lacuna.route = #lacuna.route<sparse-tensor>} {
  %xt = bufferization.to_tensor %x restrict : memref<3x4xf32> to tensor<3x4xf32>
  %vt = bufferization.to_tensor %v restrict : memref<8x1x2xf32> to tensor<8x1x2xf32>
  %ct = bufferization.to_tensor %c restrict : memref<8x1x2xi8> to tensor<8x1x2xi8>
  %w = lacuna.assemble %vt, %ct : tensor<8x1x2xf32>, tensor<8x1x2xi8> to tensor<4x8xf32, #lacuna.nm<2:4, dim = 0>>
  %o = bufferization.to_tensor %out restrict : memref<3x8xf32> to tensor<3x8xf32>
  %t = bufferization.to_tensor %x restrict : memref<3x4xf32> to tensor<3x4xf32>
  // expected-error @below {{cannot take route sparse-tensor: the body is not a product of both operands, summed}}
  %y = linalg.generic {indexing_maps = [affine_map<(n, m, k) -> (n, k)>, affine_map<(n, m, k) -> (k, m)>, affine_map<(n, m, k) -> (n, m)>],
                       iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%xt, %w : tensor<3x4xf32>, tensor<4x8xf32, #lacuna.nm<2:4, dim = 0>>) outs(%o : tensor<3x8xf32>) {
  ^bb0(%a: f32, %b: f32, %s: f32):
    %p = arith.maximumf %a, %b : f32
    %q = arith.addf %s, %p : f32
    linalg.yield %q : f32
  } -> tensor<3x8xf32>
  bufferization.materialize_in_destination %y in restrict writable %out : (tensor<3x8xf32>, memref<3x8xf32>) -> ()
  return
}
