// RUN: mlir-opt %s --split-input-file --verify-diagnostics
//
// What upstream's encodings refuse: n:m inside of blocks or above other levels,
// and a background other than zero.

// expected-error @below {{expected all dense lvlTypes before a n_out_of_m level}}
#blocks = #sparse_tensor.encoding<{map = (a, b, c) -> (a : dense, b : compressed, c : structured[2, 4])}>

// -----

// expected-error @below {{expected n_out_of_m to be the last level type}}
#above = #sparse_tensor.encoding<{map = (a, b, c) -> (a : dense, b : structured[2, 4], c : dense)}>

// -----

#one = #sparse_tensor.encoding<{map = (a, b) -> (a : dense, b : compressed), implicitVal = 1.0 : f32}>
// expected-error @below {{implicit value must be zero}}
func.func private @background(tensor<4x4xf32, #one>)
