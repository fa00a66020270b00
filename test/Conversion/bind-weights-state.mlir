// RUN: lacuna-opt %s --allow-unregistered-dialect --bind-weights | FileCheck %s
// RUN: lacuna-opt %s --allow-unregistered-dialect --bind-weights --bufferize-host --canonicalize | FileCheck %s --check-prefix=BUFFER

ml_program.global private mutable @a(dense<0.0> : tensor<4xf32>) : tensor<4xf32>
ml_program.global private mutable @b(#ml_program.extern : tensor<4xf32>) : tensor<4xf32>

// The new values are copied at the very end; those that lie in another state's
// buffer are read before.
// CHECK-LABEL: func.func @swap(
// CHECK-SAME: %[[O:.*]]: memref<4xf32> {lacuna.output},
// CHECK-SAME: %[[A:.*]]: memref<4xf32> {lacuna.binding = {state = "a", type = tensor<4xf32>}},
// CHECK-SAME: %[[B:.*]]: memref<4xf32> {lacuna.binding = {state = "b", type = tensor<4xf32>, weight = "b"}})
// CHECK-DAG: %[[TA:.*]] = bufferization.to_tensor %[[A]] restrict writable
// CHECK-DAG: %[[TB:.*]] = bufferization.to_tensor %[[B]] restrict writable
// CHECK: bufferization.materialize_in_destination %[[TA]] in restrict writable %[[O]]
// CHECK: %[[CB:.*]] = bufferization.alloc_tensor() copy(%[[TB]])
// CHECK: %[[MB:.*]] = bufferization.to_buffer %[[CB]] read_only
// CHECK: %[[CA:.*]] = bufferization.alloc_tensor() copy(%[[TA]])
// CHECK: %[[MA:.*]] = bufferization.to_buffer %[[CA]] read_only
// CHECK: memref.copy %[[MB]], %[[A]]
// CHECK: memref.copy %[[MA]], %[[B]]

// BUFFER-LABEL: func.func @swap(
// BUFFER-SAME: %[[O:.*]]: memref<4xf32> {lacuna.output},
// BUFFER-SAME: %[[A:.*]]: memref<4xf32> {{{.*}}"a"{{.*}}}, %[[B:.*]]: memref<4xf32>
// BUFFER: memref.copy %[[A]], %[[O]]
// BUFFER: memref.copy %[[B]], %[[T:.*]] :
// BUFFER: memref.copy %[[A]], %[[U:.*]] :
// BUFFER: memref.copy %[[T]], %[[A]]
// BUFFER: memref.copy %[[U]], %[[B]]
func.func @swap(%o: memref<4xf32> {lacuna.output}) {
  %a = ml_program.global_load @a : tensor<4xf32>
  %b = ml_program.global_load @b : tensor<4xf32>
  ml_program.global_store @a = %b : tensor<4xf32>
  ml_program.global_store @b = %a : tensor<4xf32>
  bufferization.materialize_in_destination %a in restrict writable %o : (tensor<4xf32>, memref<4xf32>) -> ()
  return
}

// A slice is all that is written, wherever it goes.
// BUFFER-LABEL: func.func @slice(
// BUFFER-SAME: %[[X:.*]]: memref<1xf32>, %[[I:.*]]: index, %[[A:.*]]: memref<4xf32>
// BUFFER-NOT: memref.alloc
// BUFFER: %[[S:.*]] = memref.subview %[[A]][%[[I]]] [1] [1]
// BUFFER-NEXT: memref.copy %[[X]], %[[S]]
// BUFFER-NEXT: return
func.func @slice(%x: memref<1xf32>, %i: index) {
  %t = bufferization.to_tensor %x restrict : memref<1xf32> to tensor<1xf32>
  %a = ml_program.global_load @a : tensor<4xf32>
  %0 = tensor.insert_slice %t into %a[%i] [1] [1] : tensor<1xf32> into tensor<4xf32>
  ml_program.global_store @a = %0 : tensor<4xf32>
  return
}

// The old value goes out whole: before the slice is written.
// BUFFER-LABEL: func.func @old(
// BUFFER-SAME: %[[X:.*]]: memref<1xf32>, %[[O:.*]]: memref<4xf32> {lacuna.output}, %[[A:.*]]: memref<4xf32>
// BUFFER: %[[T:.*]] = memref.alloc()
// BUFFER: memref.copy %[[A]], %[[T]]
// BUFFER: %[[S:.*]] = memref.subview %[[T]]
// BUFFER: memref.copy %[[X]], %[[S]]
// BUFFER: memref.copy %[[A]], %[[O]]
// BUFFER: memref.copy %[[T]], %[[A]]
func.func @old(%x: memref<1xf32>, %o: memref<4xf32> {lacuna.output}) {
  %t = bufferization.to_tensor %x restrict : memref<1xf32> to tensor<1xf32>
  %a = ml_program.global_load @a : tensor<4xf32>
  %0 = tensor.insert_slice %t into %a[2] [1] [1] : tensor<1xf32> into tensor<4xf32>
  ml_program.global_store @a = %0 : tensor<4xf32>
  bufferization.materialize_in_destination %a in restrict writable %o : (tensor<4xf32>, memref<4xf32>) -> ()
  return
}

// A dispatch that reads the old value whole does not write over it.
// BUFFER-LABEL: func.func @anew(
// BUFFER-SAME: %[[X:.*]]: memref<4xf32>, %[[A:.*]]: memref<4xf32>
// BUFFER: %[[T:.*]] = memref.alloc()
// BUFFER: call @work(%[[A]], %[[X]], %[[T]])
// BUFFER: memref.copy %[[T]], %[[A]]
func.func private @work(memref<4xf32>, memref<4xf32>, memref<4xf32>) attributes {lacuna.dispatch}
func.func @anew(%x: memref<4xf32>) {
  %t = bufferization.to_tensor %x restrict : memref<4xf32> to tensor<4xf32>
  %a = ml_program.global_load @a : tensor<4xf32>
  %e = tensor.empty() : tensor<4xf32>
  %0 = lacuna.invoke @work ins(%a, %t : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  ml_program.global_store @a = %0 : tensor<4xf32>
  return
}

// One that updates a part of it does.
// BUFFER-LABEL: func.func @part(
// BUFFER-SAME: %[[X:.*]]: memref<4xf32>, %[[A:.*]]: memref<4xf32>
// BUFFER-NEXT: call @update(%[[X]], %[[A]])
// BUFFER-NEXT: return
func.func private @update(memref<4xf32>, memref<4xf32>) attributes {lacuna.dispatch}
func.func @part(%x: memref<4xf32>) {
  %t = bufferization.to_tensor %x restrict : memref<4xf32> to tensor<4xf32>
  %a = ml_program.global_load @a : tensor<4xf32>
  %0 = lacuna.invoke updates @update ins(%t : tensor<4xf32>) outs(%a : tensor<4xf32>) -> tensor<4xf32>
  ml_program.global_store @a = %0 : tensor<4xf32>
  return
}
