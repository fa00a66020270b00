// RUN: lacuna-opt %s --carry-layouts | FileCheck %s

#nm = #lacuna.nm<2:4, dim = 1>
ml_program.global private @w(#ml_program.extern : tensor<32x64xf32, #nm>) : tensor<32x64xf32, #nm>
ml_program.global private @u(#ml_program.extern : tensor<32x64x1x1xf32, #nm>) : tensor<32x64x1x1xf32, #nm>
ml_program.global private @p(#ml_program.extern : tensor<32x64xf32>) : tensor<32x64xf32>

// CHECK-DAG: #[[$X:.*]] = affine_map<(d0, d1, d2) -> (d0, d2)>
// CHECK-DAG: #[[$W:.*]] = affine_map<(d0, d1, d2) -> (d1, d2)>
// CHECK-DAG: #[[$Y:.*]] = affine_map<(d0, d1, d2) -> (d0, d1)>
// CHECK-DAG: #[[$B:.*]] = affine_map<(d0, d1, d2, d3) -> (d2, d3)>

// CHECK-LABEL: func.func @laid_out
// CHECK: %[[W:.*]] = ml_program.global_load_const @w
// CHECK-NOT: linalg.transpose
// CHECK: linalg.matmul indexing_maps = [#[[$X]], #[[$W]], #[[$Y]]] ins(%{{.*}}, %[[W]] : tensor<?x64xf32>, tensor<32x64xf32, #lacuna.nm<2:4, dim = 1>>)
func.func @laid_out(%x: tensor<?x64xf32>, %e: tensor<?x32xf32>) -> tensor<?x32xf32> {
  %w = ml_program.global_load_const @w : tensor<32x64xf32, #nm>
  %c = lacuna.convert %w : tensor<32x64xf32, #nm> to tensor<32x64xf32>
  %te = tensor.empty() : tensor<64x32xf32>
  %t = linalg.transpose ins(%c : tensor<32x64xf32>) outs(%te : tensor<64x32xf32>) permutation = [1, 0]
  %y = linalg.matmul ins(%x, %t : tensor<?x64xf32>, tensor<64x32xf32>) outs(%e : tensor<?x32xf32>) -> tensor<?x32xf32>
  return %y : tensor<?x32xf32>
}

// Plain weights are read as they are stored, too.
// CHECK-LABEL: func.func @plain
// CHECK-NOT: linalg.transpose
// CHECK: linalg.matmul indexing_maps = [#[[$X]], #[[$W]], #[[$Y]]]
func.func @plain(%x: tensor<?x64xf32>, %e: tensor<?x32xf32>) -> tensor<?x32xf32> {
  %w = ml_program.global_load_const @p : tensor<32x64xf32>
  %te = tensor.empty() : tensor<64x32xf32>
  %t = linalg.transpose ins(%w : tensor<32x64xf32>) outs(%te : tensor<64x32xf32>) permutation = [1, 0]
  %y = linalg.matmul ins(%x, %t : tensor<?x64xf32>, tensor<64x32xf32>) outs(%e : tensor<?x32xf32>) -> tensor<?x32xf32>
  return %y : tensor<?x32xf32>
}

// A batch of one is no dimension of the weight.
// CHECK-LABEL: func.func @unit_batch
// CHECK-NOT: tensor.expand_shape
// CHECK: linalg.generic {indexing_maps = [#{{.*}}, #[[$B]], #{{.*}}]
// CHECK-SAME: ins(%{{.*}}, %{{.*}} : tensor<1x?x64xf32>, tensor<32x64xf32, #lacuna.nm<2:4, dim = 1>>)
func.func @unit_batch(%x: tensor<1x?x64xf32>, %e: tensor<1x?x32xf32>) -> tensor<1x?x32xf32> {
  %w = ml_program.global_load_const @w : tensor<32x64xf32, #nm>
  %c = lacuna.convert %w : tensor<32x64xf32, #nm> to tensor<32x64xf32>
  %te = tensor.empty() : tensor<64x32xf32>
  %t = linalg.transpose ins(%c : tensor<32x64xf32>) outs(%te : tensor<64x32xf32>) permutation = [1, 0]
  %u = tensor.expand_shape %t [[0, 1], [2]] output_shape [1, 64, 32] : tensor<64x32xf32> into tensor<1x64x32xf32>
  %y = linalg.batch_matmul ins(%x, %u : tensor<1x?x64xf32>, tensor<1x64x32xf32>) outs(%e : tensor<1x?x32xf32>) -> tensor<1x?x32xf32>
  return %y : tensor<1x?x32xf32>
}

// What a weight of 1x1 convolutions loses on the way is summed over.
// CHECK-LABEL: func.func @unit_kernel
// CHECK-NOT: tensor.collapse_shape
// CHECK: %[[U:.*]] = tensor.expand_shape %{{.*}} {{\[}}[0], [1, 2, 3]] output_shape [%{{.*}}, 64, 1, 1]
// CHECK: linalg.generic {indexing_maps = [#[[$XU:.*]], #[[$WU:.*]], #{{.*}}], iterator_types = ["parallel", "parallel", "reduction", "reduction", "reduction"]}
// CHECK-SAME: ins(%[[U]], %{{.*}} : tensor<?x64x1x1xf32>, tensor<32x64x1x1xf32, #lacuna.nm<2:4, dim = 1>>)
func.func @unit_kernel(%x: tensor<?x64xf32>, %e: tensor<?x32xf32>) -> tensor<?x32xf32> {
  %w = ml_program.global_load_const @u : tensor<32x64x1x1xf32, #nm>
  %c = lacuna.convert %w : tensor<32x64x1x1xf32, #nm> to tensor<32x64x1x1xf32>
  %m = tensor.collapse_shape %c [[0], [1, 2, 3]] : tensor<32x64x1x1xf32> into tensor<32x64xf32>
  %te = tensor.empty() : tensor<64x32xf32>
  %t = linalg.transpose ins(%m : tensor<32x64xf32>) outs(%te : tensor<64x32xf32>) permutation = [1, 0]
  %y = linalg.matmul ins(%x, %t : tensor<?x64xf32>, tensor<64x32xf32>) outs(%e : tensor<?x32xf32>) -> tensor<?x32xf32>
  return %y : tensor<?x32xf32>
}

// What is no contraction keeps its plain weight.
// CHECK-LABEL: func.func @other_use
// CHECK: %[[C:.*]] = lacuna.convert
// CHECK: return %[[C]]
func.func @other_use() -> tensor<32x64xf32> {
  %w = ml_program.global_load_const @w : tensor<32x64xf32, #nm>
  %c = lacuna.convert %w : tensor<32x64xf32, #nm> to tensor<32x64xf32>
  return %c : tensor<32x64xf32>
}
