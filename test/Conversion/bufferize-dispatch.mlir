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

// Two results of a loop that only its body reads do not share memory, though
// they begin as one empty tensor.
// CHECK-LABEL: func.func private @unread_results
// CHECK-DAG: %[[A:.*]] = memref.alloc(
// CHECK-DAG: %[[B:.*]] = memref.alloc(
// CHECK: scf.forall
// CHECK-DAG: memref.subview %[[A]]
// CHECK-DAG: memref.subview %[[B]]
func.func private @unread_results(%o: memref<?xf32>, %n: index) attributes {lacuna.dispatch, lacuna.route = #dense} {
  %zero = arith.constant 0.0 : f32
  %one = arith.constant 1.0 : f32
  %e = tensor.empty(%n) : tensor<?xf32>
  %r:3 = scf.forall (%i) = (0) to (%n) step (4) shared_outs(%x = %e, %y = %e, %z = %e) -> (tensor<?xf32>, tensor<?xf32>, tensor<?xf32>) {
    %xs = tensor.extract_slice %x[%i] [4] [1] : tensor<?xf32> to tensor<4xf32>
    %a = linalg.fill ins(%zero : f32) outs(%xs : tensor<4xf32>) -> tensor<4xf32>
    %ys = tensor.extract_slice %y[%i] [4] [1] : tensor<?xf32> to tensor<4xf32>
    %b = linalg.fill ins(%one : f32) outs(%ys : tensor<4xf32>) -> tensor<4xf32>
    %zs = tensor.extract_slice %z[%i] [4] [1] : tensor<?xf32> to tensor<4xf32>
    %c = linalg.add ins(%a, %b : tensor<4xf32>, tensor<4xf32>) outs(%zs : tensor<4xf32>) -> tensor<4xf32>
    scf.forall.in_parallel {
      tensor.parallel_insert_slice %a into %x[%i] [4] [1] : tensor<4xf32> into tensor<?xf32>
      tensor.parallel_insert_slice %b into %y[%i] [4] [1] : tensor<4xf32> into tensor<?xf32>
      tensor.parallel_insert_slice %c into %z[%i] [4] [1] : tensor<4xf32> into tensor<?xf32>
    }
  }
  bufferization.materialize_in_destination %r#2 in restrict writable %o : (tensor<?xf32>, memref<?xf32>) -> ()
  return
}
