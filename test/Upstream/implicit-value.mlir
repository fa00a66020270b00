// An upstream encoding says which value is left out, but only 0 passes: a
// layout whose background is another value cannot take route sparse-tensor.
// RUN: not mlir-opt-22 %s 2>&1 | FileCheck %s

// CHECK: error: implicit value must be zero
#S = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), implicitVal = 2.0 : f32
}>
func.func private @background(tensor<8x8xf32, #S>)
