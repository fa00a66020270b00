// RUN: lacuna-opt %s --plan-dispatches --verify-diagnostics --split-input-file
// RUN: not lacuna-opt %s --split-input-file --plan-dispatches=force-route=fast 2>&1 | FileCheck %s
// CHECK: unknown route 'fast' in force-route; the routes are dense and sparse-tensor

func.func @no_layout(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{is forced to route 'sparse-tensor', but reads no tensor with a layout}}
  %r = lacuna.dispatch(%a = %x : tensor<4xf32>) -> (tensor<4xf32>) attributes {lacuna.route = #lacuna.route<sparse_tensor>} {
    lacuna.yield %a : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}

// -----

func.func @not_a_route(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{expected 'lacuna.route' to be a route such as #lacuna.route<dense>, found "dense"}}
  %r = lacuna.dispatch(%a = %x : tensor<4xf32>) -> (tensor<4xf32>) attributes {lacuna.route = "dense"} {
    lacuna.yield %a : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}
