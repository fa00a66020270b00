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

// -----

// expected-error@+1 {{has two inputs, or two results, of the name 'x'; expected a name of its own for each}}
func.func @inputs(%a: tensor<4xf32> {lacuna.name = "x"}, %b: tensor<4xf32> {lacuna.name = "x"}) {
  return
}

// -----

// expected-error@+1 {{has two inputs, or two results, of the name 'result1'}}
func.func @results(%a: tensor<4xf32>) -> (tensor<4xf32> {lacuna.name = "result1"}, tensor<4xf32>) {
  return %a, %a : tensor<4xf32>, tensor<4xf32>
}

// -----

// expected-error@+1 {{calls 'arg0' 3 : i64; expected a string that is a name}}
func.func @name(%a: tensor<4xf32> {lacuna.name = 3}) {
  return
}

// -----

// expected-error@+1 {{'x' of type 'tensor<4xf32>' has dimensions ["a", "b"]; expected an array with one string for each}}
func.func @dims(%a: tensor<4xf32> {lacuna.dims = ["a", "b"], lacuna.name = "x"}) {
  return
}
