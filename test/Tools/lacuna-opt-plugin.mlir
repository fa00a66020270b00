// RUN: lacuna-opt %s --load-pass-plugin=%lacuna_build/lib/LacunaTestPassPlugin.so \
// RUN:   --pass-pipeline='builtin.module(test-count-dispatches)' 2>&1 | FileCheck %s

// CHECK: remark: 1 dispatches
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %r = lacuna.dispatch(%a = %x : tensor<4xf32>) -> (tensor<4xf32>) {
    lacuna.yield %a : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}
