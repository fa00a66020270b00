// RUN: lacuna-opt %s --pass-pipeline='builtin.module(func.func(normalize-linalg))' | FileCheck %s

// CHECK-DAG: #[[$T:.*]] = affine_map<(d0, d1) -> (d1, d0)>
// CHECK-DAG: #[[$I:.*]] = affine_map<(d0, d1) -> (d0, d1)>

// bf16 is summed in f32 and rounded once; the start value is extended, not read.
// CHECK-LABEL: func.func @accumulate
// CHECK: %[[F:.*]] = linalg.fill {{.*}} -> tensor<4x8xf32>
// CHECK: %[[P:.*]] = linalg.generic {{.*}} outs(%[[F]] : tensor<4x8xf32>)
// CHECK: arith.extf %{{.*}} : bf16 to f32
// CHECK: arith.extf %{{.*}} : bf16 to f32
// CHECK: arith.mulf %{{.*}} : f32
// CHECK: arith.addf %{{.*}} : f32
// CHECK: arith.truncf %{{.*}} : f32 to bf16
func.func @accumulate(%x: tensor<4x16xbf16>, %w: tensor<16x8xbf16>) -> tensor<4x8xbf16> {
  %z = arith.constant 0.0 : bf16
  %e = tensor.empty() : tensor<4x8xbf16>
  %f = linalg.fill ins(%z : bf16) outs(%e : tensor<4x8xbf16>) -> tensor<4x8xbf16>
  %m = linalg.matmul ins(%x, %w : tensor<4x16xbf16>, tensor<16x8xbf16>) outs(%f : tensor<4x8xbf16>) -> tensor<4x8xbf16>
  return %m : tensor<4x8xbf16>
}

// Sums in f16 stay where the user allows them.
// CHECK-LABEL: func.func @accumulate_in_f16
// CHECK-NOT: f32
// CHECK: linalg.matmul {lacuna.precision = "f16"}
// CHECK-NOT: f32
func.func @accumulate_in_f16(%x: tensor<4x16xf16>, %w: tensor<16x8xf16>, %y: tensor<4x8xf16>) -> tensor<4x8xf16> {
  %m = linalg.matmul {lacuna.precision = "f16"} ins(%x, %w : tensor<4x16xf16>, tensor<16x8xf16>) outs(%y : tensor<4x8xf16>) -> tensor<4x8xf16>
  return %m : tensor<4x8xf16>
}

// Loops run in the order of the result.
// CHECK-LABEL: func.func @transpose
// CHECK: linalg.generic {indexing_maps = [#[[$T]], #[[$I]]], iterator_types = ["parallel", "parallel"]}
func.func @transpose(%x: tensor<4x16xf32>) -> tensor<16x4xf32> {
  %e = tensor.empty() : tensor<16x4xf32>
  %t = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j, i)>], iterator_types = ["parallel", "parallel"]}
    ins(%x : tensor<4x16xf32>) outs(%e : tensor<16x4xf32>) {
  ^bb0(%a: f32, %o: f32):
    linalg.yield %a : f32
  } -> tensor<16x4xf32>
  return %t : tensor<16x4xf32>
}

// Elementwise producers with one use are fused.
// CHECK-LABEL: func.func @fuse
// CHECK: linalg.generic
// CHECK: math.exp
// CHECK-NEXT: arith.negf
// CHECK-NOT: linalg.generic
// CHECK: return
func.func @fuse(%x: tensor<?xf32>, %n: index) -> tensor<?xf32> {
  %e = tensor.empty(%n) : tensor<?xf32>
  %a = linalg.exp ins(%x : tensor<?xf32>) outs(%e : tensor<?xf32>) -> tensor<?xf32>
  %b = linalg.negf ins(%a : tensor<?xf32>) outs(%e : tensor<?xf32>) -> tensor<?xf32>
  return %b : tensor<?xf32>
}

// A reduction that keeps a dimension of one loses it: [rows, 1] is [rows].
// CHECK-LABEL: func.func @keepdim
// CHECK: linalg.generic {{.*}} outs(%{{.*}} : tensor<?xf32>)
// CHECK: tensor.expand_shape {{.*}} : tensor<?xf32> into tensor<?x1xf32>
func.func @keepdim(%x: tensor<?x64xf32>, %n: index) -> tensor<?x1xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty(%n) : tensor<?x1xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<?x1xf32>) -> tensor<?x1xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, 0)>], iterator_types = ["parallel", "reduction"]}
    ins(%x : tensor<?x64xf32>) outs(%f : tensor<?x1xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.addf %a, %o : f32
    linalg.yield %s : f32
  } -> tensor<?x1xf32>
  return %r : tensor<?x1xf32>
}

// A contraction reads a transposed operand where it lies.
// CHECK-LABEL: func.func @transposed_operand(
// CHECK-SAME: %[[Q:.*]]: tensor<2x3x16xf32>, %[[K:.*]]: tensor<2x64x16xf32>
// CHECK-NOT: tensor<2x16x64xf32>
// CHECK: linalg.generic {indexing_maps = [#[[A:.*]], #[[B:.*]], #[[C:.*]]], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%[[Q]], %[[K]]
// CHECK: arith.mulf
// CHECK-NEXT: arith.addf
func.func @transposed_operand(%q: tensor<2x3x16xf32>, %k: tensor<2x64x16xf32>, %init: tensor<2x3x64xf32>) -> tensor<2x3x64xf32> {
  %e = tensor.empty() : tensor<2x16x64xf32>
  %t = linalg.transpose ins(%k : tensor<2x64x16xf32>) outs(%e : tensor<2x16x64xf32>) permutation = [0, 2, 1]
  %0 = linalg.batch_matmul ins(%q, %t : tensor<2x3x16xf32>, tensor<2x16x64xf32>) outs(%init : tensor<2x3x64xf32>) -> tensor<2x3x64xf32>
  return %0 : tensor<2x3x64xf32>
}

// No iteration leaves the initial values, of a result without elements and of a
// sum without terms.
// CHECK-LABEL: func.func @empty
// CHECK-NOT: linalg.{{generic|batch_matmul|matmul}}
// CHECK: return
func.func @empty(%a: tensor<2x4x0xf32>, %b: tensor<2x0x8xf32>, %s: tensor<2x4x8xf32>, %x: tensor<0x4xf32>) -> (tensor<2x4x8xf32>, tensor<0x4xf32>) {
  %m = linalg.batch_matmul ins(%a, %b : tensor<2x4x0xf32>, tensor<2x0x8xf32>) outs(%s : tensor<2x4x8xf32>) -> tensor<2x4x8xf32>
  %e = tensor.empty() : tensor<0x4xf32>
  %y = linalg.softmax dimension(1) ins(%x : tensor<0x4xf32>) outs(%e : tensor<0x4xf32>) -> tensor<0x4xf32>
  return %m, %y : tensor<2x4x8xf32>, tensor<0x4xf32>
}

// Rows by their coordinates, which are checked.
// CHECK-LABEL: func.func @gather(
// CHECK-SAME: %[[X:.*]]: tensor<?x8xf32>, %[[I:.*]]: tensor<?x1xi32>
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "parallel"]
// CHECK: %[[AT:.*]] = arith.index_cast %{{.*}} : i32 to index
// CHECK-NEXT: %[[IN:.*]] = arith.cmpi ult, %[[AT]], %{{.*}} : index
// CHECK-NEXT: cf.assert %[[IN]], "a coordinate of a gather is outside of dimension 0"
// CHECK-NEXT: %[[J:.*]] = linalg.index 1
// CHECK-NEXT: tensor.extract %[[X]][%[[AT]], %[[J]]]
func.func @gather(%x: tensor<?x8xf32>, %i: tensor<?x1xi32>) -> tensor<?x8xf32> {
  %0 = tensor.gather %x[%i] gather_dims([0]) : (tensor<?x8xf32>, tensor<?x1xi32>) -> tensor<?x8xf32>
  return %0 : tensor<?x8xf32>
}

// Each element of the result looks for itself among the coordinates.
// CHECK-LABEL: func.func @scatter(
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "parallel", "reduction"]} ins(%{{.*}}, %{{.*}} : tensor<3xindex>, tensor<3x8xf32>) outs(%{{.*}} : tensor<4x8xf32>)
// CHECK-NEXT: ^bb0(%[[AT:.*]]: index, %[[U:.*]]: f32, %[[OLD:.*]]: f32)
// CHECK: cf.assert %{{.*}}, "a coordinate of a scatter is outside of dimension 0"
// CHECK-NEXT: %[[I:.*]] = linalg.index 0
// CHECK-NEXT: %[[HERE:.*]] = arith.cmpi eq, %[[AT]], %[[I]]
// CHECK-NEXT: arith.select %[[HERE]], %[[U]], %[[OLD]]
func.func @scatter(%x: tensor<4x8xf32>, %i: tensor<3x1xindex>, %u: tensor<3x1x8xf32>) -> tensor<4x8xf32> {
  %0 = tensor.scatter %u into %x[%i] scatter_dims([0]) unique : (tensor<3x1x8xf32>, tensor<4x8xf32>, tensor<3x1xindex>) -> tensor<4x8xf32>
  return %0 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @generate(
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel"]
// CHECK: linalg.index 0
// CHECK: linalg.yield
func.func @generate(%n: index) -> tensor<?xi64> {
  %0 = tensor.generate %n {
  ^bb0(%i: index):
    %v = arith.index_cast %i : index to i64
    tensor.yield %v : i64
  } : tensor<?xi64>
  return %0 : tensor<?xi64>
}

// A gather that is computed in what reads it leaves no assertions behind.
// CHECK-LABEL: func.func @fused_gather
// CHECK-COUNT-1: linalg.generic
// CHECK: cf.assert
// CHECK: arith.negf
// CHECK-NOT: linalg.generic
// CHECK: return
func.func @fused_gather(%x: tensor<?xf32>, %at: tensor<4xindex>, %n: index) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %g = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%at : tensor<4xindex>) outs(%e : tensor<4xf32>) {
  ^bb0(%i: index, %o: f32):
    %ok = arith.cmpi ult, %i, %n : index
    cf.assert %ok, "an index is outside"
    %v = tensor.extract %x[%i] : tensor<?xf32>
    linalg.yield %v : f32
  } -> tensor<4xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%g : tensor<4xf32>) outs(%e : tensor<4xf32>) {
  ^bb0(%a: f32, %o: f32):
    %v = arith.negf %a : f32
    linalg.yield %v : f32
  } -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// A reshape whose sizes are known here is no tensor that is read.
// CHECK-LABEL: func.func @reshape
// CHECK-SAME: %[[X:.*]]: tensor<?x3x7xf32>, %[[M:.*]]: i64, %[[N:.*]]: index
// CHECK-DAG: %[[SIZE:.*]] = arith.index_cast %[[M]] : i64 to index
// CHECK-DAG: %[[FLAT:.*]] = tensor.collapse_shape %[[X]] {{\[}}[0, 1, 2]] : tensor<?x3x7xf32> into tensor<?xf32>
// CHECK: tensor.expand_shape %[[FLAT]] {{\[}}[0, 1]] output_shape [%[[SIZE]], 21] : tensor<?xf32> into tensor<?x21xf32>
// CHECK: %[[FIXED:.*]] = tensor.cast %{{.*}} : tensor<?xf32> to tensor<42xf32>
// CHECK: tensor.expand_shape %[[FIXED]] {{\[}}[0, 1]] output_shape [2, 21] : tensor<42xf32> into tensor<2x21xf32>
// CHECK-NOT: tensor.reshape
func.func @reshape(%x: tensor<?x3x7xf32>, %m: i64, %n: index) -> (tensor<?x21xf32>, tensor<?xf32>, tensor<2x21xf32>) {
  %c21 = arith.constant 21 : i64
  %c2 = arith.constant 2 : i64
  %s = tensor.from_elements %m, %c21 : tensor<2xi64>
  %a = tensor.reshape %x(%s) : (tensor<?x3x7xf32>, tensor<2xi64>) -> tensor<?x21xf32>
  %t = tensor.from_elements %n : tensor<1xindex>
  %b = tensor.reshape %x(%t) : (tensor<?x3x7xf32>, tensor<1xindex>) -> tensor<?xf32>
  %u = tensor.from_elements %c2, %c21 : tensor<2xi64>
  %c = tensor.reshape %x(%u) : (tensor<?x3x7xf32>, tensor<2xi64>) -> tensor<2x21xf32>
  return %a, %b, %c : tensor<?x21xf32>, tensor<?xf32>, tensor<2x21xf32>
}

// A gather that alone tells how long a sum is stays on its own.
// CHECK-LABEL: func.func @sum_of_gather
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "parallel"]
// CHECK: tensor.extract
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "reduction"]
// CHECK-NOT: tensor.extract
// CHECK: -> tensor<?xf32>
func.func @sum_of_gather(%x: tensor<?x8xf32>, %at: tensor<?xindex>, %n: index) -> tensor<?xf32> {
  %e = tensor.empty(%n) : tensor<?x8xf32>
  %g = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
      ins(%at : tensor<?xindex>) outs(%e : tensor<?x8xf32>) {
  ^bb0(%i: index, %o: f32):
    %j = linalg.index 1 : index
    %v = tensor.extract %x[%i, %j] : tensor<?x8xf32>
    linalg.yield %v : f32
  } -> tensor<?x8xf32>
  %zero = arith.constant 0.0 : f32
  %s = tensor.empty(%n) : tensor<?xf32>
  %f = linalg.fill ins(%zero : f32) outs(%s : tensor<?xf32>) -> tensor<?xf32>
  %r = linalg.reduce { arith.addf } ins(%g : tensor<?x8xf32>) outs(%f : tensor<?xf32>) dimensions = [1]
  return %r : tensor<?xf32>
}
