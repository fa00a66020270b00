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

// The views of mma.sp instead of the canonical components.
// CHECK-LABEL: @mma
// CHECK: lacuna.assemble mma %{{.*}}, %{{.*}} : tensor<1x1x2x32x8xbf16>, tensor<1x1x32xi32> to tensor<8x16xbf16, #lacuna.nm<2:4, dim = 1>>
func.func @mma(%values: tensor<1x1x2x32x8xbf16>, %metadata: tensor<1x1x32xi32>)
    -> tensor<8x16xbf16, #lacuna.nm<2:4, dim = 1>> {
  %w = lacuna.assemble mma %values, %metadata
      : tensor<1x1x2x32x8xbf16>, tensor<1x1x32xi32>
      to tensor<8x16xbf16, #lacuna.nm<2:4, dim = 1>>
  return %w : tensor<8x16xbf16, #lacuna.nm<2:4, dim = 1>>
}

// Those of vector kernels.
// CHECK-LABEL: @vector
// CHECK: lacuna.assemble vector %{{.*}}, %{{.*}} : tensor<1x16x16xf32>, tensor<1x1x16xi32> to tensor<8x16xf32, #lacuna.nm<2:4, dim = 1>>
func.func @vector(%values: tensor<1x16x16xf32>, %coordinates: tensor<1x1x16xi32>)
    -> tensor<8x16xf32, #lacuna.nm<2:4, dim = 1>> {
  %w = lacuna.assemble vector %values, %coordinates
      : tensor<1x16x16xf32>, tensor<1x1x16xi32>
      to tensor<8x16xf32, #lacuna.nm<2:4, dim = 1>>
  return %w : tensor<8x16xf32, #lacuna.nm<2:4, dim = 1>>
}
