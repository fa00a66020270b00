// RUN: lacuna-opt %s --bufferize-host --verify-diagnostics

// An operation that nothing lowers is named where the user's code has it.
func.func @gather(%x: tensor<8x4xf32>, %i: tensor<3x1xi64>) -> tensor<3x4xf32> {
  // expected-error @+1 {{the operation 'tensor.gather' has no lowering; expected operations of linalg, or of tensor that become memory: write this line of the model with other operations}}
  %g = tensor.gather %x[%i] gather_dims([0]) : (tensor<8x4xf32>, tensor<3x1xi64>) -> tensor<3x4xf32>
  return %g : tensor<3x4xf32>
}
