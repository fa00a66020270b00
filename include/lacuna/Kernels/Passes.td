// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Passes that generate tensor-core kernels.

#ifndef LACUNA_KERNELS_PASSES_TD
#define LACUNA_KERNELS_PASSES_TD

include "mlir/Pass/PassBase.td"

def LowerContractionsToTensorCores
    : Pass<"lower-contractions-to-tensor-cores", "::mlir::ModuleOp"> {
  let summary = "Turn dispatch functions around a contraction into mma kernels";
  let description = [{
    A dispatch function whose work is one contraction of f16, bf16, i8 or (where
    the model allows it) tf32, with elementwise operations after it, becomes one
    `gpu.func` in `gpu.module @kernels`; the function keeps its name and launches
    it. D^T = W x X^T: the weight is operand A of `mma.sync`, or of
    `mma.sp::ordered_metadata` on route tensor-core, so its rows are the
    instruction's M and tokens are N.

    The kernel keeps a ring of stages in shared memory, filled by cp.async, and
    evaluates the elementwise operations on the accumulators. Its tile, stages
    and warps are a `#lacuna.schedule`, left on the `gpu.func`; docs/Kernels.md
    tells how it is chosen. `tile`, `warps` and `stages` override it.

    Functions that the generator does not take are left alone, with a remark
    (category `kernels`) that says why; on route tensor-core that is an error.

    Example:
    ```mlir
    func.func private @d(%x: memref<?x64xbf16>, %w: memref<512x64xbf16>,
                         %o: memref<?x512xf32>) attributes {lacuna.dispatch, ...}
    ```
    becomes
    ```mlir
    gpu.launch_func @kernels::@d blocks in (...) threads in (...)
        dynamic_shared_memory_size %bytes args(%x : ..., %w : ..., %o : ...)
    ```
  }];
  let options = [
    Option<"target", "target", "std::string", "\"sm_80\"",
           "GPU to make kernels for">,
    ListOption<"tile", "tile", "int64_t",
               "Rows and columns of a block's tile, for tests">,
    ListOption<"warps", "warps", "int64_t",
               "Warps along rows, columns and (default: 1) depth, for tests">,
    Option<"stages", "stages", "int64_t", "0",
           "Stages of the ring in shared memory, for tests; 0: chosen">];
  let statistics = [
    Statistic<"numKernels", "kernels", "functions that became kernels">,
    Statistic<"numSparse", "kernels-sparse", "those that use mma.sp">,
    Statistic<"numLeft", "functions-left", "functions left to other passes">];
  let dependentDialects = [
    "::lacuna::LacunaDialect", "::mlir::arith::ArithDialect",
    "::mlir::gpu::GPUDialect", "::mlir::LLVM::LLVMDialect",
    "::mlir::memref::MemRefDialect", "::mlir::NVVM::NVVMDialect",
    "::mlir::nvgpu::NVGPUDialect", "::mlir::scf::SCFDialect",
    "::mlir::vector::VectorDialect"];
}

#endif // LACUNA_KERNELS_PASSES_TD
