// RUN: lacuna-opt %s --decompose-lacuna-ops --verify-diagnostics

func.func @unsigned(%x: tensor<8x16xui8>) -> tensor<8x16xui8> {
  // expected-error @+1 {{expected signless integers or floats under nm<2:4, dim = 1>, found 'ui8'}}
  %0 = lacuna.prune %x : tensor<8x16xui8> to tensor<8x16xui8, #lacuna.nm<2:4, dim = 1>>
  %1 = lacuna.convert %0 : tensor<8x16xui8, #lacuna.nm<2:4, dim = 1>> to tensor<8x16xui8>
  return %1 : tensor<8x16xui8>
}
