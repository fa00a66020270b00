// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A handwritten-digit classifier: an MLP 64-512-512-10 over 8x8 images, any
// number of them at once. Weights are named as in PyTorch, [outputs, inputs],
// and come from a safetensors file; rules.json says which of them are 2:4.

#rows    = affine_map<(n, o, i) -> (n, i)>
#weights = affine_map<(n, o, i) -> (o, i)>
#outputs = affine_map<(n, o, i) -> (n, o)>
#element = affine_map<(n, o) -> (n, o)>
#bias    = affine_map<(n, o) -> (o)>

ml_program.global private @"fc1.weight"(#ml_program.extern : tensor<512x64xf32>) : tensor<512x64xf32>
ml_program.global private @"fc1.bias"(#ml_program.extern : tensor<512xf32>) : tensor<512xf32>
ml_program.global private @"fc2.weight"(#ml_program.extern : tensor<512x512xf32>) : tensor<512x512xf32>
ml_program.global private @"fc2.bias"(#ml_program.extern : tensor<512xf32>) : tensor<512xf32>
ml_program.global private @"fc3.weight"(#ml_program.extern : tensor<10x512xf32>) : tensor<10x512xf32>
ml_program.global private @"fc3.bias"(#ml_program.extern : tensor<10xf32>) : tensor<10xf32>

func.func @main(%images: tensor<?x64xf32> {lacuna.name = "images"})
    -> (tensor<?x10xf32> {lacuna.name = "logits"}) {
  %zero = arith.constant 0.0 : f32
  %c0 = arith.constant 0 : index
  %n = tensor.dim %images, %c0 : tensor<?x64xf32>

  %w1 = ml_program.global_load_const @"fc1.weight" : tensor<512x64xf32>
  %b1 = ml_program.global_load_const @"fc1.bias" : tensor<512xf32>
  %empty = tensor.empty(%n) : tensor<?x512xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%empty : tensor<?x512xf32>) -> tensor<?x512xf32>
  %m1 = linalg.matmul indexing_maps = [#rows, #weights, #outputs]
    ins(%images, %w1 : tensor<?x64xf32>, tensor<512x64xf32>)
    outs(%zeros : tensor<?x512xf32>) -> tensor<?x512xf32>
  %h1 = linalg.generic {indexing_maps = [#element, #bias, #element],
                        iterator_types = ["parallel", "parallel"]}
    ins(%m1, %b1 : tensor<?x512xf32>, tensor<512xf32>) outs(%empty : tensor<?x512xf32>) {
  ^bb0(%value: f32, %bias: f32, %out: f32):
    %sum = arith.addf %value, %bias : f32
    %relu = arith.maximumf %sum, %zero : f32
    linalg.yield %relu : f32
  } -> tensor<?x512xf32>

  %w2 = ml_program.global_load_const @"fc2.weight" : tensor<512x512xf32>
  %b2 = ml_program.global_load_const @"fc2.bias" : tensor<512xf32>
  %m2 = linalg.matmul indexing_maps = [#rows, #weights, #outputs]
    ins(%h1, %w2 : tensor<?x512xf32>, tensor<512x512xf32>)
    outs(%zeros : tensor<?x512xf32>) -> tensor<?x512xf32>
  %h2 = linalg.generic {indexing_maps = [#element, #bias, #element],
                        iterator_types = ["parallel", "parallel"]}
    ins(%m2, %b2 : tensor<?x512xf32>, tensor<512xf32>) outs(%empty : tensor<?x512xf32>) {
  ^bb0(%value: f32, %bias: f32, %out: f32):
    %sum = arith.addf %value, %bias : f32
    %relu = arith.maximumf %sum, %zero : f32
    linalg.yield %relu : f32
  } -> tensor<?x512xf32>

  %w3 = ml_program.global_load_const @"fc3.weight" : tensor<10x512xf32>
  %b3 = ml_program.global_load_const @"fc3.bias" : tensor<10xf32>
  %empty3 = tensor.empty(%n) : tensor<?x10xf32>
  %zeros3 = linalg.fill ins(%zero : f32) outs(%empty3 : tensor<?x10xf32>) -> tensor<?x10xf32>
  %m3 = linalg.matmul indexing_maps = [#rows, #weights, #outputs]
    ins(%h2, %w3 : tensor<?x512xf32>, tensor<10x512xf32>)
    outs(%zeros3 : tensor<?x10xf32>) -> tensor<?x10xf32>
  %logits = linalg.generic {indexing_maps = [#element, #bias, #element],
                            iterator_types = ["parallel", "parallel"]}
    ins(%m3, %b3 : tensor<?x10xf32>, tensor<10xf32>) outs(%empty3 : tensor<?x10xf32>) {
  ^bb0(%value: f32, %bias: f32, %out: f32):
    %sum = arith.addf %value, %bias : f32
    linalg.yield %sum : f32
  } -> tensor<?x10xf32>
  return %logits : tensor<?x10xf32>
}
