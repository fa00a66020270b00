// RUN: lacuna-opt %s --plan-arena --cse --canonicalize | FileCheck %s
// RUN: lacuna-opt %s --plan-arena --remarks-filter=memory --remark-policy=all -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK

func.func private @d(%in: memref<?xf32>, %out: memref<?xf32>) attributes {lacuna.dispatch} {
  return
}
func.func private @s(%in: memref<64xf32>, %out: memref<64xf32>) attributes {lacuna.dispatch} {
  return
}

// Of three in a chain the first and the last share: they never live together.
// CHECK-LABEL: func.func @chain
// CHECK-SAME: %[[ARENA:[a-z0-9]+]]: memref<512xi8> {lacuna.arena = {buffers = 3 : i64, bytes = 512 : i64, nominal = 512 : i64, nominal_peak = 512 : i64, nominal_sum = 768 : i64, slots = 2 : i64}})
// CHECK-DAG: %[[C0:.*]] = arith.constant 0 : index
// CHECK-DAG: %[[C256:.*]] = arith.constant 256 : index
// CHECK-DAG: %[[A:[a-z0-9_]+]] = memref.view %[[ARENA]][%[[C0]]][] : memref<512xi8> to memref<64xf32>
// CHECK-DAG: %[[B:[a-z0-9_]+]] = memref.view %[[ARENA]][%[[C256]]][] : memref<512xi8> to memref<64xf32>
// CHECK: call @s(%{{.*}}, %[[A]])
// CHECK: call @s(%[[A]], %[[B]])
// CHECK: call @s(%[[B]], %[[A]])
// CHECK: call @s(%[[A]], %{{.*}})
// CHECK-LABEL: func.func private @chain$workspace(
// CHECK-SAME: index) -> index attributes {lacuna.workspace_of = @chain}
// CHECK: %[[C512:.*]] = arith.constant 512
// CHECK: return %[[C512]]
func.func @chain(%x: memref<64xf32>, %o: memref<64xf32> {lacuna.output}) {
  %a = memref.alloc() : memref<64xf32>
  %b = memref.alloc() : memref<64xf32>
  %c = memref.alloc() : memref<64xf32>
  func.call @s(%x, %a) : (memref<64xf32>, memref<64xf32>) -> ()
  func.call @s(%a, %b) : (memref<64xf32>, memref<64xf32>) -> ()
  func.call @s(%b, %c) : (memref<64xf32>, memref<64xf32>) -> ()
  func.call @s(%c, %o) : (memref<64xf32>, memref<64xf32>) -> ()
  return
}

// A view keeps its buffer alive: here nobody shares, and a dealloc goes.
// CHECK-LABEL: func.func @views
// CHECK-SAME: slots = 3
// CHECK-NOT: memref.alloc
// CHECK-NOT: memref.dealloc
// CHECK: return
func.func @views(%x: memref<64xf32>, %o: memref<64xf32> {lacuna.output}) {
  %a = memref.alloc() : memref<64xf32>
  %b = memref.alloc() : memref<64xf32>
  %c = memref.alloc() : memref<64xf32>
  %v = memref.expand_shape %a [[0, 1]] output_shape [8, 8] : memref<64xf32> into memref<8x8xf32>
  func.call @s(%x, %a) : (memref<64xf32>, memref<64xf32>) -> ()
  func.call @s(%x, %b) : (memref<64xf32>, memref<64xf32>) -> ()
  func.call @s(%b, %c) : (memref<64xf32>, memref<64xf32>) -> ()
  %w = memref.collapse_shape %v [[0, 1]] : memref<8x8xf32> into memref<64xf32>
  func.call @s(%w, %o) : (memref<64xf32>, memref<64xf32>) -> ()
  func.call @s(%c, %o) : (memref<64xf32>, memref<64xf32>) -> ()
  memref.dealloc %a : memref<64xf32>
  return
}

// Sizes follow from those of arguments, through views and arithmetic. The two
// of one size share a slot though they are written differently, and the slot
// that two sizes share is the larger of them. Products do not overflow.
// CHECK-LABEL: func.func @dynamic
// CHECK-SAME: %[[X:[a-z0-9]+]]: memref<?x8xf32>, %{{.*}}: memref<?xf32> {lacuna.output}, %[[ARENA:[a-z0-9]+]]: memref<?xi8>
// CHECK-SAME: slots = 2
// CHECK-NOT: bytes =
// CHECK: %[[N:.*]] = memref.dim %[[X]], %{{.*}} : memref<?x8xf32>
// CHECK: %[[LOW:.*]], %[[HIGH:.*]] = arith.mului_extended %[[N]], %c32{{.*}}
// CHECK: %[[FITS:.*]] = arith.cmpi eq, %[[HIGH]], %c0
// CHECK: %[[LEAST:.*]] = arith.minui %[[LOW]], %c1125899906842624
// CHECK: arith.select %[[FITS]], %[[LEAST]], %c1125899906842624
// CHECK: arith.ceildivui %{{.*}}, %c256
// CHECK: memref.view %[[ARENA]]
// CHECK-LABEL: func.func private @dynamic$workspace(
// CHECK-SAME: %[[N:[a-z0-9]+]]: index, %{{.*}}: index, %{{.*}}: index) -> index
// CHECK: arith.mului_extended %[[N]], %c32
// CHECK: return
func.func @dynamic(%x: memref<?x8xf32>, %o: memref<?xf32> {lacuna.output}) {
  %c0 = arith.constant 0 : index
  %c8 = arith.constant 8 : index
  %n = memref.dim %x, %c0 : memref<?x8xf32>
  %flat = memref.collapse_shape %x [[0, 1]] : memref<?x8xf32> into memref<?xf32>
  %n8 = arith.muli %n, %c8 : index
  %a = memref.alloc(%n) : memref<?x8xf32>
  %av = memref.collapse_shape %a [[0, 1]] : memref<?x8xf32> into memref<?xf32>
  func.call @d(%flat, %av) : (memref<?xf32>, memref<?xf32>) -> ()
  %m = memref.dim %a, %c0 : memref<?x8xf32>
  %b = memref.alloc(%m) : memref<?x8xf32>
  %bv = memref.collapse_shape %b [[0, 1]] : memref<?x8xf32> into memref<?xf32>
  func.call @d(%av, %bv) : (memref<?xf32>, memref<?xf32>) -> ()
  %c = memref.alloc(%m) : memref<?x8xf32>
  %cv = memref.collapse_shape %c [[0, 1]] : memref<?x8xf32> into memref<?xf32>
  func.call @d(%bv, %cv) : (memref<?xf32>, memref<?xf32>) -> ()
  func.call @d(%cv, %o) : (memref<?xf32>, memref<?xf32>) -> ()
  return
}

// Of what two branches make only one is there, also behind them.
// CHECK-LABEL: func.func @branches
// CHECK-SAME: %[[ARENA:[a-z0-9]+]]: memref<512xi8> {lacuna.arena = {buffers = 3
// CHECK-DAG: %[[C0:.*]] = arith.constant 0 : index
// CHECK-DAG: %[[C256:.*]] = arith.constant 256 : index
// CHECK: scf.if
// CHECK: memref.view %[[ARENA]][%[[SLOT:.*]]][]
// CHECK: else
// CHECK: memref.view %[[ARENA]][%[[SLOT]]][]
func.func @branches(%c: i1, %x: memref<64xf32>, %o: memref<64xf32> {lacuna.output}) {
  %k = memref.alloc() : memref<64xf32>
  func.call @s(%x, %k) : (memref<64xf32>, memref<64xf32>) -> ()
  %r = scf.if %c -> memref<64xf32> {
    %a = memref.alloc() : memref<64xf32>
    func.call @s(%k, %a) : (memref<64xf32>, memref<64xf32>) -> ()
    scf.yield %a : memref<64xf32>
  } else {
    %a = memref.alloc() : memref<64xf32>
    func.call @s(%k, %a) : (memref<64xf32>, memref<64xf32>) -> ()
    scf.yield %a : memref<64xf32>
  }
  func.call @s(%r, %o) : (memref<64xf32>, memref<64xf32>) -> ()
  func.call @s(%k, %o) : (memref<64xf32>, memref<64xf32>) -> ()
  return
}

// A loop comes back to what was made before it (%a); what it makes itself
// (%b, %c) is new in each iteration.
// CHECK-LABEL: func.func @loops
// CHECK-SAME: %[[ARENA:[a-z0-9]+]]: memref<768xi8> {lacuna.arena = {buffers = 3
// CHECK-NOT: memref.alloc
// CHECK: return
func.func @loops(%n: memref<?xf32>, %x: memref<64xf32>, %o: memref<64xf32> {lacuna.output}) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %e = memref.dim %n, %c0 : memref<?xf32>
  %a = memref.alloc() : memref<64xf32>
  func.call @s(%x, %a) : (memref<64xf32>, memref<64xf32>) -> ()
  scf.for %i = %c0 to %e step %c1 {
    %b = memref.alloc() : memref<64xf32>
    %c = memref.alloc() : memref<64xf32>
    func.call @s(%a, %b) : (memref<64xf32>, memref<64xf32>) -> ()
    func.call @s(%b, %c) : (memref<64xf32>, memref<64xf32>) -> ()
    func.call @s(%c, %o) : (memref<64xf32>, memref<64xf32>) -> ()
  }
  return
}

// Two iterations' buffers live at one time, of which the number is not known;
// and a size that is data. Both stay, are counted and told of.
// REMARK: a temporary of type memref<?xf32> is allocated while the call runs: its size depends on more than the sizes of inputs
// REMARK: a temporary of type memref<64xf32> is allocated while the call runs: it outlives its iteration of a loop
// CHECK-LABEL: func.func @left
// CHECK-SAME: lacuna.allocations = 2
// CHECK-NOT: lacuna.arena
// CHECK: memref.alloc
// CHECK: memref.alloc
// CHECK-NOT: $workspace
// CHECK-LABEL: func.func private @nested
func.func @left(%n: memref<index>, %x: memref<64xf32>, %o: memref<64xf32> {lacuna.output}) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %e = memref.load %n[] : memref<index>
  %b = memref.alloc(%e) : memref<?xf32>
  %y = memref.cast %x : memref<64xf32> to memref<?xf32>
  func.call @d(%y, %b) : (memref<?xf32>, memref<?xf32>) -> ()
  func.call @d(%b, %y) : (memref<?xf32>, memref<?xf32>) -> ()
  %r = scf.for %i = %c0 to %e step %c1 iter_args(%p = %x) -> memref<64xf32> {
    %a = memref.alloc() : memref<64xf32>
    func.call @s(%p, %a) : (memref<64xf32>, memref<64xf32>) -> ()
    scf.yield %a : memref<64xf32>
  }
  func.call @s(%r, %o) : (memref<64xf32>, memref<64xf32>) -> ()
  return
}

// What a dispatch function takes is a temporary of its caller, of the size for
// that call; one function serves calls of several sizes.
// CHECK-SAME: %[[SCRATCH:[a-z0-9]+]]: memref<?xi8> {lacuna.arena = {buffers = 2
// CHECK: memref.view %[[SCRATCH]]
// CHECK: memref.view %[[SCRATCH]]
func.func private @nested(%in: memref<?xf32>, %k: index, %out: memref<?xf32>) attributes {lacuna.dispatch} {
  %c0 = arith.constant 0 : index
  %n = memref.dim %in, %c0 : memref<?xf32>
  %m = arith.divui %n, %k : index
  %a = memref.alloc(%n) : memref<?xf32>
  %b = memref.alloc(%m) : memref<?xf64>
  func.call @use(%in, %a, %b, %out) : (memref<?xf32>, memref<?xf32>, memref<?xf64>, memref<?xf32>) -> ()
  return
}
func.func private @use(memref<?xf32>, memref<?xf32>, memref<?xf64>, memref<?xf32>)
// CHECK-LABEL: func.func @callers
// CHECK-SAME: slots = 1
// CHECK: arith.divui %{{.*}}, %c3
// CHECK: %[[ONE:[a-z0-9_]+]] = memref.view %{{.*}} : memref<?xi8> to memref<?xi8>
// CHECK: call @nested(%{{.*}}, %c3{{.*}}, %{{.*}}, %[[ONE]])
// CHECK: %[[TWO:[a-z0-9_]+]] = memref.view %{{.*}} : memref<?xi8> to memref<?xi8>
// CHECK: call @nested(%{{.*}}, %c5{{.*}}, %{{.*}}, %[[TWO]])
func.func @callers(%x: memref<?xf32>, %y: memref<?xf32>, %o: memref<?xf32> {lacuna.output}) {
  %c3 = arith.constant 3 : index
  %c5 = arith.constant 5 : index
  func.call @nested(%x, %c3, %o) : (memref<?xf32>, index, memref<?xf32>) -> ()
  func.call @nested(%y, %c5, %o) : (memref<?xf32>, index, memref<?xf32>) -> ()
  return
}

// Nothing to place: no arena, no workspace function.
// CHECK-LABEL: func.func @none
// CHECK-NOT: lacuna.arena
// CHECK-NOT: none$workspace
func.func @none(%x: memref<64xf32>, %o: memref<64xf32> {lacuna.output}) {
  func.call @s(%x, %o) : (memref<64xf32>, memref<64xf32>) -> ()
  return
}

// Zero sizes take no room, and are no division.
// CHECK-LABEL: func.func @zero
// CHECK-SAME: memref<0xi8> {lacuna.arena = {buffers = 1 : i64, bytes = 0
func.func @zero(%x: memref<64xf32>, %o: memref<64xf32> {lacuna.output}) {
  %a = memref.alloc() : memref<0xf32>
  %b = memref.cast %a : memref<0xf32> to memref<?xf32>
  %y = memref.cast %x : memref<64xf32> to memref<?xf32>
  func.call @d(%b, %y) : (memref<?xf32>, memref<?xf32>) -> ()
  return
}
