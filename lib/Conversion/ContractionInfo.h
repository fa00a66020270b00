// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the dense route knows of a contraction: the roles of its loops and the
// order in which its operands lie in memory.

#ifndef LACUNA_LIB_CONVERSION_CONTRACTIONINFO_H
#define LACUNA_LIB_CONVERSION_CONTRACTIONINFO_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace lacuna {

/// True for sums of products with two inputs and at least one reduction loop.
bool isDenseContraction(mlir::Operation *op);

/// Roles of the loops of `C[m, n] += A[m, k] * B[n, k]`. Where the contiguous
/// loop of C belongs to the first operand, the operands are `swapped`: A is the
/// second operand then.
struct ContractionInfo {
  explicit ContractionInfo(mlir::linalg::LinalgOp op);

  enum class Form {
    Dot,   // A and B are contiguous along k
    Outer, // B and C are contiguous along n
    Loops, // neither
  };
  Form form = Form::Loops;
  bool swapped = false;
  /// The loops that a micro-kernel covers; the others are loops around it.
  std::optional<unsigned> m, n, k;
  /// Loops like n around it: the panels of a weight (see pack-panels).
  llvm::SmallVector<unsigned, 2> outerN;

  bool isReduction(unsigned loop) const { return reductions[loop]; }

private:
  llvm::SmallBitVector reductions;
};

} // namespace lacuna

#endif // LACUNA_LIB_CONVERSION_CONTRACTIONINFO_H
