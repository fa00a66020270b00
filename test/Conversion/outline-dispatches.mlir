// RUN: lacuna-opt %s --outline-dispatches | FileCheck %s

// Two regions that are alike share one function.
// CHECK: func.func private @main$dispatch_0(%{{.*}}: memref<?x8xf32>, %[[IN:.*]]: index, %[[OUT:.*]]: memref<?x8xf32>)
// CHECK-SAME: attributes {lacuna.dispatch, lacuna.route = #lacuna.route<dense>}
// CHECK: bufferization.to_tensor %{{.*}} restrict
// CHECK: linalg.exp
// CHECK: bufferization.materialize_in_destination %{{.*}} in restrict writable %[[OUT]]
// CHECK-NOT: @main$dispatch_1
// CHECK-LABEL: func.func @main
// CHECK: %[[E0:.*]] = tensor.empty(%[[N:.*]]) : tensor<?x8xf32>
// CHECK: %[[R0:.*]] = lacuna.invoke @main$dispatch_0 ins(%{{.*}}, %[[N]] : tensor<?x8xf32>, index) outs(%[[E0]] : tensor<?x8xf32>)
// CHECK: %[[R1:.*]] = lacuna.invoke @main$dispatch_0 ins(%[[R0]], %[[N]]
// CHECK: return %[[R1]]
func.func @main(%x: tensor<?x8xf32>, %n: index) -> tensor<?x8xf32> {
  %0 = lacuna.dispatch(%a = %x : tensor<?x8xf32>, %d = %n : index)[%n] -> (tensor<?x8xf32>) {
    %e = tensor.empty(%d) : tensor<?x8xf32>
    %r = linalg.exp ins(%a : tensor<?x8xf32>) outs(%e : tensor<?x8xf32>) -> tensor<?x8xf32>
    lacuna.yield %r : tensor<?x8xf32>
  }
  %1 = lacuna.dispatch(%b = %0 : tensor<?x8xf32>, %d = %n : index)[%n] -> (tensor<?x8xf32>) {
    %e = tensor.empty(%d) : tensor<?x8xf32>
    %r = linalg.exp ins(%b : tensor<?x8xf32>) outs(%e : tensor<?x8xf32>) -> tensor<?x8xf32>
    lacuna.yield %r : tensor<?x8xf32>
  }
  return %1 : tensor<?x8xf32>
}

// The name of a function is one in PTX, too.
// CHECK: func.func private @_3_d__lm_head$dispatch_0(
func.func @"3-d::lm head"(%x: tensor<4xf32>) -> tensor<4xf32> {
  %r = lacuna.dispatch(%a = %x : tensor<4xf32>) -> (tensor<4xf32>) {
    lacuna.yield %a : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}
