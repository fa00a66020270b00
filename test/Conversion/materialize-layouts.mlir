// RUN: lacuna-opt %s --materialize-layouts --verify-layouts=materialized | FileCheck %s

#nm = #lacuna.nm<2:4, dim = 1>
#dense = #lacuna.plan<target = "cpu", forced = true, choices = [<from = 0, route = dense, nanoseconds = 1, denseNanoseconds = 1, reason = "test">]>
#sparse = #lacuna.plan<target = "cpu", forced = true, choices = [<from = 0, route = sparse-tensor, nanoseconds = 1, denseNanoseconds = 1, reason = "test">]>
#x = affine_map<(i, j, k) -> (i, k)>
#w = affine_map<(i, j, k) -> (j, k)>
#y = affine_map<(i, j, k) -> (i, j)>

// One global for each view that is read; weights without a layout stay.
// CHECK-DAG: ml_program.global private @a.dense(#{{.*}}) : tensor<8x10xf32> {lacuna.layout = "nm<2:4, dim = 1>", lacuna.type = tensor<8x10xf32>, lacuna.view = "dense", lacuna.weight = "a"}
// CHECK-DAG: ml_program.global private @b.values(#{{.*}}) : tensor<8x3x2xf32> {lacuna.layout = "nm<2:4, dim = 1>", lacuna.type = tensor<8x10xf32>, lacuna.view = "values", lacuna.weight = "b"}
// CHECK-DAG: ml_program.global private @b.coordinates(#{{.*}}) : tensor<8x3x2xi8> {lacuna.layout = "nm<2:4, dim = 1>", lacuna.type = tensor<8x10xf32>, lacuna.view = "coordinates", lacuna.weight = "b"}
// CHECK-DAG: ml_program.global private @n.bf16.values(#{{.*}}) : tensor<8x3x2xbf16> {lacuna.dtype = "bf16", lacuna.layout = "nm<2:4, dim = 1>", lacuna.type = tensor<8x10xf32>, lacuna.view = "values", lacuna.weight = "n"}
// CHECK-DAG: ml_program.global private @plain(#{{.*}}) : tensor<8x10xf32>{{$}}
// CHECK-NOT: @unread
ml_program.global private @a(#ml_program.extern : tensor<8x10xf32, #nm>) : tensor<8x10xf32, #nm>
ml_program.global private @b(#ml_program.extern : tensor<8x10xf32>) : tensor<8x10xf32>
ml_program.global private @n.bf16(#ml_program.extern : tensor<8x10xbf16, #nm>) : tensor<8x10xbf16, #nm>
  {lacuna.dtype = "bf16", lacuna.type = tensor<8x10xf32>, lacuna.weight = "n"}
ml_program.global private @plain(#ml_program.extern : tensor<8x10xf32>) : tensor<8x10xf32>
ml_program.global private @unread(#ml_program.extern : tensor<8x10xf32, #nm>) : tensor<8x10xf32, #nm>

// A view of a weight in another element type has views of its layout.
// CHECK-LABEL: func.func @narrow
// CHECK: ml_program.global_load_const @n.bf16.values : tensor<8x3x2xbf16>
func.func @narrow(%x: tensor<4x10xbf16>, %o: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %w = ml_program.global_load_const @n.bf16 : tensor<8x10xbf16, #nm>
  %r = lacuna.dispatch(%a = %x : tensor<4x10xbf16>, %b = %w : tensor<8x10xbf16, #nm>, %c = %o : tensor<4x8xf32>) -> (tensor<4x8xf32>) plan(#sparse) {
    %0 = linalg.matmul indexing_maps = [#x, #w, #y] ins(%a, %b : tensor<4x10xbf16>, tensor<8x10xbf16, #nm>) outs(%c : tensor<4x8xf32>) -> tensor<4x8xf32>
    lacuna.yield %0 : tensor<4x8xf32>
  }
  return %r : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @dense
// CHECK: %[[W:.*]] = ml_program.global_load_const @a.dense : tensor<8x10xf32>
// CHECK: lacuna.dispatch({{.*}}%[[B:[^ ]*]] = %[[W]] : tensor<8x10xf32>
// CHECK: linalg.matmul {{.*}} ins(%{{.*}}, %[[B]] : tensor<4x10xf32>, tensor<8x10xf32>)
func.func @dense(%x: tensor<4x10xf32>, %o: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %w = ml_program.global_load_const @a : tensor<8x10xf32, #nm>
  %r = lacuna.dispatch(%a = %x : tensor<4x10xf32>, %b = %w : tensor<8x10xf32, #nm>, %c = %o : tensor<4x8xf32>) -> (tensor<4x8xf32>) plan(#dense) {
    %0 = linalg.matmul indexing_maps = [#x, #w, #y] ins(%a, %b : tensor<4x10xf32>, tensor<8x10xf32, #nm>) outs(%c : tensor<4x8xf32>) -> tensor<4x8xf32>
    lacuna.yield %0 : tensor<4x8xf32>
  }
  return %r : tensor<4x8xf32>
}

// A convert of a weight gives the weight its layout: nothing is packed here.
// CHECK-LABEL: func.func @sparse
// CHECK-DAG: %[[V:.*]] = ml_program.global_load_const @b.values : tensor<8x3x2xf32>
// CHECK-DAG: %[[C:.*]] = ml_program.global_load_const @b.coordinates : tensor<8x3x2xi8>
// CHECK-NOT: linalg.generic
// CHECK: lacuna.dispatch({{.*}}%[[BV:[^ ]*]] = %[[V]] : tensor<8x3x2xf32>, %[[BC:[^ ]*]] = %[[C]] : tensor<8x3x2xi8>
// CHECK: %[[A:.*]] = lacuna.assemble %[[BV]], %[[BC]] : tensor<8x3x2xf32>, tensor<8x3x2xi8> to tensor<8x10xf32, #lacuna.nm<2:4, dim = 1>>
// CHECK: linalg.matmul {{.*}} ins(%{{.*}}, %[[A]] :
func.func @sparse(%x: tensor<4x10xf32>, %o: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %p = ml_program.global_load_const @b : tensor<8x10xf32>
  %w = lacuna.convert %p : tensor<8x10xf32> to tensor<8x10xf32, #nm>
  %r = lacuna.dispatch(%a = %x : tensor<4x10xf32>, %b = %w : tensor<8x10xf32, #nm>, %c = %o : tensor<4x8xf32>) -> (tensor<4x8xf32>) plan(#sparse) {
    %0 = linalg.matmul indexing_maps = [#x, #w, #y] ins(%a, %b : tensor<4x10xf32>, tensor<8x10xf32, #nm>) outs(%c : tensor<4x8xf32>) -> tensor<4x8xf32>
    lacuna.yield %0 : tensor<4x8xf32>
  }
  return %r : tensor<4x8xf32>
}

// Signatures take what the uses read: here all three buffers.
// CHECK-LABEL: func.func private @own(
// CHECK-SAME: %[[D:.*]]: tensor<8x10xf32>, %[[V:.*]]: tensor<8x3x2xf32>, %[[C:.*]]: tensor<8x3x2xi8>) -> (tensor<8x10xf32>, tensor<8x3x2xf32>, tensor<8x3x2xi8>)
// CHECK-NEXT: return %[[D]], %[[V]], %[[C]]
func.func private @own(%w: tensor<8x10xf32, #nm>) -> (tensor<8x10xf32>, tensor<8x10xf32, #nm>) {
  %d = lacuna.convert %w : tensor<8x10xf32, #nm> to tensor<8x10xf32>
  return %d, %w : tensor<8x10xf32>, tensor<8x10xf32, #nm>
}

// Pruned in two steps, packed in four, each a region on route dense.
// CHECK-LABEL: func.func @run_time
// CHECK-COUNT-6: route = dense
// CHECK-NOT: cf.assert
// CHECK: %[[R:.*]]:3 = call @own(%{{.*}}, %{{.*}}, %{{.*}}) : (tensor<8x10xf32>, tensor<8x3x2xf32>, tensor<8x3x2xi8>)
// CHECK: lacuna.dispatch({{.*}} = %[[R]]#1 : tensor<8x3x2xf32>, {{.*}} = %[[R]]#2 : tensor<8x3x2xi8>
// CHECK: lacuna.assemble
func.func @run_time(%v: tensor<8x10xf32>, %x: tensor<4x10xf32>, %o: tensor<4x8xf32>) -> (tensor<4x8xf32>, tensor<8x10xf32>) {
  %p = lacuna.prune %v : tensor<8x10xf32> to tensor<8x10xf32, #nm>
  %d, %w = call @own(%p) : (tensor<8x10xf32, #nm>) -> (tensor<8x10xf32>, tensor<8x10xf32, #nm>)
  %r = lacuna.dispatch(%a = %x : tensor<4x10xf32>, %b = %w : tensor<8x10xf32, #nm>, %c = %o : tensor<4x8xf32>) -> (tensor<4x8xf32>) plan(#sparse) {
    %0 = linalg.matmul indexing_maps = [#x, #w, #y] ins(%a, %b : tensor<4x10xf32>, tensor<8x10xf32, #nm>) outs(%c : tensor<4x8xf32>) -> tensor<4x8xf32>
    lacuna.yield %0 : tensor<4x8xf32>
  }
  return %r, %d : tensor<4x8xf32>, tensor<8x10xf32>
}

// A claim about a value of the run is checked: nonzeros, their check, nonzeros
// before each coordinate, coordinates, values. What was pruned needs no check.
// CHECK-LABEL: func.func @claimed
// CHECK: lacuna.dispatch
// CHECK: %[[NONZEROS:.*]] = linalg.generic
// CHECK: lacuna.yield %[[NONZEROS]]
// CHECK: %[[CHECKED:.*]] = lacuna.dispatch
// CHECK: linalg.generic
// CHECK-NEXT: ^bb0(%[[COUNT:.*]]: i32, %{{.*}}: i32):
// CHECK: %[[FITS:.*]] = arith.cmpi ule, %[[COUNT]], %c2{{.*}} : i32
// CHECK-NEXT: cf.assert %[[FITS]], "a value of type tensor<8x10xf32> was claimed to be nm<2:4, dim = 1> (lacuna.convert), but has a group of 4 with more than 2 nonzeros: make it so with lacuna.prune, or claim no layout"
// CHECK-NEXT: linalg.yield %[[COUNT]]
// CHECK: lacuna.dispatch({{.*}} = %[[CHECKED]] : tensor<8x3xi32>
// CHECK-NOT: cf.assert
// CHECK: lacuna.assemble
func.func @claimed(%v: tensor<8x10xf32>, %x: tensor<4x10xf32>, %o: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %w = lacuna.convert %v : tensor<8x10xf32> to tensor<8x10xf32, #nm>
  %r = lacuna.dispatch(%a = %x : tensor<4x10xf32>, %b = %w : tensor<8x10xf32, #nm>, %c = %o : tensor<4x8xf32>) -> (tensor<4x8xf32>) plan(#sparse) {
    %0 = linalg.matmul indexing_maps = [#x, #w, #y] ins(%a, %b : tensor<4x10xf32>, tensor<8x10xf32, #nm>) outs(%c : tensor<4x8xf32>) -> tensor<4x8xf32>
    lacuna.yield %0 : tensor<4x8xf32>
  }
  return %r : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @no_layout
// CHECK: ml_program.global_load_const @plain
func.func @no_layout() -> tensor<8x10xf32> {
  %w = ml_program.global_load_const @plain : tensor<8x10xf32>
  return %w : tensor<8x10xf32>
}
