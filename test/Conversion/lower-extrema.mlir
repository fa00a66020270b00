// RUN: lacuna-opt %s --lower-extrema | FileCheck %s

// CHECK-LABEL: func.func @each
// CHECK-SAME: (%[[A:.*]]: f32, %[[B:.*]]: f32, %[[C:.*]]: f64
// CHECK: llvm.intr.maximum(%[[A]], %[[B]]) : (f32, f32) -> f32
// CHECK: llvm.intr.minimum(%[[A]], %[[B]]) : (f32, f32) -> f32
// CHECK: llvm.intr.maxnum(%[[C]], %[[C]]) : (f64, f64) -> f64
// CHECK: llvm.intr.minnum(%[[C]], %[[C]]) : (f64, f64) -> f64
// CHECK: llvm.intr.maximum({{.*}}) : (vector<16xf32>, vector<16xf32>) -> vector<16xf32>
// CHECK-NOT: arith
func.func @each(%a: f32, %b: f32, %c: f64, %v: vector<16xf32>) -> (f32, f32, f64, f64, vector<16xf32>) {
  %0 = arith.maximumf %a, %b : f32
  %1 = arith.minimumf %a, %b : f32
  %2 = arith.maxnumf %c, %c : f64
  %3 = arith.minnumf %c, %c : f64
  %4 = arith.maximumf %v, %v : vector<16xf32>
  return %0, %1, %2, %3, %4 : f32, f32, f64, f64, vector<16xf32>
}

// Narrow floats, vectors of vectors and tensors are left.
// CHECK-LABEL: func.func @left
// CHECK: arith.maximumf {{.*}} : f16
// CHECK: arith.maximumf {{.*}} : bf16
// CHECK: arith.maximumf {{.*}} : vector<2x4xf32>
// CHECK: arith.maximumf {{.*}} : tensor<4xf32>
// CHECK: arith.maxsi
func.func @left(%a: f16, %b: bf16, %c: vector<2x4xf32>, %d: tensor<4xf32>, %e: i32)
    -> (f16, bf16, vector<2x4xf32>, tensor<4xf32>, i32) {
  %0 = arith.maximumf %a, %a : f16
  %1 = arith.maximumf %b, %b : bf16
  %2 = arith.maximumf %c, %c : vector<2x4xf32>
  %3 = arith.maximumf %d, %d : tensor<4xf32>
  %4 = arith.maxsi %e, %e : i32
  return %0, %1, %2, %3, %4 : f16, bf16, vector<2x4xf32>, tensor<4xf32>, i32
}
