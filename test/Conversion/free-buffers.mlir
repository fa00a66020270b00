// RUN: lacuna-opt %s --free-buffers | FileCheck %s

func.func private @d(%in: memref<?xf32>, %out: memref<?xf32>) attributes {lacuna.dispatch} {
  return
}

// A view keeps its buffer alive.
// CHECK-LABEL: func.func @main
func.func @main(%x: memref<?xf32>, %o: memref<?xf32>, %n: index) {
  // CHECK: %[[A:.*]] = memref.alloc
  // CHECK: %[[B:.*]] = memref.alloc
  %a = memref.alloc(%n) : memref<?xf32>
  %b = memref.alloc(%n) : memref<?xf32>
  // CHECK: call @d(%{{.*}}, %[[A]])
  // CHECK-NEXT: %[[V:.*]] = memref.cast %[[A]]
  call @d(%x, %a) : (memref<?xf32>, memref<?xf32>) -> ()
  %v = memref.cast %a : memref<?xf32> to memref<4xf32>
  %w = memref.cast %v : memref<4xf32> to memref<?xf32>
  // CHECK: call
  // CHECK-NEXT: memref.dealloc %[[A]]
  call @d(%w, %b) : (memref<?xf32>, memref<?xf32>) -> ()
  // CHECK: call
  // CHECK-NEXT: memref.dealloc %[[B]]
  call @d(%b, %o) : (memref<?xf32>, memref<?xf32>) -> ()
  // CHECK-NEXT: return
  return
}

// What leaves its block lives until the call ends.
// CHECK-LABEL: func.func @escapes
// CHECK-NOT: memref.dealloc
func.func @escapes(%c: i1, %o: memref<?xf32>, %n: index) {
  %r = scf.if %c -> memref<?xf32> {
    %a = memref.alloc(%n) : memref<?xf32>
    scf.yield %a : memref<?xf32>
  } else {
    scf.yield %o : memref<?xf32>
  }
  call @d(%r, %o) : (memref<?xf32>, memref<?xf32>) -> ()
  return
}
