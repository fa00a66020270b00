// RUN: lacuna-opt %s --relax-arithmetic | FileCheck %s

// CHECK-LABEL: func.func private @sum
// CHECK: arith.mulf %{{.*}} fastmath<contract>
// CHECK: arith.addf %{{.*}} fastmath<reassoc,contract>
func.func private @sum(%x: memref<?xf32>, %o: memref<f32>) attributes {lacuna.dispatch, lacuna.route = #lacuna.route<dense>} {
  linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> ()>], iterator_types = ["reduction"]}
      ins(%x : memref<?xf32>) outs(%o : memref<f32>) {
  ^bb0(%a: f32, %s: f32):
    %0 = arith.mulf %a, %a : f32
    %1 = arith.addf %s, %0 : f32
    linalg.yield %1 : f32
  }
  return
}
