// RUN: lacuna-opt %s --lower-dispatches-to-rows --canonicalize --cse --split-input-file | FileCheck %s

#dense = #lacuna.route<dense>
#all = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>

// A softmax is one kernel: 16 threads share a row, whose elements stay in
// registers. The host knows how many blocks there are.
// CHECK-LABEL: func.func private @softmax
// CHECK-SAME: %[[X:.*]]: memref<?x64xf32>, %[[O:.*]]: memref<?x64xf32>
// CHECK: %[[N:.*]] = memref.dim %[[X]], %c0
// CHECK: %[[BLOCKS:.*]] = arith.ceildivui %[[N]], %c16
// CHECK: scf.if
// CHECK-NEXT: gpu.launch_func @kernels::@softmax blocks in (%[[BLOCKS]], %c1, %c1) threads in (%c256, %c1, %c1) args(%[[X]] : memref<?x64xf32>, %[[O]] : memref<?x64xf32>)
// CHECK-NOT: linalg
// CHECK: return
// CHECK: gpu.func @softmax(%[[X:.*]]: memref<?x64xf32>, %[[O:.*]]: memref<?x64xf32>)
// CHECK-DAG: %[[LANE:.*]] = arith.remui %thread_id_x, %c16
// CHECK-DAG: %[[J:.*]] = arith.muli %[[LANE]], %c4
// CHECK: %[[INSIDE:.*]] = arith.cmpi ult, %[[J]], %{{.*}}
// CHECK: %[[A:.*]]:2 = scf.if %[[INSIDE]]
// CHECK-NEXT: %[[V:.*]] = vector.load %[[X]][%[[I:.*]], %[[J]]] : memref<?x64xf32>, vector<4xf32>
// CHECK-NEXT: scf.yield %[[V]], %[[V]]
// CHECK-NOT: vector.load
// CHECK-COUNT-4: gpu.shuffle xor
// CHECK-NOT: gpu.shuffle
// CHECK: %[[E:.*]]:2 = scf.if %[[INSIDE]]
// CHECK: arith.subf %[[A]]#1, %{{.*}} : vector<4xf32>
// CHECK-NEXT: math.exp
// CHECK-COUNT-4: gpu.shuffle xor
// CHECK: scf.if %[[INSIDE]]
// CHECK: arith.divf %[[E]]#1
// CHECK-NEXT: vector.store %{{.*}}, %[[O]][%[[I]], %[[J]]] : memref<?x64xf32>, vector<4xf32>
// CHECK-NOT: gpu.barrier
// CHECK: gpu.return
func.func private @softmax(%x: memref<?x64xf32>, %o: memref<?x64xf32>) attributes {lacuna.dispatch, lacuna.route = #dense} {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %low = arith.constant 0xFF800000 : f32
  %t = bufferization.to_tensor %x restrict : memref<?x64xf32> to tensor<?x64xf32>
  %n = tensor.dim %t, %c0 : tensor<?x64xf32>
  %e = tensor.empty(%n) : tensor<?x64xf32>
  %er = tensor.empty(%n) : tensor<?xf32>
  %fm = linalg.fill ins(%low : f32) outs(%er : tensor<?xf32>) -> tensor<?xf32>
  %fs = linalg.fill ins(%zero : f32) outs(%er : tensor<?xf32>) -> tensor<?xf32>
  %m = linalg.generic {indexing_maps = [#all, #row], iterator_types = ["parallel", "reduction"]}
      ins(%t : tensor<?x64xf32>) outs(%fm : tensor<?xf32>) {
  ^bb0(%a: f32, %b: f32):
    %1 = arith.maximumf %a, %b : f32
    linalg.yield %1 : f32
  } -> tensor<?xf32>
  %p = linalg.generic {indexing_maps = [#all, #row, #all], iterator_types = ["parallel", "parallel"]}
      ins(%t, %m : tensor<?x64xf32>, tensor<?xf32>) outs(%e : tensor<?x64xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %1 = arith.subf %a, %b : f32
    %2 = math.exp %1 : f32
    linalg.yield %2 : f32
  } -> tensor<?x64xf32>
  %s = linalg.generic {indexing_maps = [#all, #row], iterator_types = ["parallel", "reduction"]}
      ins(%p : tensor<?x64xf32>) outs(%fs : tensor<?xf32>) {
  ^bb0(%a: f32, %b: f32):
    %1 = arith.addf %a, %b : f32
    linalg.yield %1 : f32
  } -> tensor<?xf32>
  %r = linalg.generic {indexing_maps = [#all, #row, #all], iterator_types = ["parallel", "parallel"]}
      ins(%p, %s : tensor<?x64xf32>, tensor<?xf32>) outs(%e : tensor<?x64xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %1 = arith.divf %a, %b : f32
    linalg.yield %1 : f32
  } -> tensor<?x64xf32>
  bufferization.materialize_in_destination %r in restrict writable %o : (tensor<?x64xf32>, memref<?x64xf32>) -> ()
  return
}

// -----

#dense = #lacuna.route<dense>
#all = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>

// Of a dynamic length: accesses of 16 bytes where it is a multiple, a warp for a
// short row, a block for a long one; sums of f16 are f32.
// CHECK-LABEL: func.func private @squares
// CHECK: %[[L:.*]] = memref.dim %{{.*}}, %c1
// CHECK: %[[REST:.*]] = arith.remui %[[L]], %c8
// CHECK: %[[ALIGNED:.*]] = arith.cmpi eq, %[[REST]], %c0
// CHECK: scf.if %[[ALIGNED]]
// CHECK: %[[SHORT:.*]] = arith.cmpi ule, %[[L]], %c1024
// CHECK: scf.if %[[SHORT]]
// CHECK: gpu.launch_func @kernels::@squares$warp blocks
// CHECK: gpu.launch_func @kernels::@squares$block blocks
// CHECK: gpu.launch_func @kernels::@squares$warp$ragged blocks
// CHECK: gpu.launch_func @kernels::@squares$block$ragged blocks
// CHECK: gpu.func @squares$warp(
// CHECK-NOT: gpu.barrier
// CHECK: scf.for {{.*}} step %c256 iter_args(%[[S:.*]] = %{{.*}}) -> (vector<8xf32>)
// CHECK: vector.load {{.*}} : memref<?x?xf16>, vector<8xf16>
// CHECK: arith.extf {{.*}} : vector<8xf16> to vector<8xf32>
// CHECK: arith.addf {{.*}}, %[[S]] : vector<8xf32>
// CHECK-COUNT-5: gpu.shuffle xor
// CHECK: gpu.func @squares$block(
// CHECK-SAME: workgroup(%[[W:.*]] : memref<8xf32, #gpu.address_space<workgroup>>)
// CHECK-COUNT-5: gpu.shuffle xor
// CHECK: memref.store %{{.*}}, %[[W]]
// CHECK: gpu.barrier
// CHECK: memref.load %[[W]]
// CHECK-COUNT-3: gpu.shuffle xor
// CHECK: arith.truncf {{.*}} : f32 to f16
// CHECK: gpu.func @squares$warp$ragged(
// CHECK: memref.load {{.*}} : memref<?x?xf16>
func.func private @squares(%x: memref<?x?xf16>, %o: memref<?xf16>, %n: index) attributes {lacuna.dispatch, lacuna.route = #dense} {
  %zero = arith.constant 0.0 : f16
  %t = bufferization.to_tensor %x restrict : memref<?x?xf16> to tensor<?x?xf16>
  %e = tensor.empty(%n) : tensor<?xf16>
  %f = linalg.fill ins(%zero : f16) outs(%e : tensor<?xf16>) -> tensor<?xf16>
  %r = linalg.generic {indexing_maps = [#all, #row], iterator_types = ["parallel", "reduction"]}
      ins(%t : tensor<?x?xf16>) outs(%f : tensor<?xf16>) {
  ^bb0(%a: f16, %b: f16):
    %1 = arith.mulf %a, %a : f16
    %2 = arith.addf %1, %b : f16
    linalg.yield %2 : f16
  } -> tensor<?xf16>
  bufferization.materialize_in_destination %r in restrict writable %o : (tensor<?xf16>, memref<?xf16>) -> ()
  return
}

// -----

#dense = #lacuna.route<dense>
#all = affine_map<(i, j, k) -> (i, j, k)>

// Dimensions that lie together are one: the last thread goes by elements.
// CHECK-LABEL: gpu.func @flat(
// CHECK: memref.collapse_shape %{{.*}} {{\[\[}}0, 1, 2]]
// CHECK: vector.load
// CHECK: arith.negf {{.*}} : vector<4xf32>
// CHECK: vector.store
// CHECK: } else {
// CHECK: scf.for
// CHECK: memref.load
// CHECK: arith.negf {{.*}} : f32
// CHECK: memref.store
func.func private @flat(%x: memref<?x?x3xf32>, %o: memref<?x?x3xf32>, %n: index, %m: index) attributes {lacuna.dispatch, lacuna.route = #dense} {
  %t = bufferization.to_tensor %x restrict : memref<?x?x3xf32> to tensor<?x?x3xf32>
  %e = tensor.empty(%n, %m) : tensor<?x?x3xf32>
  %r = linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%t : tensor<?x?x3xf32>) outs(%e : tensor<?x?x3xf32>) {
  ^bb0(%a: f32, %b: f32):
    %1 = arith.negf %a : f32
    linalg.yield %1 : f32
  } -> tensor<?x?x3xf32>
  bufferization.materialize_in_destination %r in restrict writable %o : (tensor<?x?x3xf32>, memref<?x?x3xf32>) -> ()
  return
}

// -----

#dense = #lacuna.route<dense>
#from = affine_map<(i, j) -> (j, i)>
#to = affine_map<(i, j) -> (i, j)>

// A transpose goes through shared memory, by tiles of 32 x 32.
// CHECK-LABEL: func.func private @turn
// CHECK: gpu.launch_func @kernels::@turn
// CHECK: gpu.func @turn(%[[X:.*]]: memref<?x?xf16>, %[[O:.*]]: memref<?x?xf16>
// CHECK-SAME: workgroup(%[[TILE:.*]] : memref<32x34xf16, #gpu.address_space<workgroup>>)
// CHECK: memref.load %[[X]]
// CHECK: memref.store %{{.*}}, %[[TILE]][%[[LINE:.*]], %[[COLUMN:.*]]]
// CHECK: gpu.barrier
// CHECK: %[[A:.*]] = memref.load %[[TILE]][%[[COLUMN]], %[[LINE]]]
// CHECK: memref.store %[[A]], %[[O]]
func.func private @turn(%x: memref<?x?xf16>, %o: memref<?x?xf16>, %n: index, %m: index) attributes {lacuna.dispatch, lacuna.route = #dense} {
  %t = bufferization.to_tensor %x restrict : memref<?x?xf16> to tensor<?x?xf16>
  %e = tensor.empty(%n, %m) : tensor<?x?xf16>
  %r = linalg.generic {indexing_maps = [#from, #to], iterator_types = ["parallel", "parallel"]}
      ins(%t : tensor<?x?xf16>) outs(%e : tensor<?x?xf16>) {
  ^bb0(%a: f16, %b: f16):
    linalg.yield %a : f16
  } -> tensor<?x?xf16>
  bufferization.materialize_in_destination %r in restrict writable %o : (tensor<?x?xf16>, memref<?x?xf16>) -> ()
  return
}

// -----

#dense = #lacuna.route<dense>

// Parts of a concatenation are chosen by the place in the row. A flag is a byte.
// CHECK-LABEL: gpu.func @join(
// CHECK: %[[BYTES:.*]] = builtin.unrealized_conversion_cast %{{.*}} : memref<?x8xi1> to memref<?x8xi8>
// CHECK: %[[J:.*]] = arith.muli %{{.*}}, %c8
// CHECK: scf.if
// CHECK: vector.load
func.func private @join(%x: memref<?x8xi1>, %y: memref<?x16xi1>, %o: memref<?x24xi1>, %n: index) attributes {lacuna.dispatch, lacuna.route = #dense} {
  %a = bufferization.to_tensor %x restrict : memref<?x8xi1> to tensor<?x8xi1>
  %b = bufferization.to_tensor %y restrict : memref<?x16xi1> to tensor<?x16xi1>
  %e = tensor.empty(%n) : tensor<?x24xi1>
  %1 = tensor.insert_slice %a into %e[0, 0] [%n, 8] [1, 1] : tensor<?x8xi1> into tensor<?x24xi1>
  %2 = tensor.insert_slice %b into %1[0, 8] [%n, 16] [1, 1] : tensor<?x16xi1> into tensor<?x24xi1>
  bufferization.materialize_in_destination %2 in restrict writable %o : (tensor<?x24xi1>, memref<?x24xi1>) -> ()
  return
}

// -----

#dense = #lacuna.route<dense>

// What it does not take stays as it is.
// CHECK-LABEL: func.func private @columns
// CHECK: linalg.generic
// CHECK-LABEL: func.func private @product
// CHECK: linalg.matmul
// CHECK-NOT: gpu.module
func.func private @columns(%x: memref<?x?xf32>, %o: memref<?xf32>, %n: index) attributes {lacuna.dispatch, lacuna.route = #dense} {
  %zero = arith.constant 0.0 : f32
  %t = bufferization.to_tensor %x restrict : memref<?x?xf32> to tensor<?x?xf32>
  %e = tensor.empty(%n) : tensor<?xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<?xf32>) -> tensor<?xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>], iterator_types = ["reduction", "parallel"]}
      ins(%t : tensor<?x?xf32>) outs(%f : tensor<?xf32>) {
  ^bb0(%a: f32, %b: f32):
    %1 = arith.addf %a, %b : f32
    linalg.yield %1 : f32
  } -> tensor<?xf32>
  bufferization.materialize_in_destination %r in restrict writable %o : (tensor<?xf32>, memref<?xf32>) -> ()
  return
}
func.func private @product(%x: memref<4x8xf32>, %y: memref<8x4xf32>, %o: memref<4x4xf32>) attributes {lacuna.dispatch, lacuna.route = #dense} {
  %zero = arith.constant 0.0 : f32
  %a = bufferization.to_tensor %x restrict : memref<4x8xf32> to tensor<4x8xf32>
  %b = bufferization.to_tensor %y restrict : memref<8x4xf32> to tensor<8x4xf32>
  %e = tensor.empty() : tensor<4x4xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<4x4xf32>) -> tensor<4x4xf32>
  %r = linalg.matmul ins(%a, %b : tensor<4x8xf32>, tensor<8x4xf32>) outs(%f : tensor<4x4xf32>) -> tensor<4x4xf32>
  bufferization.materialize_in_destination %r in restrict writable %o : (tensor<4x4xf32>, memref<4x4xf32>) -> ()
  return
}
