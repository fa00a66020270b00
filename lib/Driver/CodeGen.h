// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From the LLVM dialect to an object file, by LLVM's own pipeline.

#ifndef LACUNA_DRIVER_CODEGEN_H
#define LACUNA_DRIVER_CODEGEN_H

#include "Target.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/IR/Module.h"

namespace lacuna {

/// The module in LLVM IR. Only what the runtime looks up is exported.
llvm::Expected<std::unique_ptr<llvm::Module>>
translateToLLVMIR(mlir::ModuleOp module, llvm::LLVMContext &context,
                  const Processor &processor);

/// Runs the O3 pipeline.
void optimize(llvm::Module &module, const Processor &processor);

llvm::Error emitObject(llvm::Module &module, const Processor &processor,
                       llvm::raw_pwrite_stream &os);

} // namespace lacuna

#endif // LACUNA_DRIVER_CODEGEN_H
