// RUN: lacuna-opt %s --materialize-layouts | FileCheck %s

// Route tensor-core reads the views in the order of mma's registers; rows and
// depth are padded to tiles.
ml_program.global private @mma(#ml_program.extern : tensor<3x40x100xbf16, #lacuna.nm<2:4, dim = 2>>) : tensor<3x40x100xbf16, #lacuna.nm<2:4, dim = 2>>
// CHECK-DAG: ml_program.global private @mma.mma.values(#{{.*}}) : tensor<3x3x2x2x32x8xbf16>{{.*}}lacuna.view = "mma.values"
// CHECK-DAG: ml_program.global private @mma.mma.metadata(#{{.*}}) : tensor<3x3x2x32xi32>{{.*}}lacuna.view = "mma.metadata"
// CHECK-LABEL: func.func @tensor_core
// CHECK: lacuna.dispatch({{.*}}%[[V:.*]] = %{{.*}} : tensor<3x3x2x2x32x8xbf16>, %[[E:.*]] = %{{.*}} : tensor<3x3x2x32xi32>
// CHECK: %[[W:.*]] = lacuna.assemble mma %[[V]], %[[E]] : tensor<3x3x2x2x32x8xbf16>, tensor<3x3x2x32xi32> to tensor<3x40x100xbf16, #{{.*}}>
// CHECK: linalg.batch_matmul {{.*}}ins(%{{.*}}, %[[W]]
func.func @tensor_core(%x: tensor<3x8x100xbf16>, %e: tensor<3x8x40xf32>) -> tensor<3x8x40xf32> {
  %w = ml_program.global_load_const @mma : tensor<3x40x100xbf16, #lacuna.nm<2:4, dim = 2>>
  %r = lacuna.dispatch(%a = %x : tensor<3x8x100xbf16>, %b = %w : tensor<3x40x100xbf16, #lacuna.nm<2:4, dim = 2>>, %o = %e : tensor<3x8x40xf32>) -> (tensor<3x8x40xf32>)
      plan(#lacuna.plan<target = "sm_80", forced = true, choices = [<from = 0, route = tensor-core, nanoseconds = 0, denseNanoseconds = 0, reason = "">]>) {
    %m = linalg.batch_matmul indexing_maps = [affine_map<(b, i, j, k) -> (b, i, k)>, affine_map<(b, i, j, k) -> (b, j, k)>, affine_map<(b, i, j, k) -> (b, i, j)>]
      ins(%a, %b : tensor<3x8x100xbf16>, tensor<3x40x100xbf16, #lacuna.nm<2:4, dim = 2>>) outs(%o : tensor<3x8x40xf32>) -> tensor<3x8x40xf32>
    lacuna.yield %m : tensor<3x8x40xf32>
  }
  return %r : tensor<3x8x40xf32>
}
