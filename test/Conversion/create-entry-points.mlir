// RUN: lacuna-opt %s --create-entry-points="cpu=znver4 features=avx2,fma" --split-input-file | FileCheck %s
// RUN: lacuna-opt %s --create-entry-points=target=sm_90a --split-input-file | FileCheck %s --check-prefix=GPU

// CHECK: llvm.mlir.global external constant @lacuna_manifest("{\22abi\22:2,
// CHECK-SAME: \22targets\22:[{\22cpu\22:\22znver4\22,\22features\22:[\22avx2\22,\22fma\22],
// CHECK-SAME: \22bindings\22:[{\22view\22:\22values\22,\22weight\22:0},{\22view\22:\22coordinates\22,\22weight\22:0}]
// CHECK-SAME: \22inputs\22:[{\22dtype\22:\22f32\22,\22name\22:\22x\22,\22shape\22:[-1,8],\22symbols\22:[\22batch\22,\22\22]}]
// CHECK-SAME: \22name\22:\22main\22
// CHECK-SAME: \22outputs\22:[{\22dtype\22:\22i64\22,\22name\22:\22result0\22,\22shape\22:[-1]}]
// CHECK-SAME: \22name\22:\22cpu\22,\22prefix\22:\22\22}],
// CHECK-SAME: \22weights\22:[{\22dtype\22:\22f32\22,\22layout\22:\22nm<2:4, dim = 0>\22,\22name\22:\22w\22,\22shape\22:[8]}]}\00")

// CHECK: func.func private @main$host(
func.func @main(%x: memref<?x8xf32> {lacuna.name = "x", lacuna.dims = ["batch", ""]},
    %o: memref<?xindex> {lacuna.output},
    %v: memref<2x2xf32> {lacuna.binding = {weight = "w", view = "values", type = tensor<8xf32>, layout = "nm<2:4, dim = 0>"}},
    %c: memref<2x2xi8> {lacuna.binding = {weight = "w", view = "coordinates", type = tensor<8xf32>, layout = "nm<2:4, dim = 0>"}}) {
  return
}
func.func private @main$shapes(%a: index, %b: index) -> index attributes {lacuna.shapes_of = @main} {
  return %a : index
}

// CHECK: func.func @lacuna_entry_main(%[[D:.*]]: !llvm.ptr) {
// CHECK: %[[SLOT:.*]] = llvm.getelementptr %[[D]][0] : (!llvm.ptr) -> !llvm.ptr, !llvm.ptr
// CHECK: %[[P:.*]] = llvm.load %[[SLOT]]
// CHECK: %[[S:.*]] = llvm.load %[[P]] : !llvm.ptr -> !llvm.struct<(ptr, ptr, i64, array<2 x i64>, array<2 x i64>)>
// CHECK: %[[M:.*]] = builtin.unrealized_conversion_cast %[[S]]
// CHECK: call @main$host(%[[M]], %{{.*}}, %{{.*}}, %{{.*}})

// CHECK: func.func @lacuna_shapes_main(%{{.*}}: !llvm.ptr, %[[OUT:.*]]: !llvm.ptr) {
// CHECK: llvm.getelementptr %{{.*}}[3] : (!llvm.ptr) -> !llvm.ptr, i64
// CHECK: llvm.getelementptr %{{.*}}[4] : (!llvm.ptr) -> !llvm.ptr, i64
// CHECK: %[[R:.*]] = call @main$shapes(
// CHECK: %[[I:.*]] = arith.index_cast %[[R]] : index to i64
// CHECK: %[[TO:.*]] = llvm.getelementptr %[[OUT]][0]
// CHECK: llvm.store %[[I]], %[[TO]]

// -----

// A name that is no C identifier is spelled out, and two that would meet are
// told apart.
// CHECK: \22name\22:\22a.b\22,\22outputs\22:[],\22symbol\22:\22a_2eb\22
// CHECK-SAME: \22name\22:\22a_2eb\22,\22outputs\22:[],\22symbol\22:\22a_2eb_1\22
// CHECK: func.func @lacuna_entry_a_2eb(
// CHECK: func.func @lacuna_entry_a_2eb_1(
func.func @"a.b"() { return }
func.func private @s0() attributes {lacuna.shapes_of = @"a.b"} { return }
func.func @a_2eb() { return }
func.func private @s1() attributes {lacuna.shapes_of = @a_2eb} { return }

// -----

// A GPU target has its name before its functions', and lists its kernels.
// GPU: \22targets\22:[{\22cpu\22:{{.*}}\22functions\22:[{{.*}}\22bindings\22:[{\22dtype\22:\22bf16\22,\22view\22:\22mma.values\22,\22weight\22:0}]
// GPU-SAME: \22symbol\22:\22main\22}],\22kernels\22:[\22main$dispatch_0\22,\22main$dispatch_1\22],\22name\22:\22sm_90a\22,\22prefix\22:\22sm_90a$\22}]
// GPU-NOT: lacuna.kernels
// GPU: func.func @lacuna_entry_sm_90a$main(
// GPU: func.func @lacuna_shapes_sm_90a$main(
module attributes {lacuna.kernels = ["main$dispatch_0", "main$dispatch_1"]} {
  func.func @main(%w: memref<8xbf16>
      {lacuna.binding = {weight = "w", view = "mma.values", type = tensor<8xf32>, dtype = "bf16"}}) {
    return
  }
  func.func private @s() attributes {lacuna.shapes_of = @main} {
    return
  }
}

// -----

// The last descriptor is the arena's, which is no input. How large it is
// depends on the sizes of inputs, and of results, which are asked for first.
// CHECK: {\22abi\22:3,
// CHECK-SAME: \22allocations\22:2,\22arena\22:{\22buffers\22:4,\22slots\22:3}
// CHECK-SAME: \22inputs\22:[{{[^]]*}}\22name\22:\22arg0\22,{{[^]]*}}]}],\22name\22:\22main\22
// CHECK: func.func @lacuna_entry_main(%[[D:.*]]: !llvm.ptr) {
// CHECK: llvm.getelementptr %[[D]][2] : (!llvm.ptr) -> !llvm.ptr, !llvm.ptr
// CHECK: call @main$host(%{{.*}}, %{{.*}}, %{{.*}}) : (memref<?xf32>, memref<?xf32>, memref<?xi8>) -> ()
// CHECK: func.func @lacuna_workspace_main(%{{.*}}: !llvm.ptr, %[[OUT:.*]]: !llvm.ptr) {
// CHECK: %[[N:.*]] = arith.index_cast %{{.*}} : i64 to index
// CHECK: %[[M:.*]] = call @main$shapes(%[[N]])
// CHECK: %[[R:.*]] = call @main$workspace(%[[N]], %[[M]])
// CHECK: %[[BYTES:.*]] = arith.index_cast %[[R]] : index to i64
// CHECK: %[[TO:.*]] = llvm.getelementptr %[[OUT]][0]
// CHECK: llvm.store %[[BYTES]], %[[TO]]
func.func @main(%x: memref<?xf32>, %o: memref<?xf32> {lacuna.output},
    %arena: memref<?xi8> {lacuna.arena = {buffers = 4 : i64, slots = 3 : i64}})
    attributes {lacuna.allocations = 2 : i64} {
  return
}
func.func private @main$workspace(%a: index, %b: index) -> index attributes {lacuna.workspace_of = @main} {
  %c256 = arith.constant 256 : index
  return %c256 : index
}
func.func private @main$shapes(%a: index) -> index attributes {lacuna.shapes_of = @main} {
  return %a : index
}
