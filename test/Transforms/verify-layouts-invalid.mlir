// The traps: what upstream would do to a laid-out value without a word.
// RUN: lacuna-opt %s --verify-layouts --verify-diagnostics --split-input-file

#nm = #lacuna.nm<2:4, dim = 1>
!w = tensor<8x16xf32, #nm>

// Folds away: the layout would be gone, or come from nowhere.
func.func @cast(%w: tensor<8x16xf32>) -> tensor<8x16xf32> {
  %0 = lacuna.prune %w : tensor<8x16xf32> to !w
  // expected-error @+1 {{'tensor.cast' op uses a value of type 'tensor<8x16xf32, #lacuna.nm<2:4, dim = 1>>', where a layout cannot stand; lacuna.convert to the plain type before it}}
  %1 = tensor.cast %0 : !w to tensor<8x16xf32>
  return %1 : tensor<8x16xf32>
}

// -----

// Constant folding computes on elements and keeps whatever encoding it finds.
func.func @constant() {
  // expected-error @+1 {{'arith.constant' op gives a value of type 'tensor<4x4xf32, #lacuna.nm<2:4, dim = 1>>', where a layout cannot stand; make it an extern ml_program.global}}
  %0 = arith.constant dense<0.0> : tensor<4x4xf32, #lacuna.nm<2:4, dim = 1>>
  return
}

// -----

#nm = #lacuna.nm<2:4, dim = 1>

func.func @collapse_shape(%w: tensor<8x16xf32>) -> tensor<128xf32> {
  %0 = lacuna.prune %w : tensor<8x16xf32> to tensor<8x16xf32, #nm>
  // expected-error @+1 {{'tensor.collapse_shape' op uses a value of type}}
  %1 = tensor.collapse_shape %0 [[0, 1]] : tensor<8x16xf32, #nm> into tensor<128xf32>
  return %1 : tensor<128xf32>
}

// -----

#nm = #lacuna.nm<2:4, dim = 1>

func.func @extract_slice(%w: tensor<8x16xf32>) -> tensor<8x3xf32> {
  %0 = lacuna.prune %w : tensor<8x16xf32> to tensor<8x16xf32, #nm>
  // expected-error @+1 {{'tensor.extract_slice' op uses a value of type}}
  %1 = tensor.extract_slice %0[0, 1] [8, 3] [1, 1] : tensor<8x16xf32, #nm> to tensor<8x3xf32>
  return %1 : tensor<8x3xf32>
}

// -----

// One-shot bufferization makes this a dense memref.
// expected-error @+1 {{'func.func' op binds an argument of type 'tensor<8x16xf32, #lacuna.nm<2:4, dim = 1>>', where a layout cannot stand; inputs and results of a public function are plain}}
func.func @signature(%w: tensor<8x16xf32, #lacuna.nm<2:4, dim = 1>>) {
  return
}

// -----

// expected-error @+1 {{'func.func' op declares something of type}}
func.func @result(%w: tensor<8x16xf32>) -> tensor<8x16xf32, #lacuna.nm<2:4, dim = 1>> {
  %0 = lacuna.prune %w : tensor<8x16xf32> to tensor<8x16xf32, #lacuna.nm<2:4, dim = 1>>
  // expected-error @+1 {{'func.return' op uses a value of type}}
  return %0 : tensor<8x16xf32, #lacuna.nm<2:4, dim = 1>>
}

// -----

#nm = #lacuna.nm<2:4, dim = 1>
#id = affine_map<(i, j) -> (i, j)>

// Generalized elementwise operations read elements that are not there.
func.func @generalized(%w: tensor<8x16xf32>, %o: tensor<8x16xf32>) -> tensor<8x16xf32> {
  %0 = lacuna.prune %w : tensor<8x16xf32> to tensor<8x16xf32, #nm>
  // expected-error @+1 {{'linalg.generic' op uses a value of type}}
  %1 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
    ins(%0 : tensor<8x16xf32, #nm>) outs(%o : tensor<8x16xf32>) {
  ^bb0(%a: f32, %b: f32):
    linalg.yield %a : f32
  } -> tensor<8x16xf32>
  return %1 : tensor<8x16xf32>
}

// -----

// expected-error @+1 {{'ml_program.global' op declares something of type 'tensor<8x16xf32, #lacuna.nm<2:4, dim = 1>>', where a layout cannot stand; only an immutable global with an extern value has a layout}}
ml_program.global private mutable @cache(#ml_program.extern : tensor<8x16xf32, #lacuna.nm<2:4, dim = 1>>) : tensor<8x16xf32, #lacuna.nm<2:4, dim = 1>>

// -----

#nm = #lacuna.nm<2:4, dim = 1>

// A start value of a sum is written: it has no layout.
func.func @accumulator(%w: tensor<8x16xf32>, %a: tensor<8x4xf32>, %b: tensor<4x16xf32>) {
  %0 = lacuna.prune %w : tensor<8x16xf32> to tensor<8x16xf32, #nm>
  // expected-error @+1 {{'linalg.matmul' op uses a value of type}}
  %1 = linalg.matmul ins(%a, %b : tensor<8x4xf32>, tensor<4x16xf32>) outs(%0 : tensor<8x16xf32, #nm>) -> tensor<8x16xf32, #nm>
  return
}
