// RUN: lacuna-opt %s --pack-panels --canonicalize | FileCheck %s
// RUN: lacuna-opt %s --pack-panels=vector-bytes=32 --canonicalize | FileCheck %s --check-prefix=NARROW

#x = affine_map<(i, j, k) -> (i, k)>
#w = affine_map<(i, j, k) -> (j, k)>
#y = affine_map<(i, j, k) -> (i, j)>
#every = affine_map<(i, j) -> (i, j)>
#column = affine_map<(i, j) -> (j)>
#sparse = #lacuna.plan<target = "cpu", forced = true, choices = [<from = 0, route = sparse-tensor, nanoseconds = 1, denseNanoseconds = 1, reason = "test">]>

// Three vectors where they divide the columns, else two, else one.
// CHECK-DAG: ml_program.global private @w.panels(#{{.*}}) : tensor<2x64x48xf32> {lacuna.panels = array<i64: 0, 48>, lacuna.type = tensor<96x64xf32>, lacuna.view = "panels", lacuna.weight = "w"}
// CHECK-DAG: ml_program.global private @by_rows.panels(#{{.*}}) : tensor<2x8x32xf32> {lacuna.panels = array<i64: 1, 32>,
// CHECK-DAG: ml_program.global private @narrow.panels(#{{.*}}) : tensor<1x8x16xbf16> {lacuna.dtype = "bf16", lacuna.panels = array<i64: 0, 16>, lacuna.type = tensor<16x8xf32>, lacuna.view = "panels", lacuna.weight = "n"}
// NARROW-DAG: ml_program.global private @w.panels(#{{.*}}) : tensor<4x64x24xf32>
ml_program.global private @w(#ml_program.extern : tensor<96x64xf32>) : tensor<96x64xf32>
ml_program.global private @by_rows(#ml_program.extern : tensor<8x64xf32>) : tensor<8x64xf32>
ml_program.global private @narrow(#ml_program.extern : tensor<16x8xbf16>) : tensor<16x8xbf16>
  {lacuna.dtype = "bf16", lacuna.type = tensor<16x8xf32>, lacuna.weight = "n"}
ml_program.global private @ragged(#ml_program.extern : tensor<17x8xf32>) : tensor<17x8xf32>
ml_program.global private @values(#ml_program.extern : tensor<16x8xf32>) : tensor<16x8xf32>
  {lacuna.view = "values", lacuna.weight = "v", lacuna.type = tensor<16x16xf32>}

// What follows the contraction is computed in panels, too; the region gives
// them, and outside they are columns again.
// CHECK-LABEL: func.func @epilogue
// CHECK: %[[W:.*]] = ml_program.global_load_const @w.panels : tensor<2x64x48xf32>
// CHECK: %[[R:.*]] = lacuna.dispatch({{.*}}%[[B:[^ ]*]] = %[[W]] : tensor<2x64x48xf32>)[%{{.*}}] -> (tensor<?x2x48xf32>) {
// CHECK: linalg.generic {indexing_maps = [#[[A:.*]], #[[P:.*]], #[[C:.*]]], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%{{.*}}, %[[B]] : tensor<?x64xf32>, tensor<2x64x48xf32>)
// CHECK: arith.mulf
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "parallel", "parallel"]
// CHECK: arith.maximumf
// CHECK-NOT: collapse_shape
// CHECK: lacuna.yield %{{.*}} : tensor<?x2x48xf32>
// CHECK: tensor.collapse_shape %[[R]] {{\[}}[0], [1, 2]] : tensor<?x2x48xf32> into tensor<?x96xf32>
func.func @epilogue(%x: tensor<?x64xf32>, %bias: tensor<96xf32>, %m: index) -> tensor<?x96xf32> {
  %w = ml_program.global_load_const @w : tensor<96x64xf32>
  %r = lacuna.dispatch(%a = %x : tensor<?x64xf32>, %b = %w : tensor<96x64xf32>, %c = %bias : tensor<96xf32>, %n = %m : index)[%m] -> (tensor<?x96xf32>) {
    %zero = arith.constant 0.0 : f32
    %e = tensor.empty(%n) : tensor<?x96xf32>
    %f = linalg.fill ins(%zero : f32) outs(%e : tensor<?x96xf32>) -> tensor<?x96xf32>
    %0 = linalg.matmul indexing_maps = [#x, #w, #y] ins(%a, %b : tensor<?x64xf32>, tensor<96x64xf32>) outs(%f : tensor<?x96xf32>) -> tensor<?x96xf32>
    %1 = linalg.generic {indexing_maps = [#every, #column, #every], iterator_types = ["parallel", "parallel"]}
        ins(%0, %c : tensor<?x96xf32>, tensor<96xf32>) outs(%e : tensor<?x96xf32>) {
    ^bb0(%s: f32, %t: f32, %o: f32):
      %sum = arith.addf %s, %t : f32
      %relu = arith.maximumf %sum, %zero : f32
      linalg.yield %relu : f32
    } -> tensor<?x96xf32>
    lacuna.yield %1 : tensor<?x96xf32>
  }
  return %r : tensor<?x96xf32>
}

// A weight stored depth by columns; one that is rounded at load.
// CHECK-LABEL: func.func @forms
// CHECK: ml_program.global_load_const @by_rows.panels
// CHECK: ml_program.global_load_const @narrow.panels
func.func @forms(%x: tensor<3x8xf32>, %y: tensor<3x8xbf16>, %c: tensor<3x64xf32>, %d: tensor<3x16xf32>) -> (tensor<3x64xf32>, tensor<3x16xf32>) {
  %w = ml_program.global_load_const @by_rows : tensor<8x64xf32>
  %v = ml_program.global_load_const @narrow : tensor<16x8xbf16>
  %r = lacuna.dispatch(%a = %x : tensor<3x8xf32>, %b = %w : tensor<8x64xf32>, %o = %c : tensor<3x64xf32>) -> (tensor<3x64xf32>) {
    %0 = linalg.matmul ins(%a, %b : tensor<3x8xf32>, tensor<8x64xf32>) outs(%o : tensor<3x64xf32>) -> tensor<3x64xf32>
    lacuna.yield %0 : tensor<3x64xf32>
  }
  %s = lacuna.dispatch(%a = %y : tensor<3x8xbf16>, %b = %v : tensor<16x8xbf16>, %o = %d : tensor<3x16xf32>) -> (tensor<3x16xf32>) {
    %0 = linalg.matmul indexing_maps = [#x, #w, #y] ins(%a, %b : tensor<3x8xbf16>, tensor<16x8xbf16>) outs(%o : tensor<3x16xf32>) -> tensor<3x16xf32>
    lacuna.yield %0 : tensor<3x16xf32>
  }
  return %r, %s : tensor<3x64xf32>, tensor<3x16xf32>
}

// Not cut: columns that no vector divides, another view, another route, an
// operand that is no weight.
// CHECK-LABEL: func.func @left
// CHECK-NOT: panels
// CHECK: return
func.func @left(%x: tensor<3x8xf32>, %y: tensor<16x8xf32>, %c: tensor<3x17xf32>, %d: tensor<3x16xf32>) -> (tensor<3x17xf32>, tensor<3x16xf32>, tensor<3x16xf32>) {
  %w = ml_program.global_load_const @ragged : tensor<17x8xf32>
  %v = ml_program.global_load_const @values : tensor<16x8xf32>
  %r = lacuna.dispatch(%a = %x : tensor<3x8xf32>, %b = %w : tensor<17x8xf32>, %o = %c : tensor<3x17xf32>) -> (tensor<3x17xf32>) {
    %0 = linalg.matmul indexing_maps = [#x, #w, #y] ins(%a, %b : tensor<3x8xf32>, tensor<17x8xf32>) outs(%o : tensor<3x17xf32>) -> tensor<3x17xf32>
    lacuna.yield %0 : tensor<3x17xf32>
  }
  %s = lacuna.dispatch(%a = %x : tensor<3x8xf32>, %b = %v : tensor<16x8xf32>, %o = %d : tensor<3x16xf32>) -> (tensor<3x16xf32>) {
    %0 = linalg.matmul indexing_maps = [#x, #w, #y] ins(%a, %b : tensor<3x8xf32>, tensor<16x8xf32>) outs(%o : tensor<3x16xf32>) -> tensor<3x16xf32>
    lacuna.yield %0 : tensor<3x16xf32>
  }
  %t = lacuna.dispatch(%a = %x : tensor<3x8xf32>, %b = %y : tensor<16x8xf32>, %o = %d : tensor<3x16xf32>) -> (tensor<3x16xf32>) {
    %0 = linalg.matmul indexing_maps = [#x, #w, #y] ins(%a, %b : tensor<3x8xf32>, tensor<16x8xf32>) outs(%o : tensor<3x16xf32>) -> tensor<3x16xf32>
    lacuna.yield %0 : tensor<3x16xf32>
  }
  return %r, %s, %t : tensor<3x17xf32>, tensor<3x16xf32>, tensor<3x16xf32>
}
