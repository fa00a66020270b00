// RUN: lacuna-opt %s --erase-layouts -o %t
// RUN: mlir-opt %t -o /dev/null
// RUN: FileCheck %s --input-file=%t

#nm = #lacuna.nm<2:4, dim = 1>

// CHECK-NOT: lacuna
// CHECK: #[[EXTERN:.*]] = #ml_program.extern : tensor<8x16xf32>
// CHECK: ml_program.global private @w(#[[EXTERN]]) : tensor<8x16xf32>
ml_program.global private @w(#ml_program.extern : tensor<8x16xf32, #nm>) : tensor<8x16xf32, #nm>

// Signatures, calls, and converts in both directions.
// CHECK: func.func private @own(%[[W:.*]]: tensor<8x16xf32>) -> tensor<8x16xf32>
// CHECK-NEXT: return %[[W]]
func.func private @own(%w: tensor<8x16xf32, #nm>) -> tensor<8x16xf32> {
  %0 = lacuna.convert %w : tensor<8x16xf32, #nm> to tensor<8x16xf32>
  return %0 : tensor<8x16xf32>
}

// CHECK: func.func @main
// CHECK-NEXT: %[[L:.*]] = ml_program.global_load_const @w : tensor<8x16xf32>
// CHECK-NEXT: %[[C:.*]] = call @own(%[[L]]) : (tensor<8x16xf32>) -> tensor<8x16xf32>
// CHECK-NEXT: linalg.matmul ins(%{{.*}}, %[[L]] : tensor<?x8xf32>, tensor<8x16xf32>)
// CHECK-NOT: lacuna
func.func @main(%x: tensor<?x8xf32>, %o: tensor<?x16xf32>) -> (tensor<?x16xf32>, tensor<8x16xf32>) {
  %w = ml_program.global_load_const @w : tensor<8x16xf32, #nm>
  %c = call @own(%w) : (tensor<8x16xf32, #nm>) -> tensor<8x16xf32>
  %r = linalg.matmul ins(%x, %w : tensor<?x8xf32>, tensor<8x16xf32, #nm>) outs(%o : tensor<?x16xf32>) -> tensor<?x16xf32>
  return %r, %c : tensor<?x16xf32>, tensor<8x16xf32>
}
