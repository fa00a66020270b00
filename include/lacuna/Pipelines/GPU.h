// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How kernels become NVVM, and host code of a GPU target the LLVM dialect.

#ifndef LACUNA_PIPELINES_GPU_H
#define LACUNA_PIPELINES_GPU_H

#include "lacuna/Transforms/GPUTarget.h"

namespace mlir {
class OpPassManager;
} // namespace mlir

namespace lacuna {

/// From kernels in gpu, memref, vector, nvgpu, nvvm, scf, arith and math
/// operations to NVVM and the LLVM dialect.
void buildDeviceCodeGen(mlir::OpPassManager &manager, const GPUTarget &target);

/// From a host part on buffers, whose launches were lowered, to the LLVM
/// dialect.
void buildGPUHostCodeGen(mlir::OpPassManager &manager);

} // namespace lacuna

#endif // LACUNA_PIPELINES_GPU_H
