// Programs of upstream's own tools over our devices: mlir-opt lowers, PTX text
// is embedded, mlir-runner calls the mgpu functions.
// UNSUPPORTED: sanitizer
// RUN: mlir-opt %s --gpu-lower-to-nvvm-pipeline="cubin-chip=sm_80 cubin-features=+ptx80 cubin-format=isa" > %t.mlir
// RUN: env LACUNA_DEVICE=emulator:sm_80 mlir-runner %t.mlir --entry-point-result=void --shared-libs=%lacuna_build/lib/liblacuna_mgpu.so,%mlir_libs/libmlir_runner_utils.so,%mlir_libs/libmlir_c_runner_utils.so | FileCheck %s
// RUN: not env LACUNA_DEVICE=tpu mlir-runner %t.mlir --entry-point-result=void --shared-libs=%lacuna_build/lib/liblacuna_mgpu.so,%mlir_libs/libmlir_runner_utils.so,%mlir_libs/libmlir_c_runner_utils.so 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// UNKNOWN: lacuna: mgpuStreamCreate: there is no device 'tpu', this runtime has 'cpu', 'cpu:NAME'

// The sum of two vectors of 6: 10 i + i.
// CHECK: [0, 11, 22, 33, 44, 55]
// The sum of each row of 5 x 33, where column j of row i holds i + j.
// CHECK: [528, 561, 594, 627, 660]
module attributes {gpu.container_module} {
  func.func private @printMemrefF32(memref<*xf32>)

  func.func @add(%a: memref<6xf32>, %b: memref<6xf32>, %c: memref<6xf32>) {
    %c1 = arith.constant 1 : index
    %c6 = arith.constant 6 : index
    %token = gpu.wait async
    %da, %ta = gpu.alloc async [%token] () : memref<6xf32>
    %db, %tb = gpu.alloc async [%ta] () : memref<6xf32>
    %t0 = gpu.memcpy async [%tb] %da, %a : memref<6xf32>, memref<6xf32>
    %t1 = gpu.memcpy async [%t0] %db, %b : memref<6xf32>, memref<6xf32>
    %t2 = gpu.launch async [%t1] blocks(%bx, %by, %bz) in (%gx = %c6, %gy = %c1, %gz = %c1)
        threads(%tx, %ty, %tz) in (%nx = %c1, %ny = %c1, %nz = %c1) {
      %x = memref.load %da[%bx] : memref<6xf32>
      %y = memref.load %db[%bx] : memref<6xf32>
      %sum = arith.addf %x, %y : f32
      memref.store %sum, %da[%bx] : memref<6xf32>
      gpu.terminator
    }
    %t3 = gpu.memcpy async [%t2] %c, %da : memref<6xf32>, memref<6xf32>
    %t4 = gpu.dealloc async [%t3] %da : memref<6xf32>
    %t5 = gpu.dealloc async [%t4] %db : memref<6xf32>
    gpu.wait [%t5]
    return
  }

  func.func @sum(%a: memref<5x33xf32>, %s: memref<5xf32>) {
    %c1 = arith.constant 1 : index
    %c5 = arith.constant 5 : index
    %c33 = arith.constant 33 : index
    %token = gpu.wait async
    %da, %ta = gpu.alloc async [%token] () : memref<5x33xf32>
    %ds, %ts = gpu.alloc async [%ta] () : memref<5xf32>
    %t0 = gpu.memcpy async [%ts] %da, %a : memref<5x33xf32>, memref<5x33xf32>
    // More threads than a warp: shuffles, shared memory and a barrier.
    %t1 = gpu.launch async [%t0] blocks(%bx, %by, %bz) in (%gx = %c5, %gy = %c1, %gz = %c1)
        threads(%tx, %ty, %tz) in (%nx = %c33, %ny = %c1, %nz = %c1) {
      %x = memref.load %da[%bx, %tx] : memref<5x33xf32>
      %sum = gpu.all_reduce add %x uniform {} : (f32) -> f32
      memref.store %sum, %ds[%bx] : memref<5xf32>
      gpu.terminator
    }
    %t2 = gpu.memcpy async [%t1] %s, %ds : memref<5xf32>, memref<5xf32>
    %t3 = gpu.dealloc async [%t2] %da : memref<5x33xf32>
    %t4 = gpu.dealloc async [%t3] %ds : memref<5xf32>
    gpu.wait [%t4]
    return
  }

  func.func @main() {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c5 = arith.constant 5 : index
    %c6 = arith.constant 6 : index
    %c33 = arith.constant 33 : index
    %ten = arith.constant 10.0 : f32
    %a = memref.alloc() : memref<6xf32>
    %b = memref.alloc() : memref<6xf32>
    %c = memref.alloc() : memref<6xf32>
    scf.for %i = %c0 to %c6 step %c1 {
      %i32 = arith.index_cast %i : index to i32
      %x = arith.sitofp %i32 : i32 to f32
      %y = arith.mulf %x, %ten : f32
      memref.store %x, %a[%i] : memref<6xf32>
      memref.store %y, %b[%i] : memref<6xf32>
    }
    call @add(%a, %b, %c) : (memref<6xf32>, memref<6xf32>, memref<6xf32>) -> ()
    %any = memref.cast %c : memref<6xf32> to memref<*xf32>
    call @printMemrefF32(%any) : (memref<*xf32>) -> ()

    %m = memref.alloc() : memref<5x33xf32>
    %s = memref.alloc() : memref<5xf32>
    scf.for %i = %c0 to %c5 step %c1 {
      scf.for %j = %c0 to %c33 step %c1 {
        %k = arith.addi %i, %j : index
        %k32 = arith.index_cast %k : index to i32
        %x = arith.sitofp %k32 : i32 to f32
        memref.store %x, %m[%i, %j] : memref<5x33xf32>
      }
    }
    call @sum(%m, %s) : (memref<5x33xf32>, memref<5xf32>) -> ()
    %sums = memref.cast %s : memref<5xf32> to memref<*xf32>
    call @printMemrefF32(%sums) : (memref<*xf32>) -> ()
    memref.dealloc %a : memref<6xf32>
    memref.dealloc %b : memref<6xf32>
    memref.dealloc %c : memref<6xf32>
    memref.dealloc %m : memref<5x33xf32>
    memref.dealloc %s : memref<5xf32>
    return
  }
}
