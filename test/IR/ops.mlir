// RUN: lacuna-opt %s --verify-roundtrip | FileCheck %s

#nm = #lacuna.nm<2:4, dim = 1>

// CHECK-LABEL: func.func @convert_and_prune
// CHECK: lacuna.prune %{{.*}} : tensor<8x16xf32> to tensor<8x16xf32, #lacuna.nm<2:4, dim = 1>>
// CHECK: lacuna.convert %{{.*}} : tensor<8x16xf32, #lacuna.nm<2:4, dim = 1>> to tensor<8x16xf32>
func.func @convert_and_prune(%x: tensor<8x16xf32>) -> tensor<8x16xf32> {
  %0 = lacuna.prune %x : tensor<8x16xf32> to tensor<8x16xf32, #nm>
  %1 = lacuna.convert %0 : tensor<8x16xf32, #nm> to tensor<8x16xf32>
  return %1 : tensor<8x16xf32>
}

// CHECK-LABEL: func.func @dispatch
// CHECK: lacuna.dispatch(%{{.*}} = %{{.*}} : tensor<?x8xf32>, %{{.*}} = %{{.*}} : index)[%{{.*}}] -> (tensor<?x8xf32>)
// CHECK-SAME: plan(#lacuna.plan<target = "cpu", forced = false, choices = [<from = 0, route = dense, nanoseconds = 10, denseNanoseconds = 10, reason = "small">, <from = 64, route = sparse-tensor, nanoseconds = 5, denseNanoseconds = 10, reason = "large">]>)
// CHECK-SAME: attributes {lacuna.route = #lacuna.route<dense>}
func.func @dispatch(%x: tensor<?x8xf32>, %n: index) -> tensor<?x8xf32> {
  %r = lacuna.dispatch(%a = %x : tensor<?x8xf32>, %m = %n : index)[%n] -> (tensor<?x8xf32>)
    plan(#lacuna.plan<target = "cpu", forced = false, choices = [
      #lacuna.choice<from = 0, route = dense, nanoseconds = 10, denseNanoseconds = 10, reason = "small">,
      #lacuna.choice<from = 64, route = sparse-tensor, nanoseconds = 5, denseNanoseconds = 10, reason = "large">]>)
    attributes {lacuna.route = #lacuna.route<dense>} {
    lacuna.yield %a : tensor<?x8xf32>
  }
  return %r : tensor<?x8xf32>
}

// CHECK-LABEL: func.func @no_inputs
// CHECK: lacuna.dispatch() -> (tensor<4xi64>) {
func.func @no_inputs() -> tensor<4xi64> {
  %r = lacuna.dispatch() -> (tensor<4xi64>) {
    %0 = arith.constant dense<1> : tensor<4xi64>
    lacuna.yield %0 : tensor<4xi64>
  }
  return %r : tensor<4xi64>
}

// CHECK: func.func private @callee
func.func private @callee(%a: memref<?x8xf32>, %o: memref<?x8xf32>) {
  return
}

// CHECK-LABEL: func.func @invoke
// CHECK: lacuna.invoke @callee ins(%{{.*}} : tensor<?x8xf32>) outs(%{{.*}} : tensor<?x8xf32>) -> tensor<?x8xf32>
func.func @invoke(%x: tensor<?x8xf32>, %e: tensor<?x8xf32>) -> tensor<?x8xf32> {
  %r = lacuna.invoke @callee ins(%x : tensor<?x8xf32>) outs(%e : tensor<?x8xf32>) -> tensor<?x8xf32>
  return %r : tensor<?x8xf32>
}
