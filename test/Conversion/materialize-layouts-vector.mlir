// RUN: lacuna-opt %s --materialize-layouts | FileCheck %s

// Route vector reads 16 rows side by side; groups are added until a row's
// coordinates of 4 bits fill words.
ml_program.global private @w(#ml_program.extern : tensor<3x40x100xbf16, #lacuna.nm<3:7, dim = 2>>) : tensor<3x40x100xbf16, #lacuna.nm<3:7, dim = 2>>
// CHECK-DAG: ml_program.global private @w.vector.values(#{{.*}}) : tensor<3x3x48x16xbf16>{{.*}}lacuna.view = "vector.values"
// CHECK-DAG: ml_program.global private @w.vector.coordinates(#{{.*}}) : tensor<3x3x6x16xi32>{{.*}}lacuna.view = "vector.coordinates"
// CHECK-LABEL: func.func @vectors
// CHECK: lacuna.dispatch({{.*}}%[[V:.*]] = %{{.*}} : tensor<3x3x48x16xbf16>, %[[C:.*]] = %{{.*}} : tensor<3x3x6x16xi32>
// CHECK: %[[W:.*]] = lacuna.assemble vector %[[V]], %[[C]] : tensor<3x3x48x16xbf16>, tensor<3x3x6x16xi32> to tensor<3x40x100xbf16, #{{.*}}>
// CHECK: linalg.batch_matmul {{.*}}ins(%{{.*}}, %[[W]]
func.func @vectors(%x: tensor<3x8x100xbf16>, %e: tensor<3x8x40xf32>) -> tensor<3x8x40xf32> {
  %w = ml_program.global_load_const @w : tensor<3x40x100xbf16, #lacuna.nm<3:7, dim = 2>>
  %r = lacuna.dispatch(%a = %x : tensor<3x8x100xbf16>, %b = %w : tensor<3x40x100xbf16, #lacuna.nm<3:7, dim = 2>>, %o = %e : tensor<3x8x40xf32>) -> (tensor<3x8x40xf32>)
      plan(#lacuna.plan<target = "cpu", forced = true, choices = [<from = 0, route = vector, nanoseconds = 0, denseNanoseconds = 0, reason = "">]>) {
    %m = linalg.batch_matmul indexing_maps = [affine_map<(b, i, j, k) -> (b, i, k)>, affine_map<(b, i, j, k) -> (b, j, k)>, affine_map<(b, i, j, k) -> (b, i, j)>]
      ins(%a, %b : tensor<3x8x100xbf16>, tensor<3x40x100xbf16, #lacuna.nm<3:7, dim = 2>>) outs(%o : tensor<3x8x40xf32>) -> tensor<3x8x40xf32>
    lacuna.yield %m : tensor<3x8x40xf32>
  }
  return %r : tensor<3x8x40xf32>
}
