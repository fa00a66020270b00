// RUN: split-file %s %t
// RUN: lacuna-opt %t/model.mlir --annotate-layouts=rules=%t/rules.json 2>%t/stderr | FileCheck %s
// RUN: FileCheck %s --check-prefix=ERR < %t/stderr
// RUN: lacuna-opt %t/model.mlir --annotate-layouts | FileCheck %s --check-prefix=NONE
// NONE-NOT: lacuna.nm

//--- rules.json
{"*.ffn.*": "nm<2:4>", "layer.ffn.skip": "dense", "head": "nm<1:8, dim = 0>", "layer.fnn.weight": "nm<2:4>"}

//--- model.mlir
// The dimension is the one summed over, seen through the transpose.
// CHECK: ml_program.global private @layer.ffn.weight({{.*}}) : tensor<32x64xf32, #lacuna.nm<2:4, dim = 1>>
ml_program.global private @layer.ffn.weight(#ml_program.extern : tensor<32x64xf32>) : tensor<32x64xf32>
// A bias that the glob caught stays plain.
// CHECK: ml_program.global private @layer.ffn.bias({{.*}}) : tensor<32xf32>
// ERR: remark: the rule '*.ffn.*' cannot give weight 'layer.ffn.bias' nm<2:4>: no contraction sums over one of its dimensions
ml_program.global private @layer.ffn.bias(#ml_program.extern : tensor<32xf32>) : tensor<32xf32>
// A name outranks a glob.
// CHECK: ml_program.global private @layer.ffn.skip({{.*}}) : tensor<64x64xf32>
ml_program.global private @layer.ffn.skip(#ml_program.extern : tensor<64x64xf32>) : tensor<64x64xf32>
// CHECK: ml_program.global private @head({{.*}}) : tensor<16x4xf32, #lacuna.nm<1:8, dim = 0>>
ml_program.global private @head(#ml_program.extern : tensor<16x4xf32>) : tensor<16x4xf32>
// ERR: warning: the rule 'layer.fnn.weight' of '{{.*}}rules.json' matches no weight; the nearest names are 'layer.ffn.weight'

// CHECK-LABEL: func.func @main
// CHECK: %[[L:.*]] = ml_program.global_load_const @layer.ffn.weight : tensor<32x64xf32, #lacuna.nm<2:4, dim = 1>>
// CHECK: %[[P:.*]] = lacuna.convert %[[L]]
// CHECK: linalg.transpose ins(%[[P]]
func.func @main(%x: tensor<?x64xf32>, %n: index) -> (tensor<?x32xf32>, tensor<?x64xf32>, tensor<16x4xf32>, tensor<32xf32>) {
  %w = ml_program.global_load_const @layer.ffn.weight : tensor<32x64xf32>
  %s = ml_program.global_load_const @layer.ffn.skip : tensor<64x64xf32>
  %h = ml_program.global_load_const @head : tensor<16x4xf32>
  %b = ml_program.global_load_const @layer.ffn.bias : tensor<32xf32>
  %te = tensor.empty() : tensor<64x32xf32>
  %t = linalg.transpose ins(%w : tensor<32x64xf32>) outs(%te : tensor<64x32xf32>) permutation = [1, 0]
  %e = tensor.empty(%n) : tensor<?x32xf32>
  %y = linalg.matmul ins(%x, %t : tensor<?x64xf32>, tensor<64x32xf32>) outs(%e : tensor<?x32xf32>) -> tensor<?x32xf32>
  %f = tensor.empty(%n) : tensor<?x64xf32>
  %z = linalg.matmul ins(%x, %s : tensor<?x64xf32>, tensor<64x64xf32>) outs(%f : tensor<?x64xf32>) -> tensor<?x64xf32>
  return %y, %z, %h, %b : tensor<?x32xf32>, tensor<?x64xf32>, tensor<16x4xf32>, tensor<32xf32>
}
