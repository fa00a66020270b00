// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The files of an artifact: library, header, packed weights.

#ifndef LACUNA_DRIVER_ARTIFACT_H
#define LACUNA_DRIVER_ARTIFACT_H

#include "OutputFiles.h"
#include "Target.h"

#include "lacuna/Driver/Compile.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/JSON.h"

namespace lacuna {

/// Writes the artifact whose code is `object`.
llvm::Error writeArtifact(const llvm::json::Value &manifest,
                          llvm::StringRef object, const Processor &processor,
                          const CompileOptions &options, OutputFiles &outputs);

} // namespace lacuna

#endif // LACUNA_DRIVER_ARTIFACT_H
