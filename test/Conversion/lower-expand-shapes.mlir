// RUN: lacuna-opt %s --lower-expand-shapes --canonicalize | FileCheck %s
// RUN: lacuna-opt %s --lower-expand-shapes --expand-strided-metadata --lower-affine | FileCheck %s --check-prefix=LOW

// CHECK-DAG: #[[$M:.*]] = affine_map<()[s0] -> (s0 * 8)>
// CHECK-LABEL: func.func @rows
// CHECK-SAME: %[[S:.*]]: memref<?x8xf32>, %[[B:.*]]: index, %[[L:.*]]: index
// CHECK: %[[T:.*]] = affine.apply #[[$M]]()[%[[L]]]
// CHECK: memref.reinterpret_cast %{{.*}} to offset: [0], sizes: [%[[B]], %[[L]], 8], strides: [%[[T]], 8, 1]
// LOW-LABEL: func.func @rows
// LOW-NOT: expand_shape
func.func @rows(%m: memref<?x8xf32>, %b: index, %l: index) -> memref<?x?x8xf32> {
  %r = memref.expand_shape %m [[0, 1], [2]] output_shape [%b, %l, 8] : memref<?x8xf32> into memref<?x?x8xf32>
  return %r : memref<?x?x8xf32>
}

// A slice keeps its offset and the pitch of its rows.
// CHECK-LABEL: func.func @heads
// CHECK: %{{.*}}, %{{.*}}, %{{.*}}:2, %[[P:.*]]:2 = memref.extract_strided_metadata
// CHECK: memref.reinterpret_cast %{{.*}} to offset: [4], sizes: [%{{.*}}, 4, 16], strides: [%[[P]]#0, 16, 1]
func.func @heads(%m: memref<?x64xf32, strided<[?, 1], offset: 4>>, %n: index) -> memref<?x4x16xf32, strided<[?, 16, 1], offset: 4>> {
  %r = memref.expand_shape %m [[0], [1, 2]] output_shape [%n, 4, 16] : memref<?x64xf32, strided<[?, 1], offset: 4>> into memref<?x4x16xf32, strided<[?, 16, 1], offset: 4>>
  return %r : memref<?x4x16xf32, strided<[?, 16, 1], offset: 4>>
}
