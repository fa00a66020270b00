// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The manifest of a compiled module, read back: what the header and the packed
// weights are written from.

#ifndef LACUNA_DRIVER_MANIFESTVIEW_H
#define LACUNA_DRIVER_MANIFESTVIEW_H

#include "lacuna/Packing/Weights.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/JSON.h"

namespace lacuna {

/// The content of `lacuna_manifest` in a module of phase host.
llvm::Expected<llvm::json::Value> readManifest(mlir::ModuleOp module);

/// One manifest of those of several targets: all targets, and the union of the
/// weights.
llvm::Expected<llvm::json::Value>
mergeManifests(llvm::ArrayRef<llvm::json::Value> manifests);

/// The weights that the manifest names.
llvm::Expected<std::vector<packing::WeightSpec>>
getWeightSpecs(const llvm::json::Value &manifest);

/// Prints what was planned for the temporaries of each function.
void printArenas(const llvm::json::Value &manifest, llvm::raw_ostream &os);

/// A C header of the artifact `stem`.so. What functions take and give is the
/// same on each target.
std::string makeHeader(const llvm::json::Value &manifest, llvm::StringRef stem);

} // namespace lacuna

#endif // LACUNA_DRIVER_MANIFESTVIEW_H
