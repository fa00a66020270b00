// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What plan-dispatches asks about a licensed contraction: which routes can
// compute it, and what the cost model predicts for them.

#ifndef LACUNA_LIB_TRANSFORMS_ROUTEPRICES_H
#define LACUNA_LIB_TRANSFORMS_ROUTEPRICES_H

#include "lacuna/CostModel/CostModel.h"
#include "lacuna/Transforms/ColumnSizes.h"

namespace lacuna {

class RoutePrices {
public:
  RoutePrices(TargetModel model, Conditions conditions)
      : model(std::move(model)), conditions(conditions) {}

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

  const TargetModel &getModel() const { return model; }

private:
  TargetModel model;
  Conditions conditions;
};

/// The number of columns, or kDynamic.
int64_t getStaticColumns(const LicensedContraction &licensed);

} // namespace lacuna

#endif // LACUNA_LIB_TRANSFORMS_ROUTEPRICES_H
