// RUN: lacuna-opt %s --lower-dispatches-to-threads --split-input-file --verify-diagnostics

// expected-error @+1 {{has 'lacuna.route' #lacuna.route<sparse-tensor>, which no generator has lowered: expected #lacuna.route<dense>}}
func.func private @route(%x: memref<8xf32>) attributes {lacuna.dispatch, lacuna.route = #lacuna.route<sparse-tensor>} {
  return
}

// -----

func.func private @host_writes(%x: memref<8xf32>, %o: memref<8xf32>) attributes {lacuna.dispatch, lacuna.route = #lacuna.route<dense>} {
  %c0 = arith.constant 0 : index
  %one = arith.constant 1.0 : f32
  %t = bufferization.to_tensor %x restrict : memref<8xf32> to tensor<8xf32>
  // expected-error @+1 {{cannot run on a GPU: expected linalg operations, copies and views in a dispatch function}}
  %f = tensor.insert %one into %t[%c0] : tensor<8xf32>
  bufferization.materialize_in_destination %f in restrict writable %o : (tensor<8xf32>, memref<8xf32>) -> ()
  return
}

// -----

func.func private @scan(%x: memref<8xf32>, %o: memref<8xf32>) attributes {lacuna.dispatch, lacuna.route = #lacuna.route<dense>} {
  %t = bufferization.to_tensor %x restrict : memref<8xf32> to tensor<8xf32>
  %e = tensor.empty() : tensor<8xf32>
  // expected-error @+1 {{has a result whose place depends on a reduction loop; a thread cannot compute it}}
  %r = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["reduction"]}
      ins(%t : tensor<8xf32>) outs(%e : tensor<8xf32>) {
  ^bb0(%a: f32, %b: f32):
    linalg.yield %a : f32
  } -> tensor<8xf32>
  bufferization.materialize_in_destination %r in restrict writable %o : (tensor<8xf32>, memref<8xf32>) -> ()
  return
}
