// RUN: lacuna-opt %s --memory-to-runtime | FileCheck %s
// RUN: lacuna-opt %s --memory-to-runtime=device | FileCheck %s --check-prefix=DEVICE

// A buffer whose size a loop's index only bounds is taken once, before it.
// CHECK-LABEL: func.func private @hoisted
// CHECK: %[[P:.*]] = llvm.call @lacuna_rt_alloc
// CHECK: scf.for
// CHECK-NOT: lacuna_rt_alloc
// CHECK: memref.view
// CHECK: }
// CHECK: llvm.call @lacuna_rt_free(%[[P]])
func.func private @hoisted(%begin: index, %end: index, %step: index, %size: index, %v: f32) attributes {lacuna.parallel_body} {
  %c1 = arith.constant 1 : index
  %c0 = arith.constant 0 : index
  scf.for %i = %begin to %end step %c1 {
    %n = affine.min affine_map<(i)[size, step] -> (-i + size, step)>(%i)[%size, %step]
    %a = memref.alloc(%n) : memref<?xf32>
    memref.store %v, %a[%c0] : memref<?xf32>
  }
  return
}

// Small buffers of fixed size are on the stack.
// CHECK-LABEL: func.func private @stack
// CHECK: memref.alloca() {alignment = 64 : i64} : memref<64xi8>
// CHECK-NOT: lacuna_rt_alloc
func.func private @stack(%v: f32) attributes {lacuna.parallel_body} {
  %c0 = arith.constant 0 : index
  %a = memref.alloc() : memref<16xf32>
  memref.store %v, %a[%c0] : memref<16xf32>
  return
}

// CHECK-LABEL: func.func private @fails
// CHECK-SAME: %[[OK:.*]]: i1
// CHECK: %[[NOT:.*]] = arith.xori %[[OK]]
// CHECK: scf.if %[[NOT]]
// CHECK: llvm.call @lacuna_rt_fail
// CHECK-NOT: cf.assert
func.func private @fails(%ok: i1) {
  cf.assert %ok, "sizes differ"
  return
}

// On a GPU no buffer is on the stack of the host, and copies are the device's.
// DEVICE-LABEL: func.func @copies
// DEVICE-SAME: %[[X:.*]]: memref<?x4xbf16>, %[[Y:.*]]: memref<?x4xbf16>
// DEVICE-NOT: memref.alloca
// DEVICE: %[[C32:.*]] = arith.constant 32 : index
// DEVICE: %[[BYTES:.*]] = arith.index_cast %[[C32]] : index to i64
// DEVICE: llvm.call @lacuna_rt_alloc(%[[BYTES]])
// DEVICE: %[[N:.*]] = memref.dim %[[X]]
// DEVICE: %[[ALL:.*]] = arith.muli
// DEVICE: %[[TO:.*]] = llvm.extractvalue %{{.*}}[1]
// DEVICE: %[[FROM:.*]] = llvm.extractvalue %{{.*}}[1]
// DEVICE: llvm.call @lacuna_rt_copy(%[[TO]], %[[FROM]], %{{.*}}) : (!llvm.ptr, !llvm.ptr, i64) -> ()
// DEVICE: %[[TWO:.*]] = arith.constant 2 : index
// DEVICE: %[[ELEMENT:.*]] = arith.index_cast %[[TWO]] : index to i64
// DEVICE: llvm.call @memrefCopy(%[[ELEMENT]], %{{.*}}, %{{.*}}) : (i64, !llvm.ptr, !llvm.ptr) -> ()
// DEVICE: llvm.call @lacuna_rt_free
func.func @copies(%x: memref<?x4xbf16>, %y: memref<?x4xbf16>) {
  %a = memref.alloc() : memref<4x4xbf16>
  memref.copy %x, %y : memref<?x4xbf16> to memref<?x4xbf16>
  %v = memref.subview %a[0, 0] [4, 2] [1, 1] : memref<4x4xbf16> to memref<4x2xbf16, strided<[4, 1]>>
  %w = memref.subview %x[0, 0] [4, 2] [1, 1] : memref<?x4xbf16> to memref<4x2xbf16, strided<[4, 1]>>
  memref.copy %w, %v : memref<4x2xbf16, strided<[4, 1]>> to memref<4x2xbf16, strided<[4, 1]>>
  return
}
