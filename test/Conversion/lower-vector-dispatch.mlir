// RUN: lacuna-opt %s --lower-vector-dispatch=features=avx2,avx512f --canonicalize --cse | FileCheck %s
// RUN: lacuna-opt %s --lower-vector-dispatch=features=avx2 --canonicalize --cse | FileCheck %s --check-prefix=AVX2
// RUN: lacuna-opt %s --lower-vector-dispatch=features=avx --canonicalize --cse | FileCheck %s --check-prefix=PLAIN

// X W^T: a vector of values of 16 rows, the coordinates as control of a
// permutation of a group of X, read where it lies. The epilogue is computed on
// vectors, behind the loop along k, and only its result is written. Of 15 columns
// the second tile of eight begins at column 7.
// CHECK-LABEL: func.func private @matmul
// CHECK-SAME: (%[[X:.*]]: memref<15x64xf32>, %[[V:.*]]: memref<3x32x16xf32>, %[[C:.*]]: memref<3x2x16xi32>, %[[BIAS:.*]]: memref<48xf32>, %[[OUT:.*]]: memref<15x48xf32>)
// CHECK-NOT: memref.alloc(
// CHECK: scf.forall (%{{.*}}) in (3)
// CHECK: %[[VALUES:.*]] = memref.reinterpret_cast %[[V]] to offset: [%{{.*}}], sizes: [32, 16], strides: [16, 1]
// CHECK: %[[COORDINATES:.*]] = memref.reinterpret_cast %[[C]] to offset: [%{{.*}}], sizes: [2, 16], strides: [16, 1]
// CHECK: arith.minsi %{{.*}}, %c7
// CHECK: %[[PANEL:.*]] = memref.reinterpret_cast %[[X]] to offset: [%{{.*}}], sizes: [8, 64], strides: [64, 1]
// CHECK: scf.for %{{.*}} = %c0 to %c2 step %c1 iter_args(
// CHECK: memref.prefetch
// CHECK: %[[WORD:.*]] = vector.load %[[COORDINATES]][%{{.*}}] : {{.*}}, vector<16xi32>
// CHECK: vector.load %[[PANEL]][%{{.*}}] : {{.*}}, vector<4xf32>
// CHECK: vector.shuffle
// CHECK: vector.load %[[VALUES]][%{{.*}}] : {{.*}}, vector<16xf32>
// CHECK: llvm.call_intrinsic "llvm.x86.avx512.vpermilvar.ps.512"(%{{.*}}, %[[WORD]])
// CHECK: arith.mulf {{.*}} fastmath<contract> : vector<16xf32>
// CHECK: arith.shrui %[[WORD]], %{{.*}} : vector<16xi32>
// CHECK-NOT: store
// CHECK: scf.yield
// CHECK: vector.load %[[BIAS]][%{{.*}}] : {{.*}}, vector<16xf32>
// CHECK: math.erf %{{.*}} : vector<16xf32>
// CHECK: vector.store %{{.*}}, %[[OUT]]
// CHECK-NOT: lacuna.assemble
// CHECK-NOT: linalg
// CHECK: return

// Two vectors make 16 rows.
// AVX2-LABEL: func.func private @matmul
// AVX2: sizes: [4, 64]
// AVX2: vector.load {{.*}}, vector<8xi32>
// AVX2: vector.load {{.*}}, vector<8xi32>
// AVX2: llvm.call_intrinsic "llvm.x86.avx.vpermilvar.ps.256"

// Without shifts of integer vectors: the elements are gathered.
// PLAIN-LABEL: func.func private @matmul
// PLAIN: arith.andi %{{.*}} : vector<16xi32>
// PLAIN: vector.gather
// PLAIN-NOT: call_intrinsic
// PLAIN: return
#rows = affine_map<(n, m, k) -> (n, k)>
#columns = affine_map<(n, m, k) -> (m, k)>
#result = affine_map<(n, m, k) -> (n, m)>
#all = affine_map<(n, m) -> (n, m)>
#bias = affine_map<(n, m) -> (m)>
func.func private @matmul(%x: memref<15x64xf32>, %v: memref<3x32x16xf32>, %c: memref<3x2x16xi32>, %bias: memref<48xf32>, %out: memref<15x48xf32>)
    attributes {lacuna.dispatch, lacuna.route = #lacuna.route<vector>} {
  %zero = arith.constant 0.0 : f32
  %xt = bufferization.to_tensor %x restrict : memref<15x64xf32> to tensor<15x64xf32>
  %vt = bufferization.to_tensor %v restrict : memref<3x32x16xf32> to tensor<3x32x16xf32>
  %ct = bufferization.to_tensor %c restrict : memref<3x2x16xi32> to tensor<3x2x16xi32>
  %bt = bufferization.to_tensor %bias restrict : memref<48xf32> to tensor<48xf32>
  %w = lacuna.assemble vector %vt, %ct : tensor<3x32x16xf32>, tensor<3x2x16xi32> to tensor<48x64xf32, #lacuna.nm<2:4, dim = 1>>
  %o = bufferization.to_tensor %out restrict : memref<15x48xf32> to tensor<15x48xf32>
  %f = linalg.fill ins(%zero : f32) outs(%o : tensor<15x48xf32>) -> tensor<15x48xf32>
  %y = linalg.matmul indexing_maps = [#rows, #columns, #result]
      ins(%xt, %w : tensor<15x64xf32>, tensor<48x64xf32, #lacuna.nm<2:4, dim = 1>>) outs(%f : tensor<15x48xf32>) -> tensor<15x48xf32>
  %z = linalg.generic {indexing_maps = [#all, #bias, #all], iterator_types = ["parallel", "parallel"]}
      ins(%y, %bt : tensor<15x48xf32>, tensor<48xf32>) outs(%o : tensor<15x48xf32>) {
  ^bb0(%a: f32, %b: f32, %i: f32):
    %s = arith.addf %a, %b : f32
    %e = math.erf %s : f32
    linalg.yield %e : f32
  } -> tensor<15x48xf32>
  bufferization.materialize_in_destination %z in restrict writable %out : (tensor<15x48xf32>, memref<15x48xf32>) -> ()
  return
}

// Sums of 8-bit integers are exact in f32 over some words, then 32 bits wide; initial values are added to. X does not lie
// along k: it is copied, padded to the view's groups. The result's rows do not
// lie along the lanes: they are written one by one.
// CHECK-LABEL: func.func private @accumulate
// CHECK-SAME: %[[OUT:[a-z0-9]+]]: memref<8x5xi32>)
// CHECK: memref.alloc() {alignment = 64 : i64} : memref<320xf32>
// CHECK: scf.forall
// CHECK: arith.extsi %{{.*}} : i8 to i32
// CHECK: arith.sitofp %{{.*}} : i32 to f32
// CHECK: arith.extsi %{{.*}} : vector<16xi8> to vector<16xi32>
// CHECK: arith.sitofp %{{.*}} : vector<16xi32> to vector<16xf32>
// CHECK: llvm.call_intrinsic "llvm.x86.avx512.vpermilvar.ps.512"
// CHECK: arith.mulf
// CHECK: arith.fptosi %{{.*}} : vector<16xf32> to vector<16xi32>
// CHECK: %[[OLD:.*]] = memref.load %[[OUT]]
// CHECK: memref.store %{{.*}}, %[[OUT]]
// CHECK: memref.dealloc
func.func private @accumulate(%x: memref<12x5xi8>, %v: memref<1x16x16xi8>, %c: memref<1x1x16xi32>, %out: memref<8x5xi32>)
    attributes {lacuna.dispatch, lacuna.route = #lacuna.route<vector>} {
  %xt = bufferization.to_tensor %x restrict : memref<12x5xi8> to tensor<12x5xi8>
  %vt = bufferization.to_tensor %v restrict : memref<1x16x16xi8> to tensor<1x16x16xi8>
  %ct = bufferization.to_tensor %c restrict : memref<1x1x16xi32> to tensor<1x1x16xi32>
  %w = lacuna.assemble vector %vt, %ct : tensor<1x16x16xi8>, tensor<1x1x16xi32> to tensor<8x12xi8, #lacuna.nm<1:4, dim = 1>>
  %o = bufferization.to_tensor %out restrict : memref<8x5xi32> to tensor<8x5xi32>
  %r = linalg.matmul ins(%w, %xt : tensor<8x12xi8, #lacuna.nm<1:4, dim = 1>>, tensor<12x5xi8>) outs(%o : tensor<8x5xi32>) -> tensor<8x5xi32>
  bufferization.materialize_in_destination %r in restrict writable %out : (tensor<8x5xi32>, memref<8x5xi32>) -> ()
  return
}

// Groups of eight: whole registers are permuted. One column has several sums, to
// hide the latency of multiply-adds.
// CHECK-LABEL: func.func private @eight
// CHECK: iter_args({{.*}}) -> (vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>)
// CHECK: llvm.call_intrinsic "llvm.x86.avx512.permvar.sf.512"
// AVX2-LABEL: func.func private @eight
// AVX2: llvm.call_intrinsic "llvm.x86.avx2.permps"
func.func private @eight(%x: memref<1x32xf32>, %v: memref<1x16x16xf32>, %c: memref<1x2x16xi32>, %out: memref<1x16xf32>)
    attributes {lacuna.dispatch, lacuna.route = #lacuna.route<vector>} {
  %xt = bufferization.to_tensor %x restrict : memref<1x32xf32> to tensor<1x32xf32>
  %vt = bufferization.to_tensor %v restrict : memref<1x16x16xf32> to tensor<1x16x16xf32>
  %ct = bufferization.to_tensor %c restrict : memref<1x2x16xi32> to tensor<1x2x16xi32>
  %w = lacuna.assemble vector %vt, %ct : tensor<1x16x16xf32>, tensor<1x2x16xi32> to tensor<32x16xf32, #lacuna.nm<4:8, dim = 0>>
  %o = bufferization.to_tensor %out restrict : memref<1x16xf32> to tensor<1x16xf32>
  %r = linalg.matmul ins(%xt, %w : tensor<1x32xf32>, tensor<32x16xf32, #lacuna.nm<4:8, dim = 0>>) outs(%o : tensor<1x16xf32>) -> tensor<1x16xf32>
  bufferization.materialize_in_destination %r in restrict writable %out : (tensor<1x16xf32>, memref<1x16xf32>) -> ()
  return
}

// Other routes stay.
// CHECK-LABEL: func.func private @dense
// CHECK: linalg.copy
func.func private @dense(%x: memref<4xf32>, %out: memref<4xf32>) attributes {lacuna.dispatch, lacuna.route = #lacuna.route<dense>} {
  linalg.copy ins(%x : memref<4xf32>) outs(%out : memref<4xf32>)
  return
}
