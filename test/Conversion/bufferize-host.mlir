// RUN: lacuna-opt %s --bufferize-host --canonicalize | FileCheck %s

// CHECK-LABEL: func.func private @d
// CHECK: bufferization.to_tensor
func.func private @d(%in: memref<?x8xf32>, %out: memref<?x8xf32>) attributes {lacuna.dispatch} {
  %0 = bufferization.to_tensor %in restrict : memref<?x8xf32> to tensor<?x8xf32>
  bufferization.materialize_in_destination %0 in restrict writable %out : (tensor<?x8xf32>, memref<?x8xf32>) -> ()
  return
}

// The last invocation writes the caller's buffer; the first a new one.
// CHECK-LABEL: func.func @main(
// CHECK-SAME: %[[X:.*]]: memref<?x8xf32>, %[[O:.*]]: memref<?x8xf32> {lacuna.output}
func.func @main(%x: memref<?x8xf32>, %o: memref<?x8xf32> {lacuna.output}) {
  // CHECK: %[[TMP:.*]] = memref.alloc(%{{.*}}) {alignment = 64 : i64} : memref<?x8xf32>
  // CHECK: call @d(%[[X]], %[[TMP]])
  // CHECK: call @d(%[[TMP]], %[[O]])
  // CHECK-NOT: memref.copy
  %c0 = arith.constant 0 : index
  %t = bufferization.to_tensor %x restrict : memref<?x8xf32> to tensor<?x8xf32>
  %n = tensor.dim %t, %c0 : tensor<?x8xf32>
  %e0 = tensor.empty(%n) : tensor<?x8xf32>
  %0 = lacuna.invoke @d ins(%t : tensor<?x8xf32>) outs(%e0 : tensor<?x8xf32>) -> tensor<?x8xf32>
  %e1 = tensor.empty(%n) : tensor<?x8xf32>
  %1 = lacuna.invoke @d ins(%0 : tensor<?x8xf32>) outs(%e1 : tensor<?x8xf32>) -> tensor<?x8xf32>
  bufferization.materialize_in_destination %1 in restrict writable %o : (tensor<?x8xf32>, memref<?x8xf32>) -> ()
  return
}

// A strided view is made contiguous for the dispatch function.
// CHECK-LABEL: func.func @slice(
// CHECK: %[[VIEW:.*]] = memref.subview
// CHECK: %[[COPY:.*]] = memref.alloc
// CHECK: memref.copy %[[VIEW]], %[[COPY]]
func.func @slice(%x: memref<4x16xf32>, %o: memref<?x8xf32> {lacuna.output}) {
  %c4 = arith.constant 4 : index
  %t = bufferization.to_tensor %x restrict : memref<4x16xf32> to tensor<4x16xf32>
  %s = tensor.extract_slice %t[0, 4] [%c4, 8] [1, 1] : tensor<4x16xf32> to tensor<?x8xf32>
  %e = tensor.empty(%c4) : tensor<?x8xf32>
  %r = lacuna.invoke @d ins(%s : tensor<?x8xf32>) outs(%e : tensor<?x8xf32>) -> tensor<?x8xf32>
  bufferization.materialize_in_destination %r in restrict writable %o : (tensor<?x8xf32>, memref<?x8xf32>) -> ()
  return
}
