// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The computation of a size, repeated at another place: at the entry of its
// function, before a call of it, or in a function of sizes alone.

#ifndef LACUNA_CONVERSION_SIZESLICE_H
#define LACUNA_CONVERSION_SIZESLICE_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/OperationSupport.h"
#include "llvm/ADT/DenseSet.h"

namespace lacuna {

class SizeSlice {
public:
  using Size = mlir::OpFoldResult;
  /// Null where the value, or the size, is not known there.
  using ArgumentFn = std::function<mlir::Value(mlir::BlockArgument)>;
  using DimFn = std::function<mlir::Value(mlir::BlockArgument, int64_t)>;

  /// Builds with `builder`; `argument` and `dim` give what a scalar argument of
  /// the function, and a size of one of its buffers, are there.
  SizeSlice(mlir::OpBuilder &builder, ArgumentFn argument, DimFn dim)
      : builder(builder), argument(std::move(argument)), dim(std::move(dim)) {}

  /// The size there, or null when it depends on more than arguments and their
  /// sizes. What is computed alike is the same value.
  Size repeat(mlir::Value size);

  /// A size as a value there.
  mlir::Value getValue(Size size);

  /// The size of dimension `i` of a buffer.
  Size getDim(mlir::Value buffer, int64_t i);

private:
  struct SameOperation : llvm::DenseMapInfo<mlir::Operation *> {
    static unsigned getHashValue(const mlir::Operation *op);
    static bool isEqual(const mlir::Operation *a, const mlir::Operation *b);
  };
  Size repeatOperation(mlir::OpResult size);
  Size repeatAny(mlir::OpFoldResult size);

  mlir::OpBuilder &builder;
  ArgumentFn argument;
  DimFn dim;
  llvm::DenseMap<mlir::Value, Size> known;
  llvm::DenseMap<std::pair<mlir::Value, int64_t>, Size> knownDims;
  llvm::DenseMap<int64_t, mlir::Value> constants;
  llvm::DenseSet<mlir::Operation *, SameOperation> built;
};

} // namespace lacuna

#endif // LACUNA_CONVERSION_SIZESLICE_H
