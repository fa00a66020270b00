// RUN: lacuna-opt %s --split-input-file --verify-diagnostics --lower-contractions-to-tensor-cores
// RUN: not lacuna-opt %s --split-input-file --lower-contractions-to-tensor-cores=target=sm_75 2>&1 | FileCheck %s --check-prefix=TARGET
// RUN: not lacuna-opt %s --split-input-file --lower-contractions-to-tensor-cores="tile=24,8 warps=1,1" 2>&1 | FileCheck %s --check-prefix=C1
// RUN: not lacuna-opt %s --split-input-file --lower-contractions-to-tensor-cores="tile=128,128 warps=2,2 stages=9" 2>&1 | FileCheck %s --check-prefix=SHARED
// RUN: not lacuna-opt %s --split-input-file --lower-contractions-to-tensor-cores="tile=64" 2>&1 | FileCheck %s --check-prefix=TILE
// TARGET: unknown GPU target 'sm_75'; expected one such as sm_80
// C1: schedule_c1: expected tile_m to be a multiple of 16 rows for each of 1 warps, found 24
// SHARED: the schedule needs 294912 bytes of shared memory, and a block has 101376; use fewer stages or a smaller tile
// TILE: expected two sizes in tile and in warps: rows, columns

#rows = affine_map<(n, m, k) -> (n, k)>
#weight = affine_map<(n, m, k) -> (m, k)>
#out = affine_map<(n, m, k) -> (n, m)>

func.func private @taken(%x: memref<8x64xf16>, %w: memref<16x64xf16>, %o: memref<8x16xf32>) attributes {lacuna.dispatch} {
  %zero = arith.constant 0.0 : f32
  %tx = bufferization.to_tensor %x restrict : memref<8x64xf16> to tensor<8x64xf16>
  %tw = bufferization.to_tensor %w restrict : memref<16x64xf16> to tensor<16x64xf16>
  %empty = tensor.empty() : tensor<8x16xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%empty : tensor<8x16xf32>) -> tensor<8x16xf32>
  %y = linalg.matmul indexing_maps = [#rows, #weight, #out] ins(%tx, %tw : tensor<8x64xf16>, tensor<16x64xf16>) outs(%zeros : tensor<8x16xf32>) -> tensor<8x16xf32>
  bufferization.materialize_in_destination %y in restrict writable %o : (tensor<8x16xf32>, memref<8x16xf32>) -> ()
  return
}

// -----

#rows = affine_map<(n, m, k) -> (n, k)>
#weight = affine_map<(n, m, k) -> (m, k)>
#out = affine_map<(n, m, k) -> (n, m)>

// expected-error @+1 {{is on route tensor-core, but has no kernel: the operands' elements differ: f16 and f32; force route dense}}
func.func private @mixed(%x: memref<8x64xf32>, %v: memref<1x1x2x32x8xf16>, %e: memref<1x1x32xi32>, %o: memref<8x16xf32>) attributes {lacuna.dispatch, lacuna.route = #lacuna.route<tensor-core>} {
  %zero = arith.constant 0.0 : f32
  %tx = bufferization.to_tensor %x restrict : memref<8x64xf32> to tensor<8x64xf32>
  %tv = bufferization.to_tensor %v restrict : memref<1x1x2x32x8xf16> to tensor<1x1x2x32x8xf16>
  %te = bufferization.to_tensor %e restrict : memref<1x1x32xi32> to tensor<1x1x32xi32>
  %tw = lacuna.assemble mma %tv, %te : tensor<1x1x2x32x8xf16>, tensor<1x1x32xi32> to tensor<16x64xf16, #lacuna.nm<2:4, dim = 1>>
  %empty = tensor.empty() : tensor<8x16xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%empty : tensor<8x16xf32>) -> tensor<8x16xf32>
  %y = linalg.matmul indexing_maps = [#rows, #weight, #out] ins(%tx, %tw : tensor<8x64xf32>, tensor<16x64xf16, #lacuna.nm<2:4, dim = 1>>) outs(%zeros : tensor<8x16xf32>) -> tensor<8x16xf32>
  bufferization.materialize_in_destination %y in restrict writable %o : (tensor<8x16xf32>, memref<8x16xf32>) -> ()
  return
}

// -----

// The remark that says why a function is left alone.
// RUN: not lacuna-opt %s --split-input-file --lower-contractions-to-tensor-cores --remarks-filter=kernels --remark-policy=all 2>&1 | FileCheck %s --check-prefix=REMARK
// REMARK: remark: [Missed] mma | Category:kernels | Function=f64 {{.*}}no mma instruction multiplies f64 and sums f64; there are f16 and bf16 with f32, f16 with f16, i8 with i32, and tf32
func.func private @f64(%x: memref<8x32xf64>, %w: memref<32x16xf64>, %o: memref<8x16xf64>) attributes {lacuna.dispatch} {
  %tx = bufferization.to_tensor %x restrict : memref<8x32xf64> to tensor<8x32xf64>
  %tw = bufferization.to_tensor %w restrict : memref<32x16xf64> to tensor<32x16xf64>
  %to = bufferization.to_tensor %o restrict : memref<8x16xf64> to tensor<8x16xf64>
  %y = linalg.matmul ins(%tx, %tw : tensor<8x32xf64>, tensor<32x16xf64>) outs(%to : tensor<8x16xf64>) -> tensor<8x16xf64>
  bufferization.materialize_in_destination %y in restrict writable %o : (tensor<8x16xf64>, memref<8x16xf64>) -> ()
  return
}
