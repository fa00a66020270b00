// What the sparsifier does not take is left as it is, without a word, and the
// first message comes from the conversion behind it and names neither the
// operation nor the reason: here a sum of products into a compressed output.
// lower-sparse-tensor-dispatch therefore writes every body that it gives to the
// sparsifier itself, and no output of its has an encoding.
// RUN: not mlir-opt-22 %s --sparsification-and-bufferization 2>&1 | FileCheck %s

#CSR = #sparse_tensor.encoding<{map = (i, j) -> (i : dense, j : compressed)}>
#x = affine_map<(i, j, k) -> (i, k)>
#y = affine_map<(i, j, k) -> (j, k)>
#s = affine_map<(i, j, k) -> (i, j)>

// CHECK-NOT: error: {{.*}}linalg
// CHECK: error: failed to legalize unresolved materialization
// CHECK-NOT: error: {{.*}}linalg
func.func @sum(%x: tensor<8x8xf32>, %y: tensor<8x8xf32>, %s: tensor<8x8xf32, #CSR>) -> tensor<8x8xf32, #CSR> {
  %0 = linalg.generic {indexing_maps = [#x, #y, #s], iterator_types = ["parallel", "parallel", "reduction"]}
    ins(%x, %y : tensor<8x8xf32>, tensor<8x8xf32>) outs(%s : tensor<8x8xf32, #CSR>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %p = arith.mulf %a, %b : f32
    %t = arith.addf %c, %p : f32
    linalg.yield %t : f32
  } -> tensor<8x8xf32, #CSR>
  return %0 : tensor<8x8xf32, #CSR>
}
