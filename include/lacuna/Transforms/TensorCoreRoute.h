// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the tensor-core kernels make of a contraction: operand A, operand B and
// the roles of the loops. The plan asks here whether route tensor-core can be
// taken, and the generator in lib/Kernels reads the same analysis.

#ifndef LACUNA_TRANSFORMS_TENSORCOREROUTE_H
#define LACUNA_TRANSFORMS_TENSORCOREROUTE_H

#include "lacuna/IR/Lacuna.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

#include <optional>
#include <string>

namespace lacuna {

/// D[b, m, n] = C[b, m, n] + sum over k of A[b, m, k] * B[b, n, k]. The weight
/// is A, whose rows fill the instruction's M = 16 and which alone may be
/// sparse; the tokens are N. Each index is a list of loops.
struct TensorCoreContraction {
  mlir::linalg::LinalgOp op;
  mlir::OpOperand *a = nullptr, *b = nullptr;
  /// Loops in the order of A's dimensions (batch, m, k) and of B's (n).
  llvm::SmallVector<unsigned> batch, m, n, k;
  /// Elements of A and B, and the type in which they are summed.
  mlir::Type elementType, sumType;
  /// f32 operands are rounded to tf32.
  bool tf32 = false;

  mlir::AffineMap getMap(mlir::OpOperand *operand) const {
    auto linalgOp = op;
    return linalgOp.getMatchingIndexingMap(operand);
  }
  mlir::OpOperand *getInit() const {
    auto linalgOp = op;
    return linalgOp.getDpsInitOperand(0);
  }
  /// The laid-out type of A, or null.
  mlir::RankedTensorType getLaidOutType() const {
    auto type = llvm::cast<mlir::RankedTensorType>(a->get().getType());
    return getLayout(type) ? type : mlir::RankedTensorType();
  }
};

/// Analyzes `op`; where the tensor cores cannot take it, returns nothing and
/// says why in `reason`. A laid-out operand is A; without one it is the operand
/// that has the result's innermost loop.
std::optional<TensorCoreContraction>
analyzeTensorCoreContraction(mlir::linalg::LinalgOp op, std::string &reason);

} // namespace lacuna

#endif // LACUNA_TRANSFORMS_TENSORCOREROUTE_H
