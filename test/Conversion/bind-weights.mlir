// RUN: lacuna-opt %s --allow-unregistered-dialect --bind-weights | FileCheck %s

// CHECK-NOT: ml_program.global
ml_program.global private @"fc.weight"(#ml_program.extern : tensor<8x4xf32>) : tensor<8x4xf32>
ml_program.global private @"fc.bias"(#ml_program.extern : tensor<4xf32>) : tensor<4xf32>
ml_program.global private @unused(#ml_program.extern : tensor<4xf32>) : tensor<4xf32>
ml_program.global private @"v.values"(#ml_program.extern : tensor<4xf32>) : tensor<4xf32>
  {lacuna.weight = "v", lacuna.view = "values", lacuna.type = tensor<8xf32, #lacuna.nm<2:4, dim = 0>>, lacuna.prunes = "u"}
ml_program.global private @"n.bf16"(#ml_program.extern : tensor<8x4xbf16>) : tensor<8x4xbf16>
  {lacuna.weight = "n", lacuna.dtype = "bf16", lacuna.type = tensor<8x4xf32>}

// In the order of first use, one argument for two loads.
// CHECK-LABEL: func.func @main(
// CHECK-SAME: %[[X:.*]]: memref<4xf32>, %[[O:.*]]: memref<4xf32> {lacuna.output},
// CHECK-SAME: %[[B:.*]]: memref<4xf32> {lacuna.binding = {type = tensor<4xf32>, view = "dense", weight = "fc.bias"}},
// CHECK-SAME: %[[W:.*]]: memref<8x4xf32> {lacuna.binding = {type = tensor<8x4xf32>, view = "dense", weight = "fc.weight"}},
// CHECK-SAME: %[[V:.*]]: memref<4xf32> {lacuna.binding = {layout = "nm<2:4, dim = 0>", prunes = "u", type = tensor<8xf32>, view = "values", weight = "v"}},
// CHECK-SAME: %[[N:.*]]: memref<8x4xbf16> {lacuna.binding = {dtype = "bf16", type = tensor<8x4xf32>, view = "dense", weight = "n"}})
func.func @main(%x: memref<4xf32>, %y: memref<4xf32> {lacuna.output}) {
  // CHECK: %[[TB:.*]] = bufferization.to_tensor %[[B]] restrict
  // CHECK: %[[TW:.*]] = bufferization.to_tensor %[[W]] restrict
  // CHECK: %[[TV:.*]] = bufferization.to_tensor %[[V]] restrict
  // CHECK-NOT: global_load_const
  // CHECK: "use"(%[[TB]], %[[TW]], %[[TB]], %[[TV]], %{{.*}})
  %b = ml_program.global_load_const @"fc.bias" : tensor<4xf32>
  %w = ml_program.global_load_const @"fc.weight" : tensor<8x4xf32>
  %b2 = ml_program.global_load_const @"fc.bias" : tensor<4xf32>
  %v = ml_program.global_load_const @"v.values" : tensor<4xf32>
  %n = ml_program.global_load_const @"n.bf16" : tensor<8x4xbf16>
  "use"(%b, %w, %b2, %v, %n) : (tensor<4xf32>, tensor<8x4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<8x4xbf16>) -> ()
  return
}
