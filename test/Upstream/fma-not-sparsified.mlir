// A body with math.fma is no sum of products to the sparsifier: the operation
// stays as it is, and nothing says so. lower-sparse-tensor-dispatch therefore
// sparsifies a product and a sum, and allows their fusion in the loops.
// RUN: mlir-opt-22 %s --sparsification-and-bufferization | FileCheck %s

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed)
}>
#id = affine_map<(i, j) -> (i, j)>

// CHECK-LABEL: func.func @fma
// CHECK: linalg.generic {
// CHECK: math.fma
func.func @fma(%w: tensor<8x8xf32, #CSR>, %x: tensor<8x8xf32>, %o: tensor<8x8xf32>) -> tensor<8x8xf32> {
  %0 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
    ins(%w, %x : tensor<8x8xf32, #CSR>, tensor<8x8xf32>) outs(%o : tensor<8x8xf32>) {
  ^bb0(%a: f32, %b: f32, %s: f32):
    %p = math.fma %a, %b, %s : f32
    linalg.yield %p : f32
  } -> tensor<8x8xf32>
  return %0 : tensor<8x8xf32>
}

// CHECK-LABEL: func.func @product_and_sum
// CHECK-NOT: linalg.generic {
// CHECK: scf.for
// CHECK: arith.mulf
// CHECK-NOT: linalg.generic {
func.func @product_and_sum(%w: tensor<8x8xf32, #CSR>, %x: tensor<8x8xf32>, %o: tensor<8x8xf32>) -> tensor<8x8xf32> {
  %0 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
    ins(%w, %x : tensor<8x8xf32, #CSR>, tensor<8x8xf32>) outs(%o : tensor<8x8xf32>) {
  ^bb0(%a: f32, %b: f32, %s: f32):
    %p = arith.mulf %a, %b : f32
    %t = arith.addf %s, %p : f32
    linalg.yield %t : f32
  } -> tensor<8x8xf32>
  return %0 : tensor<8x8xf32>
}
