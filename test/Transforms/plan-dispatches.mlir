// RUN: lacuna-opt %s --plan-dispatches="threads=1 target-model=%S/../Tools/Inputs/target.json" --remarks-filter=plan --remark-policy=all 2>&1 | FileCheck %s --check-prefix=AUTO
// RUN: lacuna-opt %s --plan-dispatches="threads=1 force-route=sparse-tensor" | FileCheck %s --check-prefix=FORCED

#nm = #lacuna.nm<2:4, dim = 1>
#few = #lacuna.nm<1:16, dim = 1>

// The reason is a remark and in the plan.
// AUTO: remark: [Passed] route | Category:plan | Function=two_of_four | Remark="vector: up to {{[0-9]+}} columns: compute-bound, nm<2:4, dim = 1> leaves 50.0 % of the multiply-adds and 53.1 % of the weight's bytes: 1.{{.*}}x as fast as dense at 1 column, {{.*}} at 16 columns
// AUTO: remark: [Missed] route | Category:plan | Function=two_of_four | Remark="dense: from {{[0-9]+}} columns on: compute-bound, sparse-tensor would be 0.{{.*}}x as fast at 1024 columns; vector would be
// AUTO: remark: [Passed] route | Category:plan | Function=one_of_sixteen | Remark="vector: {{.*}}nm<1:16, dim = 1> leaves 6.2 %

// AUTO-LABEL: func.func @two_of_four
// AUTO: plan(#lacuna.plan<target = "cpu", forced = false, choices = [<from = 0, route = vector,
// FORCED-LABEL: func.func @two_of_four
// FORCED: plan(#lacuna.plan<target = "cpu", forced = true, choices = [<from = 0, route = sparse-tensor,
func.func @two_of_four(%x: tensor<?x1024xf32>, %w: tensor<1024x1024xf32, #nm>, %n: index, %e: tensor<?x1024xf32>) -> tensor<?x1024xf32> {
  %r = lacuna.dispatch(%a = %x : tensor<?x1024xf32>, %b = %w : tensor<1024x1024xf32, #nm>, %o = %e : tensor<?x1024xf32>)[%n] -> (tensor<?x1024xf32>) {
    %m = linalg.matmul indexing_maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (j, k)>, affine_map<(i, j, k) -> (i, j)>]
      ins(%a, %b : tensor<?x1024xf32>, tensor<1024x1024xf32, #nm>) outs(%o : tensor<?x1024xf32>) -> tensor<?x1024xf32>
    lacuna.yield %m : tensor<?x1024xf32>
  }
  return %r : tensor<?x1024xf32>
}

// AUTO-LABEL: func.func @one_of_sixteen
// AUTO: plan(#lacuna.plan<target = "cpu", forced = false, choices = [<from = 0, route = vector,
func.func @one_of_sixteen(%x: tensor<?x1024xf32>, %w: tensor<1024x1024xf32, #few>, %n: index, %e: tensor<?x1024xf32>) -> tensor<?x1024xf32> {
  %r = lacuna.dispatch(%a = %x : tensor<?x1024xf32>, %b = %w : tensor<1024x1024xf32, #few>, %o = %e : tensor<?x1024xf32>)[%n] -> (tensor<?x1024xf32>) {
    %m = linalg.matmul indexing_maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (j, k)>, affine_map<(i, j, k) -> (i, j)>]
      ins(%a, %b : tensor<?x1024xf32>, tensor<1024x1024xf32, #few>) outs(%o : tensor<?x1024xf32>) -> tensor<?x1024xf32>
    lacuna.yield %m : tensor<?x1024xf32>
  }
  return %r : tensor<?x1024xf32>
}

// Without a layout there is nothing to decide.
// AUTO-LABEL: func.func @plain
// AUTO-NOT: plan(
func.func @plain(%x: tensor<4xf32>) -> tensor<4xf32> {
  %r = lacuna.dispatch(%a = %x : tensor<4xf32>) -> (tensor<4xf32>) {
    lacuna.yield %a : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}
