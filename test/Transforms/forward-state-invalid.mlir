// RUN: lacuna-opt %s --forward-state --split-input-file --verify-diagnostics

// expected-error@+1 {{is state of type 'tensor<?xf32>'; expected a ranked tensor of static shape without a layout: give each dimension its maximum}}
ml_program.global private mutable @dynamic : tensor<?xf32>

// -----

// expected-error@+1 {{is state of type 'tensor<8xf32, #lacuna.nm<2:4, dim = 0>>'}}
ml_program.global private mutable @layout(#ml_program.extern : tensor<8xf32, #lacuna.nm<2:4, dim = 0>>) : tensor<8xf32, #lacuna.nm<2:4, dim = 0>>

// -----

// expected-error@+1 {{is state that begins with values of its own; expected zeros, or #ml_program.extern, which takes them from the weights by name}}
ml_program.global private mutable @ones(dense<1.0> : tensor<4xf32>) : tensor<4xf32>

// -----

// Minus zero has other bits than the memory of a new session.
// expected-error@+1 {{is state that begins with values of its own}}
ml_program.global private mutable @minus(dense<-0.0> : tensor<4xf32>) : tensor<4xf32>

// -----

ml_program.global private mutable @a : tensor<4xf32>
func.func @branch(%c: i1, %x: tensor<4xf32>) {
  scf.if %c {
    // expected-error@+1 {{of '@a' is in control flow; expected stores that always happen: choose the value to store, with arith.select or the result of scf.if}}
    ml_program.global_store @a = %x : tensor<4xf32>
  }
  return
}
