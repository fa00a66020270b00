// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From the LLVM dialect to an object file, by LLVM's own pipeline.

#ifndef LACUNA_DRIVER_CODEGEN_H
#define LACUNA_DRIVER_CODEGEN_H

#include "Target.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/IR/Module.h"

namespace lacuna {

/// A module of phase host, and what it is compiled for.
struct HostModule {
  mlir::ModuleOp module;
  const Processor *processor;
};

/// The host code of all targets in one module of LLVM IR, each function for the
/// processor of its target. Only what the runtime looks up is exported; the
/// manifest is not in it yet.
llvm::Expected<std::unique_ptr<llvm::Module>>
translateToLLVMIR(llvm::ArrayRef<HostModule> modules,
                  llvm::LLVMContext &context);

/// Adds the constants that the runtime reads: the manifest, and, where there is
/// one, the fat binary in a section of its own.
void addData(llvm::Module &module, llvm::StringRef manifest,
             llvm::StringRef fatbin);

/// Runs the O3 pipeline. Functions name their own processors.
void optimize(llvm::Module &module, llvm::TargetMachine &machine);

llvm::Error emitObject(llvm::Module &module, const Processor &processor,
                       llvm::raw_pwrite_stream &os);

} // namespace lacuna

#endif // LACUNA_DRIVER_CODEGEN_H
