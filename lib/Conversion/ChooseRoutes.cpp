// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// choose-routes: before materialize-layouts. A region whose plan has several
// intervals becomes one region for each route, and lacuna.choose of their
// results. Each then reads the views of its route, and no later pass need know
// of intervals before outline-dispatches.

#include "lacuna/Conversion/Passes.h"
#include "lacuna/Transforms/ColumnSizes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace lacuna {
#define GEN_PASS_DEF_CHOOSEROUTES
#include "lacuna/Conversion/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

namespace {
struct ChooseRoutes : lacuna::impl::ChooseRoutesBase<ChooseRoutes> {
  void runOnOperation() override {
    SmallVector<DispatchOp> dispatches;
    getOperation().walk([&](DispatchOp dispatch) {
      std::optional<PlanAttr> plan = dispatch.getPlan();
      if (plan && plan->getChoices().size() > 1)
        dispatches.push_back(dispatch);
    });
    for (DispatchOp dispatch : dispatches)
      if (failed(split(dispatch)))
        return signalPassFailure();
  }

private:
  LogicalResult split(DispatchOp dispatch) {
    std::optional<LicensedContraction> licensed = findLicensed(dispatch);
    auto sizes = licensed ? getColumnSizes(*licensed) : std::nullopt;
    if (!sizes)
      return dispatch.emitOpError("has a plan of several intervals, and its "
                                  "number of columns is not a size of its "
                                  "inputs; expected one interval");
    OpBuilder builder(dispatch);
    Value columns = buildColumns(builder, dispatch, *sizes);
    PlanAttr plan = *dispatch.getPlan();
    // A route of several intervals is one region.
    DenseMap<Route, DispatchOp> regions;
    SmallVector<int64_t> from;
    SmallVector<Value> alternatives;
    for (ChoiceAttr choice : plan.getChoices()) {
      DispatchOp &region = regions[choice.getRoute()];
      if (!region) {
        region = cast<DispatchOp>(builder.clone(*dispatch));
        auto only = ChoiceAttr::get(&getContext(), 0, choice.getRoute(),
                                    choice.getNanoseconds(),
                                    choice.getDenseNanoseconds(),
                                    choice.getReason(), choice.getPrices());
        region.setPlanAttr(PlanAttr::get(&getContext(), plan.getTarget(),
                                         plan.getForced(), only));
        ++numRegions;
      }
      from.push_back(choice.getFrom());
      llvm::append_range(alternatives, region.getResults());
    }
    auto chosen =
        ChooseOp::create(builder, dispatch.getLoc(), dispatch.getResultTypes(),
                         columns, from, alternatives);
    dispatch.replaceAllUsesWith(chosen.getResults());
    dispatch.erase();
    return success();
  }
};
} // namespace
