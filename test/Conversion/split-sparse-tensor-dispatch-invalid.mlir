// RUN: lacuna-opt %s --split-sparse-tensor-dispatch --split-input-file --verify-diagnostics

// expected-error @below {{takes route sparse-tensor, but no contraction in it reads a laid-out tensor}}
func.func private @no_weight(%x: memref<4xf32>, %out: memref<4xf32>)
    attributes {lacuna.dispatch, lacuna.route = #lacuna.route<sparse-tensor>} {
  return
}

// -----

// Along the output dimension nothing is skipped.
func.func private @output_dimension(%x: memref<3x4xf32>, %v: memref<4x2x2xf32>, %c: memref<4x2x2xi8>, %out: memref<3x8xf32>)
    attributes {lacuna.dispatch, lacuna.route = #lacuna.route<sparse-tensor>} {
  %xt = bufferization.to_tensor %x restrict : memref<3x4xf32> to tensor<3x4xf32>
  %vt = bufferization.to_tensor %v restrict : memref<4x2x2xf32> to tensor<4x2x2xf32>
  %ct = bufferization.to_tensor %c restrict : memref<4x2x2xi8> to tensor<4x2x2xi8>
  %w = lacuna.assemble %vt, %ct : tensor<4x2x2xf32>, tensor<4x2x2xi8> to tensor<4x8xf32, #lacuna.nm<2:4, dim = 1>>
  %o = bufferization.to_tensor %out restrict : memref<3x8xf32> to tensor<3x8xf32>
  // expected-error @below {{cannot take route sparse-tensor: nm<2:4, dim = 1> keeps elements along a dimension that is not contracted}}
  %y = linalg.matmul ins(%xt, %w : tensor<3x4xf32>, tensor<4x8xf32, #lacuna.nm<2:4, dim = 1>>) outs(%o : tensor<3x8xf32>) -> tensor<3x8xf32>
  bufferization.materialize_in_destination %y in restrict writable %out : (tensor<3x8xf32>, memref<3x8xf32>) -> ()
  return
}

// -----

func.func private @elementwise(%v: memref<4x2x2xf32>, %c: memref<4x2x2xi8>, %out: memref<4x8xf32>)
    attributes {lacuna.dispatch, lacuna.route = #lacuna.route<sparse-tensor>} {
  %vt = bufferization.to_tensor %v restrict : memref<4x2x2xf32> to tensor<4x2x2xf32>
  %ct = bufferization.to_tensor %c restrict : memref<4x2x2xi8> to tensor<4x2x2xi8>
  %w = lacuna.assemble %vt, %ct : tensor<4x2x2xf32>, tensor<4x2x2xi8> to tensor<4x8xf32, #lacuna.nm<2:4, dim = 1>>
  %o = bufferization.to_tensor %out restrict : memref<4x8xf32> to tensor<4x8xf32>
  // expected-error @below {{cannot take route sparse-tensor: expected a contraction of two tensors with the laid-out one as an operand}}
  %y = linalg.exp ins(%w : tensor<4x8xf32, #lacuna.nm<2:4, dim = 1>>) outs(%o : tensor<4x8xf32>) -> tensor<4x8xf32>
  bufferization.materialize_in_destination %y in restrict writable %out : (tensor<4x8xf32>, memref<4x8xf32>) -> ()
  return
}
