// sparse_tensor.convert appends each nonzero where the last one ended, and
// fills no group up. The second group of a tensor whose first group has one
// nonzero is therefore stored where the first group's other slot is: loops over
// the result read wrong values. materialize-layouts packs by linalg generics of
// its own (buildPack) instead.
// RUN: mlir-opt-22 %s --sparsification-and-bufferization | FileCheck %s

// The place of a value is the number of those before it, of whatever group.
// CHECK-LABEL: func.func private @{{.*}}_insert_dense_dense_structured[2_4]
// CHECK: %[[AT:.*]] = sparse_tensor.storage_specifier.get %{{.*}} val_mem_sz
// CHECK: memref.store %{{.*}}, %{{.*}}[%[[AT]]] : memref<?xf32>
// CHECK-LABEL: func.func @pack
// CHECK: %[[NONZERO:.*]] = arith.cmpf une
// CHECK: scf.if %[[NONZERO]]
// CHECK: call @{{.*}}_insert_dense_dense_structured
// CHECK: } else {
// CHECK-NEXT: scf.yield
#NM = #sparse_tensor.encoding<{
  map = (i, g, k) -> (i : dense, g : dense, k : structured[2, 4]), crdWidth = 8
}>
func.func @pack(%a: tensor<1x2x4xf32>) -> tensor<1x2x4xf32, #NM> {
  %0 = sparse_tensor.convert %a : tensor<1x2x4xf32> to tensor<1x2x4xf32, #NM>
  return %0 : tensor<1x2x4xf32, #NM>
}
