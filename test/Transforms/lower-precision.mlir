// RUN: lacuna-opt %s --lower-precision=precision=bf16 | FileCheck %s
// RUN: lacuna-opt %s --lower-precision=precision=f16 | FileCheck %s --check-prefix=F16
// RUN: lacuna-opt %s --lower-precision=precision=tf32 | FileCheck %s --check-prefix=TF32
// RUN: lacuna-opt %s --lower-precision=precision=f32 | FileCheck %s --check-prefix=F32
// RUN: lacuna-opt %s --lower-precision | FileCheck %s --check-prefix=F32

#nm = #lacuna.nm<2:4, dim = 1>

// Each weight that a contraction reads gets one view; the weight stays for
// whoever reads it in f32.
// CHECK: ml_program.global private @w.bf16({{.*}}) : tensor<32x64xbf16, #lacuna.nm<2:4, dim = 1>> {lacuna.dtype = "bf16", lacuna.type = tensor<32x64xf32>, lacuna.weight = "w"}
// CHECK: ml_program.global private @w({{.*}}) : tensor<32x64xf32, #lacuna.nm<2:4, dim = 1>>
// CHECK: ml_program.global private @p.bf16({{.*}}) : tensor<32x64xbf16> {lacuna.dtype = "bf16", lacuna.type = tensor<32x64xf32>, lacuna.weight = "p"}
// CHECK: ml_program.global private @p({{.*}}) : tensor<32x64xf32>
// CHECK-NOT: ml_program.global
// F16: ml_program.global private @p.f16({{.*}}) : tensor<32x64xf16> {lacuna.dtype = "f16", lacuna.type = tensor<32x64xf32>, lacuna.weight = "p"}
// F32-NOT: lacuna.dtype
// F32-NOT: lacuna.precision
ml_program.global private @w(#ml_program.extern : tensor<32x64xf32, #nm>) : tensor<32x64xf32, #nm>
ml_program.global private @p(#ml_program.extern : tensor<32x64xf32>) : tensor<32x64xf32>

// CHECK-LABEL: func.func @dense
// CHECK-SAME: %[[X:.*]]: tensor<?x64xf32>
// CHECK: %[[T:.*]] = linalg.generic {{.*}} ins(%[[X]] : tensor<?x64xf32>) outs(%{{.*}} : tensor<?x64xbf16>)
// CHECK: arith.truncf %{{.*}} : f32 to bf16
// CHECK: %[[W:.*]] = ml_program.global_load_const @p.bf16
// CHECK-NOT: arith.truncf
// CHECK: %[[Y:.*]] = linalg.generic {{.*}} ins(%[[T]], %[[W]] : tensor<?x64xbf16>, tensor<32x64xbf16>) outs(%{{.*}} : tensor<?x32xf32>) attrs = {lacuna.route = #lacuna.route<dense>}
// CHECK-NEXT: ^bb0(%[[A:.*]]: bf16, %[[B:.*]]: bf16, %[[C:.*]]: f32):
// CHECK-DAG: %[[AW:.*]] = arith.extf %[[A]] : bf16 to f32
// CHECK-DAG: %[[BW:.*]] = arith.extf %[[B]] : bf16 to f32
// CHECK: %[[P:.*]] = arith.mulf %[[AW]], %[[BW]] : f32
// CHECK: arith.addf %[[C]], %[[P]] : f32
// CHECK: return %[[Y]]
// TF32-LABEL: func.func @dense
// TF32: linalg.matmul
// TF32-SAME: lacuna.precision = "tf32"
// TF32-SAME: ins(%{{.*}}, %{{.*}} : tensor<?x64xf32>, tensor<32x64xf32>)
func.func @dense(%x: tensor<?x64xf32>, %e: tensor<?x32xf32>) -> tensor<?x32xf32> {
  %w = ml_program.global_load_const @p : tensor<32x64xf32>
  %y = linalg.matmul indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>]
      {lacuna.route = #lacuna.route<dense>} ins(%x, %w : tensor<?x64xf32>, tensor<32x64xf32>) outs(%e : tensor<?x32xf32>) -> tensor<?x32xf32>
  return %y : tensor<?x32xf32>
}

// A layout stays on its weight; what two contractions read is rounded once.
// CHECK-LABEL: func.func @laid_out
// CHECK: arith.truncf
// CHECK-NOT: arith.truncf
// CHECK: %[[W:.*]] = ml_program.global_load_const @w.bf16 : tensor<32x64xbf16, #lacuna.nm<2:4, dim = 1>>
// CHECK: linalg.generic {{.*}} ins(%[[T:.*]], %[[W]] : tensor<?x64xbf16>, tensor<32x64xbf16, #lacuna.nm<2:4, dim = 1>>)
// CHECK: ml_program.global_load_const @p.bf16
// CHECK: linalg.generic {{.*}} ins(%[[T]], %
func.func @laid_out(%x: tensor<?x64xf32>, %e: tensor<?x32xf32>) -> (tensor<?x32xf32>, tensor<?x32xf32>) {
  %w = ml_program.global_load_const @w : tensor<32x64xf32, #nm>
  %y = linalg.matmul indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>]
      ins(%x, %w : tensor<?x64xf32>, tensor<32x64xf32, #nm>) outs(%e : tensor<?x32xf32>) -> tensor<?x32xf32>
  %p = ml_program.global_load_const @p : tensor<32x64xf32>
  %z = linalg.matmul indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>]
      ins(%x, %p : tensor<?x64xf32>, tensor<32x64xf32>) outs(%e : tensor<?x32xf32>) -> tensor<?x32xf32>
  return %y, %z : tensor<?x32xf32>, tensor<?x32xf32>
}

// What lies between a weight and its use reads the view, too.
// CHECK-LABEL: func.func @rearranged
// CHECK: %[[W:.*]] = ml_program.global_load_const @p.bf16
// CHECK: %[[E:.*]] = tensor.expand_shape %[[W]] {{.*}} : tensor<32x64xbf16> into tensor<4x8x64xbf16>
// CHECK: linalg.transpose ins(%[[E]] : tensor<4x8x64xbf16>) outs(%{{.*}} : tensor<4x64x8xbf16>)
// CHECK-NOT: @p :
// CHECK: return
func.func @rearranged(%x: tensor<4x?x64xf32>, %e: tensor<4x?x8xf32>) -> tensor<4x?x8xf32> {
  %w = ml_program.global_load_const @p : tensor<32x64xf32>
  %s = tensor.expand_shape %w [[0, 1], [2]] output_shape [4, 8, 64] : tensor<32x64xf32> into tensor<4x8x64xf32>
  %i = tensor.empty() : tensor<4x64x8xf32>
  %t = linalg.transpose ins(%s : tensor<4x8x64xf32>) outs(%i : tensor<4x64x8xf32>) permutation = [0, 2, 1]
  %y = linalg.batch_matmul ins(%x, %t : tensor<4x?x64xf32>, tensor<4x64x8xf32>) outs(%e : tensor<4x?x8xf32>) -> tensor<4x?x8xf32>
  return %y : tensor<4x?x8xf32>
}

// A layout that is given at run time is claimed of the rounded value.
// CHECK-LABEL: func.func @pruned
// CHECK: %[[P:.*]] = lacuna.prune
// CHECK: %[[C:.*]] = lacuna.convert %[[P]] : tensor<8x16xf32, #lacuna.nm<2:4, dim = 1>> to tensor<8x16xf32>
// CHECK: %[[T:.*]] = linalg.generic {{.*}} ins(%[[C]] : tensor<8x16xf32>) outs(%{{.*}} : tensor<8x16xbf16>)
// CHECK: lacuna.convert %[[T]] : tensor<8x16xbf16> to tensor<8x16xbf16, #lacuna.nm<2:4, dim = 1>>
func.func @pruned(%a: tensor<8x16xf32>, %b: tensor<16x4xf32>, %e: tensor<8x4xf32>) -> tensor<8x4xf32> {
  %p = lacuna.prune %a : tensor<8x16xf32> to tensor<8x16xf32, #nm>
  %y = linalg.matmul ins(%p, %b : tensor<8x16xf32, #nm>, tensor<16x4xf32>) outs(%e : tensor<8x4xf32>) -> tensor<8x4xf32>
  return %y : tensor<8x4xf32>
}

// A literal is rounded here.
// CHECK-LABEL: func.func @literal
// CHECK: arith.constant dense<{{.*}}> : tensor<1x2xbf16>
func.func @literal(%a: tensor<8x1xf32>, %e: tensor<8x2xf32>) -> tensor<8x2xf32> {
  %b = arith.constant dense<[[1.0, 3.0]]> : tensor<1x2xf32>
  %y = linalg.matmul ins(%a, %b : tensor<8x1xf32>, tensor<1x2xf32>) outs(%e : tensor<8x2xf32>) -> tensor<8x2xf32>
  return %y : tensor<8x2xf32>
}

// Other types, other accumulators and what is no contraction are left alone.
// CHECK-LABEL: func.func @others
// CHECK-NOT: truncf
// CHECK: linalg.matmul ins(%{{.*}} : tensor<8x8xf64>, tensor<8x8xf64>)
// CHECK: linalg.matmul ins(%{{.*}} : tensor<8x8xbf16>, tensor<8x8xbf16>) outs(%{{.*}} : tensor<8x8xf32>)
// CHECK: linalg.add ins(%{{.*}} : tensor<8x8xf32>, tensor<8x8xf32>)
// CHECK: return
// TF32-LABEL: func.func @others
// TF32-NOT: lacuna.precision
func.func @others(%a: tensor<8x8xf64>, %b: tensor<8x8xbf16>, %c: tensor<8x8xf32>) -> (tensor<8x8xf64>, tensor<8x8xf32>, tensor<8x8xf32>) {
  %0 = linalg.matmul ins(%a, %a : tensor<8x8xf64>, tensor<8x8xf64>) outs(%a : tensor<8x8xf64>) -> tensor<8x8xf64>
  %1 = linalg.matmul ins(%b, %b : tensor<8x8xbf16>, tensor<8x8xbf16>) outs(%c : tensor<8x8xf32>) -> tensor<8x8xf32>
  %2 = linalg.add ins(%c, %c : tensor<8x8xf32>, tensor<8x8xf32>) outs(%c : tensor<8x8xf32>) -> tensor<8x8xf32>
  return %0, %1, %2 : tensor<8x8xf64>, tensor<8x8xf32>, tensor<8x8xf32>
}
