// The erased program is upstream's alone: mlir-opt reads it.
// RUN: lacuna-opt %s --decompose-lacuna-ops | FileCheck %s
// RUN: lacuna-opt %s --decompose-lacuna-ops --erase-layouts -o %t
// RUN: mlir-opt %t -o /dev/null
// RUN: FileCheck %s --check-prefix=ERASED --input-file=%t

// ERASED-NOT: lacuna

// A whole number of groups: nothing is compared with the end of the tensor.
// CHECK-LABEL: func.func @prune
// CHECK-SAME: (%[[X:.*]]: tensor<8x16xf32>)
// CHECK: %[[RANKS:.*]] = linalg.generic
// CHECK-SAME: iterator_types = ["parallel", "parallel", "reduction"]
// CHECK: tensor.extract %[[X]]
// CHECK-NOT: arith.minui
// CHECK: arith.cmpf uno
// CHECK: -> tensor<8x16xi32>
// CHECK: %[[KEPT:.*]] = linalg.generic
// CHECK-SAME: ins(%[[X]], %[[RANKS]] :
// CHECK: arith.select
// CHECK: lacuna.convert %[[KEPT]] : tensor<8x16xf32> to tensor<8x16xf32, #lacuna.nm<2:4, dim = 1>>
// ERASED-LABEL: func.func @prune
func.func @prune(%x: tensor<8x16xf32>) -> tensor<8x16xf32> {
  %0 = lacuna.prune %x : tensor<8x16xf32> to tensor<8x16xf32, #lacuna.nm<2:4, dim = 1>>
  %1 = lacuna.convert %0 : tensor<8x16xf32, #lacuna.nm<2:4, dim = 1>> to tensor<8x16xf32>
  return %1 : tensor<8x16xf32>
}

// A tail of two: reads stay inside of the tensor, and count only there.
// CHECK-LABEL: func.func @ragged
// CHECK: %[[INSIDE:.*]] = arith.cmpi ult
// CHECK: arith.minui
// CHECK: math.absi
// CHECK: arith.cmpi ugt
// CHECK: arith.andi %{{.*}}, %[[INSIDE]]
func.func @ragged(%x: tensor<3x10x5xi8>) -> tensor<3x10x5xi8> {
  %0 = lacuna.prune %x : tensor<3x10x5xi8> to tensor<3x10x5xi8, #lacuna.nm<1:4, dim = 1>>
  %1 = lacuna.convert %0 : tensor<3x10x5xi8, #lacuna.nm<1:4, dim = 1>> to tensor<3x10x5xi8>
  return %1 : tensor<3x10x5xi8>
}

// A region of work means what its body means.
// CHECK-LABEL: func.func @dispatch
// CHECK-SAME: (%[[X:[^ ]*]]: tensor<?x8xf32>
// CHECK-NEXT: %[[R:.*]] = linalg.exp ins(%[[X]]
// CHECK-NEXT: return %[[R]]
func.func @dispatch(%x: tensor<?x8xf32>, %e: tensor<?x8xf32>, %n: index) -> tensor<?x8xf32> {
  %r = lacuna.dispatch(%a = %x : tensor<?x8xf32>, %b = %e : tensor<?x8xf32>)[%n] -> (tensor<?x8xf32>) {
    %0 = linalg.exp ins(%a : tensor<?x8xf32>) outs(%b : tensor<?x8xf32>) -> tensor<?x8xf32>
    lacuna.yield %0 : tensor<?x8xf32>
  }
  return %r : tensor<?x8xf32>
}
