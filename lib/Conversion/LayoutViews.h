// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The buffers that stand for one laid-out value, for materialize-layouts.

#ifndef LACUNA_CONVERSION_LAYOUTVIEWS_H
#define LACUNA_CONVERSION_LAYOUTVIEWS_H

#include "lacuna/IR/Lacuna.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace lacuna {

/// The buffers of one laid-out value, as far as they are needed.
struct Views {
  mlir::Value dense;
  llvm::SmallVector<mlir::Value> components;
  llvm::SmallVector<mlir::Value> mma, vector;
};

/// What the tensor-core kernels of a weight of `type` read.
llvm::SmallVector<LayoutComponent> getMmaViews(mlir::RankedTensorType type);

/// What the vector kernels of a weight of `type` read.
llvm::SmallVector<LayoutComponent> getVectorViews(mlir::RankedTensorType type);

/// The types of the views that `need` names of a value of `type`.
llvm::SmallVector<mlir::Type> getViewTypes(mlir::RankedTensorType type,
                                           unsigned need);

/// The views that `need` names, in the order of their types.
llvm::SmallVector<mlir::Value> flattenViews(const Views &views, unsigned need);

/// The views of one value among `values`, which start with its own.
Views takeViews(mlir::ValueRange values, mlir::RankedTensorType type,
                unsigned need);

/// Puts `root` and the empty and fill operations that it alone reads into a
/// dispatch region on route dense, as work that appears after the plan was
/// made.
mlir::Value wrapInDispatch(mlir::linalg::GenericOp root,
                           llvm::StringRef target);

} // namespace lacuna

#endif // LACUNA_CONVERSION_LAYOUTVIEWS_H
