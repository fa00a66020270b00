// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the plan would do if a weight had a layout. It is asked, not imitated: a
// contraction becomes a region, and plan-dispatches' own prices and rules say
// which route it takes.

#ifndef LACUNA_LIB_ADVISE_PRICING_H
#define LACUNA_LIB_ADVISE_PRICING_H

#include "Report.h"

#include "../Transforms/RoutePrices.h"

#include "mlir/Pass/PassManager.h"

namespace lacuna::advise {

/// A contraction in a module of its own, as text: the weight is the global
/// `weight`, without a layout. `columns` of the size are dynamic if they are 0.
/// Sums of f16 and bf16 are f32, those of i8 are i32, as they are imported.
/// Empty where nothing multiplies such elements.
std::string writeContraction(packing::ElementType type,
                             const ContractionSize &size);

/// The same of an operation of a model and its operand `weight`.
std::string writeContraction(mlir::linalg::LinalgOp op,
                             mlir::OpOperand &weight);

class Pricing {
public:
  /// `precision`: as of lacuna-compile.
  Pricing(TargetModel model, Conditions conditions,
          const std::string &precision);

  struct Price {
    /// By the route that the plan takes, and by route dense.
    Prediction taken, dense;
    Route route;
    /// The fastest route that skips, taken or not; else `refused` says why
    /// there is none.
    std::optional<Prediction> skipping;
    Route skippingRoute;
    std::string refused;
  };

  /// At `columns`, if the weight has `layout`, whose dimension is one of the
  /// contraction's operand. `isStatic`: the model is compiled for so many
  /// columns. An error says why there is no plan.
  llvm::Expected<Price> price(const std::string &contraction,
                              const packing::NMLayout &layout, int64_t columns,
                              bool isStatic);

private:
  struct Region {
    mlir::OwningOpRef<mlir::ModuleOp> module;
    LicensedContraction licensed;
    std::string error;
  };
  const Region &getRegion(const std::string &contraction,
                          const packing::NMLayout &layout);
  void build(const std::string &contraction, const packing::NMLayout &layout,
             Region &region);

  RoutePrices prices;
  std::unique_ptr<mlir::MLIRContext> context;
  std::unique_ptr<mlir::PassManager> manager;
  /// By contraction and layout: weights are often alike.
  std::map<std::pair<std::string, std::string>, Region> regions;
};

} // namespace lacuna::advise

#endif // LACUNA_LIB_ADVISE_PRICING_H
