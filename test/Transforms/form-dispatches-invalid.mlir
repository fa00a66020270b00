// RUN: lacuna-opt %s --form-dispatches --verify-diagnostics | FileCheck %s

// A region has one route, and two operations ask for two.
// CHECK: lacuna.dispatch
// CHECK-SAME: lacuna.route = #lacuna.route<vector>
func.func @two_routes(%x: tensor<8x64xf32>, %w: tensor<64x32xf32>, %e: tensor<8x32xf32>, %o: tensor<8x32xf32>) -> tensor<8x32xf32> {
  // expected-note @+1 {{it is here}}
  %m = linalg.matmul {lacuna.route = #lacuna.route<vector>} ins(%x, %w : tensor<8x64xf32>, tensor<64x32xf32>) outs(%e : tensor<8x32xf32>) -> tensor<8x32xf32>
  // expected-warning @+1 {{is forced to #lacuna.route<dense>, but becomes one region with an operation that is forced to #lacuna.route<vector>, which holds}}
  %r = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
      ins(%m : tensor<8x32xf32>) outs(%o : tensor<8x32xf32>) attrs = {lacuna.route = #lacuna.route<dense>} {
  ^bb0(%a: f32, %b: f32):
    %1 = arith.negf %a : f32
    linalg.yield %1 : f32
  } -> tensor<8x32xf32>
  return %r : tensor<8x32xf32>
}
