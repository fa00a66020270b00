// A matmul that is sampled by its sparse output, here in blocks, is said by
// sparse_tensor.unary and sparse_tensor.reduce. The reduction starts at its
// identity and its sum is stored over what the output held: initial values are
// lost, and nothing says so. No route uses this form; one that does must fill
// the values with zeros and add the initial ones afterwards.
// RUN: mlir-opt-22 %s --sparsification-and-bufferization | FileCheck %s

#BSR = #sparse_tensor.encoding<{
  map = (i, j, a, b) -> (i : dense, j : compressed, a : dense, b : dense)
}>
#x = affine_map<(i, j, a, b, k) -> (i, a, k)>
#y = affine_map<(i, j, a, b, k) -> (j, b, k)>
#s = affine_map<(i, j, a, b, k) -> (i, j, a, b)>

// CHECK-LABEL: func.func @sampled
// CHECK: %[[ZERO:.*]] = arith.constant 0.0{{.*}} : f32
// CHECK: %[[VALUES:.*]] = memref.subview %{{.*}} : memref<?xf32> to memref<?xf32>
// CHECK-NOT: memref.load %[[VALUES]][
// CHECK: %[[SUM:.*]] = scf.for {{.*}} iter_args(%{{.*}} = %[[ZERO]]) -> (f32)
// CHECK-NOT: memref.load %[[VALUES]][
// CHECK: memref.store %[[SUM]], %[[VALUES]]
func.func @sampled(%x: tensor<2x4x8xf32>, %y: tensor<2x4x8xf32>, %s: tensor<2x2x4x4xf32, #BSR>)
    -> tensor<2x2x4x4xf32, #BSR> {
  %0 = linalg.generic {indexing_maps = [#x, #y, #s],
                       iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]}
    ins(%x, %y : tensor<2x4x8xf32>, tensor<2x4x8xf32>) outs(%s : tensor<2x2x4x4xf32, #BSR>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %zero = arith.constant 0.0 : f32
    %u = sparse_tensor.unary %c : f32 to f32
      present = {
      ^bb0(%v: f32):
        %p = arith.mulf %a, %b : f32
        sparse_tensor.yield %p : f32
      }
      absent = {}
    %r = sparse_tensor.reduce %c, %u, %zero : f32 {
    ^bb0(%l: f32, %h: f32):
      %t = arith.addf %l, %h : f32
      sparse_tensor.yield %t : f32
    }
    linalg.yield %r : f32
  } -> tensor<2x2x4x4xf32, #BSR>
  return %0 : tensor<2x2x4x4xf32, #BSR>
}
