// RUN: lacuna-opt %s --memory-to-runtime | FileCheck %s

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
