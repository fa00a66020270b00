// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which dimension of a weight its contractions sum over, however the weight
// reaches them.

#ifndef LACUNA_LIB_TRANSFORMS_CONTRACTEDDIMENSION_H
#define LACUNA_LIB_TRANSFORMS_CONTRACTEDDIMENSION_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "llvm/ADT/SmallSet.h"

namespace lacuna {

/// A contraction that reads a value as `operand`, and the value's dimensions
/// that it sums over.
using ContractionFn =
    llvm::function_ref<void(mlir::linalg::LinalgOp op, mlir::OpOperand &operand,
                            llvm::ArrayRef<int64_t> contracted)>;

/// Calls `found` for each contraction that `value` reaches through transposes,
/// reshapes that keep a dimension, casts and dispatch regions.
void forEachContraction(mlir::Value value, ContractionFn found);

/// The dimensions of `value` that contractions sum over.
llvm::SmallSet<int64_t, 2> findContractedDimensions(mlir::Value value);

} // namespace lacuna

#endif // LACUNA_LIB_TRANSFORMS_CONTRACTEDDIMENSION_H
