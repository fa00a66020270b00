// RUN: lacuna-opt %s --add-destinations --split-input-file --verify-diagnostics

// expected-error@+1 {{argument 0 has type 'tensor<4xcomplex<f32>>'; expected a ranked tensor of f64}}
func.func @element(%x: tensor<4xcomplex<f32>>) {
  return
}

// -----

// expected-error@+1 {{argument 1 has type 'tensor<*xf32>'; expected a ranked tensor}}
func.func @unranked(%x: tensor<4xf32>, %y: tensor<*xf32>) {
  return
}

// -----

// expected-error@+1 {{result 'y' has an encoding, 'tensor<4xf32, #lacuna.nm<2:4, dim = 0>>'; expected none: layouts stand on weights}}
func.func @layout(%x: tensor<4xf32>) -> (tensor<4xf32, #lacuna.nm<2:4, dim = 0>> {lacuna.name = "y"}) {
  %0 = lacuna.convert %x : tensor<4xf32> to tensor<4xf32, #lacuna.nm<2:4, dim = 0>>
  return %0 : tensor<4xf32, #lacuna.nm<2:4, dim = 0>>
}
