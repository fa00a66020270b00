// RUN: lacuna-opt %s --create-entry-points | FileCheck %s

// CHECK: llvm.mlir.global external constant @lacuna_manifest("{\22abi\22:3,
// CHECK-SAME: \22state\22:[{\22dtype\22:\22f32\22,\22name\22:\22cache\22,\22shape\22:[2,8]},{\22dtype\22:\22i64\22,\22name\22:\22count\22,\22shape\22:[],\22weight\22:1}]
// CHECK-SAME: \22bindings\22:[{\22view\22:\22dense\22,\22weight\22:0},{\22state\22:0},{\22state\22:1}]
// CHECK-SAME: \22bindings\22:[{\22state\22:1}]
// CHECK-SAME: \22weights\22:[{\22dtype\22:\22f32\22,\22name\22:\22w\22,\22shape\22:[8]},{\22dtype\22:\22i64\22,\22name\22:\22count\22,\22shape\22:[]}]
func.func @main(%w: memref<8xf32> {lacuna.binding = {weight = "w", view = "dense", type = tensor<8xf32>}},
    %c: memref<2x8xf32> {lacuna.binding = {state = "cache", type = tensor<2x8xf32>}},
    %n: memref<i64> {lacuna.binding = {state = "count", type = tensor<i64>, weight = "count"}}) {
  return
}
func.func private @main$shapes() attributes {lacuna.shapes_of = @main} {
  return
}
// Another function has the same state.
func.func @other(%n: memref<i64> {lacuna.binding = {state = "count", type = tensor<i64>, weight = "count"}}) {
  return
}
func.func private @other$shapes() attributes {lacuna.shapes_of = @other} {
  return
}
