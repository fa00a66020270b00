// RUN: lacuna-opt %s --pass-pipeline='builtin.module(gpu.module(convert-kernels-to-nvvm))' | FileCheck %s

gpu.module @kernels {
  // A memref is the members of its descriptor.
  // CHECK-LABEL: llvm.func @signature(
  // CHECK-SAME: !llvm.ptr, %{{.*}}: !llvm.ptr, %{{.*}}: i64, %{{.*}}: i64, %{{.*}}: i64, %{{.*}}: i64)
  // CHECK-SAME: attributes {gpu.kernel, {{.*}}nvvm.kernel, nvvm.maxntid = array<i32: 128, 1, 1>}
  // CHECK: nvvm.read.ptx.sreg.ctaid.x
  // CHECK: nvvm.barrier0
  gpu.func @signature(%x: memref<?xf32>, %i: index) kernel
      attributes {known_block_size = array<i32: 128, 1, 1>} {
    %b = gpu.block_id x
    %v = memref.load %x[%b] : memref<?xf32>
    gpu.barrier
    memref.store %v, %x[%i] : memref<?xf32>
    gpu.return
  }

  // What PTX computes as IEEE says needs no library; the rest calls one.
  // CHECK-LABEL: llvm.func @mathematics(
  // CHECK: llvm.intr.sqrt(%{{.*}}) {{.*}} : (f32) -> f32
  // CHECK: llvm.intr.fma(
  // CHECK: llvm.intr.floor(
  // CHECK: llvm.intr.ceil(
  // CHECK: llvm.intr.trunc(
  // CHECK: llvm.intr.roundeven(
  // CHECK: llvm.intr.fabs(
  // CHECK: llvm.intr.copysign(
  // CHECK: "llvm.intr.ctlz"(%{{.*}}) <{is_zero_poison = false}>
  // CHECK: llvm.call @__nv_rsqrtf
  // CHECK: llvm.call @__nv_sinf
  // CHECK: llvm.intr.sqrt(%{{.*}}) {{.*}} : (vector<4xf32>) -> vector<4xf32>
  gpu.func @mathematics(%x: memref<f32>, %n: memref<i32>, %v: memref<vector<4xf32>>) kernel {
    %0 = memref.load %x[] : memref<f32>
    %1 = math.sqrt %0 : f32
    %2 = math.fma %1, %0, %0 : f32
    %3 = math.floor %2 : f32
    %4 = math.ceil %3 : f32
    %5 = math.trunc %4 : f32
    %6 = math.roundeven %5 : f32
    %7 = math.absf %6 : f32
    %8 = math.copysign %7, %0 : f32
    %9 = memref.load %n[] : memref<i32>
    %10 = math.ctlz %9 : i32
    memref.store %10, %n[] : memref<i32>
    %11 = math.rsqrt %8 : f32
    %12 = math.sin %11 : f32
    memref.store %12, %x[] : memref<f32>
    %13 = memref.load %v[] : memref<vector<4xf32>>
    %14 = math.sqrt %13 : vector<4xf32>
    memref.store %14, %v[] : memref<vector<4xf32>>
    gpu.return
  }

  // Reductions of any type are shuffles.
  // CHECK-LABEL: llvm.func @reduction(
  // CHECK-COUNT-5: nvvm.shfl.sync bfly
  gpu.func @reduction(%x: memref<f32>) kernel {
    %0 = memref.load %x[] : memref<f32>
    %1 = gpu.subgroup_reduce add %0 : (f32) -> f32
    memref.store %1, %x[] : memref<f32>
    gpu.return
  }

  // CHECK-LABEL: llvm.func @assertion(
  // CHECK: llvm.cond_br %{{.*}}, ^[[GOES:bb[0-9]+]], ^[[FAILS:bb[0-9]+]]
  // CHECK: ^[[FAILS]]:
  // CHECK-NEXT: llvm.intr.trap
  // CHECK-NEXT: llvm.unreachable
  // CHECK: ^[[GOES]]:
  // CHECK-NEXT: llvm.return
  gpu.func @assertion(%c: i1) kernel {
    cf.assert %c, "index out of range"
    gpu.return
  }
}
