// RUN: lacuna-opt %s --bind-weights --split-input-file --verify-diagnostics

// expected-note@+1 {{it is defined here}}
ml_program.global private @w(#ml_program.extern : tensor<4xf32, #lacuna.nm<2:4, dim = 0>>) : tensor<4xf32, #lacuna.nm<2:4, dim = 0>>
func.func @layout() {
  // expected-error@+1 {{reads '@w', which is not a weight; expected an immutable ml_program.global with an extern value and a static tensor type without a layout}}
  %w = ml_program.global_load_const @w : tensor<4xf32, #lacuna.nm<2:4, dim = 0>>
  return
}

// -----

ml_program.global private mutable @state(dense<0.0> : tensor<4xf32>) : tensor<4xf32>
func.func @mutable() {
  // expected-error@+1 {{is not supported in a compiled function; expected weights read by ml_program.global_load_const}}
  %w = ml_program.global_load @state : tensor<4xf32>
  return
}
