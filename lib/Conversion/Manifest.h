// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The manifest of one target: JSON that tells the runtime which functions it
// has, what they take and give, and which weights and state they bind. Built
// from the signatures that phase host left (see CreateEntryPoints.cpp).

#ifndef LACUNA_CONVERSION_MANIFEST_H
#define LACUNA_CONVERSION_MANIFEST_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/JSON.h"

namespace lacuna {

class Manifest {
public:
  /// The target as the artifact calls it and the host processor; `features`:
  /// names separated by commas.
  Manifest(llvm::StringRef name, llvm::StringRef cpu, llvm::StringRef features);

  /// The kernels of a GPU target, in the order of their indices.
  void setKernels(mlir::ArrayAttr names);

  /// A region with its routes, as lacuna_model_region names it.
  void addRegion(llvm::StringRef description);

  /// The code calls lacuna_rt_region.
  void setHasRegions() { hasRegions = true; }

  /// Adds a function whose arguments are memrefs marked as inputs, outputs
  /// and bindings.
  llvm::LogicalResult add(mlir::func::FuncOp function);

  /// What follows `lacuna_entry_` and the prefix in the exported names, per
  /// function.
  llvm::ArrayRef<std::string> getSymbols() const { return symbols; }

  /// What stands before the symbols of this target: "" of "cpu", else the
  /// name and "$": "sm_80$".
  llvm::StringRef getPrefix() const { return prefix; }

  /// The JSON text.
  std::string str();

private:
  llvm::FailureOr<llvm::json::Object>
  describeTensor(mlir::func::FuncOp function, unsigned argument,
                 llvm::StringRef fallback);
  llvm::FailureOr<llvm::json::Object> bind(mlir::func::FuncOp function,
                                           unsigned argument);
  llvm::FailureOr<llvm::json::Object> bindState(mlir::func::FuncOp function,
                                                mlir::DictionaryAttr binding);
  std::string makeSymbol(llvm::StringRef name);

  std::string prefix;
  llvm::json::Object target;
  llvm::json::Array functions, regions, weights, state;
  bool hasRegions = false;
  llvm::MapVector<mlir::Attribute, int64_t> weightIndex, stateIndex;
  llvm::SmallVector<std::string> symbols;
  llvm::StringSet<> usedSymbols;
};

} // namespace lacuna

#endif // LACUNA_CONVERSION_MANIFEST_H
