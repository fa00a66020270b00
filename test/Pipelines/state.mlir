// RUN: lacuna-opt %s --lacuna-phase-input --lacuna-phase-dispatch --lacuna-phase-plan --lacuna-phase-routed --create-shape-functions --add-destinations --bind-weights --bufferize-host --canonicalize | FileCheck %s
// RUN: lacuna-opt %s --lacuna-phase-input --lacuna-phase-dispatch --lacuna-phase-plan="target=sm_80" --lacuna-phase-routed="target=sm_80" --create-shape-functions --add-destinations --bind-weights --bufferize-host --canonicalize | FileCheck %s

// One position of a cache is written in the session's buffer, on every target:
// no other buffer of that size exists, and nothing is copied on the host.
// CHECK: func.func @main(
// CHECK-SAME: %[[X:.*]]: memref<2x1x16xf32>, %[[AT:.*]]: memref<1xi64>,
// CHECK-SAME: %[[O:.*]]: memref<2x16xf32> {lacuna.output}, %[[S:.*]]: memref<2x64x16xf32> {lacuna.binding = {state = "cache"
// CHECK-NOT: memref.alloc
// CHECK-NOT: memref.copy
// CHECK: call @main$dispatch_0({{.*}}%[[S]])
// CHECK-NEXT: call @{{.*}}(%[[S]], %[[O]])
// CHECK-NEXT: return
ml_program.global private mutable @cache(dense<0.0> : tensor<2x64x16xf32>) : tensor<2x64x16xf32>
func.func @main(%x: tensor<2x1x16xf32>, %at: tensor<1xi64>) -> tensor<2x16xf32> {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %old = ml_program.global_load @cache : tensor<2x64x16xf32>
  %p = tensor.extract %at[%c0] : tensor<1xi64>
  %i = arith.index_cast %p : i64 to index
  %new = tensor.insert_slice %x into %old[0, %i, 0] [2, 1, 16] [1, 1, 1] : tensor<2x1x16xf32> into tensor<2x64x16xf32>
  ml_program.global_store @cache = %new : tensor<2x64x16xf32>
  %e = tensor.empty() : tensor<2x16xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<2x16xf32>) -> tensor<2x16xf32>
  %sum = linalg.reduce ins(%new : tensor<2x64x16xf32>) outs(%f : tensor<2x16xf32>) dimensions = [1]
      (%a: f32, %b: f32) {
        %c = arith.addf %a, %b : f32
        linalg.yield %c : f32
      }
  return %sum : tensor<2x16xf32>
}
