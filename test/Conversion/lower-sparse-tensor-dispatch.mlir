// RUN: lacuna-opt %s --lower-sparse-tensor-dispatch --canonicalize --cse | FileCheck %s

// X W^T: X is copied to panels, the kernel keeps its sums in registers, its
// inner loop runs n times and multiplies and adds in one.
// CHECK-LABEL: func.func private @matmul
// CHECK-SAME: (%[[X:.*]]: memref<?x64xf32>, %[[V:.*]]: memref<48x16x2xf32>, %[[C:.*]]: memref<48x16x2xi8>, %[[OUT:.*]]: memref<?x48xf32>)
// CHECK: memref.alloc(%{{.*}}) {alignment = 64 : i64} : memref<?xf32>
// CHECK: scf.forall
// CHECK: scf.forall
// CHECK: %[[VALUES:.*]] = memref.reinterpret_cast %[[V]] to offset: [%[[AT:.*]]], sizes: [32], strides: [1]
// CHECK: %[[COORDINATES:.*]] = memref.reinterpret_cast %[[C]] to offset: [%[[AT]]], sizes: [32], strides: [1]
// CHECK: scf.for %{{.*}} iter_args(%{{.*}}) -> (vector<64xf32>)
// CHECK: scf.for %[[P:.*]] = {{.*}} iter_args(%[[SUM:.*]] = %{{.*}}) -> (vector<64xf32>)
// CHECK: memref.load %[[COORDINATES]][%[[P]]]
// CHECK: memref.load %[[VALUES]][%[[P]]]
// CHECK-NOT: store
// CHECK: %[[PRODUCT:.*]] = arith.mulf {{.*}} fastmath<contract> : vector<64xf32>
// CHECK: arith.addf %[[SUM]], %[[PRODUCT]] fastmath<contract> : vector<64xf32>
// Scratch is not on the stack of a loop.
// CHECK-NOT: memref.alloca
// Then panels of 16 columns, then single ones.
// CHECK: iter_args(%{{.*}}) -> (vector<16xf32>)
// CHECK: iter_args(%{{.*}}) -> (f32)
// CHECK-NOT: sparse_tensor
// CHECK-NOT: lacuna.assemble
// CHECK: return
func.func private @matmul(%x: memref<?x64xf32>, %v: memref<48x16x2xf32>, %c: memref<48x16x2xi8>, %out: memref<?x48xf32>)
    attributes {lacuna.dispatch, lacuna.route = #lacuna.route<sparse-tensor>} {
  %zero = arith.constant 0.0 : f32
  %xt = bufferization.to_tensor %x restrict : memref<?x64xf32> to tensor<?x64xf32>
  %vt = bufferization.to_tensor %v restrict : memref<48x16x2xf32> to tensor<48x16x2xf32>
  %ct = bufferization.to_tensor %c restrict : memref<48x16x2xi8> to tensor<48x16x2xi8>
  %w = lacuna.assemble %vt, %ct : tensor<48x16x2xf32>, tensor<48x16x2xi8> to tensor<48x64xf32, #lacuna.nm<2:4, dim = 1>>
  %o = bufferization.to_tensor %out restrict : memref<?x48xf32> to tensor<?x48xf32>
  %f = linalg.fill ins(%zero : f32) outs(%o : tensor<?x48xf32>) -> tensor<?x48xf32>
  %r = linalg.matmul indexing_maps = [affine_map<(n, m, k) -> (n, k)>, affine_map<(n, m, k) -> (m, k)>, affine_map<(n, m, k) -> (n, m)>]
      ins(%xt, %w : tensor<?x64xf32>, tensor<48x64xf32, #lacuna.nm<2:4, dim = 1>>) outs(%f : tensor<?x48xf32>) -> tensor<?x48xf32>
  bufferization.materialize_in_destination %r in restrict writable %out : (tensor<?x48xf32>, memref<?x48xf32>) -> ()
  return
}

// 8-bit integers sum up in 32 bits; initial values are added to.
// CHECK-LABEL: func.func private @accumulate
// CHECK: iter_args(%{{.*}}) -> (vector<64xi32>)
// CHECK: arith.extsi %{{.*}} : i8 to i32
// CHECK: %[[OLD:.*]] = memref.load %{{.*}} : memref<8x?xi32>
// CHECK: arith.addi %[[OLD]], %{{.*}} : i32
func.func private @accumulate(%x: memref<12x?xi8>, %v: memref<8x3x1xi8>, %c: memref<8x3x1xi8>, %out: memref<8x?xi32>)
    attributes {lacuna.dispatch, lacuna.route = #lacuna.route<sparse-tensor>} {
  %xt = bufferization.to_tensor %x restrict : memref<12x?xi8> to tensor<12x?xi8>
  %vt = bufferization.to_tensor %v restrict : memref<8x3x1xi8> to tensor<8x3x1xi8>
  %ct = bufferization.to_tensor %c restrict : memref<8x3x1xi8> to tensor<8x3x1xi8>
  %w = lacuna.assemble %vt, %ct : tensor<8x3x1xi8>, tensor<8x3x1xi8> to tensor<8x12xi8, #lacuna.nm<1:4, dim = 1>>
  %o = bufferization.to_tensor %out restrict : memref<8x?xi32> to tensor<8x?xi32>
  %r = linalg.matmul ins(%w, %xt : tensor<8x12xi8, #lacuna.nm<1:4, dim = 1>>, tensor<12x?xi8>) outs(%o : tensor<8x?xi32>) -> tensor<8x?xi32>
  bufferization.materialize_in_destination %r in restrict writable %out : (tensor<8x?xi32>, memref<8x?xi32>) -> ()
  return
}

// Other routes stay.
// CHECK-LABEL: func.func private @dense
// CHECK: linalg.copy
func.func private @dense(%x: memref<4xf32>, %out: memref<4xf32>) attributes {lacuna.dispatch, lacuna.route = #lacuna.route<dense>} {
  linalg.copy ins(%x : memref<4xf32>) outs(%out : memref<4xf32>)
  return
}
