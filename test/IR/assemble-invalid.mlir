// RUN: lacuna-opt %s --split-input-file --verify-diagnostics

func.func @no_layout(%values: tensor<8x4x2xf32>, %coordinates: tensor<8x4x2xi8>)
    -> tensor<8x16xf32> {
  // expected-error @below {{expected a layout on the result, found 'tensor<8x16xf32>'}}
  %w = lacuna.assemble %values, %coordinates
      : tensor<8x4x2xf32>, tensor<8x4x2xi8> to tensor<8x16xf32>
  return %w : tensor<8x16xf32>
}

// -----

func.func @too_few(%values: tensor<8x4x2xf32>) {
  // expected-error @below {{expected 2 components of 'tensor<8x16xf32, #lacuna.nm<2:4, dim = 1>>', found 1}}
  %w = lacuna.assemble %values
      : tensor<8x4x2xf32> to tensor<8x16xf32, #lacuna.nm<2:4, dim = 1>>
  return
}

// -----

func.func @wrong_type(%values: tensor<8x4x2xf32>, %coordinates: tensor<8x4x2xi32>) {
  // expected-error @below {{expected component 'coordinates' of type 'tensor<8x4x2xi8>', found 'tensor<8x4x2xi32>'}}
  %w = lacuna.assemble %values, %coordinates
      : tensor<8x4x2xf32>, tensor<8x4x2xi32>
      to tensor<8x16xf32, #lacuna.nm<2:4, dim = 1>>
  return
}

// -----

func.func @no_form(%values: tensor<1x1x2x32x8xbf16>, %metadata: tensor<1x1x32xi32>) {
  // expected-error @below {{expected a weight with an mma.sp form, found 'tensor<8x16xbf16, #lacuna.nm<1:4, dim = 1>>': nm<1:4> of bf16 has no mma.sp form}}
  %w = lacuna.assemble mma %values, %metadata
      : tensor<1x1x2x32x8xbf16>, tensor<1x1x32xi32>
      to tensor<8x16xbf16, #lacuna.nm<1:4, dim = 1>>
  return
}

// -----

func.func @wrong_view(%values: tensor<1x1x1x32x8xbf16>, %metadata: tensor<1x1x32xi32>) {
  // expected-error @below {{expected component 'mma.values' of type 'tensor<1x1x2x32x8xbf16>', found 'tensor<1x1x1x32x8xbf16>'}}
  %w = lacuna.assemble mma %values, %metadata
      : tensor<1x1x1x32x8xbf16>, tensor<1x1x32xi32>
      to tensor<8x16xbf16, #lacuna.nm<2:4, dim = 1>>
  return
}

// -----

func.func @wrong_vector(%values: tensor<1x8x16xf32>, %coordinates: tensor<1x1x16xi32>) {
  // expected-error @below {{expected component 'vector.values' of type 'tensor<1x16x16xf32>', found 'tensor<1x8x16xf32>'}}
  %w = lacuna.assemble vector %values, %coordinates
      : tensor<1x8x16xf32>, tensor<1x1x16xi32>
      to tensor<8x16xf32, #lacuna.nm<2:4, dim = 1>>
  return
}

// -----

func.func @both_views(%values: tensor<1x16x16xf32>, %coordinates: tensor<1x1x16xi32>) {
  // expected-error @below {{expected mma or vector, found both}}
  %w = lacuna.assemble mma vector %values, %coordinates
      : tensor<1x16x16xf32>, tensor<1x1x16xi32>
      to tensor<8x16xf32, #lacuna.nm<2:4, dim = 1>>
  return
}
