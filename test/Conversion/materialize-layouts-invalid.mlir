// RUN: lacuna-opt %s --materialize-layouts --split-input-file --verify-diagnostics

#nm = #lacuna.nm<2:4, dim = 1>
ml_program.global private @w(#ml_program.extern : tensor<8x16xf32, #nm>) : tensor<8x16xf32, #nm>
func.func @no_dispatch(%x: tensor<4x8xf32>, %o: tensor<4x16xf32>) -> tensor<4x16xf32> {
  %w = ml_program.global_load_const @w : tensor<8x16xf32, #nm>
  // expected-error @+1 {{outside of a dispatch region: form-dispatches and plan-dispatches come before materialize-layouts}}
  %r = linalg.matmul ins(%x, %w : tensor<4x8xf32>, tensor<8x16xf32, #nm>) outs(%o : tensor<4x16xf32>) -> tensor<4x16xf32>
  return %r : tensor<4x16xf32>
}

// -----

#nm = #lacuna.nm<2:4, dim = 1>
ml_program.global private @w(#ml_program.extern : tensor<8x16xf32, #nm>) : tensor<8x16xf32, #nm>
func.func @no_plan(%x: tensor<4x8xf32>, %o: tensor<4x16xf32>) -> tensor<4x16xf32> {
  %w = ml_program.global_load_const @w : tensor<8x16xf32, #nm>
  // expected-error @+1 {{has no plan that chooses one route: run --plan-dispatches first}}
  %r = lacuna.dispatch(%a = %x : tensor<4x8xf32>, %b = %w : tensor<8x16xf32, #nm>, %c = %o : tensor<4x16xf32>) -> (tensor<4x16xf32>) {
    %0 = linalg.matmul ins(%a, %b : tensor<4x8xf32>, tensor<8x16xf32, #nm>) outs(%c : tensor<4x16xf32>) -> tensor<4x16xf32>
    lacuna.yield %0 : tensor<4x16xf32>
  }
  return %r : tensor<4x16xf32>
}

// -----

#nm = #lacuna.nm<2:4, dim = 1>
// expected-error @+1 {{expected a layout in signatures of private functions with a body only}}
func.func @public(%w: tensor<8x16xf32, #nm>) {
  return
}

// -----

#nm = #lacuna.nm<2:4, dim = 1>
ml_program.global private mutable @w(#ml_program.extern : tensor<8x16xf32, #nm>) : tensor<8x16xf32, #nm>
func.func @mutable() -> tensor<8x16xf32> {
  // expected-error @+1 {{expected a layout on loads of weights and on results of lacuna.convert and lacuna.prune only}}
  %w = ml_program.global_load @w : tensor<8x16xf32, #nm>
  %c = lacuna.convert %w : tensor<8x16xf32, #nm> to tensor<8x16xf32>
  return %c : tensor<8x16xf32>
}

// -----

// expected-note @+1 {{the weight is declared here}}
ml_program.global private @w(#ml_program.extern : tensor<8x16xf32>) : tensor<8x16xf32>
func.func @two_layouts() -> (tensor<8x16xf32>, tensor<8x16xf32>) {
  %w = ml_program.global_load_const @w : tensor<8x16xf32>
  %a = lacuna.convert %w : tensor<8x16xf32> to tensor<8x16xf32, #lacuna.nm<2:4, dim = 1>>
  // expected-error @+1 {{claims nm<1:4, dim = 1> of weight 'w', which has nm<2:4, dim = 1>; a weight has one layout}}
  %b = lacuna.convert %w : tensor<8x16xf32> to tensor<8x16xf32, #lacuna.nm<1:4, dim = 1>>
  %c = lacuna.convert %a : tensor<8x16xf32, #lacuna.nm<2:4, dim = 1>> to tensor<8x16xf32>
  %d = lacuna.convert %b : tensor<8x16xf32, #lacuna.nm<1:4, dim = 1>> to tensor<8x16xf32>
  return %c, %d : tensor<8x16xf32>, tensor<8x16xf32>
}
