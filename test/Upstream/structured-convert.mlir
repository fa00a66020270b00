// RUN: mlir-opt %s --sparsification-and-bufferization | FileCheck %s
//
// Upstream's conversion to n:m stores the nonzeros of a group and no more, but
// its readers take n values per group: groups with fewer nonzeros shift all that
// follow. Lacuna packs by itself. When this test fails, upstream has changed.

#nm = #sparse_tensor.encoding<{map = (a, b) -> (a : dense, b : structured[2, 4]), crdWidth = 8}>

// CHECK-LABEL: func.func @pack
// CHECK: scf.for
// CHECK: %[[NONZERO:.*]] = arith.cmpf une
// CHECK: scf.if %[[NONZERO]]
// CHECK-NEXT: func.call @"_insert_dense_structured[2_4]
// CHECK-NOT: func.call
// CHECK: return
func.func @pack(%a: tensor<8x4xf32>) -> tensor<8x4xf32, #nm> {
  %s = sparse_tensor.convert %a : tensor<8x4xf32> to tensor<8x4xf32, #nm>
  return %s : tensor<8x4xf32, #nm>
}
