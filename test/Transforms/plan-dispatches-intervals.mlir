// RUN: lacuna-opt %s --plan-dispatches="threads=2 target-model=%S/../Tools/Inputs/target.json" --remarks-filter=plan --remark-policy=all 2>&1 | FileCheck %s
// RUN: lacuna-opt %s --plan-dispatches="threads=2 target-model=%S/../Tools/Inputs/target.json force-route=vector sizes=7,300" | FileCheck %s --check-prefix=FORCED
// RUN: not lacuna-opt %s --plan-dispatches="sizes=0" 2>&1 | FileCheck %s --check-prefix=SIZES
// SIZES: expected numbers of columns of at least 1 in sizes, found 0

#nm = #lacuna.nm<2:4, dim = 1>

// A remark for each interval.
// CHECK: remark: [Passed] route | Category:plan | Function=dynamic | Remark="vector: up to 101 columns: compute-bound, nm<2:4, dim = 1> leaves 50.0 % of the multiply-adds and 53.1 % of the weight's bytes: 1.71x as fast as dense at 1 column, 1.70x at 16 columns"
// CHECK: remark: [Missed] route | Category:plan | Function=dynamic | Remark="dense: from 102 columns on: compute-bound, sparse-tensor would be 0.{{[0-9]+}}x as fast at 128 columns, 0.{{[0-9]+}}x at 1024 columns; vector would be 0.{{[0-9]+}}x as fast at 128 columns, 0.{{[0-9]+}}x at 1024 columns"
// CHECK: remark: [Passed] route | Category:plan | Function=fixed | Remark="vector: compute-bound
// CHECK: remark: [Passed] route | Category:plan | Function=computed | Remark="vector: compute-bound

// CHECK-LABEL: func.func @dynamic
// CHECK: choices = [<from = 0, route = vector, nanoseconds = [[T:.*]], denseNanoseconds = {{[0-9]+}}, reason = "up to 101 columns: {{.*}}", prices = [#lacuna.price<columns = 1, {{[^>]*}}bound = "compute", calibrated = false>, #lacuna.price<columns = 16, nanoseconds = [[T]], {{[^>]*}}>]>, <from = 102, route = dense, {{.*}}prices = [#lacuna.price<columns = 128, {{[^>]*}}>, #lacuna.price<columns = 1024, {{[^>]*}}>]>]
// FORCED-LABEL: func.func @dynamic
// FORCED: forced = true, choices = [<from = 0, route = vector, {{.*}}prices = [#lacuna.price<columns = 7, {{[^>]*}}>, #lacuna.price<columns = 300, {{[^>]*}}>]>]
func.func @dynamic(%x: tensor<?x512xf32>, %w: tensor<512x512xf32, #nm>, %n: index, %e: tensor<?x512xf32>) -> tensor<?x512xf32> {
  %r = lacuna.dispatch(%a = %x : tensor<?x512xf32>, %b = %w : tensor<512x512xf32, #nm>, %o = %e : tensor<?x512xf32>)[%n] -> (tensor<?x512xf32>) {
    %m = linalg.matmul indexing_maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (j, k)>, affine_map<(i, j, k) -> (i, j)>]
      ins(%a, %b : tensor<?x512xf32>, tensor<512x512xf32, #nm>) outs(%o : tensor<?x512xf32>) -> tensor<?x512xf32>
    lacuna.yield %m : tensor<?x512xf32>
  }
  return %r : tensor<?x512xf32>
}

// A static size has one interval.
// CHECK-LABEL: func.func @fixed
// CHECK: choices = [<from = 0, route = vector, {{.*}}prices = [#lacuna.price<columns = 16, {{[^>]*}}>]>]>)
func.func @fixed(%x: tensor<16x512xf32>, %w: tensor<512x512xf32, #nm>, %e: tensor<16x512xf32>) -> tensor<16x512xf32> {
  %r = lacuna.dispatch(%a = %x : tensor<16x512xf32>, %b = %w : tensor<512x512xf32, #nm>, %o = %e : tensor<16x512xf32>) -> (tensor<16x512xf32>) {
    %m = linalg.matmul indexing_maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (j, k)>, affine_map<(i, j, k) -> (i, j)>]
      ins(%a, %b : tensor<16x512xf32>, tensor<512x512xf32, #nm>) outs(%o : tensor<16x512xf32>) -> tensor<16x512xf32>
    lacuna.yield %m : tensor<16x512xf32>
  }
  return %r : tensor<16x512xf32>
}

// So has one that is computed inside of the region.
// CHECK-LABEL: func.func @computed
// CHECK: choices = [<from = 0, route = vector, {{.*}}>]>)
func.func @computed(%p: index, %w: tensor<512x512xf32, #nm>, %n: index) -> tensor<?x512xf32> {
  %r = lacuna.dispatch(%q = %p : index, %b = %w : tensor<512x512xf32, #nm>)[%n] -> (tensor<?x512xf32>) {
    %z = arith.constant 0.0 : f32
    %d = arith.addi %q, %q : index
    %s = tensor.empty(%d) : tensor<?x512xf32>
    %a = linalg.fill ins(%z : f32) outs(%s : tensor<?x512xf32>) -> tensor<?x512xf32>
    %m = linalg.matmul indexing_maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (j, k)>, affine_map<(i, j, k) -> (i, j)>]
      ins(%a, %b : tensor<?x512xf32>, tensor<512x512xf32, #nm>) outs(%a : tensor<?x512xf32>) -> tensor<?x512xf32>
    lacuna.yield %m : tensor<?x512xf32>
  }
  return %r : tensor<?x512xf32>
}
