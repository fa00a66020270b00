// RUN: lacuna-opt %s --prune-weights | FileCheck %s
// RUN: lacuna-opt %s --lacuna-phase-input | FileCheck %s --check-prefix=INPUT

#nm = #lacuna.nm<2:4, dim = 1>
#one = #lacuna.nm<1:4, dim = 0>

// A pruned weight is made once for each layout, beside the one it prunes.
// CHECK-DAG: ml_program.global private @w({{.*}}) : tensor<8x16xf32>{{$}}
// CHECK-DAG: ml_program.global private @"w.nm<2:4, dim = 1>"({{.*}}) : tensor<8x16xf32, #lacuna.nm<2:4, dim = 1>> {lacuna.prunes = "w"}
// CHECK-DAG: ml_program.global private @"w.nm<1:4, dim = 0>"({{.*}}) : tensor<8x16xf32, #lacuna.nm<1:4, dim = 0>> {lacuna.prunes = "w"}
ml_program.global private @w(#ml_program.extern : tensor<8x16xf32>) : tensor<8x16xf32>
ml_program.global private mutable @state(dense<0.0> : tensor<8x16xf32>) : tensor<8x16xf32>

// CHECK-LABEL: func.func @twice
// CHECK-NOT: lacuna.prune
// CHECK: %[[A:.*]] = ml_program.global_load_const @"w.nm<2:4, dim = 1>"
// CHECK: %[[B:.*]] = ml_program.global_load_const @"w.nm<2:4, dim = 1>"
// CHECK: lacuna.convert %[[A]]
// CHECK: lacuna.convert %[[B]]
func.func @twice() -> (tensor<8x16xf32>, tensor<8x16xf32>) {
  %0 = ml_program.global_load_const @w : tensor<8x16xf32>
  %1 = lacuna.prune %0 : tensor<8x16xf32> to tensor<8x16xf32, #nm>
  %2 = lacuna.prune %0 : tensor<8x16xf32> to tensor<8x16xf32, #nm>
  %3 = lacuna.convert %1 : tensor<8x16xf32, #nm> to tensor<8x16xf32>
  %4 = lacuna.convert %2 : tensor<8x16xf32, #nm> to tensor<8x16xf32>
  return %3, %4 : tensor<8x16xf32>, tensor<8x16xf32>
}

// The weight itself can be read, too; another layout is another weight.
// CHECK-LABEL: func.func @both
// CHECK: %[[W:.*]] = ml_program.global_load_const @w :
// CHECK: ml_program.global_load_const @"w.nm<1:4, dim = 0>"
// CHECK: return %[[W]]
func.func @both() -> (tensor<8x16xf32>, tensor<8x16xf32>) {
  %0 = ml_program.global_load_const @w : tensor<8x16xf32>
  %1 = lacuna.prune %0 : tensor<8x16xf32> to tensor<8x16xf32, #one>
  %2 = lacuna.convert %1 : tensor<8x16xf32, #one> to tensor<8x16xf32>
  return %0, %2 : tensor<8x16xf32>, tensor<8x16xf32>
}

// What changes, or is known in the call only, is pruned there.
// CHECK-LABEL: func.func @run_time
// CHECK-COUNT-2: lacuna.prune
func.func @run_time(%x: tensor<8x16xf32>) -> (tensor<8x16xf32>, tensor<8x16xf32>) {
  %0 = ml_program.global_load @state : tensor<8x16xf32>
  %1 = lacuna.prune %0 : tensor<8x16xf32> to tensor<8x16xf32, #nm>
  %2 = lacuna.prune %x : tensor<8x16xf32> to tensor<8x16xf32, #nm>
  %3 = lacuna.convert %1 : tensor<8x16xf32, #nm> to tensor<8x16xf32>
  %4 = lacuna.convert %2 : tensor<8x16xf32, #nm> to tensor<8x16xf32>
  return %3, %4 : tensor<8x16xf32>, tensor<8x16xf32>
}

// Phase input does it, and carries the layout on through a transpose.
// INPUT-LABEL: func.func @transposed
// INPUT-NOT: lacuna.prune
// INPUT: %[[W:.*]] = ml_program.global_load_const @"w.nm<2:4, dim = 1>"
// INPUT: linalg.{{matmul|generic}} {{.*}} ins(%{{.*}}, %[[W]] :
func.func @transposed(%x: tensor<4x16xf32>, %o: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = ml_program.global_load_const @w : tensor<8x16xf32>
  %1 = lacuna.prune %0 : tensor<8x16xf32> to tensor<8x16xf32, #nm>
  %2 = lacuna.convert %1 : tensor<8x16xf32, #nm> to tensor<8x16xf32>
  %e = tensor.empty() : tensor<16x8xf32>
  %t = linalg.transpose ins(%2 : tensor<8x16xf32>) outs(%e : tensor<16x8xf32>) permutation = [1, 0]
  %r = linalg.matmul ins(%x, %t : tensor<4x16xf32>, tensor<16x8xf32>) outs(%o : tensor<4x8xf32>) -> tensor<4x8xf32>
  return %r : tensor<4x8xf32>
}
