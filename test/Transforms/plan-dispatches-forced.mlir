// RUN: lacuna-opt %s --plan-dispatches="force-route=sparse-tensor" | FileCheck %s --check-prefix=CPU
// RUN: lacuna-opt %s --plan-dispatches="target=sm_80" 2>&1 | FileCheck %s --check-prefix=GPU
// RUN: lacuna-opt %s --plan-dispatches="target=sm_80 force-route=dense" 2>&1 | FileCheck %s --check-prefix=BOTH

// What an operation says of its route is more than what is said of all.

#nm = #lacuna.nm<2:4, dim = 1>

// CPU-LABEL: func.func @own
// CPU: plan(#lacuna.plan<target = "cpu", forced = true, choices = [<from = 0, route = vector,
// GPU: [[@LINE+3]]:8: warning: {{.*}}is forced to route 'vector', but target sm_80 has no route 'vector', only dense, tensor-core; its route is left to the plan
// BOTH: [[@LINE+2]]:8: warning: {{.*}}is forced to route 'vector', but target sm_80 has no route 'vector', only dense, tensor-core; its route is that of force-route
func.func @own(%x: tensor<8x64xbf16>, %w: tensor<64x64xbf16, #nm>, %e: tensor<8x64xf32>) -> tensor<8x64xf32> {
  %r = lacuna.dispatch(%a = %x : tensor<8x64xbf16>, %b = %w : tensor<64x64xbf16, #nm>, %o = %e : tensor<8x64xf32>) -> (tensor<8x64xf32>)
      attributes {lacuna.route = #lacuna.route<vector>} {
    %m = linalg.matmul indexing_maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (j, k)>, affine_map<(i, j, k) -> (i, j)>]
      ins(%a, %b : tensor<8x64xbf16>, tensor<64x64xbf16, #nm>) outs(%o : tensor<8x64xf32>) -> tensor<8x64xf32>
    lacuna.yield %m : tensor<8x64xf32>
  }
  return %r : tensor<8x64xf32>
}
