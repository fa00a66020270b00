// RUN: lacuna-opt %s --verify-roundtrip | FileCheck %s

// CHECK: func.func private @two_of_four(tensor<8x16xf32, #lacuna.nm<2:4, dim = 1>>)
func.func private @two_of_four(tensor<8x16xf32, #lacuna.nm<2:4, dim = 1>>)
// CHECK: func.func private @largest(tensor<8x16xbf16, #lacuna.nm<63:64, dim = 0>>)
func.func private @largest(tensor<8x16xbf16, #lacuna.nm<63:64, dim = 0>>)
// Any rank, any dimension, any size along it: ragged, empty.
// CHECK: func.func private @ragged(tensor<2x3x5xi8, #lacuna.nm<1:4, dim = 2>>)
func.func private @ragged(tensor<2x3x5xi8, #lacuna.nm<1:4, dim = 2>>)
// CHECK: func.func private @vector(tensor<7xf64, #lacuna.nm<3:7, dim = 0>>)
func.func private @vector(tensor<7xf64, #lacuna.nm<3:7, dim = 0>>)
// CHECK: func.func private @empty(tensor<0x4xf16, #lacuna.nm<2:4, dim = 0>>)
func.func private @empty(tensor<0x4xf16, #lacuna.nm<2:4, dim = 0>>)
