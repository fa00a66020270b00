// RUN: lacuna-opt %s --plan-dispatches --verify-diagnostics --split-input-file
// RUN: not lacuna-opt %s --split-input-file --plan-dispatches=force-route=fast 2>&1 | FileCheck %s
// CHECK: unknown route 'fast' in force-route; expected dense, sparse-tensor, vector or tensor-core

func.func @no_layout(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{is forced to route 'sparse-tensor', but reads no tensor with a layout}}
  %r = lacuna.dispatch(%a = %x : tensor<4xf32>) -> (tensor<4xf32>) attributes {lacuna.route = #lacuna.route<sparse-tensor>} {
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

// -----

// RUN: not lacuna-opt %s --split-input-file --plan-dispatches=target=sm_70 2>&1 | FileCheck %s --check-prefix=TARGET
// TARGET: unknown target 'sm_70'; expected one of cpu, sm_80, 
// RUN: not lacuna-opt %s --split-input-file --plan-dispatches="target=sm_80 force-route=tensor-core" 2>&1 | FileCheck %s --check-prefix=GPU
// RUN: not lacuna-opt %s --split-input-file --plan-dispatches="target=sm_80" 2>&1 | FileCheck %s --check-prefix=LACKS
// LACKS: warning: {{.*}}is forced to route 'sparse-tensor', but target sm_80 has no route 'sparse-tensor', only dense, tensor-core; its route is left to the plan
// GPU: is forced to route 'tensor-core', which cannot compute it: nm<1:4> of f16 has no mma.sp form
// GPU: is forced to route 'tensor-core', which cannot compute it: the operand is pruned at run time
// RUN: not lacuna-opt %s --split-input-file --plan-dispatches=force-route=vector 2>&1 | FileCheck %s --check-prefix=VECTOR
// VECTOR: is forced to route 'vector', which cannot compute it: the operand is pruned at run time
func.func @one_of_four(%x: tensor<8x64xf16>, %w: tensor<64x64xf16, #lacuna.nm<1:4, dim = 1>>, %e: tensor<8x64xf32>) -> tensor<8x64xf32> {
  %r = lacuna.dispatch(%a = %x : tensor<8x64xf16>, %b = %w : tensor<64x64xf16, #lacuna.nm<1:4, dim = 1>>, %o = %e : tensor<8x64xf32>) -> (tensor<8x64xf32>) {
    %m = linalg.matmul indexing_maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (j, k)>, affine_map<(i, j, k) -> (i, j)>]
      ins(%a, %b : tensor<8x64xf16>, tensor<64x64xf16, #lacuna.nm<1:4, dim = 1>>) outs(%o : tensor<8x64xf32>) -> tensor<8x64xf32>
    lacuna.yield %m : tensor<8x64xf32>
  }
  return %r : tensor<8x64xf32>
}

// -----

func.func @pruned(%x: tensor<8x64xf16>, %d: tensor<64x64xf16>, %e: tensor<8x64xf32>) -> tensor<8x64xf32> {
  %w = lacuna.prune %d : tensor<64x64xf16> to tensor<64x64xf16, #lacuna.nm<2:4, dim = 1>>
  %r = lacuna.dispatch(%a = %x : tensor<8x64xf16>, %b = %w : tensor<64x64xf16, #lacuna.nm<2:4, dim = 1>>, %o = %e : tensor<8x64xf32>) -> (tensor<8x64xf32>) {
    %m = linalg.matmul indexing_maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (j, k)>, affine_map<(i, j, k) -> (i, j)>]
      ins(%a, %b : tensor<8x64xf16>, tensor<64x64xf16, #lacuna.nm<2:4, dim = 1>>) outs(%o : tensor<8x64xf32>) -> tensor<8x64xf32>
    lacuna.yield %m : tensor<8x64xf32>
  }
  return %r : tensor<8x64xf32>
}
