// RUN: lacuna-opt %s --split-input-file --lower-contractions-to-tensor-cores="tile=16,8 warps=1,1 stages=3" --canonicalize --cse | FileCheck %s
// RUN: lacuna-opt %s --split-input-file --lower-contractions-to-tensor-cores="tile=16,8 warps=1,1,2 stages=3" --canonicalize --cse | FileCheck %s --check-prefix=DEPTH
// RUN: lacuna-opt %s --split-input-file --lower-contractions-to-tensor-cores --canonicalize --cse | FileCheck %s --check-prefix=CHOSEN

#rows = affine_map<(n, m, k) -> (n, k)>
#weight = affine_map<(n, m, k) -> (m, k)>
#out = affine_map<(n, m, k) -> (n, m)>
#element = affine_map<(n, m) -> (n, m)>
#bias = affine_map<(n, m) -> (m)>

// A linear layer with bias, activation and cast: one kernel, one launch, and no
// launch of an empty grid.
// CHECK-LABEL: gpu.func @linear(
// CHECK-SAME: %[[X:.*]]: memref<?x200xbf16>, %[[W:.*]]: memref<48x200xbf16>, %[[B:.*]]: memref<48xf32>, %[[O:.*]]: memref<?x48xbf16>) kernel
// CHECK-SAME: known_block_size = array<i32: 32, 1, 1>
// CHECK-SAME: lacuna.schedule = #lacuna.schedule<tile_m = 16, tile_n = 8, tile_k = 64, warps_m = 1, warps_n = 1, stages = 3>
// CHECK: %[[WS:.*]] = memref.view %{{.*}} to memref<3x16x64xbf16, #gpu.address_space<workgroup>>
// CHECK: %[[XS:.*]] = memref.view %{{.*}} to memref<3x8x64xbf16, #gpu.address_space<workgroup>>
// Swizzled copies of 16 bytes, zero outside.
// CHECK: arith.xori
// CHECK: arith.select
// CHECK: nvgpu.device_async_copy %[[W]][{{.*}}], %[[WS]][{{.*}}], 8, %{{.*}} {bypassL1}
// CHECK: nvgpu.device_async_copy %[[X]][{{.*}}], %[[XS]][{{.*}}], 8, %{{.*}} {bypassL1}
// CHECK: nvvm.cp.async.commit.group
// CHECK: nvvm.cp.async.commit.group
// CHECK: scf.for {{.*}} iter_args({{.*}}) -> (vector<4xf32>, index, index)
// CHECK: nvvm.cp.async.wait.group 1
// CHECK: gpu.barrier
// CHECK: nvgpu.ldmatrix %[[XS]][{{.*}}] {numTiles = 4 : i32, transpose = false} : memref<3x8x64xbf16, {{.*}} -> vector<4x2xbf16>
// CHECK: nvgpu.ldmatrix %[[WS]]
// CHECK-COUNT-4: nvvm.mma.sync A[{{.*}}] B[{{.*}}] C[{{.*}}] {{.*}}multiplicandAPtxType = #nvvm.mma_type<bf16>{{.*}}shape = #nvvm.shape<m = 16, n = 8, k = 16>
// CHECK-NOT: nvvm.mma.sync
// CHECK: scf.yield {{.*}} : vector<4xf32>, index, index
// CHECK: nvvm.cp.async.wait.group 0
// Lanes exchange sums until each has four neighbors of the result. Columns are
// guarded, 48 rows need no guard.
// CHECK-COUNT-4: gpu.shuffle xor
// CHECK: scf.if
// CHECK: vector.load %[[B]][{{.*}}] {alignment = 16 : i64} : memref<48xf32>, vector<4xf32>
// CHECK: arith.addf
// CHECK-NEXT: arith.maximumf
// CHECK-NEXT: arith.truncf
// CHECK: vector.store %{{.*}}, %[[O]][{{.*}}] {alignment = 8 : i64} : memref<?x48xbf16>, vector<4xbf16>
// CHECK: gpu.return
// CHECK-LABEL: func.func private @linear
// CHECK: %[[SOME:.*]] = arith.cmpi
// CHECK: scf.if %[[SOME]] {
// CHECK: gpu.launch_func @kernels::@linear blocks in ({{.*}}) threads in (%c32{{.*}}) dynamic_shared_memory_size %c9216_i32 args(

// Two warps take the steps of the depth in turn: the ring has two for each stage,
// and the second warp hands its sums to the first.
// DEPTH-LABEL: gpu.func @linear(
// DEPTH-SAME: known_block_size = array<i32: 64, 1, 1>
// DEPTH-SAME: stages = 3, warps_k = 2>
// DEPTH: memref.view %{{.*}} to memref<6x16x64xbf16, #gpu.address_space<workgroup>>
// DEPTH: scf.for
// DEPTH: scf.if {{.*}} -> (vector<4xf32>)
// DEPTH: nvvm.mma.sync
// DEPTH: nvvm.cp.async.wait.group 0
// DEPTH: %[[SUMS:.*]] = memref.view %{{.*}} to memref<1x1x1x32x4xf32, #gpu.address_space<workgroup>>
// DEPTH: gpu.barrier
// DEPTH: vector.store %{{.*}}, %[[SUMS]]
// DEPTH: gpu.barrier
// DEPTH: scf.if
// DEPTH: vector.load %[[SUMS]]
// DEPTH-NEXT: arith.addf {{.*}} : vector<4xf32>

// The number of columns is chosen at run time.
// CHOSEN-LABEL: gpu.func @linear$n16
// CHOSEN-SAME: tile_n = 16
// CHOSEN-LABEL: gpu.func @linear(
// CHOSEN-SAME: tile_n = 64
// CHOSEN-LABEL: func.func private @linear
// CHOSEN: %[[FEW:.*]] = arith.cmpi ult, %{{.*}}, %c17
// CHOSEN: scf.if %[[FEW]] {
// CHOSEN: gpu.launch_func @kernels::@linear$n16
// CHOSEN: } else {
// CHOSEN: gpu.launch_func @kernels::@linear blocks
func.func private @linear(%x: memref<?x200xbf16>, %w: memref<48x200xbf16>, %b: memref<48xf32>, %o: memref<?x48xbf16>) attributes {lacuna.dispatch, lacuna.route = #lacuna.route<dense>} {
  %zero = arith.constant 0.0 : f32
  %c0 = arith.constant 0 : index
  %tx = bufferization.to_tensor %x restrict : memref<?x200xbf16> to tensor<?x200xbf16>
  %tw = bufferization.to_tensor %w restrict : memref<48x200xbf16> to tensor<48x200xbf16>
  %tb = bufferization.to_tensor %b restrict : memref<48xf32> to tensor<48xf32>
  %n = tensor.dim %tx, %c0 : tensor<?x200xbf16>
  %empty = tensor.empty(%n) : tensor<?x48xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%empty : tensor<?x48xf32>) -> tensor<?x48xf32>
  %y = linalg.matmul indexing_maps = [#rows, #weight, #out] ins(%tx, %tw : tensor<?x200xbf16>, tensor<48x200xbf16>) outs(%zeros : tensor<?x48xf32>) -> tensor<?x48xf32>
  %narrow = tensor.empty(%n) : tensor<?x48xbf16>
  %h = linalg.generic {indexing_maps = [#element, #bias, #element], iterator_types = ["parallel", "parallel"]}
      ins(%y, %tb : tensor<?x48xf32>, tensor<48xf32>) outs(%narrow : tensor<?x48xbf16>) {
  ^bb0(%value: f32, %bias: f32, %old: bf16):
    %sum = arith.addf %value, %bias : f32
    %relu = arith.maximumf %sum, %zero : f32
    %cast = arith.truncf %relu : f32 to bf16
    linalg.yield %cast : bf16
  } -> tensor<?x48xbf16>
  bufferization.materialize_in_destination %h in restrict writable %o : (tensor<?x48xbf16>, memref<?x48xbf16>) -> ()
  return
}

// -----

#rows = affine_map<(n, m, k) -> (n, k)>
#weight = affine_map<(n, m, k) -> (m, k)>
#out = affine_map<(n, m, k) -> (n, m)>

// A 2:4 weight: values and metadata in the order of the registers, the selector
// by step. The start value is added at the end.
// CHECK-LABEL: gpu.func @sparse(
// CHECK-SAME: %[[X:.*]]: memref<8x128xf16>, %[[V:.*]]: memref<2x2x2x32x8xf16>, %[[E:.*]]: memref<2x2x32xi32>, %[[O:.*]]: memref<8x32xf32>)
// CHECK: %[[VS:.*]] = memref.view %{{.*}} to memref<3x1x2x32x8xf16, #gpu.address_space<workgroup>>
// CHECK: %[[ES:.*]] = memref.view %{{.*}} to memref<3x1x1x32xi32, #gpu.address_space<workgroup>>
// CHECK: nvgpu.device_async_copy %[[V]][{{.*}}], %[[VS]][{{.*}}], 8, %{{.*}} {bypassL1}
// Metadata past the end is the last tile's: zero would be illegal.
// CHECK: nvgpu.device_async_copy %[[E]][{{.*}}], %[[ES]][{{.*}}], 1 :
// CHECK: scf.for
// CHECK: vector.load %[[VS]]{{.*}} {alignment = 16 : i64} : {{.*}}, vector<8xf16>
// CHECK: memref.load %[[ES]]
// CHECK: nvvm.mma.sp.sync A[{{.*}}] B[{{.*}}] C[{{.*}}] sparseMetadata[%{{.*}}] selector[%[[S0:.*]]] {{{.*}}orderedMetadata, shape = #nvvm.shape<m = 16, n = 8, k = 32>}
// CHECK: nvvm.mma.sp.sync {{.*}} selector[%[[S1:.*]]] {
// CHECK-NOT: nvvm.mma.sp.sync
// CHECK: vector.load %[[O]]
// CHECK: arith.addf
// CHECK: vector.store %{{.*}}, %[[O]]
func.func private @sparse(%x: memref<8x128xf16>, %v: memref<2x2x2x32x8xf16>, %e: memref<2x2x32xi32>, %o: memref<8x32xf32>) attributes {lacuna.dispatch, lacuna.route = #lacuna.route<tensor-core>} {
  %tx = bufferization.to_tensor %x restrict : memref<8x128xf16> to tensor<8x128xf16>
  %tv = bufferization.to_tensor %v restrict : memref<2x2x2x32x8xf16> to tensor<2x2x2x32x8xf16>
  %te = bufferization.to_tensor %e restrict : memref<2x2x32xi32> to tensor<2x2x32xi32>
  %to = bufferization.to_tensor %o restrict : memref<8x32xf32> to tensor<8x32xf32>
  %tw = lacuna.assemble mma %tv, %te : tensor<2x2x2x32x8xf16>, tensor<2x2x32xi32> to tensor<32x128xf16, #lacuna.nm<2:4, dim = 1>>
  %y = linalg.matmul indexing_maps = [#rows, #weight, #out] ins(%tx, %tw : tensor<8x128xf16>, tensor<32x128xf16, #lacuna.nm<2:4, dim = 1>>) outs(%to : tensor<8x32xf32>) -> tensor<8x32xf32>
  bufferization.materialize_in_destination %y in restrict writable %o : (tensor<8x32xf32>, memref<8x32xf32>) -> ()
  return
}

// -----

// i8 with i32; X is stored as [k, n], which ldmatrix cannot turn in 8 bits: its
// elements are turned on the way.
// CHECK-LABEL: gpu.func @integers(
// CHECK-SAME: %[[X:.*]]: memref<64x8xi8>, %[[W:.*]]: memref<16x64xi8>
// CHECK: nvgpu.device_async_copy %[[W]]
// CHECK: memref.load %[[X]]
// CHECK: memref.store %{{.*}} : memref<3x8x128xi8
// CHECK-COUNT-4: nvvm.mma.sync {{.*}}intOverflowBehavior = #nvvm.mma_int_overflow<wrapped>{{.*}}multiplicandAPtxType = #nvvm.mma_type<s8>{{.*}}shape = #nvvm.shape<m = 16, n = 8, k = 32>
func.func private @integers(%x: memref<64x8xi8>, %w: memref<16x64xi8>, %o: memref<8x16xi32>) attributes {lacuna.dispatch} {
  %zero = arith.constant 0 : i32
  %tx = bufferization.to_tensor %x restrict : memref<64x8xi8> to tensor<64x8xi8>
  %tw = bufferization.to_tensor %w restrict : memref<16x64xi8> to tensor<16x64xi8>
  %empty = tensor.empty() : tensor<8x16xi32>
  %zeros = linalg.fill ins(%zero : i32) outs(%empty : tensor<8x16xi32>) -> tensor<8x16xi32>
  %y = linalg.generic {indexing_maps = [affine_map<(n, m, k) -> (k, n)>, affine_map<(n, m, k) -> (m, k)>, affine_map<(n, m, k) -> (n, m)>], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%tx, %tw : tensor<64x8xi8>, tensor<16x64xi8>) outs(%zeros : tensor<8x16xi32>) {
  ^bb0(%a: i8, %b: i8, %c: i32):
    %ae = arith.extsi %a : i8 to i32
    %be = arith.extsi %b : i8 to i32
    %p = arith.muli %ae, %be : i32
    %s = arith.addi %c, %p : i32
    linalg.yield %s : i32
  } -> tensor<8x16xi32>
  bufferization.materialize_in_destination %y in restrict writable %o : (tensor<8x16xi32>, memref<8x16xi32>) -> ()
  return
}

// -----

// tf32 where the model allows it, over a batch that both operands have; rows of
// the activation are merged with the batch that the weight lacks.
// CHECK-LABEL: gpu.func @batched(
// CHECK-SAME: %[[X:.*]]: memref<3x?x5x32xf32>, %[[W:.*]]: memref<3x16x32xf32>
// CHECK: memref.collapse_shape %[[X]] {{\[\[}}0], [1, 2], [3]] : memref<3x?x5x32xf32> into memref<3x?x32xf32>
// CHECK: nvvm.convert.float.to.tf32 %{{.*}} {rnd = #nvvm.fp_rnd_mode<rna>}
// CHECK: nvvm.mma.sync {{.*}}multiplicandAPtxType = #nvvm.mma_type<tf32>{{.*}}shape = #nvvm.shape<m = 16, n = 8, k = 8>
func.func private @batched(%x: memref<3x?x5x32xf32>, %w: memref<3x16x32xf32>, %o: memref<3x?x5x16xf32>) attributes {lacuna.dispatch} {
  %zero = arith.constant 0.0 : f32
  %c1 = arith.constant 1 : index
  %tx = bufferization.to_tensor %x restrict : memref<3x?x5x32xf32> to tensor<3x?x5x32xf32>
  %tw = bufferization.to_tensor %w restrict : memref<3x16x32xf32> to tensor<3x16x32xf32>
  %n = tensor.dim %tx, %c1 : tensor<3x?x5x32xf32>
  %empty = tensor.empty(%n) : tensor<3x?x5x16xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%empty : tensor<3x?x5x16xf32>) -> tensor<3x?x5x16xf32>
  %y = linalg.generic {indexing_maps = [affine_map<(b, n, h, m, k) -> (b, n, h, k)>, affine_map<(b, n, h, m, k) -> (b, m, k)>, affine_map<(b, n, h, m, k) -> (b, n, h, m)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]}
      ins(%tx, %tw : tensor<3x?x5x32xf32>, tensor<3x16x32xf32>) outs(%zeros : tensor<3x?x5x16xf32>) attrs = {lacuna.precision = "tf32"} {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %p = arith.mulf %a, %b : f32
    %s = arith.addf %c, %p : f32
    linalg.yield %s : f32
  } -> tensor<3x?x5x16xf32>
  bufferization.materialize_in_destination %y in restrict writable %o : (tensor<3x?x5x16xf32>, memref<3x?x5x16xf32>) -> ()
  return
}

// -----

// Plain f32 is left to the passes after.
// CHECK-LABEL: func.func private @plain
// CHECK: linalg.matmul
// CHECK-NOT: gpu.module
func.func private @plain(%x: memref<8x32xf32>, %w: memref<32x16xf32>, %o: memref<8x16xf32>) attributes {lacuna.dispatch} {
  %zero = arith.constant 0.0 : f32
  %tx = bufferization.to_tensor %x restrict : memref<8x32xf32> to tensor<8x32xf32>
  %tw = bufferization.to_tensor %w restrict : memref<32x16xf32> to tensor<32x16xf32>
  %empty = tensor.empty() : tensor<8x16xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%empty : tensor<8x16xf32>) -> tensor<8x16xf32>
  %y = linalg.matmul ins(%tx, %tw : tensor<8x32xf32>, tensor<32x16xf32>) outs(%zeros : tensor<8x16xf32>) -> tensor<8x16xf32>
  bufferization.materialize_in_destination %y in restrict writable %o : (tensor<8x16xf32>, memref<8x16xf32>) -> ()
  return
}
