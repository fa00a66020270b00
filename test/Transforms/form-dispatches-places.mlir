// RUN: lacuna-opt %s --form-dispatches | FileCheck %s

// A place that stands in data is read, and checked, in the region that uses it:
// the host of a GPU could not.
// CHECK-LABEL: func.func @places(
// CHECK-SAME: %[[X:.*]]: tensor<1x4xf32>, %[[D:.*]]: tensor<6x4xf32>, %[[E:.*]]: tensor<6x4xf32>, %[[AT:.*]]: tensor<1xi64>)
// CHECK-NOT: tensor.extract
// CHECK-NOT: cf.assert
// CHECK: lacuna.dispatch(%[[BAT:.*]] = %[[AT]] : tensor<1xi64>, %[[BX:.*]] = %[[X]] : tensor<1x4xf32>, %[[BD:.*]] = %[[D]] : tensor<6x4xf32>)
// CHECK: %[[P:.*]] = tensor.extract %[[BAT]]
// CHECK: %[[OK:.*]] = arith.cmpi ult, %[[P]]
// CHECK: cf.assert %[[OK]], "where?"
// CHECK: %[[I:.*]] = arith.index_cast %[[P]]
// CHECK: %[[R:.*]] = tensor.insert_slice %[[BX]] into %[[BD]][%[[I]], 0]
// CHECK: lacuna.yield %[[R]]
// The second has the same guard.
// CHECK: lacuna.dispatch
// CHECK: tensor.extract
// CHECK: cf.assert
// CHECK: tensor.insert_slice
// CHECK-NOT: cf.assert
// CHECK-NOT: tensor.extract
// CHECK: return
func.func @places(%x: tensor<1x4xf32>, %d: tensor<6x4xf32>, %e: tensor<6x4xf32>, %at: tensor<1xi64>)
    -> (tensor<6x4xf32>, tensor<6x4xf32>) {
  %c0 = arith.constant 0 : index
  %c6 = arith.constant 6 : i64
  %p = tensor.extract %at[%c0] : tensor<1xi64>
  %ok = arith.cmpi ult, %p, %c6 : i64
  cf.assert %ok, "where?"
  %i = arith.index_cast %p : i64 to index
  %0 = tensor.insert_slice %x into %d[%i, 0] [1, 4] [1, 1] : tensor<1x4xf32> into tensor<6x4xf32>
  %1 = tensor.insert_slice %x into %e[%i, 0] [1, 4] [1, 1] : tensor<1x4xf32> into tensor<6x4xf32>
  return %0, %1 : tensor<6x4xf32>, tensor<6x4xf32>
}

// Assertions about sizes stay, and so do places that are sizes.
// CHECK-LABEL: func.func @sizes(
// CHECK: cf.assert
// CHECK: lacuna.dispatch
// CHECK-NOT: cf.assert
func.func @sizes(%x: tensor<?x4xf32>, %d: tensor<?x4xf32>) -> tensor<?x4xf32> {
  %c0 = arith.constant 0 : index
  %c6 = arith.constant 6 : index
  %n = tensor.dim %x, %c0 : tensor<?x4xf32>
  %ok = arith.cmpi ult, %n, %c6 : index
  cf.assert %ok, "too many rows"
  %0 = tensor.insert_slice %x into %d[%n, 0] [%n, 4] [1, 1] : tensor<?x4xf32> into tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}
