// RUN: lacuna-opt %s --tile-dispatch --canonicalize | FileCheck %s
// RUN: lacuna-opt %s --tile-dispatch | FileCheck %s --check-prefix=RESULTS

#dense = #lacuna.route<dense>

// A row of a reduction is whole in its tile, and what is computed from it is
// computed there.
// CHECK-LABEL: func.func private @rows
// CHECK: scf.forall (%[[I:.*]]) = (0) to (%{{.*}}) step (%[[STEP:.*]]) shared_outs
// CHECK: lacuna.grain
// CHECK: linalg.generic {{.*}}"parallel", "reduction"
// CHECK: linalg.generic {{.*}}"parallel", "parallel"
// CHECK: arith.subf
// CHECK: scf.forall.in_parallel
// CHECK-NOT: linalg.generic
// CHECK: return
func.func private @rows(%x: memref<?x?xf32>, %o: memref<?x?xf32>, %m: index, %n: index) attributes {lacuna.dispatch, lacuna.route = #dense} {
  %zero = arith.constant 0.0 : f32
  %t = bufferization.to_tensor %x restrict : memref<?x?xf32> to tensor<?x?xf32>
  %e = tensor.empty(%m) : tensor<?xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<?xf32>) -> tensor<?xf32>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]}
      ins(%t : tensor<?x?xf32>) outs(%f : tensor<?xf32>) {
  ^bb0(%a: f32, %b: f32):
    %1 = arith.addf %a, %b : f32
    linalg.yield %1 : f32
  } -> tensor<?xf32>
  %d = tensor.empty(%m, %n) : tensor<?x?xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
      ins(%t, %s : tensor<?x?xf32>, tensor<?xf32>) outs(%d : tensor<?x?xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %1 = arith.subf %a, %b : f32
    linalg.yield %1 : f32
  } -> tensor<?x?xf32>
  bufferization.materialize_in_destination %r in restrict writable %o : (tensor<?x?xf32>, memref<?x?xf32>) -> ()
  return
}

// A contraction is computed in the tiles of what follows it, and nowhere else.
// CHECK-LABEL: func.func private @epilogue
// CHECK: scf.forall (%{{.*}}, %{{.*}}) = (0, 0) to (%{{.*}}, 1536)
// CHECK-SAME: shared_outs({{[^,]*}}) -> (tensor<?x1536xf32>)
// CHECK: linalg.fill
// CHECK: linalg.matmul
// CHECK: arith.maximumf
// CHECK: scf.forall.in_parallel
func.func private @epilogue(%x: memref<?x384xf32>, %w: memref<384x1536xf32>, %o: memref<?x1536xf32>, %m: index) attributes {lacuna.dispatch, lacuna.route = #dense} {
  %zero = arith.constant 0.0 : f32
  %t = bufferization.to_tensor %x restrict : memref<?x384xf32> to tensor<?x384xf32>
  %u = bufferization.to_tensor %w restrict : memref<384x1536xf32> to tensor<384x1536xf32>
  %e = tensor.empty(%m) : tensor<?x1536xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<?x1536xf32>) -> tensor<?x1536xf32>
  %p = linalg.matmul ins(%t, %u : tensor<?x384xf32>, tensor<384x1536xf32>) outs(%f : tensor<?x1536xf32>) -> tensor<?x1536xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
      ins(%p : tensor<?x1536xf32>) outs(%e : tensor<?x1536xf32>) {
  ^bb0(%a: f32, %c: f32):
    %1 = arith.maximumf %a, %zero : f32
    linalg.yield %1 : f32
  } -> tensor<?x1536xf32>
  bufferization.materialize_in_destination %r in restrict writable %o : (tensor<?x1536xf32>, memref<?x1536xf32>) -> ()
  return
}

// What only the tile reads is no result of the loop, whoever asks for its size.
// RESULTS-LABEL: func.func private @read_twice
// RESULTS: scf.forall {{.*}} shared_outs(%{{[a-z0-9]+}} = %{{[a-z0-9]+}}) -> (tensor<?xf32>) {
func.func private @read_twice(%x: memref<?x7xf32>, %n: index, %o: memref<?xf32>) attributes {lacuna.dispatch, lacuna.route = #dense} {
  %least = arith.constant 0xFF800000 : f32
  %t = bufferization.to_tensor %x restrict : memref<?x7xf32> to tensor<?x7xf32>
  %e = tensor.empty(%n) : tensor<?xf32>
  %f = linalg.fill ins(%least : f32) outs(%e : tensor<?xf32>) -> tensor<?xf32>
  %m = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]}
      ins(%t : tensor<?x7xf32>) outs(%f : tensor<?xf32>) {
  ^bb0(%a: f32, %b: f32):
    %1 = arith.maximumf %a, %b : f32
    linalg.yield %1 : f32
  } -> tensor<?xf32>
  %l = linalg.log ins(%m : tensor<?xf32>) outs(%e : tensor<?xf32>) -> tensor<?xf32>
  %r = linalg.add ins(%l, %m : tensor<?xf32>, tensor<?xf32>) outs(%e : tensor<?xf32>) -> tensor<?xf32>
  bufferization.materialize_in_destination %r in restrict writable %o : (tensor<?xf32>, memref<?xf32>) -> ()
  return
}

// Other functions are left as they are.
// CHECK-LABEL: func.func @other
// CHECK-NOT: scf.forall
func.func @other(%x: tensor<8x8xf32>) -> tensor<8x8xf32> {
  %e = tensor.empty() : tensor<8x8xf32>
  %r = linalg.exp ins(%x : tensor<8x8xf32>) outs(%e : tensor<8x8xf32>) -> tensor<8x8xf32>
  return %r : tensor<8x8xf32>
}

// One number of all elements: partial sums, of which each is made in order, and
// their sum, which is not cut again.
// CHECK-LABEL: func.func private @full
// CHECK: %[[PARTIAL:.*]] = scf.forall (%[[I:.*]]) = (0) to (%{{.*}}) step (%{{.*}}) shared_outs(%{{.*}} = %{{.*}}) -> (tensor<?xf32>)
// CHECK: lacuna.grain
// CHECK: linalg.generic {{.*}} iterator_types = ["reduction", "reduction"]
// CHECK: arith.addf
// CHECK: tensor.parallel_insert_slice %{{.*}} : tensor<f32> into tensor<?xf32>
// CHECK-NOT: scf.forall
// CHECK: linalg.reduce ins(%[[PARTIAL]] : tensor<?xf32>)
func.func private @full(%x: memref<?x?xf32>, %o: memref<f32>) attributes {lacuna.dispatch, lacuna.route = #dense} {
  %zero = arith.constant 0.0 : f32
  %t = bufferization.to_tensor %x restrict : memref<?x?xf32> to tensor<?x?xf32>
  %e = tensor.empty() : tensor<f32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<f32>) -> tensor<f32>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> ()>], iterator_types = ["reduction", "reduction"]}
      ins(%t : tensor<?x?xf32>) outs(%f : tensor<f32>) {
  ^bb0(%a: f32, %b: f32):
    %1 = arith.addf %a, %b : f32
    linalg.yield %1 : f32
  } -> tensor<f32>
  bufferization.materialize_in_destination %s in restrict writable %o : (tensor<f32>, memref<f32>) -> ()
  return
}
