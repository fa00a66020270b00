// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How dispatch functions become code for the CPU.

#ifndef LACUNA_PIPELINES_CPU_H
#define LACUNA_PIPELINES_CPU_H

#include "llvm/ADT/StringRef.h"

namespace mlir {
class OpPassManager;
} // namespace mlir

namespace lacuna {

/// From dispatch functions in destination form, and a host part on buffers, to
/// the LLVM dialect: the routes, then parallel loops, memory and mathematics.
/// `features` names what the processor has, separated by commas.
void buildCPUCodeGen(mlir::OpPassManager &manager, llvm::StringRef features);

/// Bytes of a vector register of a processor with these features.
unsigned getVectorBytes(llvm::StringRef features);

/// From loops, buffers and calls of the runtime to the LLVM dialect.
void buildHostToLLVM(mlir::OpPassManager &manager);

/// Registers the former as `lacuna-cpu-codegen`.
void registerCPUPipelines();

} // namespace lacuna

#endif // LACUNA_PIPELINES_CPU_H
