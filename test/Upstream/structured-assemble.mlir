// RUN: mlir-opt %s --pass-pipeline='builtin.module(sparsification-and-bufferization,func.func(canonicalize))' | FileCheck %s
//
// An assembled n:m tensor of 16 groups stores 32 values. Upstream takes views of
// 16 elements of both buffers, reads all 32 through them, and drops the flags of
// the arithmetic; lower-sparse-tensor-dispatch looks through the views and sets
// the flags again. When this test fails, upstream has changed.

#nm = #sparse_tensor.encoding<{map = (a, b) -> (a : dense, b : structured[2, 4]), crdWidth = 8}>

// CHECK-LABEL: func.func @row
// CHECK: memref.subview %{{.*}}[0] {{.*}} : memref<{{.*}}xf32> to memref<{{.*}}xf32
// CHECK: scf.for
// CHECK: arith.mulf %{{.*}}, %{{[^ ]*}} : f32
// CHECK: arith.addf %{{.*}}, %{{[^ ]*}} : f32
func.func @row(%v: tensor<32xf32>, %c: tensor<32xi8>, %x: tensor<16x4xf32>, %y: tensor<f32>) -> tensor<f32> {
  %w = sparse_tensor.assemble (%c), %v : (tensor<32xi8>), tensor<32xf32> to tensor<16x4xf32, #nm>
  %r = linalg.generic {indexing_maps = [affine_map<(g, j) -> (g, j)>, affine_map<(g, j) -> (g, j)>, affine_map<(g, j) -> ()>],
                       iterator_types = ["reduction", "reduction"]}
      ins(%w, %x : tensor<16x4xf32, #nm>, tensor<16x4xf32>) outs(%y : tensor<f32>) {
  ^bb0(%a: f32, %b: f32, %s: f32):
    %p = arith.mulf %a, %b fastmath<contract> : f32
    %q = arith.addf %s, %p fastmath<contract> : f32
    linalg.yield %q : f32
  } -> tensor<f32>
  return %r : tensor<f32>
}
