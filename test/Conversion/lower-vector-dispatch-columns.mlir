// RUN: lacuna-opt %s --lower-vector-dispatch=features=avx2,avx512f --canonicalize --cse | FileCheck %s
// RUN: lacuna-opt %s --lower-vector-dispatch=features=avx2 --canonicalize --cse | FileCheck %s --check-prefix=AVX2
#rows = affine_map<(n, m, k) -> (n, k)>
#columns = affine_map<(n, m, k) -> (m, k)>
#result = affine_map<(n, m, k) -> (n, m)>
#all = affine_map<(n, m) -> (n, m)>
#bias = affine_map<(n, m) -> (m)>

// X W^T of many columns: a panel of eight vectors, then form "lanes" for the
// last 32 columns. A task packs its panel by transposing blocks; a coordinate is the
// row of the panel that meets the value, so nothing is permuted. The sums of two
// rows stay in registers for as much of k as lies in the first-level cache, and
// are transposed before the epilogue.
// CHECK-LABEL: func.func private @matmul
// CHECK-SAME: (%[[X:[a-z0-9]+]]: memref<160x192xf32>, %[[V:[a-z0-9]+]]: memref<3x96x16xf32>, %[[C:[a-z0-9]+]]: memref<3x6x16xi32>, %[[BIAS:[a-z0-9]+]]: memref<48xf32>, %[[OUT:[a-z0-9]+]]: memref<160x48xf32>)
// CHECK: %[[THREADS:.*]] = lacuna.threads
// CHECK: arith.remui %c1, %[[THREADS]]
// CHECK: scf.forall
// CHECK: %[[PANEL:.*]] = memref.alloc() {alignment = 64 : i64} : memref<192x128xf32>
// CHECK: vector.load %[[X]][%{{.*}}] : memref<160x192xf32>, vector<16xf32>
// CHECK: vector.shuffle
// CHECK: vector.store %{{.*}}, %[[PANEL]][%{{.*}}]
// CHECK: %[[SUMS:.*]] = memref.alloc() {alignment = 64 : i64} : memref<64x128xf32>
// CHECK: scf.for %{{.*}} = %c0 to %c6 step %c2 {
// CHECK: scf.for %[[ROW:.*]] = %c0 to %c16 step %c2 {
// CHECK: memref.prefetch
// CHECK: vector.load %[[SUMS]]
// CHECK: scf.for %[[UNIT:.*]] = %{{.*}} iter_args(
// CHECK: %[[OFFSET:.*]] = arith.muli %[[UNIT]], %c4096
// CHECK: %[[ROWS:.*]] = memref.reinterpret_cast %[[PANEL]] to offset: [%[[OFFSET]]], sizes: [32, 128]
// CHECK: %[[WORD:.*]] = memref.load {{.*}} : memref<1x16xi32,
// CHECK: %[[FIRST:.*]] = arith.andi %[[WORD]], %c3_i32 : i32
// CHECK: %[[K:.*]] = arith.index_castui %[[FIRST]] : i32 to index
// CHECK: %[[W:.*]] = memref.load {{.*}} : memref<16x16xf32,
// CHECK: %[[VALUE:.*]] = vector.broadcast %[[W]] : f32 to vector<16xf32>
// CHECK: %[[LANES:.*]] = vector.load %[[ROWS]][%[[K]], %c0]
// CHECK: %[[PRODUCT:.*]] = arith.mulf %[[VALUE]], %[[LANES]] fastmath<contract>
// CHECK: arith.addf %{{.*}}, %[[PRODUCT]] fastmath<contract>
// CHECK: arith.shrui %[[WORD]], %c2_i32 : i32
// The second group of a row of W, and the second row.
// CHECK: arith.addi %{{.*}}, %c4 : index
// CHECK: memref.load {{.*}}[%c0, %c1] : memref<1x16xi32,
// CHECK-NOT: store
// CHECK-NOT: vector.shuffle
// CHECK: scf.yield
// CHECK: vector.store %{{.*}}, %[[SUMS]]
// CHECK: vector.shuffle
// CHECK: scf.for
// CHECK: vector.load %[[BIAS]][%{{.*}}] : memref<48xf32>, vector<16xf32>
// CHECK: math.erf %{{.*}} : vector<16xf32>
// CHECK: vector.store %{{.*}}, %[[OUT]][%{{.*}}] : memref<160x48xf32>, vector<16xf32>
// CHECK: scf.forall
// CHECK: scf.for %[[COLUMN:.*]] = %c0 to %c32 step %c16 {
// CHECK: %[[HERE:.*]] = arith.minsi %[[COLUMN]], %c16
// CHECK: %[[IN_X:.*]] = arith.addi %[[HERE]], %c128
// CHECK: arith.muli %[[IN_X]], %c192
// CHECK-NOT: memref.alloc() {alignment = 64 : i64} : memref<192x
// CHECK: llvm.call_intrinsic "llvm.x86.avx512.vpermilvar.ps.512"
// CHECK: return

// Vectors of eight lanes, the sums of one row in eight registers.
// AVX2-LABEL: func.func private @matmul
// AVX2: memref.alloc() {alignment = 64 : i64} : memref<192x64xf32>
// AVX2: scf.for %{{.*}} = %c0 to %c16 step %c1 {
// AVX2: arith.mulf {{.*}} : vector<8xf32>
// AVX2: return
func.func private @matmul(%x: memref<160x192xf32>, %v: memref<3x96x16xf32>, %c: memref<3x6x16xi32>, %bias: memref<48xf32>, %out: memref<160x48xf32>)
    attributes {lacuna.dispatch, lacuna.route = #lacuna.route<vector>} {
  %zero = arith.constant 0.0 : f32
  %xt = bufferization.to_tensor %x restrict : memref<160x192xf32> to tensor<160x192xf32>
  %vt = bufferization.to_tensor %v restrict : memref<3x96x16xf32> to tensor<3x96x16xf32>
  %ct = bufferization.to_tensor %c restrict : memref<3x6x16xi32> to tensor<3x6x16xi32>
  %bt = bufferization.to_tensor %bias restrict : memref<48xf32> to tensor<48xf32>
  %w = lacuna.assemble vector %vt, %ct : tensor<3x96x16xf32>, tensor<3x6x16xi32> to tensor<48x192xf32, #lacuna.nm<2:4, dim = 1>>
  %o = bufferization.to_tensor %out restrict : memref<160x48xf32> to tensor<160x48xf32>
  %f = linalg.fill ins(%zero : f32) outs(%o : tensor<160x48xf32>) -> tensor<160x48xf32>
  %y = linalg.matmul indexing_maps = [#rows, #columns, #result]
      ins(%xt, %w : tensor<160x192xf32>, tensor<48x192xf32, #lacuna.nm<2:4, dim = 1>>) outs(%f : tensor<160x48xf32>) -> tensor<160x48xf32>
  %z = linalg.generic {indexing_maps = [#all, #bias, #all], iterator_types = ["parallel", "parallel"]}
      ins(%y, %bt : tensor<160x48xf32>, tensor<48xf32>) outs(%o : tensor<160x48xf32>) {
  ^bb0(%a: f32, %b: f32, %i: f32):
    %s = arith.addf %a, %b : f32
    %e = math.erf %s : f32
    linalg.yield %e : f32
  } -> tensor<160x48xf32>
  bufferization.materialize_in_destination %z in restrict writable %out : (tensor<160x48xf32>, memref<160x48xf32>) -> ()
  return
}

// W X of bytes: products add up in f32, which is exact for a block of k, and
// blocks in i32. The columns of X and of the result lie side by side: nothing is
// transposed.
// CHECK-LABEL: func.func private @bytes
// CHECK-SAME: (%[[X:[a-z0-9]+]]: memref<192x64xi8>, %[[V:[a-z0-9]+]]: memref<1x48x16xi8>,
// CHECK-SAME: %[[OUT:[a-z0-9]+]]: memref<8x64xi32>)
// CHECK-NOT: vector.shuffle
// CHECK: vector.load %[[X]]
// CHECK: arith.sitofp %{{.*}} : vector<16xi32> to vector<16xf32>
// CHECK: %[[SUMS:.*]] = memref.alloc() {alignment = 64 : i64} : memref<64x64xi32>
// CHECK: %[[VALUES:.*]] = memref.alloc() {alignment = 64 : i64} : memref<256x16xf32>
// CHECK: vector.store %{{.*}}, %[[VALUES]]
// CHECK: arith.mulf {{.*}} : vector<16xf32>
// CHECK: arith.fptosi %{{.*}} : vector<16xf32> to vector<16xi32>
// CHECK: arith.addi %{{.*}} : vector<16xi32>
// CHECK: vector.store %{{.*}}, %[[SUMS]]
// CHECK-NOT: vector.shuffle
// CHECK: vector.maskedstore %[[OUT]]
// CHECK: return
func.func private @bytes(%x: memref<192x64xi8>, %v: memref<1x48x16xi8>, %c: memref<1x3x16xi32>, %out: memref<8x64xi32>)
    attributes {lacuna.dispatch, lacuna.route = #lacuna.route<vector>} {
  %xt = bufferization.to_tensor %x restrict : memref<192x64xi8> to tensor<192x64xi8>
  %vt = bufferization.to_tensor %v restrict : memref<1x48x16xi8> to tensor<1x48x16xi8>
  %ct = bufferization.to_tensor %c restrict : memref<1x3x16xi32> to tensor<1x3x16xi32>
  %w = lacuna.assemble vector %vt, %ct : tensor<1x48x16xi8>, tensor<1x3x16xi32> to tensor<8x192xi8, #lacuna.nm<1:4, dim = 1>>
  %o = bufferization.to_tensor %out restrict : memref<8x64xi32> to tensor<8x64xi32>
  %r = linalg.matmul ins(%w, %xt : tensor<8x192xi8, #lacuna.nm<1:4, dim = 1>>, tensor<192x64xi8>) outs(%o : tensor<8x64xi32>) -> tensor<8x64xi32>
  bufferization.materialize_in_destination %r in restrict writable %out : (tensor<8x64xi32>, memref<8x64xi32>) -> ()
  return
}
