// The largest and the least element of a row are found a vector at a time, with
// whatever NaN means to the operation, as sums are; scalar code takes the rest.
// REQUIRES: x86_64
// RUN: lacuna-compile %s --target=cpu --cpu=x86-64-v4 --emit=llvm -o - | FileCheck %s

// CHECK-DAG: call <16 x float> @llvm.maximum.v16f32(<16 x float>
// CHECK-DAG: call <16 x float> @llvm.maxnum.v16f32(<16 x float>
// CHECK-DAG: call <8 x double> @llvm.minimum.v8f64(<8 x double>
// CHECK-NOT: fcmp ogt
#every = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
func.func @main(%x: tensor<?x512xf32>, %z: tensor<?x512xf64>) -> (tensor<?xf32>, tensor<?xf32>, tensor<?xf64>) {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?x512xf32>
  %least = arith.constant 0xFF800000 : f32
  %most = arith.constant 0x7FF0000000000000 : f64
  %e = tensor.empty(%n) : tensor<?xf32>
  %f = linalg.fill ins(%least : f32) outs(%e : tensor<?xf32>) -> tensor<?xf32>
  %0 = linalg.generic {indexing_maps = [#every, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<?x512xf32>) outs(%f : tensor<?xf32>) {
  ^bb0(%a: f32, %o: f32):
    %m = arith.maximumf %a, %o : f32
    linalg.yield %m : f32
  } -> tensor<?xf32>
  %1 = linalg.generic {indexing_maps = [#every, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<?x512xf32>) outs(%f : tensor<?xf32>) {
  ^bb0(%a: f32, %o: f32):
    %m = arith.maxnumf %a, %o : f32
    linalg.yield %m : f32
  } -> tensor<?xf32>
  %nz = tensor.dim %z, %c0 : tensor<?x512xf64>
  %ez = tensor.empty(%nz) : tensor<?xf64>
  %fz = linalg.fill ins(%most : f64) outs(%ez : tensor<?xf64>) -> tensor<?xf64>
  %2 = linalg.generic {indexing_maps = [#every, #row], iterator_types = ["parallel", "reduction"]}
      ins(%z : tensor<?x512xf64>) outs(%fz : tensor<?xf64>) {
  ^bb0(%a: f64, %o: f64):
    %m = arith.minimumf %a, %o : f64
    linalg.yield %m : f64
  } -> tensor<?xf64>
  return %0, %1, %2 : tensor<?xf32>, tensor<?xf32>, tensor<?xf64>
}
