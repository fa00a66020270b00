// RUN: lacuna-opt %s --lacuna-phase-input=precision=bf16 --lacuna-phase-dispatch | FileCheck %s
// RUN: lacuna-opt %s --lacuna-phase-input=precision=tf32 --lacuna-phase-dispatch | FileCheck %s --check-prefix=TF32

ml_program.global private @v(#ml_program.extern : tensor<32x64xf32>) : tensor<32x64xf32>
ml_program.global private @w(#ml_program.extern : tensor<16x32xf32>) : tensor<16x32xf32>

// What the second contraction reads is rounded where the first one's epilogue
// computes it: no region of its own, and no f32 in memory between them.
// CHECK-LABEL: func.func @main
// CHECK: lacuna.dispatch({{.*}} -> (tensor<?x64xbf16>)
// CHECK: lacuna.dispatch({{.*}} -> (tensor<?x32xbf16>)
// CHECK: arith.mulf
// CHECK: math.exp
// CHECK-NEXT: arith.truncf %{{.*}} : f32 to bf16
// CHECK: lacuna.dispatch({{.*}} -> (tensor<?x16xf32>)
// CHECK-NOT: lacuna.dispatch
// The mark stays on the contraction.
// TF32: linalg.matmul {{.*}}lacuna.precision = "tf32"
// TF32: linalg.matmul {{.*}}lacuna.precision = "tf32"
func.func @main(%x: tensor<?x64xf32>) -> tensor<?x16xf32> {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?x64xf32>
  %z = arith.constant 0.0 : f32
  %v = ml_program.global_load_const @v : tensor<32x64xf32>
  %e = tensor.empty(%n) : tensor<?x32xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<?x32xf32>) -> tensor<?x32xf32>
  %p = linalg.matmul indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>]
      ins(%x, %v : tensor<?x64xf32>, tensor<32x64xf32>) outs(%f : tensor<?x32xf32>) -> tensor<?x32xf32>
  %h = linalg.exp ins(%p : tensor<?x32xf32>) outs(%e : tensor<?x32xf32>) -> tensor<?x32xf32>
  %w = ml_program.global_load_const @w : tensor<16x32xf32>
  %e2 = tensor.empty(%n) : tensor<?x16xf32>
  %f2 = linalg.fill ins(%z : f32) outs(%e2 : tensor<?x16xf32>) -> tensor<?x16xf32>
  %q = linalg.matmul indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>]
      ins(%h, %w : tensor<?x32xf32>, tensor<16x32xf32>) outs(%f2 : tensor<?x16xf32>) -> tensor<?x16xf32>
  return %q : tensor<?x16xf32>
}
