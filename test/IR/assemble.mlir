// RUN: lacuna-opt %s | lacuna-opt | FileCheck %s

// CHECK-LABEL: @assemble
// CHECK: lacuna.assemble %{{.*}}, %{{.*}} : tensor<8x4x2xf32>, tensor<8x4x2xi8> to tensor<8x16xf32, #lacuna.nm<2:4, dim = 1>>
func.func @assemble(%values: tensor<8x4x2xf32>, %coordinates: tensor<8x4x2xi8>)
    -> tensor<8x16xf32, #lacuna.nm<2:4, dim = 1>> {
  %w = lacuna.assemble %values, %coordinates
      : tensor<8x4x2xf32>, tensor<8x4x2xi8>
      to tensor<8x16xf32, #lacuna.nm<2:4, dim = 1>>
  return %w : tensor<8x16xf32, #lacuna.nm<2:4, dim = 1>>
}
