// RUN: lacuna-opt %s --pass-pipeline='builtin.module(func.func(lower-contractions))' | FileCheck %s
// RUN: lacuna-opt %s --pass-pipeline='builtin.module(func.func(lower-contractions{vector-bytes=32}))' | FileCheck %s --check-prefix=NARROW

#dense = #lacuna.route<dense>

// Both operands lie along k: lanes run along it and are summed at the end; the
// tail of k is masked.
// CHECK-LABEL: func.func private @dot
// CHECK: scf.for {{.*}} iter_args({{.*}}) -> (vector<16xf32>,
// CHECK: vector.load {{.*}} vector<16xf32>
// CHECK: vector.fma
// CHECK: vector.maskedload {{.*}} vector<16xf32>
// CHECK: vector.shuffle
// CHECK: vector.maskedstore
// CHECK-NOT: linalg.matmul
// NARROW-LABEL: func.func private @dot
// NARROW: vector.fma {{.*}} vector<8xf32>
func.func private @dot(%a: memref<?x?xf32>, %b: memref<?x?xf32>, %c: memref<?x?xf32>) attributes {lacuna.dispatch, lacuna.route = #dense} {
  linalg.matmul indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>]
      ins(%a, %b : memref<?x?xf32>, memref<?x?xf32>) outs(%c : memref<?x?xf32>)
  return
}

// Elements of A are broadcast, narrow ones extended first.
// CHECK-LABEL: func.func private @outer
// CHECK: %[[X:.*]] = memref.load %{{.*}} : memref<?x?xf16>
// CHECK: %[[E:.*]] = arith.extf %[[X]] : f16 to f32
// CHECK: vector.broadcast %[[E]] : f32 to vector<16xf32>
// CHECK: vector.maskedstore
func.func private @outer(%a: memref<?x?xf16>, %b: memref<?x?xf16>, %c: memref<?x?xf32>) attributes {lacuna.dispatch, lacuna.route = #dense} {
  linalg.matmul ins(%a, %b : memref<?x?xf16>, memref<?x?xf16>) outs(%c : memref<?x?xf32>)
  return
}

// Not a sum of products of numbers: left for loops. So are other routes.
// CHECK-LABEL: func.func private @boolean
// CHECK: linalg.matmul
func.func private @boolean(%a: memref<?x?xi1>, %b: memref<?x?xi1>, %c: memref<?x?xi1>) attributes {lacuna.dispatch, lacuna.route = #dense} {
  linalg.matmul ins(%a, %b : memref<?x?xi1>, memref<?x?xi1>) outs(%c : memref<?x?xi1>)
  return
}
// CHECK-LABEL: func.func private @elsewhere
// CHECK: linalg.matmul
func.func private @elsewhere(%a: memref<?x?xf32>, %b: memref<?x?xf32>, %c: memref<?x?xf32>) {
  linalg.matmul ins(%a, %b : memref<?x?xf32>, memref<?x?xf32>) outs(%c : memref<?x?xf32>)
  return
}

// Sums that start from zero are written without being read, and a short
// elementwise operation on them is done before they are.
// CHECK-LABEL: func.func private @epilogue
// CHECK-NOT: memref.alloc
// CHECK-NOT: linalg.
// CHECK: %[[SUM:.*]]:24 = scf.for
// CHECK: %[[BIAS:.*]] = vector.load %arg2[{{.*}}] : memref<2x48xf32>, vector<16xf32>
// CHECK: %[[SCALE:.*]] = memref.load %arg3[{{.*}}] : memref<?xf32>
// CHECK: %[[SCALES:.*]] = vector.broadcast %[[SCALE]] : f32 to vector<16xf32>
// CHECK: %[[A:.*]] = arith.addf %[[SUM]]#0, %[[BIAS]] : vector<16xf32>
// CHECK: %[[P:.*]] = arith.mulf %[[A]], %[[SCALES]] : vector<16xf32>
// CHECK: vector.store %[[P]], %arg4[
// CHECK: return
func.func private @epilogue(%a: memref<?x64xf32>, %b: memref<2x64x48xf32>, %bias: memref<2x48xf32>, %scale: memref<?xf32>, %o: memref<?x2x48xf32>, %m: index) attributes {lacuna.dispatch, lacuna.route = #dense} {
  %zero = arith.constant 0.0 : f32
  %c = memref.alloc(%m) : memref<?x2x48xf32>
  linalg.fill ins(%zero : f32) outs(%c : memref<?x2x48xf32>)
  linalg.generic {indexing_maps = [affine_map<(m, p, n, k) -> (m, k)>, affine_map<(m, p, n, k) -> (p, k, n)>, affine_map<(m, p, n, k) -> (m, p, n)>],
                  iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%a, %b : memref<?x64xf32>, memref<2x64x48xf32>) outs(%c : memref<?x2x48xf32>) {
  ^bb0(%x: f32, %y: f32, %s: f32):
    %p = arith.mulf %x, %y : f32
    %r = arith.addf %s, %p : f32
    linalg.yield %r : f32
  }
  linalg.generic {indexing_maps = [affine_map<(m, p, n) -> (m, p, n)>, affine_map<(m, p, n) -> (p, n)>, affine_map<(m, p, n) -> (m)>, affine_map<(m, p, n) -> (m, p, n)>],
                  iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%c, %bias, %scale : memref<?x2x48xf32>, memref<2x48xf32>, memref<?xf32>) outs(%o : memref<?x2x48xf32>) {
  ^bb0(%s: f32, %t: f32, %u: f32, %r: f32):
    %0 = arith.addf %s, %t : f32
    %1 = arith.mulf %0, %u : f32
    linalg.yield %1 : f32
  }
  return
}

// Where k has several blocks the first one writes, also when there is nothing
// to sum; functions are computed behind the tiles.
// CHECK-LABEL: func.func private @blocks
// CHECK-NOT: linalg.fill
// CHECK: arith.maxsi
// CHECK: scf.for
// CHECK: %[[FIRST:.*]] = arith.cmpi eq
// CHECK: scf.if %[[FIRST]]
// CHECK-NOT: vector.maskedload
// CHECK: else
// CHECK: vector.maskedload
// CHECK: math.exp
func.func private @blocks(%a: memref<?x?xf32>, %b: memref<?x?xf32>, %o: memref<?x?xf32>, %m: index, %n: index) attributes {lacuna.dispatch, lacuna.route = #dense} {
  %zero = arith.constant 0.0 : f32
  %c = memref.alloc(%m, %n) : memref<?x?xf32>
  linalg.fill ins(%zero : f32) outs(%c : memref<?x?xf32>)
  linalg.matmul ins(%a, %b : memref<?x?xf32>, memref<?x?xf32>) outs(%c : memref<?x?xf32>)
  linalg.generic {indexing_maps = [affine_map<(m, n) -> (m, n)>, affine_map<(m, n) -> (m, n)>], iterator_types = ["parallel", "parallel"]}
      ins(%c : memref<?x?xf32>) outs(%o : memref<?x?xf32>) {
  ^bb0(%s: f32, %r: f32):
    %0 = math.exp %s : f32
    linalg.yield %0 : f32
  }
  return
}

// Sums that start from something else, or that somebody read before.
// CHECK-LABEL: func.func private @accumulate
// CHECK: linalg.fill
// CHECK: memref.load
// CHECK: vector.maskedload
func.func private @accumulate(%a: memref<?x?xf32>, %b: memref<?x?xf32>, %c: memref<?x?xf32>, %i: index) -> f32 attributes {lacuna.dispatch, lacuna.route = #dense} {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%c : memref<?x?xf32>)
  %r = memref.load %c[%i, %i] : memref<?x?xf32>
  linalg.matmul ins(%a, %b : memref<?x?xf32>, memref<?x?xf32>) outs(%c : memref<?x?xf32>)
  return %r : f32
}
