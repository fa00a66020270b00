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
