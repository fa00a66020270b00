// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The manifest of an artifact: JSON that tells the runtime which functions it
// has, what they take and give, and which weights they bind. Built from the
// signatures that phase host left (see CreateEntryPoints.cpp).

#ifndef LACUNA_CONVERSION_MANIFEST_H
#define LACUNA_CONVERSION_MANIFEST_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/JSON.h"

namespace lacuna {

class Manifest {
public:
  /// `features`: names separated by commas.
  Manifest(llvm::StringRef target, llvm::StringRef cpu,
           llvm::StringRef features);

  /// Adds a function whose arguments are memrefs marked as inputs, outputs
  /// and bindings.
  llvm::LogicalResult add(mlir::func::FuncOp function);

  /// What follows `lacuna_entry_` in the exported names, per function.
  llvm::ArrayRef<std::string> getSymbols() const { return symbols; }

  /// The JSON text.
  std::string str();

private:
  llvm::FailureOr<llvm::json::Object>
  describeTensor(mlir::func::FuncOp function, unsigned argument,
                 llvm::StringRef fallback);
  llvm::FailureOr<llvm::json::Object> bind(mlir::func::FuncOp function,
                                           unsigned argument);
  std::string makeSymbol(llvm::StringRef name);

  llvm::json::Object root;
  llvm::json::Array functions, weights;
  llvm::MapVector<mlir::Attribute, int64_t> weightIndex;
  llvm::SmallVector<std::string> symbols;
  llvm::StringSet<> usedSymbols;
};

} // namespace lacuna

#endif // LACUNA_CONVERSION_MANIFEST_H
