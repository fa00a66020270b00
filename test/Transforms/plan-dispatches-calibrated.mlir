// RUN: sed "s/\"calibrated\": false/\"calibrated\": true/" %S/../Tools/Inputs/target.json > %t.json
// RUN: lacuna-opt %s --plan-dispatches="threads=1 target-model=%t.json" | FileCheck %s

// All constants of the file were measured, on f32: what they say of other
// elements is uncalibrated.

#nm = #lacuna.nm<2:4, dim = 1>

// CHECK-LABEL: func.func @of_f32
// CHECK: prices = [#lacuna.price<columns = 16, {{.*}} calibrated = true>]
func.func @of_f32(%x: tensor<16x64xf32>, %w: tensor<64x64xf32, #nm>, %e: tensor<16x64xf32>) -> tensor<16x64xf32> {
  %r = lacuna.dispatch(%a = %x : tensor<16x64xf32>, %b = %w : tensor<64x64xf32, #nm>, %o = %e : tensor<16x64xf32>) -> (tensor<16x64xf32>) {
    %m = linalg.matmul indexing_maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (j, k)>, affine_map<(i, j, k) -> (i, j)>]
      ins(%a, %b : tensor<16x64xf32>, tensor<64x64xf32, #nm>) outs(%o : tensor<16x64xf32>) -> tensor<16x64xf32>
    lacuna.yield %m : tensor<16x64xf32>
  }
  return %r : tensor<16x64xf32>
}

// CHECK-LABEL: func.func @of_f64
// CHECK: prices = [#lacuna.price<columns = 16, {{.*}} calibrated = false>]
func.func @of_f64(%x: tensor<16x64xf64>, %w: tensor<64x64xf64, #nm>, %e: tensor<16x64xf64>) -> tensor<16x64xf64> {
  %r = lacuna.dispatch(%a = %x : tensor<16x64xf64>, %b = %w : tensor<64x64xf64, #nm>, %o = %e : tensor<16x64xf64>) -> (tensor<16x64xf64>) {
    %m = linalg.matmul indexing_maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (j, k)>, affine_map<(i, j, k) -> (i, j)>]
      ins(%a, %b : tensor<16x64xf64>, tensor<64x64xf64, #nm>) outs(%o : tensor<16x64xf64>) -> tensor<16x64xf64>
    lacuna.yield %m : tensor<16x64xf64>
  }
  return %r : tensor<16x64xf64>
}

// CHECK-LABEL: func.func @of_bf16
// CHECK: prices = [#lacuna.price<columns = 16, {{.*}} calibrated = false>]
func.func @of_bf16(%x: tensor<16x64xbf16>, %w: tensor<64x64xbf16, #nm>, %e: tensor<16x64xf32>) -> tensor<16x64xf32> {
  %r = lacuna.dispatch(%a = %x : tensor<16x64xbf16>, %b = %w : tensor<64x64xbf16, #nm>, %o = %e : tensor<16x64xf32>) -> (tensor<16x64xf32>) {
    %m = linalg.matmul indexing_maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (j, k)>, affine_map<(i, j, k) -> (i, j)>]
      ins(%a, %b : tensor<16x64xbf16>, tensor<64x64xbf16, #nm>) outs(%o : tensor<16x64xf32>) -> tensor<16x64xf32>
    lacuna.yield %m : tensor<16x64xf32>
  }
  return %r : tensor<16x64xf32>
}
