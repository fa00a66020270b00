// RUN: lacuna-opt %s --parallelize-buffers --verify-diagnostics

func.func private @tensors(%x: tensor<4xf32>, %e: tensor<4xf32>) attributes {lacuna.dispatch, lacuna.route = #lacuna.route<dense>} {
  // expected-error@+1 {{'linalg.copy' op is not on buffers; run bufferize-dispatch first}}
  %r = linalg.copy ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return
}
