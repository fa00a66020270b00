// RUN: lacuna-opt %s --guard-divisions | FileCheck %s

// CHECK-LABEL: func.func @unknown_divisor
// CHECK-SAME: (%[[A:.*]]: tensor<?xf32>, %[[N:.*]]: index)
func.func @unknown_divisor(%a: tensor<?xf32>, %n: index) -> index {
  // CHECK: %[[ZERO:.*]] = arith.constant 0 : index
  // CHECK: %[[IS_ZERO:.*]] = arith.cmpi eq, %[[N]], %[[ZERO]]
  // CHECK: %[[ONE:.*]] = arith.constant 1 : index
  // CHECK: %[[SAFE:.*]] = arith.select %[[IS_ZERO]], %[[ONE]], %[[N]]
  // CHECK: arith.divsi %{{.*}}, %[[SAFE]]
  %c0 = arith.constant 0 : index
  %size = tensor.dim %a, %c0 : tensor<?xf32>
  %0 = arith.divsi %size, %n : index
  return %0 : index
}

// CHECK-LABEL: func.func @known_divisor
// CHECK-NOT: arith.select
func.func @known_divisor(%n: i64) -> i64 {
  %c4 = arith.constant 4 : i64
  %0 = arith.remsi %n, %c4 : i64
  return %0 : i64
}

// Dispatch functions divide data, not sizes.
// CHECK-LABEL: func.func private @d
// CHECK-NOT: arith.select
func.func private @d(%a: memref<i64>) attributes {lacuna.dispatch} {
  %0 = memref.load %a[] : memref<i64>
  %1 = arith.divsi %0, %0 : i64
  memref.store %1, %a[] : memref<i64>
  return
}
