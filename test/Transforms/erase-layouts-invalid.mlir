// RUN: lacuna-opt %s --erase-layouts --verify-diagnostics

func.func @prune(%x: tensor<8x16xf32>) -> tensor<8x16xf32> {
  // expected-error @+1 {{puts values, so erasing its layout would change the program; run --decompose-lacuna-ops first}}
  %0 = lacuna.prune %x : tensor<8x16xf32> to tensor<8x16xf32, #lacuna.nm<2:4, dim = 1>>
  %1 = lacuna.convert %0 : tensor<8x16xf32, #lacuna.nm<2:4, dim = 1>> to tensor<8x16xf32>
  return %1 : tensor<8x16xf32>
}
