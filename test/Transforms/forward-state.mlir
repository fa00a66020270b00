// RUN: lacuna-opt %s --forward-state --allow-unregistered-dialect | FileCheck %s

ml_program.global private mutable @a(dense<0.0> : tensor<4xf32>) : tensor<4xf32>
ml_program.global private mutable @b : tensor<i64>
ml_program.global private mutable @w(#ml_program.extern : tensor<4xf32>) : tensor<4xf32>
ml_program.global private @const(#ml_program.extern : tensor<4xf32>) : tensor<4xf32>

// What was stored last is what a load gives; the last store is left.
// CHECK-LABEL: func.func @order(
// CHECK-SAME: %[[X:.*]]: tensor<4xf32>, %[[Y:.*]]: tensor<4xf32>)
func.func @order(%x: tensor<4xf32>, %y: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  // CHECK-NEXT: %[[A:.*]] = ml_program.global_load @a
  // CHECK-NEXT: "work"()
  "work"() : () -> ()
  %0 = ml_program.global_load @a : tensor<4xf32>
  ml_program.global_store @a = %x : tensor<4xf32>
  %1 = ml_program.global_load @a : tensor<4xf32>
  ml_program.global_store @a = %y : tensor<4xf32>
  %2 = ml_program.global_load @a : tensor<4xf32>
  // CHECK-NEXT: ml_program.global_store @a = %[[Y]]
  // CHECK-NEXT: return %[[A]], %[[X]], %[[Y]]
  return %0, %1, %2 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

// CHECK-LABEL: func.func @store_only(
// CHECK-NEXT: ml_program.global_store @b
// CHECK-NEXT: return
func.func @store_only(%x: tensor<i64>) {
  ml_program.global_store @b = %x : tensor<i64>
  %unused = ml_program.global_load @b : tensor<i64>
  return
}

// A value stored back is no change; loads in control flow are those before it.
// CHECK-LABEL: func.func @unchanged(
// CHECK-NEXT: %[[W:.*]] = ml_program.global_load @w
// CHECK-NOT: global_store
// CHECK: scf.if
// CHECK-NEXT: "use"(%[[W]])
// CHECK-NOT: global_store
// CHECK: return
func.func @unchanged(%c: i1) {
  scf.if %c {
    %0 = ml_program.global_load @w : tensor<4xf32>
    "use"(%0) : (tensor<4xf32>) -> ()
  }
  %1 = ml_program.global_load @w : tensor<4xf32>
  ml_program.global_store @w = %1 : tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @swap(
// CHECK: %[[B:.*]] = ml_program.global_load @w
// CHECK: %[[A:.*]] = ml_program.global_load @a
// CHECK: ml_program.global_store @a = %[[B]]
// CHECK: ml_program.global_store @w = %[[A]]
func.func @swap() {
  %0 = ml_program.global_load @a : tensor<4xf32>
  %1 = ml_program.global_load @w : tensor<4xf32>
  ml_program.global_store @a = %1 : tensor<4xf32>
  ml_program.global_store @w = %0 : tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @constant(
// CHECK-NEXT: ml_program.global_load_const @const
func.func @constant() -> tensor<4xf32> {
  %0 = ml_program.global_load @const : tensor<4xf32>
  return %0 : tensor<4xf32>
}
