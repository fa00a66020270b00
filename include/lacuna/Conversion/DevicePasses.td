// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The passes of a GPU target: from kernels to NVVM, and from launches to calls
// of the runtime.

#ifndef LACUNA_CONVERSION_DEVICEPASSES_TD
#define LACUNA_CONVERSION_DEVICEPASSES_TD

include "mlir/Pass/PassBase.td"

def NumberMemorySpaces
    : Pass<"number-memory-spaces", "::mlir::gpu::GPUModuleOp"> {
  let summary = "Write the memory spaces of kernels as NVVM numbers them";
  let description = [{
    Replaces `#gpu.address_space` in all types of a `gpu.module`: `global`
    becomes 1, `workgroup` 3, `private` the default space. The conversions that
    follow do not all know the names. Dynamic shared memory becomes an external
    array of the module.

    Example: `memref<16x64xbf16, #gpu.address_space<workgroup>>` becomes
    `memref<16x64xbf16, 3>`.
  }];
  let dependentDialects = ["::mlir::memref::MemRefDialect"];
}

def ConvertKernelsToNVVM
    : Pass<"convert-kernels-to-nvvm", "::mlir::gpu::GPUModuleOp"> {
  let summary = "Convert what vectors and nvgpu left of kernels to NVVM";
  let description = [{
    The gpu, memref, arith, math, cf and func operations of a `gpu.module`
    become NVVM and the LLVM dialect. As upstream's `convert-gpu-to-nvvm`,
    except that
    - mathematics for which PTX has an instruction of IEEE's accuracy (square
      root, fused multiply-add, roundings, absolute value, bit counts) become
      LLVM intrinsics; only the rest calls libdevice, which must then be found;
    - `gpu.subgroup_reduce` of any type becomes shuffles;
    - `cf.assert` becomes a trap, which ends the launch with an error.
  }];
  let statistics = [Statistic<"numKernels", "kernels", "kernels converted">];
  let dependentDialects = [
    "::mlir::LLVM::LLVMDialect", "::mlir::NVVM::NVVMDialect",
    "::mlir::cf::ControlFlowDialect", "::mlir::memref::MemRefDialect"];
}

def VerifyHostCode : Pass<"verify-host-code", "::mlir::ModuleOp"> {
  let summary = "Reject host code that touches the memory of a GPU";
  let description = [{
    On a GPU target all buffers are memory of the device. Host code may
    allocate, copy and view them and give them to kernels, and may compute on
    sizes. What reads or writes elements, and a dispatch function that no route
    turned into kernels, is an error at the operation.

    Example: `memref.load` in a public function is rejected.
  }];
  let options = [
    Option<"target", "target", "std::string", "\"\"",
           "target that errors name">];
}

def LaunchesToRuntime : Pass<"launches-to-runtime", "::mlir::ModuleOp"> {
  let summary = "Launch kernels by calls of the runtime";
  let description = [{
    `gpu.launch_func` becomes `lacuna_rt_launch`: the index of the kernel among
    all of the module, sizes of grid, block and dynamic shared memory, and an
    array of pointers to the parameters. A memref is passed as the members of
    its descriptor, an index as 64 bits.

    The names behind the indices stay as `lacuna.kernels` at the module, which
    create-entry-points puts into the manifest. The `gpu.module`s, whose code
    has been made before, are erased.

    Example: `gpu.launch_func @kernels::@main$dispatch_0 blocks in (%n, %c1,
    %c1) threads in (%c128, %c1, %c1) args(%a : memref<?xf32>)` becomes a call
    with 5 parameters: two pointers, offset, size and stride.
  }];
  let statistics = [Statistic<"numLaunches", "launches", "launches lowered">];
  let dependentDialects = [
    "::mlir::LLVM::LLVMDialect", "::mlir::arith::ArithDialect"];
}

#endif // LACUNA_CONVERSION_DEVICEPASSES_TD
