// RUN: lacuna-opt %s --parallelize-buffers | FileCheck %s

// CHECK-LABEL: func.func private @copy
// CHECK: scf.forall
// CHECK: lacuna.grain
// CHECK: linalg.copy
func.func private @copy(%x: memref<?x?xf32>, %o: memref<?x?xf32>) attributes {lacuna.dispatch, lacuna.route = #lacuna.route<dense>} {
  linalg.copy ins(%x : memref<?x?xf32>) outs(%o : memref<?x?xf32>)
  return
}

// A full reduction has nothing to run in parallel.
// CHECK-LABEL: func.func private @sum
// CHECK-NOT: scf.forall
// CHECK: linalg.reduce
func.func private @sum(%x: memref<?xf32>, %o: memref<f32>) attributes {lacuna.dispatch, lacuna.route = #lacuna.route<dense>} {
  linalg.reduce { arith.addf } ins(%x : memref<?xf32>) outs(%o : memref<f32>) dimensions = [0]
  return
}
