// RUN: lacuna-opt %s --lower-dispatches-to-threads --canonicalize --cse --split-input-file | FileCheck %s

#dense = #lacuna.route<dense>

// A contraction and what follows it: two kernels and scratch between them. The
// fill is the start value of the sum, and the chain behind it is one kernel.
// CHECK: module attributes {gpu.container_module}
// CHECK-LABEL: func.func private @main$dispatch_0
// CHECK-SAME: %[[X:.*]]: memref<?x8xf32>, %[[W:.*]]: memref<16x8xf32>, %[[B:.*]]: memref<16xf32>, %[[O:.*]]: memref<?x16xf32>, %[[N:.*]]: index
// CHECK-DAG: %[[C256:.*]] = arith.constant 256 : index
// CHECK-DAG: %[[ALLOC:.*]] = memref.alloc(%[[N]])
// CHECK: %[[POINTS:.*]] = arith.muli %{{.*}}, %c16
// CHECK: %[[BLOCKS:.*]] = arith.ceildivui %[[POINTS]], %[[C256]]
// CHECK: %[[GRID:.*]] = arith.minsi %[[BLOCKS]], %c2147483647
// CHECK: %[[ANY:.*]] = arith.cmpi ne, %[[GRID]], %c0
// CHECK: scf.if %[[ANY]] {
// CHECK-NEXT: gpu.launch_func @kernels::@main$dispatch_0$0 blocks in (%[[GRID]], %c1, %c1) threads in (%[[C256]], %c1, %c1)
// CHECK-SAME: args(%{{.*}} : index, %[[X]] : memref<?x8xf32>, %[[W]] : memref<16x8xf32>, %[[ALLOC]] : memref<?x16xf32>)
// CHECK: gpu.launch_func @kernels::@main$dispatch_0$1
// CHECK-SAME: args(%[[N]] : index, %[[ALLOC]] : memref<?x16xf32>, %[[B]] : memref<16xf32>, %[[O]] : memref<?x16xf32>)
// CHECK-NOT: linalg
// CHECK: return
func.func private @main$dispatch_0(%x: memref<?x8xf32>, %w: memref<16x8xf32>, %b: memref<16xf32>, %o: memref<?x16xf32>, %n: index) attributes {lacuna.dispatch, lacuna.route = #dense} {
  %zero = arith.constant 0.0 : f32
  %0 = bufferization.to_tensor %x restrict : memref<?x8xf32> to tensor<?x8xf32>
  %1 = bufferization.to_tensor %w restrict : memref<16x8xf32> to tensor<16x8xf32>
  %2 = bufferization.to_tensor %b restrict : memref<16xf32> to tensor<16xf32>
  %e = tensor.empty(%n) : tensor<?x16xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<?x16xf32>) -> tensor<?x16xf32>
  %m = linalg.matmul indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>]
      ins(%0, %1 : tensor<?x8xf32>, tensor<16x8xf32>) outs(%f : tensor<?x16xf32>) -> tensor<?x16xf32>
  %s = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
      ins(%m, %2 : tensor<?x16xf32>, tensor<16xf32>) outs(%e : tensor<?x16xf32>) {
  ^bb0(%a: f32, %c: f32, %d: f32):
    %5 = arith.addf %a, %c : f32
    linalg.yield %5 : f32
  } -> tensor<?x16xf32>
  %r = linalg.exp ins(%s : tensor<?x16xf32>) outs(%e : tensor<?x16xf32>) -> tensor<?x16xf32>
  bufferization.materialize_in_destination %r in restrict writable %o : (tensor<?x16xf32>, memref<?x16xf32>) -> ()
  return
}

// CHECK: gpu.module @kernels
// CHECK: gpu.func @main$dispatch_0$0(%[[N:.*]]: index, %[[X:.*]]: memref<?x8xf32>, %[[W:.*]]: memref<16x8xf32>, %[[O:.*]]: memref<?x16xf32>)
// CHECK-SAME: kernel attributes {known_block_size = array<i32: 256, 1, 1>}
// CHECK-DAG: %[[ZERO:.*]] = arith.constant 0.000000e+00 : f32
// CHECK: %[[POINTS:.*]] = arith.muli %[[N]], %c16
// CHECK: %[[FIRST:.*]] = arith.addi %{{.*}}, %thread_id_x
// CHECK: %[[STRIDE:.*]] = arith.muli %grid_dim_x, %c256
// CHECK: scf.for %[[P:.*]] = %[[FIRST]] to %[[POINTS]] step %[[STRIDE]]
// CHECK-DAG: %[[J:.*]] = arith.remui %[[P]], %c16
// CHECK-DAG: %[[I:.*]] = arith.divui %[[P]], %c16
// CHECK: %[[SUM:.*]] = scf.for %[[K:.*]] = %c0 to %c8 step %c1 iter_args(%[[ACC:.*]] = %[[ZERO]]) -> (f32)
// CHECK-DAG: memref.load %[[X]][%[[I]], %[[K]]]
// CHECK-DAG: memref.load %[[W]][%[[J]], %[[K]]]
// CHECK: arith.mulf {{.*}} fastmath<contract>
// CHECK: memref.store %[[SUM]], %[[O]][%[[I]], %[[J]]]
// CHECK: gpu.func @main$dispatch_0$1
// CHECK: arith.addf
// CHECK-NEXT: math.exp
// CHECK-NEXT: memref.store

// -----

#dense = #lacuna.route<dense>

// A reduction of everything is shared by one block: each thread takes every
// 256th element, lanes combine their sums, and thread 0 those of the warps,
// beginning with what the buffer holds.
// CHECK-LABEL: func.func private @all
// CHECK: gpu.launch_func @kernels::@all$0 blocks in (%c1, %c1, %c1) threads in (%c256, %c1, %c1)
// CHECK: gpu.func @all$0(%[[M:.*]]: index, %[[N:.*]]: index, %[[X:.*]]: memref<?x?xf32>, %[[O:.*]]: memref<f32>)
// CHECK-SAME: workgroup(%[[SHARED:.*]] : memref<8xf32, #gpu.address_space<workgroup>>)
// CHECK-DAG: %[[LOW:.*]] = arith.constant 0xFF800000 : f32
// CHECK: scf.for %{{.*}} = %block_id_x to %c1 step %grid_dim_x
// CHECK: %[[START:.*]] = memref.load %[[O]][]
// CHECK: %[[COUNT:.*]] = arith.muli %[[M]], %[[N]]
// CHECK: %[[PART:.*]] = scf.for %[[R:.*]] = %thread_id_x to %[[COUNT]] step %c256 iter_args(%{{.*}} = %[[LOW]])
// CHECK-DAG: %[[J:.*]] = arith.remui %[[R]], %[[N]]
// CHECK-DAG: %[[I:.*]] = arith.divui %[[R]], %[[N]]
// CHECK: memref.load %[[X]][%[[I]], %[[J]]]
// CHECK: gpu.shuffle down %[[PART]], %c1_i32, %c32_i32 : f32
// CHECK: gpu.shuffle down {{.*}}, %c2_i32
// CHECK: gpu.shuffle down {{.*}}, %c4_i32
// CHECK: gpu.shuffle down {{.*}}, %c8_i32
// CHECK: gpu.shuffle down {{.*}}, %c16_i32
// CHECK: memref.store %{{.*}}, %[[SHARED]][%{{.*}}]
// CHECK: gpu.barrier
// CHECK: scf.if
// CHECK: %[[TOTAL:.*]] = scf.for %{{.*}} = %c0 to %c8 step %c1 iter_args(%{{.*}} = %[[START]])
// CHECK: memref.store %[[TOTAL]], %[[O]][]
// CHECK: gpu.barrier
func.func private @all(%x: memref<?x?xf32>, %i: memref<f32>, %o: memref<f32>) attributes {lacuna.dispatch, lacuna.route = #dense} {
  %t = bufferization.to_tensor %x restrict : memref<?x?xf32> to tensor<?x?xf32>
  %u = bufferization.to_tensor %o restrict writable : memref<f32> to tensor<f32>
  %r = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> ()>], iterator_types = ["reduction", "reduction"]}
      ins(%t : tensor<?x?xf32>) outs(%u : tensor<f32>) {
  ^bb0(%a: f32, %b: f32):
    %1 = arith.maximumf %a, %b : f32
    linalg.yield %1 : f32
  } -> tensor<f32>
  bufferization.materialize_in_destination %r in restrict writable %o : (tensor<f32>, memref<f32>) -> ()
  return
}

// -----

#dense = #lacuna.route<dense>

// Down the columns neighbors read neighbors already: a thread for each.
// CHECK-LABEL: gpu.func @columns$0
// CHECK-SAME: (%[[N:.*]]: index, %[[M:.*]]: index, %[[X:.*]]: memref<?x?xf32>, %[[O:.*]]: memref<?xf32>)
// CHECK-NOT: workgroup
// CHECK: scf.for %[[J:.*]] = %{{.*}} to %[[N]] step
// CHECK: scf.for %[[I:.*]] = %c0 to %[[M]] step %c1
// CHECK: memref.load %[[X]][%[[I]], %[[J]]]
// CHECK-NOT: gpu.barrier
// CHECK: gpu.return
func.func private @columns(%x: memref<?x?xf32>, %o: memref<?xf32>, %n: index) attributes {lacuna.dispatch, lacuna.route = #dense} {
  %zero = arith.constant 0.0 : f32
  %t = bufferization.to_tensor %x restrict : memref<?x?xf32> to tensor<?x?xf32>
  %e = tensor.empty(%n) : tensor<?xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<?xf32>) -> tensor<?xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>], iterator_types = ["reduction", "parallel"]}
      ins(%t : tensor<?x?xf32>) outs(%f : tensor<?xf32>) {
  ^bb0(%a: f32, %b: f32):
    %1 = arith.addf %a, %b : f32
    linalg.yield %1 : f32
  } -> tensor<?xf32>
  bufferization.materialize_in_destination %r in restrict writable %o : (tensor<?xf32>, memref<?xf32>) -> ()
  return
}

// -----

#dense = #lacuna.route<dense>

// The threads of an argmax take neighboring parts, so that the first of equal
// values wins. A NaN makes the position depend on what came before: then one
// thread takes the row in order.
// CHECK-LABEL: gpu.func @argmax$0
// CHECK: %[[LENGTH:.*]] = arith.ceildivui %[[N:.*]], %c256
// CHECK: %[[LOWER:.*]] = arith.muli %thread_id_x, %[[LENGTH]]
// CHECK: %[[END:.*]] = arith.addi %[[LOWER]], %[[LENGTH]]
// CHECK: %[[UPPER:.*]] = arith.minui %[[END]], %[[N]]
// CHECK: %[[PART:.*]]:2 = scf.for %{{.*}} = %[[LOWER]] to %[[UPPER]] step %c1
// CHECK: %[[ABOVE:.*]], %{{.*}} = gpu.shuffle down %[[PART]]#0, %c1_i32, %c32_i32 : f32
// CHECK: arith.cmpf ogt, %[[ABOVE]], %[[PART]]#0
// CHECK: arith.maximumf %[[ABOVE]], %[[PART]]#0
// CHECK: %[[TOTAL:.*]]:2 = scf.for %{{.*}} = %c0 to %c8 step %c1
// CHECK: %[[NAN:.*]] = arith.cmpf uno, %[[TOTAL]]#0, %[[TOTAL]]#0
// CHECK: scf.if %[[NAN]]
// CHECK: scf.for %{{.*}} = %c0 to %[[N]] step %c1
// CHECK: } else {
// CHECK-NEXT: scf.yield %[[TOTAL]]#0, %[[TOTAL]]#1
func.func private @argmax(%x: memref<?x?xf32>, %o: memref<?xf32>, %p: memref<?xi64>, %n: index) attributes {lacuna.dispatch, lacuna.route = #dense} {
  %low = arith.constant 0xFF800000 : f32
  %zero = arith.constant 0 : i64
  %t = bufferization.to_tensor %x restrict : memref<?x?xf32> to tensor<?x?xf32>
  %e = tensor.empty(%n) : tensor<?xf32>
  %f = linalg.fill ins(%low : f32) outs(%e : tensor<?xf32>) -> tensor<?xf32>
  %g = tensor.empty(%n) : tensor<?xi64>
  %h = linalg.fill ins(%zero : i64) outs(%g : tensor<?xi64>) -> tensor<?xi64>
  %r:2 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i)>], iterator_types = ["parallel", "reduction"]}
      ins(%t : tensor<?x?xf32>) outs(%f, %h : tensor<?xf32>, tensor<?xi64>) {
  ^bb0(%a: f32, %best: f32, %at: i64):
    %j = linalg.index 1 : index
    %k = arith.index_cast %j : index to i64
    %v = arith.maximumf %a, %best : f32
    %more = arith.cmpf ogt, %a, %best : f32
    %q = arith.select %more, %k, %at : i64
    linalg.yield %v, %q : f32, i64
  } -> (tensor<?xf32>, tensor<?xi64>)
  bufferization.materialize_in_destination %r#0 in restrict writable %o : (tensor<?xf32>, memref<?xf32>) -> ()
  bufferization.materialize_in_destination %r#1 in restrict writable %p : (tensor<?xi64>, memref<?xi64>) -> ()
  return
}

// -----

#dense = #lacuna.route<dense>

// The index is checked by the thread; the position in the loops is known to it.
// CHECK-LABEL: gpu.func @gather$0
// CHECK: %[[ID:.*]] = memref.load %{{.*}}[%[[I:.*]]] : memref<?xi64>
// CHECK: %[[ROW:.*]] = arith.index_cast %[[ID]]
// CHECK: %[[BAD:.*]] = arith.cmpi sge, %[[ROW]], %{{.*}} : index
// CHECK: scf.if %[[BAD]] {
// CHECK-NEXT: llvm.intr.trap
// CHECK: memref.load %{{.*}}[%[[ROW]], %[[J:.*]]] : memref<37x8xf32>
// CHECK: memref.store %{{.*}}, %{{.*}}[%[[I]], %[[J]]]
func.func private @gather(%table: memref<37x8xf32>, %ids: memref<?xi64>, %o: memref<?x8xf32>, %n: index) attributes {lacuna.dispatch, lacuna.route = #dense} {
  %c37 = arith.constant 37 : index
  %t = bufferization.to_tensor %table restrict : memref<37x8xf32> to tensor<37x8xf32>
  %u = bufferization.to_tensor %ids restrict : memref<?xi64> to tensor<?xi64>
  %e = tensor.empty(%n) : tensor<?x8xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
      ins(%u : tensor<?xi64>) outs(%e : tensor<?x8xf32>) {
  ^bb0(%a: i64, %b: f32):
    %i = arith.index_cast %a : i64 to index
    %j = linalg.index 1 : index
    %ok = arith.cmpi slt, %i, %c37 : index
    cf.assert %ok, "index must be smaller than the table"
    %v = tensor.extract %t[%i, %j] : tensor<37x8xf32>
    linalg.yield %v : f32
  } -> tensor<?x8xf32>
  bufferization.materialize_in_destination %r in restrict writable %o : (tensor<?x8xf32>, memref<?x8xf32>) -> ()
  return
}

// -----

#dense = #lacuna.route<dense>

// The parts of a concatenation are views of the result, a kernel each.
// CHECK-LABEL: func.func private @concatenate
// CHECK: memref.subview
// CHECK: gpu.launch_func @kernels::@concatenate$0
// CHECK: memref.subview
// CHECK: gpu.launch_func @kernels::@concatenate$1
// CHECK: gpu.func @concatenate$0(%{{.*}}: memref<4xf32>, %{{.*}}: memref<4xf32, strided<[1]>>)
// CHECK: gpu.func @concatenate$1(%{{.*}}: memref<4xf32>, %{{.*}}: memref<4xf32, strided<[1], offset: 4>>)
func.func private @concatenate(%x: memref<4xf32>, %y: memref<4xf32>, %o: memref<8xf32>) attributes {lacuna.dispatch, lacuna.route = #dense} {
  %t = bufferization.to_tensor %x restrict : memref<4xf32> to tensor<4xf32>
  %u = bufferization.to_tensor %y restrict : memref<4xf32> to tensor<4xf32>
  %e = tensor.empty() : tensor<8xf32>
  %a = tensor.insert_slice %t into %e[0] [4] [1] : tensor<4xf32> into tensor<8xf32>
  %b = tensor.insert_slice %u into %a[4] [4] [1] : tensor<4xf32> into tensor<8xf32>
  bufferization.materialize_in_destination %b in restrict writable %o : (tensor<8xf32>, memref<8xf32>) -> ()
  return
}

// -----

#dense = #lacuna.route<dense>

// The border of a pad is filled first, by a kernel: another one reads nothing
// of it, but does not overwrite it all.
// CHECK-LABEL: func.func private @pad
// CHECK: gpu.launch_func @kernels::@pad$0 {{.*}} args(%[[O:.*]] : memref<8xf32>)
// CHECK: memref.subview %[[O]]
// CHECK: gpu.launch_func @kernels::@pad$1
func.func private @pad(%x: memref<4xf32>, %o: memref<8xf32>) attributes {lacuna.dispatch, lacuna.route = #dense} {
  %one = arith.constant 1.0 : f32
  %t = bufferization.to_tensor %x restrict : memref<4xf32> to tensor<4xf32>
  %e = tensor.empty() : tensor<8xf32>
  %f = linalg.fill ins(%one : f32) outs(%e : tensor<8xf32>) -> tensor<8xf32>
  %a = tensor.insert_slice %t into %f[2] [4] [1] : tensor<4xf32> into tensor<8xf32>
  bufferization.materialize_in_destination %a in restrict writable %o : (tensor<8xf32>, memref<8xf32>) -> ()
  return
}

// -----

#dense = #lacuna.route<dense>

// A constant tensor is the kernels' own: the host's memory is not the device's.
// CHECK-LABEL: func.func private @constant
// CHECK-NOT: memref.get_global
// CHECK: gpu.launch_func @kernels::@constant$0 {{.*}} args(%{{.*}} : memref<3xf32>, %{{.*}} : memref<3xf32>)
// CHECK: gpu.module @kernels
// CHECK: memref.global "private" constant @[[DATA:.*]] : memref<3xf32> = dense<[1.000000e+00, 2.000000e+00, 3.000000e+00]>
// CHECK: gpu.func @constant$0
// CHECK: memref.get_global @[[DATA]]
func.func private @constant(%x: memref<3xf32>, %o: memref<3xf32>) attributes {lacuna.dispatch, lacuna.route = #dense} {
  %c = arith.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
  %t = bufferization.to_tensor %x restrict : memref<3xf32> to tensor<3xf32>
  %e = tensor.empty() : tensor<3xf32>
  %r = linalg.add ins(%t, %c : tensor<3xf32>, tensor<3xf32>) outs(%e : tensor<3xf32>) -> tensor<3xf32>
  bufferization.materialize_in_destination %r in restrict writable %o : (tensor<3xf32>, memref<3xf32>) -> ()
  return
}

// -----

#dense = #lacuna.route<dense>

// bf16 is computed in f32 and rounded after each operation.
// CHECK-LABEL: gpu.func @narrow$0
// CHECK: %[[A:.*]] = memref.load %{{.*}} : memref<8xbf16>
// CHECK: %[[W:.*]] = arith.extf %[[A]] : bf16 to f32
// CHECK: %[[M:.*]] = arith.mulf %[[W]], %[[W]] {{.*}}: f32
// CHECK: %[[R:.*]] = arith.truncf %[[M]] : f32 to bf16
// CHECK: %[[X:.*]] = arith.extf %[[R]] : bf16 to f32
// CHECK: math.exp %[[X]] : f32
func.func private @narrow(%x: memref<8xbf16>, %o: memref<8xbf16>) attributes {lacuna.dispatch, lacuna.route = #dense} {
  %t = bufferization.to_tensor %x restrict : memref<8xbf16> to tensor<8xbf16>
  %e = tensor.empty() : tensor<8xbf16>
  %s = linalg.square ins(%t : tensor<8xbf16>) outs(%e : tensor<8xbf16>) -> tensor<8xbf16>
  %r = linalg.exp ins(%s : tensor<8xbf16>) outs(%e : tensor<8xbf16>) -> tensor<8xbf16>
  bufferization.materialize_in_destination %r in restrict writable %o : (tensor<8xbf16>, memref<8xbf16>) -> ()
  return
}

// -----

#dense = #lacuna.route<dense>

// Nothing is launched for nothing.
// CHECK-LABEL: func.func private @empty
// CHECK-NOT: gpu.launch_func
// CHECK: return
func.func private @empty(%x: memref<0x8xf32>, %o: memref<0x8xf32>) attributes {lacuna.dispatch, lacuna.route = #dense} {
  %t = bufferization.to_tensor %x restrict : memref<0x8xf32> to tensor<0x8xf32>
  %e = tensor.empty() : tensor<0x8xf32>
  %r = linalg.exp ins(%t : tensor<0x8xf32>) outs(%e : tensor<0x8xf32>) -> tensor<0x8xf32>
  bufferization.materialize_in_destination %r in restrict writable %o : (tensor<0x8xf32>, memref<0x8xf32>) -> ()
  return
}

// -----

// A function that launches already is left alone, and so is the host's code.
// Kernel names are what PTX allows.
// CHECK-LABEL: func.func private @taken
// CHECK: gpu.launch_func @kernels::@mma
// CHECK-LABEL: func.func private @"my-net.1$dispatch_0"
// CHECK: gpu.launch_func @kernels::@my_net_1$dispatch_0$0
// CHECK-LABEL: func.func @host
// CHECK: linalg.exp
module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @mma() kernel {
      gpu.return
    }
  }
  func.func private @taken() attributes {lacuna.dispatch, lacuna.route = #lacuna.route<dense>} {
    %c1 = arith.constant 1 : index
    gpu.launch_func @kernels::@mma blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1)
    return
  }
  func.func private @"my-net.1$dispatch_0"(%x: memref<8xf32>, %o: memref<8xf32>) attributes {lacuna.dispatch, lacuna.route = #lacuna.route<dense>} {
    %t = bufferization.to_tensor %x restrict : memref<8xf32> to tensor<8xf32>
    %e = tensor.empty() : tensor<8xf32>
    %r = linalg.exp ins(%t : tensor<8xf32>) outs(%e : tensor<8xf32>) -> tensor<8xf32>
    bufferization.materialize_in_destination %r in restrict writable %o : (tensor<8xf32>, memref<8xf32>) -> ()
    return
  }
  func.func @host(%x: tensor<8xf32>) -> tensor<8xf32> {
    %e = tensor.empty() : tensor<8xf32>
    %r = linalg.exp ins(%x : tensor<8xf32>) outs(%e : tensor<8xf32>) -> tensor<8xf32>
    return %r : tensor<8xf32>
  }
}

// -----

#dense = #lacuna.route<dense>

// A view of a constant, of a size that the kernel is given, is made in the
// kernel: the host's copy is not passed.
// CHECK-LABEL: func.func private @main$dispatch_0
// CHECK-SAME: %[[N:.*]]: index, %[[O:.*]]: memref<?xi64>
// CHECK: gpu.launch_func
// CHECK-SAME: args(%[[N]] : index, %[[O]] : memref<?xi64>)
// CHECK: gpu.func @main$dispatch_0$0(%[[SIZE:.*]]: index
// CHECK: %[[TABLE:.*]] = memref.get_global
// CHECK: memref.subview %[[TABLE]][0] [%[[SIZE]]] [1]
func.func private @main$dispatch_0(%n: index, %o: memref<?xi64>) attributes {lacuna.dispatch, lacuna.route = #dense} {
  %t = arith.constant dense<[3, 1, 2, 7, 5]> : tensor<5xi64>
  %s = tensor.extract_slice %t[0] [%n] [1] : tensor<5xi64> to tensor<?xi64>
  %e = tensor.empty(%n) : tensor<?xi64>
  %r = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]} ins(%s : tensor<?xi64>) outs(%e : tensor<?xi64>) {
  ^bb0(%a: i64, %b: i64):
    %v = arith.addi %a, %a : i64
    linalg.yield %v : i64
  } -> tensor<?xi64>
  bufferization.materialize_in_destination %r in restrict writable %o : (tensor<?xi64>, memref<?xi64>) -> ()
  return
}
