// RUN: lacuna-opt %s --named-literals-to-globals | FileCheck %s

// A literal without data, and one whose blob is a placeholder, name weights.
// CHECK-DAG: ml_program.global private @fc.weight(#{{.*}}) : tensor<2x8xf32>
// CHECK-DAG: ml_program.global private @fc.bias(#{{.*}}) : tensor<8xf32>
// CHECK-DAG: ml_program.global private @four(#{{.*}}) : tensor<4xf32>

// CHECK-LABEL: func.func @placeholders
func.func @placeholders() -> (tensor<2x8xf32>, tensor<2x8xf32>, tensor<8xf32>, tensor<4xf32>) {
  // CHECK-DAG: ml_program.global_load_const @fc.weight : tensor<2x8xf32>
  // CHECK-DAG: ml_program.global_load_const @fc.bias : tensor<8xf32>
  // CHECK-DAG: ml_program.global_load_const @four : tensor<4xf32>
  // CHECK-NOT: arith.constant
  %0 = arith.constant dense_resource<fc.weight> : tensor<2x8xf32>
  %1 = arith.constant dense_resource<fc.weight> : tensor<2x8xf32>
  %2 = arith.constant dense_resource<fc.bias> : tensor<8xf32>
  %3 = arith.constant dense_resource<four> : tensor<4xf32>
  return %0, %1, %2, %3 : tensor<2x8xf32>, tensor<2x8xf32>, tensor<8xf32>, tensor<4xf32>
}

// A literal whose data is here stays one.
// CHECK-LABEL: func.func @data
func.func @data() -> tensor<2xf32> {
  // CHECK: arith.constant dense_resource<data> : tensor<2xf32>
  %0 = arith.constant dense_resource<data> : tensor<2xf32>
  return %0 : tensor<2xf32>
}

{-#
  dialect_resources: {
    builtin: {
      fc.bias: "0x0400000000000000000000000000000000000000",
      four: "0x0400000000000000000000000000000000000000",
      data: "0x040000000000803F00000040"
    }
  }
#-}
