// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What plan-dispatches asks about a licensed contraction: which routes can
// compute it, and what the cost model predicts for them.

#ifndef LACUNA_LIB_TRANSFORMS_ROUTEPRICES_H
#define LACUNA_LIB_TRANSFORMS_ROUTEPRICES_H

#include "PlanIntervals.h"

#include "lacuna/CostModel/CostModel.h"
#include "lacuna/Transforms/ColumnSizes.h"

#include "mlir/IR/BuiltinOps.h"

namespace lacuna {

/// A route that cannot compute a contraction, and why.
using Refusal = std::pair<Route, std::string>;

class RoutePrices {
public:
  RoutePrices(TargetModel model, Conditions conditions)
      : model(std::move(model)), conditions(conditions) {}

  /// How a target runs weights of so many bytes; `threads` 0: all of this host.
  static Conditions getConditions(double footprint, int64_t threads);
  /// Bytes of the weights that `module` reads.
  static double getFootprint(mlir::ModuleOp module);

  /// The routes of the target, dense first.
  llvm::ArrayRef<Route> getRoutes() const;
  bool hasRoute(Route route) const {
    return llvm::is_contained(getRoutes(), route);
  }

  /// Why `route` cannot compute `licensed`, or nothing.
  std::optional<std::string> whyNot(const LicensedContraction &licensed,
                                    Route route) const;

  /// What `route` reads of the weight. It can compute it.
  static WeightView getView(const LicensedContraction &licensed, Route route);

  Prediction predict(const LicensedContraction &licensed, Route route,
                     int64_t columns) const;

  /// The routes that can compute `licensed`, which has to outlive them.
  /// `refused` gets the others.
  llvm::SmallVector<RouteOption>
  getOptions(const LicensedContraction &licensed,
             llvm::SmallVectorImpl<Refusal> &refused) const;

  /// The route to take of `options`, some of those above, at each number of
  /// columns; or at `columns` where that is not kDynamic.
  static llvm::SmallVector<Interval> plan(llvm::ArrayRef<RouteOption> options,
                                          const LicensedContraction &licensed,
                                          int64_t columns);

  /// "vector cannot: ...; sparse-tensor cannot: ...", each reason once. `said`:
  /// what is said already.
  std::string describe(llvm::ArrayRef<Refusal> refused,
                       llvm::StringRef said = "") const;

  const TargetModel &getModel() const { return model; }

private:
  TargetModel model;
  Conditions conditions;
};

/// The number of columns, or kDynamic.
int64_t getStaticColumns(const LicensedContraction &licensed);

} // namespace lacuna

#endif // LACUNA_LIB_TRANSFORMS_ROUTEPRICES_H
