// RUN: lacuna-opt %s --add-destinations | FileCheck %s

// One result twice, and an input as a result: each has its destination.
// CHECK-LABEL: func.func @main(
// CHECK-SAME: %[[X:.*]]: memref<?x8xf32> {lacuna.name = "x"},
// CHECK-SAME: %[[O0:.*]]: memref<?x8xf32> {lacuna.name = "y", lacuna.output},
// CHECK-SAME: %[[O1:.*]]: memref<?x8xf32> {lacuna.output}) {
func.func @main(%x: tensor<?x8xf32> {lacuna.name = "x"})
    -> (tensor<?x8xf32> {lacuna.name = "y"}, tensor<?x8xf32>) {
  // CHECK: %[[T:.*]] = bufferization.to_tensor %[[X]] restrict : memref<?x8xf32>
  // CHECK: bufferization.materialize_in_destination %[[T]] in restrict writable %[[O0]]
  // CHECK: bufferization.materialize_in_destination %[[T]] in restrict writable %[[O1]]
  // CHECK: return{{$}}
  return %x, %x : tensor<?x8xf32>, tensor<?x8xf32>
}

// CHECK-LABEL: func.func @scalars(
// CHECK-SAME: %[[A:.*]]: memref<i64>, %[[O:.*]]: memref<i64> {lacuna.output}
func.func @scalars(%a: i64) -> i64 {
  // CHECK: %[[T:.*]] = bufferization.to_tensor %[[A]] restrict
  // CHECK: bufferization.materialize_in_destination %[[T]] in restrict writable %[[O]]
  return %a : i64
}

// The tensor of a scalar is the buffer itself; only the host's use reads it.
// CHECK-LABEL: func.func @elements(
// CHECK-SAME: %[[A:.*]]: memref<i64>, %[[O:.*]]: memref<i64> {lacuna.output}, %[[P:.*]]: memref<i64> {lacuna.output}
func.func @elements(%a: i64) -> (tensor<i64>, i64) {
  // CHECK: %[[T:.*]] = bufferization.to_tensor %[[A]] restrict
  // CHECK: %[[S:.*]] = tensor.extract %[[T]][]
  // CHECK: %[[D:.*]] = arith.addi %[[S]], %[[S]]
  %t = tensor.from_elements %a : tensor<i64>
  %d = arith.addi %a, %a : i64
  // CHECK: bufferization.materialize_in_destination %[[T]] in restrict writable %[[O]]
  // CHECK: %[[R:.*]] = tensor.from_elements %[[D]]
  // CHECK: bufferization.materialize_in_destination %[[R]] in restrict writable %[[P]]
  return %t, %d : tensor<i64>, i64
}

// Types of every kind that the manifest has a name for.
// CHECK-LABEL: func.func @types(
// CHECK-SAME: memref<i1>, %{{.*}}: memref<2xi8>, %{{.*}}: memref<2xi16>, %{{.*}}: memref<2xi32>, %{{.*}}: memref<2xindex>,
// CHECK-SAME: memref<2xf16>, %{{.*}}: memref<2xbf16>, %{{.*}}: memref<2xf64>)
func.func @types(%0: tensor<i1>, %1: tensor<2xi8>, %2: tensor<2xi16>, %3: tensor<2xi32>,
    %4: tensor<2xindex>, %5: tensor<2xf16>, %6: tensor<2xbf16>, %7: tensor<2xf64>) {
  return
}
