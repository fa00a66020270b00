// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the route sparse-tensor makes of a contraction: which loops are rows of
// the weight, which are columns of the other operand, and what its body
// computes. The plan asks here whether the route can be taken, and the route
// reads the same analysis, so both answer alike.

#ifndef LACUNA_TRANSFORMS_SPARSETENSORROUTE_H
#define LACUNA_TRANSFORMS_SPARSETENSORROUTE_H

#include "lacuna/IR/Lacuna.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

#include <optional>
#include <string>

namespace lacuna {

/// A contraction Y[b, n, m] = init[b, n, m] + sum over k of W[b, m, k]
/// X[b, n, k], each index a list of loops but k, in any order of dimensions.
struct SparseContraction {
  mlir::linalg::LinalgOp op;
  /// The laid-out operand W, and X.
  mlir::OpOperand *weight = nullptr, *other = nullptr;
  NMAttr layout;
  /// Loops in the order of W's dimensions (batch, m) and of X's (n).
  llvm::SmallVector<unsigned> batch, m, n;
  unsigned k = 0;
  /// Conversions from an element of W and of X to the factors of the product,
  /// in order of execution.
  llvm::SmallVector<mlir::Operation *> weightCasts, otherCasts;
  mlir::Operation *multiply = nullptr, *add = nullptr;
  /// Sums are kept in this type: that of the body, at least 32 bits wide.
  mlir::Type sumType;

  mlir::AffineMap getWeightMap() const;
  mlir::AffineMap getOtherMap() const;
  mlir::AffineMap getOutMap() const;
  mlir::RankedTensorType getWeightType() const;
  mlir::RankedTensorType getOtherType() const;
  mlir::RankedTensorType getOutType() const;
};

/// Analyzes `op`, whose operand `weight` is laid out; where the route cannot
/// take it, returns nothing and says why in `reason`.
std::optional<SparseContraction>
analyzeSparseContraction(mlir::linalg::LinalgOp op, mlir::OpOperand &weight,
                         std::string &reason);

/// The reason why route sparse-tensor cannot compute `contraction` with the
/// laid-out operand `weight`, or nothing where it can.
std::optional<std::string>
whyNotSparseTensor(mlir::linalg::LinalgOp contraction, mlir::OpOperand &weight);

} // namespace lacuna

#endif // LACUNA_TRANSFORMS_SPARSETENSORROUTE_H
