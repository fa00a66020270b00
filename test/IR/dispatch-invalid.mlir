// A region of work in generic form, where the parser has no say: each is an
// error, none ends the process.
// RUN: lacuna-opt %s --verify-diagnostics --split-input-file

func.func @no_block(%x: tensor<4xf32>) {
  // expected-error @+1 {{failed to verify constraint: region with 1 blocks}}
  "lacuna.dispatch"(%x) <{operandSegmentSizes = array<i32: 1, 0>}> ({}) : (tensor<4xf32>) -> ()
  return
}

// -----

func.func @no_terminator(%x: tensor<4xf32>) {
  // expected-error @+1 {{expects a non-empty block}}
  "lacuna.dispatch"(%x) <{operandSegmentSizes = array<i32: 1, 0>}> ({ ^bb0(%a: tensor<4xf32>): }) : (tensor<4xf32>) -> ()
  return
}

// -----

func.func @other_terminator(%x: tensor<4xf32>) {
  // expected-error @+1 {{expected lacuna.yield of the result types at the end of the body}}
  "lacuna.dispatch"(%x) <{operandSegmentSizes = array<i32: 1, 0>}> ({
  ^bb0(%a: tensor<4xf32>):
    "func.return"() : () -> ()
  }) : (tensor<4xf32>) -> ()
  return
}

// -----

func.func @segments(%x: tensor<4xf32>) {
  // expected-error @+1 {{operand count (1) does not match with the total size (2) specified in attribute 'operandSegmentSizes'}}
  "lacuna.dispatch"(%x) <{operandSegmentSizes = array<i32: 2, 0>}> ({
  ^bb0(%a: tensor<4xf32>):
    "lacuna.yield"() : () -> ()
  }) : (tensor<4xf32>) -> ()
  return
}

// -----

func.func @no_segments(%x: tensor<4xf32>) {
  // expected-error @+1 {{operand count (1) does not match with the total size (0) specified in attribute 'operandSegmentSizes'}}
  "lacuna.dispatch"(%x) ({
  ^bb0(%a: tensor<4xf32>):
    "lacuna.yield"() : () -> ()
  }) : (tensor<4xf32>) -> ()
  return
}

// -----

func.func @arguments(%x: tensor<4xf32>) {
  // expected-error @+1 {{expected one block argument of the same type for each input}}
  "lacuna.dispatch"(%x) <{operandSegmentSizes = array<i32: 1, 0>}> ({
    "lacuna.yield"() : () -> ()
  }) : (tensor<4xf32>) -> ()
  return
}

// -----

func.func @unranked(%x: tensor<4xf32>) {
  // expected-error @+1 {{result #0 must be variadic of ranked tensor of any type values, but got 'tensor<*xf32>'}}
  %r = lacuna.dispatch(%a = %x : tensor<4xf32>) -> (tensor<*xf32>) {
    %b = tensor.cast %a : tensor<4xf32> to tensor<*xf32>
    "lacuna.yield"(%b) : (tensor<*xf32>) -> ()
  }
  return
}

// -----

func.func @no_region(%x: tensor<4xf32>) {
  // expected-error @+1 {{expected '{' to begin a region}}
  lacuna.dispatch(%a = %x : tensor<4xf32>)
  return
}
