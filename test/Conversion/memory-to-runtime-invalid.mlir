// RUN: lacuna-opt %s --memory-to-runtime --verify-diagnostics

func.func private @strided() -> f32 {
  %c0 = arith.constant 0 : index
  // expected-error @+1 {{'memref.alloc' op of a strided buffer is not expected here}}
  %a = memref.alloc() : memref<4x4xf32, strided<[8, 1]>>
  %v = memref.load %a[%c0, %c0] : memref<4x4xf32, strided<[8, 1]>>
  return %v : f32
}
