// RUN: lacuna-opt %s --verify-layouts | FileCheck %s
// RUN: not lacuna-opt %s --verify-layouts=materialized=true 2>&1 | FileCheck %s --check-prefix=LATE

#nm = #lacuna.nm<2:4, dim = 1>
!w = tensor<8x16xf32, #nm>

// Everywhere that a layout may stand.
// CHECK: ml_program.global private @w
// LATE: error: 'ml_program.global' op declares something of type {{.*}} after materialize-layouts
ml_program.global private @w(#ml_program.extern : !w) : !w

// CHECK-LABEL: func.func private @same
func.func private @same(%w: !w) -> !w {
  return %w : !w
}

// CHECK-LABEL: func.func @main
func.func @main(%x: tensor<16x4xf32>, %p: tensor<8x16xf32>, %o: tensor<8x4xf32>) -> (tensor<8x4xf32>, tensor<8x16xf32>) {
  %w = ml_program.global_load_const @w : !w
  %v = call @same(%w) : (!w) -> !w
  %q = lacuna.prune %p : tensor<8x16xf32> to !w
  %plain = lacuna.convert %q : !w to tensor<8x16xf32>
  %r = lacuna.dispatch(%a = %v : !w, %b = %x : tensor<16x4xf32>, %c = %o : tensor<8x4xf32>) -> (tensor<8x4xf32>) {
    %m = linalg.matmul ins(%a, %b : !w, tensor<16x4xf32>) outs(%c : tensor<8x4xf32>) -> tensor<8x4xf32>
    lacuna.yield %m : tensor<8x4xf32>
  }
  return %r, %plain : tensor<8x4xf32>, tensor<8x16xf32>
}
