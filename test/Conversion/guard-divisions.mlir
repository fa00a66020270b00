// RUN: lacuna-opt %s --guard-divisions | FileCheck %s

// Sizes are divided unsigned or signed, like data.
// CHECK-LABEL: func.func @unsigned
// CHECK-SAME: (%[[A:.*]]: index, %[[N:.*]]: index)
func.func @unsigned(%a: index, %n: index) -> index {
  // CHECK: %[[ZERO:.*]] = arith.constant 0 : index
  // CHECK: %[[IS_ZERO:.*]] = arith.cmpi eq, %[[N]], %[[ZERO]]
  // CHECK: %[[ONE:.*]] = arith.constant 1 : index
  // CHECK: %[[SAFE:.*]] = arith.select %[[IS_ZERO]], %[[ONE]], %[[N]]
  // CHECK: %[[R:.*]] = arith.remui %[[A]], %[[SAFE]]
  // CHECK: return %[[R]]
  %0 = arith.remui %a, %n : index
  return %0 : index
}

// CHECK-LABEL: func.func @signed
// CHECK-SAME: (%[[A:.*]]: i8, %[[B:.*]]: i8)
// CHECK-DAG: %[[ZERO:.*]] = arith.cmpi eq, %[[B]], %c0_i8
// CHECK-DAG: %[[MINUS:.*]] = arith.cmpi eq, %[[B]], %c-1_i8
// CHECK: %[[EITHER:.*]] = arith.ori %[[ZERO]], %[[MINUS]]
// CHECK: %[[SAFE:.*]] = arith.select %[[EITHER]], %c1_i8{{.*}}, %[[B]]
// CHECK: %[[NEGATED:.*]] = arith.subi %c0_i8{{.*}}, %[[A]]
// CHECK: %[[Q:.*]] = arith.divsi %[[A]], %[[SAFE]]
// CHECK: %[[R:.*]] = arith.select %[[MINUS]], %[[NEGATED]], %[[Q]]
// CHECK: return %[[R]]
func.func @signed(%a: i8, %b: i8) -> i8 {
  %0 = arith.divsi %a, %b : i8
  return %0 : i8
}

// CHECK-LABEL: func.func @known_divisor
// CHECK-NOT: arith.select
// CHECK: return
func.func @known_divisor(%n: i64) -> i64 {
  %c4 = arith.constant 4 : i64
  %0 = arith.remsi %n, %c4 : i64
  return %0 : i64
}

// CHECK-LABEL: func.func private @named
// CHECK: linalg.generic
// CHECK: arith.select
// CHECK: arith.divui %{{.*}}, %{{.*}}
func.func private @named(%a: memref<4xi32>, %o: memref<4xi32>) attributes {lacuna.dispatch} {
  linalg.div_unsigned ins(%a, %a : memref<4xi32>, memref<4xi32>) outs(%o : memref<4xi32>)
  return
}
