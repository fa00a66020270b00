// RUN: lacuna-opt %s --pass-pipeline='builtin.module(func.func(check-sizes))' | FileCheck %s

// Where one loop runs along two inputs, their sizes are compared, once, before
// anything else.
// CHECK-LABEL: func.func @matmul
// CHECK-SAME: (%[[X:.*]]: tensor<?x?xf32> {{.*}}, %[[W:.*]]: tensor<?x8xf32>, %[[Y:.*]]: tensor<?x8xf32>)
// CHECK: %[[XM:.*]] = tensor.dim %[[X]], %c0{{.*}}
// CHECK: %[[YM:.*]] = tensor.dim %[[Y]], %c0{{.*}}
// CHECK: %[[M:.*]] = arith.cmpi eq, %[[YM]], %[[XM]] : index
// CHECK: cf.assert %[[M]], "dimension 0 of 'arg2' differs from dimension 0 of 'x'"
// CHECK: %[[XK:.*]] = tensor.dim %[[X]], %c1{{.*}}
// CHECK: %[[WK:.*]] = tensor.dim %[[W]], %c0{{.*}}
// CHECK: %[[K:.*]] = arith.cmpi eq, %[[WK]], %[[XK]] : index
// CHECK: cf.assert %[[K]], "dimension 0 of 'arg1' differs from dimension 1 of 'x'"
// CHECK-NOT: cf.assert
// CHECK: linalg.matmul
func.func @matmul(%x: tensor<?x?xf32> {lacuna.name = "x"}, %w: tensor<?x8xf32>, %y: tensor<?x8xf32>) -> tensor<?x8xf32> {
  %m = linalg.matmul ins(%x, %w : tensor<?x?xf32>, tensor<?x8xf32>) outs(%y : tensor<?x8xf32>) -> tensor<?x8xf32>
  %n = linalg.matmul ins(%x, %w : tensor<?x?xf32>, tensor<?x8xf32>) outs(%m : tensor<?x8xf32>) -> tensor<?x8xf32>
  return %n : tensor<?x8xf32>
}

// Sizes are followed through results, empty tensors, casts and reshapes; a
// constant is compared with, too. What fits by itself needs no check.
// CHECK-LABEL: func.func @follow
// CHECK: cf.assert %{{.*}}, "dimension 0 of 'arg1' differs from dimension 0 of 'arg0'"
// CHECK: cf.assert %{{.*}}, "dimension 0 of 'arg2' is not 4"
// CHECK-NOT: cf.assert
func.func @follow(%a: tensor<?xf32>, %b: tensor<?xf32>, %c: tensor<?xf32>) -> (tensor<?xf32>, tensor<4xf32>) {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %a, %c0 : tensor<?xf32>
  %e = tensor.empty(%n) : tensor<?xf32>
  %x = linalg.exp ins(%a : tensor<?xf32>) outs(%e : tensor<?xf32>) -> tensor<?xf32>
  %m = tensor.dim %b, %c0 : tensor<?xf32>
  %r = tensor.expand_shape %b [[0, 1]] output_shape [1, %m] : tensor<?xf32> into tensor<1x?xf32>
  %s = tensor.collapse_shape %r [[0, 1]] : tensor<1x?xf32> into tensor<?xf32>
  %y = linalg.add ins(%x, %s : tensor<?xf32>, tensor<?xf32>) outs(%e : tensor<?xf32>) -> tensor<?xf32>
  %k = tensor.cast %c : tensor<?xf32> to tensor<4xf32>
  return %y, %k : tensor<?xf32>, tensor<4xf32>
}

// CHECK-LABEL: func.func @concat
// CHECK: cf.assert %{{.*}}, "dimension 0 of 'arg1' differs from dimension 0 of 'arg0'"
// CHECK-NOT: cf.assert
func.func @concat(%a: tensor<?x?xf32>, %b: tensor<?x?xf32>) -> tensor<?x?xf32> {
  %r = tensor.concat dim(1) %a, %b : (tensor<?x?xf32>, tensor<?x?xf32>) -> tensor<?x?xf32>
  return %r : tensor<?x?xf32>
}

// CHECK-LABEL: func.func @slice
// CHECK: %[[N:.*]] = tensor.dim %arg0, %c0{{.*}}
// CHECK: arith.cmpi sge, %[[N]], %c6{{.*}}
// CHECK: cf.assert %{{.*}}, "dimension 0 of 'arg0' is less than 6"
// CHECK-NOT: cf.assert
func.func @slice(%a: tensor<?x4xf32>) -> tensor<2x4xf32> {
  %r = tensor.extract_slice %a[3, 0] [2, 4] [2, 1] : tensor<?x4xf32> to tensor<2x4xf32>
  return %r : tensor<2x4xf32>
}

// What is computed is not followed, and callers answer for private functions.
// CHECK-LABEL: func.func @computed
// CHECK-NOT: cf.assert
func.func @computed(%a: tensor<?xf32>, %n: index) -> tensor<?xf32> {
  %e = tensor.empty(%n) : tensor<?xf32>
  %x = linalg.exp ins(%a : tensor<?xf32>) outs(%e : tensor<?xf32>) -> tensor<?xf32>
  return %x : tensor<?xf32>
}
func.func private @called(%a: tensor<?xf32>, %b: tensor<?xf32>) -> tensor<?xf32> {
  %x = linalg.exp ins(%a : tensor<?xf32>) outs(%b : tensor<?xf32>) -> tensor<?xf32>
  return %x : tensor<?xf32>
}
