// RUN: lacuna-opt %s --pass-pipeline='builtin.module(func.func(normalize-linalg,canonicalize,cse,form-dispatches))' | FileCheck %s

// Softmax is one region: every reduction runs over the last dimension.
// CHECK-LABEL: func.func @softmax
// CHECK: lacuna.dispatch
// CHECK: arith.maxnumf
// CHECK: math.exp
// CHECK: arith.addf
// CHECK: arith.divf
// CHECK-NOT: lacuna.dispatch
// CHECK: return
func.func @softmax(%x: tensor<?x4x?xf32>) -> tensor<?x4x?xf32> {
  %c0 = arith.constant 0 : index
  %c2 = arith.constant 2 : index
  %n = tensor.dim %x, %c0 : tensor<?x4x?xf32>
  %l = tensor.dim %x, %c2 : tensor<?x4x?xf32>
  %e = tensor.empty(%n, %l) : tensor<?x4x?xf32>
  %s = linalg.softmax dimension(2) ins(%x : tensor<?x4x?xf32>) outs(%e : tensor<?x4x?xf32>) -> tensor<?x4x?xf32>
  return %s : tensor<?x4x?xf32>
}

// A contraction takes its bias; the sizes of the result are operands.
// CHECK-LABEL: func.func @bias
// CHECK-SAME: %[[X:.*]]: tensor<?x64xf32>
// CHECK: %[[N:.*]] = tensor.dim %[[X]]
// CHECK: lacuna.dispatch({{.*}})[%[[N]]] -> (tensor<?x32xf32>)
// CHECK: linalg.fill
// CHECK: linalg.matmul
// CHECK: arith.addf
// CHECK: lacuna.yield
// CHECK-NOT: lacuna.dispatch
// CHECK: return
func.func @bias(%x: tensor<?x64xf32>, %w: tensor<64x32xf32>, %b: tensor<32xf32>) -> tensor<?x32xf32> {
  %c0 = arith.constant 0 : index
  %z = arith.constant 0.0 : f32
  %n = tensor.dim %x, %c0 : tensor<?x64xf32>
  %e = tensor.empty(%n) : tensor<?x32xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<?x32xf32>) -> tensor<?x32xf32>
  %m = linalg.matmul ins(%x, %w : tensor<?x64xf32>, tensor<64x32xf32>) outs(%f : tensor<?x32xf32>) -> tensor<?x32xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i, j)>],
                       iterator_types = ["parallel", "parallel"]}
       ins(%m, %b : tensor<?x32xf32>, tensor<32xf32>) outs(%e : tensor<?x32xf32>) {
  ^bb0(%p: f32, %q: f32, %o: f32):
    %s = arith.addf %p, %q : f32
    linalg.yield %s : f32
  } -> tensor<?x32xf32>
  return %r : tensor<?x32xf32>
}

// A product that is read twice is computed once: it stays a region of its own.
// CHECK-LABEL: func.func @shared
// CHECK: lacuna.dispatch
// CHECK: linalg.matmul
// CHECK: lacuna.dispatch
// CHECK: math.exp
// CHECK: return
func.func @shared(%x: tensor<8x64xf32>, %w: tensor<64x32xf32>) -> (tensor<8x32xf32>, tensor<8x32xf32>) {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<8x32xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<8x32xf32>) -> tensor<8x32xf32>
  %m = linalg.matmul ins(%x, %w : tensor<8x64xf32>, tensor<64x32xf32>) outs(%f : tensor<8x32xf32>) -> tensor<8x32xf32>
  %r = linalg.exp ins(%m : tensor<8x32xf32>) outs(%e : tensor<8x32xf32>) -> tensor<8x32xf32>
  return %m, %r : tensor<8x32xf32>, tensor<8x32xf32>
}

// A concatenation is one region, with what computes its parts; slices are read
// in place.
// CHECK-LABEL: func.func @rotate_half
// CHECK-SAME: %[[X:.*]]: tensor<?x64xf32>
// CHECK: lacuna.dispatch({{.*}} = %[[X]] : tensor<?x64xf32>
// CHECK: tensor.extract_slice
// CHECK: arith.negf
// CHECK-COUNT-2: tensor.insert_slice
// CHECK: lacuna.yield
// CHECK-NOT: lacuna.dispatch
// CHECK: return
func.func @rotate_half(%x: tensor<?x64xf32>) -> tensor<?x64xf32> {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?x64xf32>
  %lo = tensor.extract_slice %x[0, 0] [%n, 32] [1, 1] : tensor<?x64xf32> to tensor<?x32xf32>
  %hi = tensor.extract_slice %x[0, 32] [%n, 32] [1, 1] : tensor<?x64xf32> to tensor<?x32xf32>
  %e = tensor.empty(%n) : tensor<?x32xf32>
  %neg = linalg.negf ins(%hi : tensor<?x32xf32>) outs(%e : tensor<?x32xf32>) -> tensor<?x32xf32>
  %r = tensor.concat dim(1) %neg, %lo : (tensor<?x32xf32>, tensor<?x32xf32>) -> tensor<?x64xf32>
  return %r : tensor<?x64xf32>
}

// What reads each of its elements once takes it in: a rotary embedding.
// CHECK-LABEL: func.func @rotary
// CHECK: lacuna.dispatch
// CHECK-COUNT-2: tensor.insert_slice
// CHECK: arith.mulf
// CHECK: lacuna.yield
// CHECK-NOT: lacuna.dispatch
// CHECK: return
func.func @rotary(%x: tensor<?x64xf32>, %sin: tensor<?x64xf32>) -> tensor<?x64xf32> {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?x64xf32>
  %lo = tensor.extract_slice %x[0, 0] [%n, 32] [1, 1] : tensor<?x64xf32> to tensor<?x32xf32>
  %hi = tensor.extract_slice %x[0, 32] [%n, 32] [1, 1] : tensor<?x64xf32> to tensor<?x32xf32>
  %c = tensor.concat dim(1) %hi, %lo : (tensor<?x32xf32>, tensor<?x32xf32>) -> tensor<?x64xf32>
  %e = tensor.empty(%n) : tensor<?x64xf32>
  %y = linalg.mul ins(%c, %sin : tensor<?x64xf32>, tensor<?x64xf32>) outs(%e : tensor<?x64xf32>) -> tensor<?x64xf32>
  return %y : tensor<?x64xf32>
}

// Not what repeats it along another dimension.
// CHECK-LABEL: func.func @repeated
// CHECK: lacuna.dispatch
// CHECK-COUNT-2: tensor.insert_slice
// CHECK: lacuna.dispatch
// CHECK: arith.addf
// CHECK: return
func.func @repeated(%x: tensor<32xf32>, %y: tensor<8x64xf32>) -> tensor<8x64xf32> {
  %c = tensor.concat dim(0) %x, %x : (tensor<32xf32>, tensor<32xf32>) -> tensor<64xf32>
  %e = tensor.empty() : tensor<8x64xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
      ins(%c, %y : tensor<64xf32>, tensor<8x64xf32>) outs(%e : tensor<8x64xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %1 = arith.addf %a, %b : f32
    linalg.yield %1 : f32
  } -> tensor<8x64xf32>
  return %r : tensor<8x64xf32>
}

// A forced route goes from the operation to its region.
// CHECK-LABEL: func.func @forced
// CHECK: lacuna.dispatch
// CHECK-SAME: lacuna.route = #lacuna.route<dense>
func.func @forced(%x: tensor<8x64xf32>, %w: tensor<64x32xf32>, %e: tensor<8x32xf32>) -> tensor<8x32xf32> {
  %m = linalg.matmul {lacuna.route = #lacuna.route<dense>} ins(%x, %w : tensor<8x64xf32>, tensor<64x32xf32>) outs(%e : tensor<8x32xf32>) -> tensor<8x32xf32>
  return %m : tensor<8x32xf32>
}


// A view of a literal is made inside: no memory has to be passed.
// CHECK-LABEL: func.func @positions
// CHECK: lacuna.dispatch
// CHECK-NOT: xi64>
// CHECK: -> (tensor<?xf32>)
// CHECK: %[[SLICE:.*]] = tensor.extract_slice %{{.*}} : tensor<1x4xi64> to tensor<1x?xi64>
// CHECK: tensor.collapse_shape %[[SLICE]]
// CHECK: linalg.generic
func.func @positions(%n: index) -> tensor<?xf32> {
  %table = arith.constant dense<[[3, 1, 2, 5]]> : tensor<1x4xi64>
  %s = tensor.extract_slice %table[0, 0] [1, %n] [1, 1] : tensor<1x4xi64> to tensor<1x?xi64>
  %c = tensor.collapse_shape %s [[0, 1]] : tensor<1x?xi64> into tensor<?xi64>
  %e = tensor.empty(%n) : tensor<?xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%c : tensor<?xi64>) outs(%e : tensor<?xf32>) {
  ^bb0(%a: i64, %o: f32):
    %f = arith.sitofp %a : i64 to f32
    linalg.yield %f : f32
  } -> tensor<?xf32>
  return %r : tensor<?xf32>
}

// A tensor of one number is computed where it is returned, and repeated where a
// sum starts from it.
// CHECK-LABEL: func.func @returned_fill
// CHECK: %[[TWOS:.*]] = lacuna.dispatch() -> (tensor<3xi64>)
// CHECK: linalg.fill
// CHECK: %[[ZEROS:.*]] = lacuna.dispatch
// CHECK: linalg.fill
// CHECK-NEXT: lacuna.yield
// CHECK: %[[SUM:.*]] = lacuna.dispatch
// CHECK: linalg.fill
// CHECK: linalg.matmul
// CHECK: return %[[ZEROS]], %[[SUM]], %[[TWOS]]
func.func @returned_fill(%x: tensor<?x8xf32>, %w: tensor<8x4xf32>, %n: index) -> (tensor<?x4xf32>, tensor<?x4xf32>, tensor<3xi64>) {
  %twos = arith.constant dense<2> : tensor<3xi64>
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty(%n) : tensor<?x4xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<?x4xf32>) -> tensor<?x4xf32>
  %r = linalg.matmul ins(%x, %w : tensor<?x8xf32>, tensor<8x4xf32>) outs(%f : tensor<?x4xf32>) -> tensor<?x4xf32>
  return %f, %r, %twos : tensor<?x4xf32>, tensor<?x4xf32>, tensor<3xi64>
}
