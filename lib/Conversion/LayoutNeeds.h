// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which views of each laid-out value its uses read: an analysis for
// materialize-layouts.

#ifndef LACUNA_LIB_CONVERSION_LAYOUTNEEDS_H
#define LACUNA_LIB_CONVERSION_LAYOUTNEEDS_H

#include "lacuna/IR/Lacuna.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

namespace lacuna {

/// The views of a laid-out value, as flags.
enum View : unsigned {
  kNoView = 0,
  kDenseView = 1,
  kPackedView = 2,
  kMmaView = 4,
  kVectorView = 8
};

/// Needs of all laid-out values outside of dispatch bodies, through calls of
/// private functions.
class LayoutNeeds {
public:
  /// Fails, with errors, where a laid-out value comes from or goes to a place
  /// that it cannot be materialized at.
  mlir::LogicalResult compute(mlir::ModuleOp module);

  unsigned get(mlir::Value value) const { return needs.lookup(value); }

  /// What the body of `dispatch` reads of its laid-out input `index`.
  static unsigned ofInput(DispatchOp dispatch, unsigned index);

  /// The union of what callers need of result `index` of `function`.
  unsigned ofResult(mlir::func::FuncOp function, unsigned index) const;

private:
  mlir::LogicalResult check(mlir::Value value);
  unsigned ofUse(mlir::OpOperand &use) const;

  mlir::SymbolTable *symbols = nullptr;
  llvm::SmallVector<mlir::Value> values;
  llvm::DenseMap<mlir::Value, unsigned> needs;
  llvm::DenseMap<mlir::Operation *, llvm::SmallVector<mlir::func::CallOp>>
      calls;
};

/// The route of a dispatch region: that of its plan's only choice. Null without
/// a plan, or where the choices differ.
std::optional<Route> getRoute(DispatchOp dispatch);

} // namespace lacuna

#endif // LACUNA_LIB_CONVERSION_LAYOUTNEEDS_H
