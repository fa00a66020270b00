// RUN: lacuna-opt %s --plan-dispatches=target=sm_80 --remarks-filter=plan --remark-policy=all 2>&1 | FileCheck %s --check-prefix=GPU
// RUN: lacuna-opt %s --plan-dispatches="target=sm_90a force-route=dense" | FileCheck %s --check-prefix=DENSE
// RUN: lacuna-opt %s --plan-dispatches="target=sm_80 force-route=sparse-tensor" 2>&1 | FileCheck %s --check-prefix=OTHER

#nm = #lacuna.nm<2:4, dim = 1>

// On a GPU the routes are dense and tensor-core, priced by the target's peaks.
// OTHER: warning: target sm_80 has no route 'sparse-tensor', only dense, tensor-core; its routes are left to the plan

// f32 waits for the user's leave, 1:16 has no instruction.
// GPU: remark: [Passed] route | Category:plan | Function=two_of_four_bf16 | Remark="tensor-core: memory-bound, nm<2:4, dim = 1> leaves 50.0 % of the multiply-adds and 56.2 % of the weight's bytes: 1.{{.*}}x as fast as dense at 1 column
// GPU: remark: [Missed] route | Category:plan | Function=one_of_four_bf16 | {{.*}}Remark="dense: nm<1:4> of bf16 has no mma.sp form; there are 2:4 in f16, bf16 and i8, and 1:2 in f32 as tf32"
// GPU: remark: [Missed] route | Category:plan | Function=rows_bf16 | {{.*}}Remark="dense: nm<2:4, dim = 0> keeps elements along a dimension that is not contracted"
// GPU: remark: [Missed] route | Category:plan | Function=two_of_four | {{.*}}Remark="dense: f32 is multiplied on tensor cores only after rounding, which --precision=tf32, bf16 or f16 asks for"
// GPU-LABEL: func.func @two_of_four_bf16
// GPU: plan(#lacuna.plan<target = "sm_80", forced = false, choices = [<from = 0, route = tensor-core,
// DENSE-LABEL: func.func @two_of_four_bf16
// DENSE: plan(#lacuna.plan<target = "sm_90a", forced = true, choices = [<from = 0, route = dense,
func.func @two_of_four_bf16(%x: tensor<?x4096xbf16>, %w: tensor<4096x4096xbf16, #nm>, %n: index, %e: tensor<?x4096xf32>) -> tensor<?x4096xf32> {
  %r = lacuna.dispatch(%a = %x : tensor<?x4096xbf16>, %b = %w : tensor<4096x4096xbf16, #nm>, %o = %e : tensor<?x4096xf32>)[%n] -> (tensor<?x4096xf32>) {
    %m = linalg.matmul indexing_maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (j, k)>, affine_map<(i, j, k) -> (i, j)>]
      ins(%a, %b : tensor<?x4096xbf16>, tensor<4096x4096xbf16, #nm>) outs(%o : tensor<?x4096xf32>) -> tensor<?x4096xf32>
    lacuna.yield %m : tensor<?x4096xf32>
  }
  return %r : tensor<?x4096xf32>
}

func.func @one_of_four_bf16(%x: tensor<?x64xbf16>, %w: tensor<64x64xbf16, #lacuna.nm<1:4, dim = 1>>, %n: index, %e: tensor<?x64xf32>) -> tensor<?x64xf32> {
  %r = lacuna.dispatch(%a = %x : tensor<?x64xbf16>, %b = %w : tensor<64x64xbf16, #lacuna.nm<1:4, dim = 1>>, %o = %e : tensor<?x64xf32>)[%n] -> (tensor<?x64xf32>) {
    %m = linalg.matmul indexing_maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (j, k)>, affine_map<(i, j, k) -> (i, j)>]
      ins(%a, %b : tensor<?x64xbf16>, tensor<64x64xbf16, #lacuna.nm<1:4, dim = 1>>) outs(%o : tensor<?x64xf32>) -> tensor<?x64xf32>
    lacuna.yield %m : tensor<?x64xf32>
  }
  return %r : tensor<?x64xf32>
}

func.func @rows_bf16(%x: tensor<?x64xbf16>, %w: tensor<64x64xbf16, #lacuna.nm<2:4, dim = 0>>, %n: index, %e: tensor<?x64xf32>) -> tensor<?x64xf32> {
  %r = lacuna.dispatch(%a = %x : tensor<?x64xbf16>, %b = %w : tensor<64x64xbf16, #lacuna.nm<2:4, dim = 0>>, %o = %e : tensor<?x64xf32>)[%n] -> (tensor<?x64xf32>) {
    %m = linalg.matmul indexing_maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (j, k)>, affine_map<(i, j, k) -> (i, j)>]
      ins(%a, %b : tensor<?x64xbf16>, tensor<64x64xbf16, #lacuna.nm<2:4, dim = 0>>) outs(%o : tensor<?x64xf32>) -> tensor<?x64xf32>
    lacuna.yield %m : tensor<?x64xf32>
  }
  return %r : tensor<?x64xf32>
}

func.func @two_of_four(%x: tensor<?x1024xf32>, %w: tensor<1024x1024xf32, #nm>, %n: index, %e: tensor<?x1024xf32>) -> tensor<?x1024xf32> {
  %r = lacuna.dispatch(%a = %x : tensor<?x1024xf32>, %b = %w : tensor<1024x1024xf32, #nm>, %o = %e : tensor<?x1024xf32>)[%n] -> (tensor<?x1024xf32>) {
    %m = linalg.matmul indexing_maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (j, k)>, affine_map<(i, j, k) -> (i, j)>]
      ins(%a, %b : tensor<?x1024xf32>, tensor<1024x1024xf32, #nm>) outs(%o : tensor<?x1024xf32>) -> tensor<?x1024xf32>
    lacuna.yield %m : tensor<?x1024xf32>
  }
  return %r : tensor<?x1024xf32>
}
