// A failing pipeline leaves a reproducer, which fails the same way.
// RUN: not lacuna-opt %s --outline-dispatches --mlir-pass-pipeline-crash-reproducer=%t.mlir 2>&1 | FileCheck %s
// RUN: not lacuna-opt %t.mlir --run-reproducer 2>&1 | FileCheck %s

// CHECK: run materialize-layouts first
func.func @main(%w: tensor<8x8xf32, #lacuna.nm<2:4, dim = 1>>) -> tensor<8x8xf32> {
  %0 = lacuna.dispatch(%a = %w : tensor<8x8xf32, #lacuna.nm<2:4, dim = 1>>) -> (tensor<8x8xf32>) {
    %r = lacuna.convert %a : tensor<8x8xf32, #lacuna.nm<2:4, dim = 1>> to tensor<8x8xf32>
    lacuna.yield %r : tensor<8x8xf32>
  }
  return %0 : tensor<8x8xf32>
}
