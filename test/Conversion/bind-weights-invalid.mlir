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
func.func @order(%x: tensor<4xf32>) {
  ml_program.global_store @state = %x : tensor<4xf32>
  // expected-error@+1 {{is not in the order of loads, work, one store of each state; run forward-state first}}
  %w = ml_program.global_load @state : tensor<4xf32>
  return
}

// -----

ml_program.global private mutable @state(dense<0.0> : tensor<4xf32>) : tensor<4xf32>
func.func @twice(%x: tensor<4xf32>) {
  ml_program.global_store @state = %x : tensor<4xf32>
  // expected-error@+1 {{run forward-state first}}
  ml_program.global_store @state = %x : tensor<4xf32>
  return
}

// -----

ml_program.global private mutable @state(dense<0.0> : tensor<4xf32>) : tensor<4xf32>
func.func @graph() {
  // expected-error@+1 {{is not supported in a compiled function; expected ml_program.global_load_const, or global_load and global_store of a mutable global}}
  %w, %t = ml_program.global_load_graph @state ordering(-> !ml_program.token) : tensor<4xf32>
  return
}
