// RUN: lacuna-opt %s --bufferize-dispatch --cse | FileCheck %s

#dense = #lacuna.route<dense>

// The result is computed where it belongs, without a buffer in between.
// CHECK-LABEL: func.func private @in_place
// CHECK-SAME: %[[X:.*]]: memref<?xf32>, %[[O:.*]]: memref<?xf32>
// CHECK-NOT: memref.alloc
// CHECK: linalg.exp ins(%[[X]] : memref<?xf32>) outs(%[[O]] : memref<?xf32>)
// CHECK-NEXT: return
func.func private @in_place(%x: memref<?xf32>, %o: memref<?xf32>, %n: index) attributes {lacuna.dispatch, lacuna.route = #dense} {
  %t = bufferization.to_tensor %x restrict : memref<?xf32> to tensor<?xf32>
  %e = tensor.empty(%n) : tensor<?xf32>
  %r = linalg.exp ins(%t : tensor<?xf32>) outs(%e : tensor<?xf32>) -> tensor<?xf32>
  bufferization.materialize_in_destination %r in restrict writable %o : (tensor<?xf32>, memref<?xf32>) -> ()
  return
}

// Copies are operations like any other.
// CHECK-LABEL: func.func private @concatenate
// CHECK-NOT: memref.copy
// CHECK: memref.subview %{{.*}}[0] [4]
// CHECK: linalg.generic
// CHECK: memref.subview %{{.*}}[4] [4]
// CHECK: linalg.generic
// CHECK-NOT: memref.copy
func.func private @concatenate(%x: memref<4xf32>, %y: memref<4xf32>, %o: memref<8xf32>) attributes {lacuna.dispatch, lacuna.route = #dense} {
  %t = bufferization.to_tensor %x restrict : memref<4xf32> to tensor<4xf32>
  %u = bufferization.to_tensor %y restrict : memref<4xf32> to tensor<4xf32>
  %e = tensor.empty() : tensor<8xf32>
  %a = tensor.insert_slice %t into %e[0] [4] [1] : tensor<4xf32> into tensor<8xf32>
  %b = tensor.insert_slice %u into %a[4] [4] [1] : tensor<4xf32> into tensor<8xf32>
  bufferization.materialize_in_destination %b in restrict writable %o : (tensor<8xf32>, memref<8xf32>) -> ()
  return
}
