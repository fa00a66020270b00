// RUN: lacuna-opt %s --create-shape-functions --split-input-file --verify-diagnostics

// expected-error@+1 {{result 'tokens' has a size (dimension 1) that depends on more than the sizes of the inputs; expected one that can be computed before the call}}
func.func @from_data(%x: tensor<4xindex>) -> (tensor<2x?xf32> {lacuna.name = "tokens"}) {
  %c0 = arith.constant 0 : index
  // expected-note@+1 {{it comes from this tensor.extract}}
  %n = tensor.extract %x[%c0] : tensor<4xindex>
  %e = tensor.empty(%n) : tensor<2x?xf32>
  return %e : tensor<2x?xf32>
}

// -----

// expected-error@+1 {{result 'result0' has a size (dimension 0) that depends on more than the sizes of the inputs}}
func.func @from_operation(%x: tensor<?xf32>, %c: i1) -> tensor<?xf32> {
  // expected-note@+1 {{it comes from this scf.if: write this line of the model with other operations}}
  %r = scf.if %c -> tensor<?xf32> {
    %y = math.exp %x : tensor<?xf32>
    scf.yield %y : tensor<?xf32>
  } else {
    scf.yield %x : tensor<?xf32>
  }
  return %r : tensor<?xf32>
}

// -----

// expected-error@+1 {{argument 0 is a value that decides the size of a result}}
func.func @from_scalar(%n: index) -> tensor<?xf32> {
  %e = tensor.empty(%n) : tensor<?xf32>
  return %e : tensor<?xf32>
}

// -----

// expected-error@+1 {{has unstructured control flow; expected one block}}
func.func @blocks(%x: tensor<4xf32>) -> tensor<4xf32> {
  cf.br ^next
^next:
  return %x : tensor<4xf32>
}

// -----

func.func private @callee(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}
func.func @caller(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{calls @callee, which was not inlined}}
  %0 = call @callee(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
