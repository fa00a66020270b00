// RUN: lacuna-opt %s --outline-dispatches | FileCheck %s

// A region that inserts into state gets its buffer as what it updates.
// CHECK: func.func private @main$dispatch_0(%[[X:.*]]: memref<1x4xf32>, %[[I:.*]]: index, %[[O:.*]]: memref<6x4xf32>)
// CHECK-DAG: %[[TX:.*]] = bufferization.to_tensor %[[X]] restrict :
// CHECK-DAG: %[[TO:.*]] = bufferization.to_tensor %[[O]] restrict writable
// CHECK: %[[R:.*]] = tensor.insert_slice %[[TX]] into %[[TO]]
// CHECK: bufferization.materialize_in_destination %[[R]] in restrict writable %[[O]]
// CHECK: func.func @main(
// CHECK: %[[S:.*]] = ml_program.global_load @s
// CHECK: %[[N:.*]] = lacuna.invoke updates @main$dispatch_0 ins(%{{.*}}, %{{.*}} : tensor<1x4xf32>, index) outs(%[[S]] : tensor<6x4xf32>)
// What the region gave may be updated again.
// CHECK: lacuna.invoke updates @main$dispatch_0 ins(%{{.*}}, %{{.*}} : tensor<1x4xf32>, index) outs(%[[N]] : tensor<6x4xf32>)
ml_program.global private mutable @s : tensor<6x4xf32>
func.func @main(%x: tensor<1x4xf32>, %i: index, %j: index) {
  %s = ml_program.global_load @s : tensor<6x4xf32>
  %0 = lacuna.dispatch(%a = %s : tensor<6x4xf32>, %b = %x : tensor<1x4xf32>, %c = %i : index) -> (tensor<6x4xf32>) {
    %r = tensor.insert_slice %b into %a[%c, 0] [1, 4] [1, 1] : tensor<1x4xf32> into tensor<6x4xf32>
    lacuna.yield %r : tensor<6x4xf32>
  }
  %1 = lacuna.dispatch(%a = %0 : tensor<6x4xf32>, %b = %x : tensor<1x4xf32>, %c = %j : index) -> (tensor<6x4xf32>) {
    %r = tensor.insert_slice %b into %a[%c, 0] [1, 4] [1, 1] : tensor<1x4xf32> into tensor<6x4xf32>
    lacuna.yield %r : tensor<6x4xf32>
  }
  ml_program.global_store @s = %1 : tensor<6x4xf32>
  return
}

// An argument of the function must stay as it is, and so must what the region
// reads besides.
// CHECK: func.func @not(
// CHECK-NOT: updates
// CHECK: return
func.func @not(%d: tensor<6x4xf32>, %x: tensor<1x4xf32>) -> (tensor<6x4xf32>, tensor<6x4xf32>) {
  %0 = lacuna.dispatch(%a = %d : tensor<6x4xf32>, %b = %x : tensor<1x4xf32>) -> (tensor<6x4xf32>) {
    %r = tensor.insert_slice %b into %a[3, 0] [1, 4] [1, 1] : tensor<1x4xf32> into tensor<6x4xf32>
    lacuna.yield %r : tensor<6x4xf32>
  }
  %s = ml_program.global_load @s : tensor<6x4xf32>
  %1 = lacuna.dispatch(%a = %s : tensor<6x4xf32>) -> (tensor<6x4xf32>) {
    %b = tensor.extract_slice %a[0, 0] [1, 4] [1, 1] : tensor<6x4xf32> to tensor<1x4xf32>
    %r = tensor.insert_slice %b into %a[3, 0] [1, 4] [1, 1] : tensor<1x4xf32> into tensor<6x4xf32>
    lacuna.yield %r : tensor<6x4xf32>
  }
  return %0, %1 : tensor<6x4xf32>, tensor<6x4xf32>
}
