// RUN: lacuna-opt %s --named-literals-to-globals --verify-diagnostics --split-input-file

func.func @same_name_two_types() -> (tensor<2x8xf32>, tensor<16xf32>) {
  %0 = arith.constant dense_resource<w> : tensor<2x8xf32>
  // expected-error @+1 {{the literal named 'w' has type 'tensor<16xf32>', but another symbol of that name exists}}
  %1 = arith.constant dense_resource<w> : tensor<16xf32>
  return %0, %1 : tensor<2x8xf32>, tensor<16xf32>
}

// -----

func.func private @w()

func.func @name_of_a_function() -> tensor<16xf32> {
  // expected-error @+1 {{another symbol of that name exists}}
  %0 = arith.constant dense_resource<w> : tensor<16xf32>
  return %0 : tensor<16xf32>
}
