// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The files of an artifact: library, header, packed weights; and the report.

#ifndef LACUNA_DRIVER_ARTIFACT_H
#define LACUNA_DRIVER_ARTIFACT_H

#include "OutputFiles.h"
#include "Target.h"

#include "lacuna/Driver/Compile.h"

#include "mlir/IR/BuiltinOps.h"

namespace lacuna {

/// Writes the artifact of a module of phase host, whose code is `object`.
llvm::Error writeArtifact(mlir::ModuleOp module, llvm::StringRef object,
                          const Processor &processor,
                          const CompileOptions &options, OutputFiles &outputs);

/// Writes the report of a module of phase plan.
llvm::Error writePlanReport(mlir::ModuleOp module,
                            const CompileOptions &options,
                            OutputFiles &outputs);

} // namespace lacuna

#endif // LACUNA_DRIVER_ARTIFACT_H
