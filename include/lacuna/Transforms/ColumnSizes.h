// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The loops of a contraction that its weight does not have, and where their
// sizes are found when the model runs. plan-dispatches asks whether they are
// found at all, choose-routes reads them.

#ifndef LACUNA_TRANSFORMS_COLUMNSIZES_H
#define LACUNA_TRANSFORMS_COLUMNSIZES_H

#include "lacuna/IR/Lacuna.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

#include <optional>

namespace lacuna {

/// The contraction of a region that reads a laid-out operand.
struct LicensedContraction {
  mlir::linalg::LinalgOp op;
  mlir::OpOperand *weight = nullptr;
  mlir::RankedTensorType type; ///< of the weight
};
std::optional<LicensedContraction> findLicensed(DispatchOp dispatch);

/// A factor of the number of columns: a constant, or the size of dimension
/// `dim` of the region's input `input` (dim -1: the input is that size).
struct ColumnSize {
  int64_t constant = 1;
  int64_t input = -1, dim = -1;
};

/// The factors, or nothing where a size is computed in the region.
std::optional<llvm::SmallVector<ColumnSize>>
getColumnSizes(const LicensedContraction &licensed);

/// Their product, built in front of `dispatch`.
mlir::Value buildColumns(mlir::OpBuilder &builder, DispatchOp dispatch,
                         llvm::ArrayRef<ColumnSize> sizes);

} // namespace lacuna

#endif // LACUNA_TRANSFORMS_COLUMNSIZES_H
