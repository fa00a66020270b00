// RUN: lacuna-opt %s --carry-layouts --verify-diagnostics

#nm = #lacuna.nm<2:4, dim = 1>
ml_program.global private @w(#ml_program.extern : tensor<4x8x16xf32, #nm>) : tensor<4x8x16xf32, #nm>

func.func @reshape(%x: tensor<?x16xf32>, %e: tensor<?x32xf32>) -> tensor<?x32xf32> {
  %w = ml_program.global_load_const @w : tensor<4x8x16xf32, #nm>
  %c = lacuna.convert %w : tensor<4x8x16xf32, #nm> to tensor<4x8x16xf32>
  // expected-note @+1 {{on the way: tensor.collapse_shape}}
  %f = tensor.collapse_shape %c [[0, 1], [2]] : tensor<4x8x16xf32> into tensor<32x16xf32>
  %te = tensor.empty() : tensor<16x32xf32>
  %t = linalg.transpose ins(%f : tensor<32x16xf32>) outs(%te : tensor<16x32xf32>) permutation = [1, 0]
  // expected-error @+1 {{the layout nm<2:4, dim = 1> of weight 'w' cannot be carried here: only transposes and reshapes by dimensions of size 1 fold}}
  %y = linalg.matmul ins(%x, %t : tensor<?x16xf32>, tensor<16x32xf32>) outs(%e : tensor<?x32xf32>) -> tensor<?x32xf32>
  return %y : tensor<?x32xf32>
}
