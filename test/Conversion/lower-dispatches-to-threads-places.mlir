// RUN: lacuna-opt %s --lower-dispatches-to-threads | FileCheck %s

// A place that stands in a buffer is read by the kernel, which also checks it;
// the host launches and reads nothing.
// CHECK-LABEL: func.func private @insert(
// CHECK-SAME: %[[X:.*]]: memref<1x4xf32>, %[[AT:.*]]: memref<1xi64>, %[[O:.*]]: memref<6x4xf32>)
// CHECK-NOT: memref.load
// CHECK-NOT: cf.assert
// CHECK-NOT: memref.copy
// CHECK: gpu.launch_func @kernels::@insert$0
// CHECK-NOT: memref.load
// CHECK: return
// CHECK: gpu.func @insert$0(
// CHECK: %[[P:.*]] = memref.load %{{.*}} : memref<1xi64>
// CHECK: arith.cmpi u{{.*}} %[[P]]
// CHECK: llvm.intr.trap
// CHECK: memref.store
func.func private @insert(%x: memref<1x4xf32>, %at: memref<1xi64>, %o: memref<6x4xf32>) attributes {lacuna.dispatch, lacuna.route = #lacuna.route<dense>} {
  %c0 = arith.constant 0 : index
  %c6 = arith.constant 6 : i64
  %t = bufferization.to_tensor %x restrict : memref<1x4xf32> to tensor<1x4xf32>
  %a = bufferization.to_tensor %at restrict : memref<1xi64> to tensor<1xi64>
  %d = bufferization.to_tensor %o restrict writable : memref<6x4xf32> to tensor<6x4xf32>
  %p = tensor.extract %a[%c0] : tensor<1xi64>
  %ok = arith.cmpi ult, %p, %c6 : i64
  cf.assert %ok, "where?"
  %i = arith.index_cast %p : i64 to index
  %r = tensor.insert_slice %t into %d[%i, 0] [1, 4] [1, 1] : tensor<1x4xf32> into tensor<6x4xf32>
  bufferization.materialize_in_destination %r in restrict writable %o : (tensor<6x4xf32>, memref<6x4xf32>) -> ()
  return
}
