// RUN: lacuna-opt %s --pass-pipeline='builtin.module(gpu.module(number-memory-spaces))' | FileCheck %s

// CHECK-LABEL: gpu.func @spaces
// CHECK-SAME: memref<4xf32, 1>
// CHECK-SAME: workgroup(%{{.*}} : memref<16x64xbf16, 3>)
// CHECK-SAME: private(%{{.*}} : memref<2xf32>)
// CHECK: memref.subview %{{.*}} : memref<16x64xbf16, 3> to memref<8x64xbf16, strided<[64, 1]>, 3>
// CHECK-NOT: address_space
gpu.module @kernels {
  gpu.func @spaces(%g: memref<4xf32, #gpu.address_space<global>>)
      workgroup(%s: memref<16x64xbf16, #gpu.address_space<workgroup>>)
      private(%p: memref<2xf32, #gpu.address_space<private>>) kernel {
    %v = memref.subview %s[0, 0] [8, 64] [1, 1]
        : memref<16x64xbf16, #gpu.address_space<workgroup>>
        to memref<8x64xbf16, strided<[64, 1]>, #gpu.address_space<workgroup>>
    %c0 = arith.constant 0 : index
    %x = memref.load %v[%c0, %c0] : memref<8x64xbf16, strided<[64, 1]>, #gpu.address_space<workgroup>>
    gpu.return
  }
}
