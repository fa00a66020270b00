// RUN: lacuna-opt %s --canonicalize | FileCheck %s

#nm = #lacuna.nm<2:4, dim = 1>

// There and back is nowhere; one claim after another stands alone.
// CHECK-LABEL: func.func @convert
// CHECK-SAME: %[[X:.*]]: tensor<8x16xf32>
// CHECK-NOT: lacuna.convert
// CHECK: return %[[X]]
func.func @convert(%x: tensor<8x16xf32>) -> tensor<8x16xf32> {
  %0 = lacuna.convert %x : tensor<8x16xf32> to tensor<8x16xf32, #nm>
  %1 = lacuna.convert %0 : tensor<8x16xf32, #nm> to tensor<8x16xf32>
  return %1 : tensor<8x16xf32>
}

// Pruning is never folded away: it puts values.
// CHECK-LABEL: func.func @prune
// CHECK: lacuna.prune
// CHECK: lacuna.convert
func.func @prune(%x: tensor<8x16xf32>) -> tensor<8x16xf32> {
  %0 = lacuna.prune %x : tensor<8x16xf32> to tensor<8x16xf32, #nm>
  %1 = lacuna.convert %0 : tensor<8x16xf32, #nm> to tensor<8x16xf32>
  return %1 : tensor<8x16xf32>
}

// An unused region goes.
// CHECK-LABEL: func.func @dead
// CHECK-NOT: lacuna.dispatch
func.func @dead(%x: tensor<4xf32>) {
  %r = lacuna.dispatch(%a = %x : tensor<4xf32>) -> (tensor<4xf32>) {
    lacuna.yield %a : tensor<4xf32>
  }
  return
}
