// RUN: lacuna-opt %s --outline-dispatches --verify-diagnostics

#nm = #lacuna.nm<2:4, dim = 1>

func.func @layout_left(%w: tensor<8x8xf32, #nm>) -> tensor<8x8xf32> {
  // expected-error @+1 {{reads or gives a laid-out tensor of type 'tensor<8x8xf32, #lacuna.nm<2:4, dim = 1>>'; run materialize-layouts first}}
  %0 = lacuna.dispatch(%a = %w : tensor<8x8xf32, #nm>) -> (tensor<8x8xf32>) {
    %r = lacuna.convert %a : tensor<8x8xf32, #nm> to tensor<8x8xf32>
    lacuna.yield %r : tensor<8x8xf32>
  }
  return %0 : tensor<8x8xf32>
}
