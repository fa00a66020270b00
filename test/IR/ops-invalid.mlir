// RUN: lacuna-opt %s --verify-diagnostics --split-input-file

func.func @convert_changes_elements(%x: tensor<8x16xf32>) {
  // expected-error @+1 {{changes the layout only: expected element type 'f32' in the result, found 'f64'}}
  %0 = lacuna.convert %x : tensor<8x16xf32> to tensor<8x16xf64>
  return
}

// -----

func.func @convert_changes_shape(%x: tensor<8x16xf32>) {
  // expected-error @+1 {{requires the same shape for all operands and results}}
  %0 = lacuna.convert %x : tensor<8x16xf32> to tensor<16x8xf32>
  return
}

// -----

func.func @foreign_encoding(%x: tensor<8x16xf32, "row-major">) {
  // expected-error @+1 {{expected a lacuna layout or none, found "row-major"}}
  %0 = lacuna.convert %x : tensor<8x16xf32, "row-major"> to tensor<8x16xf32>
  return
}

// -----

func.func @prune_to_plain(%x: tensor<8x16xf32>) {
  // expected-error @+1 {{expected a layout on the result: it says what to keep}}
  %0 = lacuna.prune %x : tensor<8x16xf32> to tensor<8x16xf32>
  return
}

// -----

func.func @prune_of_pruned(%x: tensor<8x16xf32, #lacuna.nm<2:4, dim = 1>>) {
  // expected-error @+1 {{expected an operand without a layout}}
  %0 = lacuna.prune %x : tensor<8x16xf32, #lacuna.nm<2:4, dim = 1>> to tensor<8x16xf32, #lacuna.nm<1:4, dim = 1>>
  return
}

// -----

func.func @yield_types(%x: tensor<4xf32>) {
  // expected-error @+1 {{expected lacuna.yield of the result types at the end of the body}}
  %r = lacuna.dispatch(%a = %x : tensor<4xf32>) -> (tensor<4xf64>) {
    lacuna.yield %a : tensor<4xf32>
  }
  return
}

// -----

func.func @result_sizes(%x: tensor<?xf32>) {
  // expected-error @+1 {{expected 1 result sizes, one for each dynamic dimension of the results, found 0}}
  %r = lacuna.dispatch(%a = %x : tensor<?xf32>) -> (tensor<?xf32>) {
    lacuna.yield %a : tensor<?xf32>
  }
  return
}

// -----

func.func @not_isolated(%x: tensor<4xf32>) {
  // expected-note @+1 {{required by region isolation constraints}}
  %r = lacuna.dispatch() -> (tensor<4xf32>) {
    // expected-error @+1 {{using value defined outside the region}}
    lacuna.yield %x : tensor<4xf32>
  }
  return
}

// -----

func.func @plan_starts_late(%x: tensor<4xf32>) {
  // expected-error @+2 {{a plan needs a choice from size 0 on}}
  %r = lacuna.dispatch(%a = %x : tensor<4xf32>) -> (tensor<4xf32>)
    plan(#lacuna.plan<target = "cpu", forced = false, choices = [#lacuna.choice<from = 1, route = dense, nanoseconds = 1, denseNanoseconds = 1, reason = "">]>) {
    lacuna.yield %a : tensor<4xf32>
  }
  return
}

// -----

func.func @plan_descends(%x: tensor<4xf32>) {
  // expected-error @+2 {{the choices of a plan must ascend: found from = 0 after from = 0}}
  %r = lacuna.dispatch(%a = %x : tensor<4xf32>) -> (tensor<4xf32>)
    plan(#lacuna.plan<target = "cpu", forced = false, choices = [#lacuna.choice<from = 0, route = dense, nanoseconds = 1, denseNanoseconds = 1, reason = "">, #lacuna.choice<from = 0, route = dense, nanoseconds = 1, denseNanoseconds = 1, reason = "">]>) {
    lacuna.yield %a : tensor<4xf32>
  }
  return
}

// -----

// expected-error @+2 {{unknown route 'fast'; expected dense, sparse-tensor, vector or tensor-core}}
// expected-error @+1 {{failed to parse Lacuna_RouteAttr parameter}}
func.func private @unknown_route() attributes {lacuna.route = #lacuna.route<fast>}

// -----

// expected-error @+2 {{unknown route 'tensor_core'; expected dense, sparse-tensor, vector or tensor-core}}
// expected-error @+1 {{failed to parse Lacuna_RouteAttr parameter}}
func.func private @misspelled_route() attributes {lacuna.route = #lacuna.route<tensor_core>}

// -----

func.func @no_callee(%x: tensor<4xf32>) {
  // expected-error @+1 {{'missing' is not a function}}
  %r = lacuna.invoke @missing ins(%x : tensor<4xf32>) outs(%x : tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func private @callee(memref<4xf32>)

func.func @wrong_count(%x: tensor<4xf32>) {
  // expected-error @+1 {{passes 2 operands, but 'callee' takes 1}}
  %r = lacuna.invoke @callee ins(%x : tensor<4xf32>) outs(%x : tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @choose_from(%n: index, %a: tensor<?xf32>) -> tensor<?xf32> {
  // expected-error @+1 {{expected a choice from size 0 on}}
  %r = lacuna.choose %n from [1] of %a : tensor<?xf32> to tensor<?xf32>
  return %r : tensor<?xf32>
}

// -----

func.func @choose_ascending(%n: index, %a: tensor<?xf32>) -> tensor<?xf32> {
  // expected-error @+1 {{the sizes must ascend: found 8 after 8}}
  %r = lacuna.choose %n from [0, 8, 8] of %a, %a, %a : tensor<?xf32>, tensor<?xf32>, tensor<?xf32> to tensor<?xf32>
  return %r : tensor<?xf32>
}

// -----

func.func @choose_number(%n: index, %a: tensor<?xf32>) -> tensor<?xf32> {
  // expected-error @+1 {{expected 2 alternatives of 1 results, found 1 values}}
  %r = lacuna.choose %n from [0, 8] of %a : tensor<?xf32> to tensor<?xf32>
  return %r : tensor<?xf32>
}

// -----

func.func @choose_types(%n: index, %a: tensor<?xf32>, %b: tensor<4xf32>) -> tensor<?xf32> {
  // expected-error @+1 {{expected alternatives of the results' types, found 'tensor<4xf32>'}}
  %r = lacuna.choose %n from [0, 8] of %a, %b : tensor<?xf32>, tensor<4xf32> to tensor<?xf32>
  return %r : tensor<?xf32>
}
