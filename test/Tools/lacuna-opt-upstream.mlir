// Everything upstream is here too: dialects, passes, bytecode.
// RUN: lacuna-opt %s --emit-bytecode | lacuna-opt --convert-linalg-to-loops --lower-affine | FileCheck %s

// CHECK: scf.for
// CHECK: memref.store
func.func @fill(%m: memref<4xf32>, %v: f32) {
  linalg.fill ins(%v : f32) outs(%m : memref<4xf32>)
  return
}
