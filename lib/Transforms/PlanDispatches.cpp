// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// plan-dispatches: the plan phase. Whether a license is used is decided here,
// with numbers, on whole regions: after fusion, before any code is shaped.

#include "CostModel.h"
#include "DispatchGroup.h"
#include "lacuna/IR/Lacuna.h"
#include "lacuna/Transforms/Passes.h"
#include "lacuna/Transforms/SparseTensorRoute.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/Remarks.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Threading.h"

#include <cmath>

namespace lacuna {
#define GEN_PASS_DEF_PLANDISPATCHES
#include "lacuna/Transforms/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

// Where a dimension is dynamic the routes are priced at these sizes.
static constexpr int64_t kAssumedSizes[] = {1, 16, 128, 1024};

namespace {
/// The licensed contraction of a region.
struct Licensed {
  linalg::LinalgOp op;
  OpOperand *weight = nullptr;
  RankedTensorType type;
};

/// A route with its price at every assumed size.
struct Price {
  SmallVector<int64_t> dense, sparseTensor;
  SmallVector<int64_t> sizes;

  /// Mean of log(sparse / dense): negative where skipping pays.
  double gain() const {
    double sum = 0;
    for (auto [d, s] : llvm::zip(dense, sparseTensor))
      sum += std::log(double(s) / d);
    return sum / dense.size();
  }
};

struct PlanDispatches : lacuna::impl::PlanDispatchesBase<PlanDispatches> {
  using PlanDispatchesBase::PlanDispatchesBase;

  void runOnOperation() override {
    std::optional<Route> forced;
    if (!forceRoute.empty() && !(forced = parseRouteName(forceRoute))) {
      getOperation().emitError()
          << "unknown route '" << forceRoute
          << "' in force-route; the routes are dense and sparse-tensor";
      return signalPassFailure();
    }
    int64_t count = threads > 0
                        ? int64_t(threads)
                        : llvm::hardware_concurrency().compute_thread_count();
    model = getCPUModel(count);
    WalkResult result = getOperation().walk([&](DispatchOp dispatch) {
      return failed(plan(dispatch, forced)) ? WalkResult::interrupt()
                                            : WalkResult::advance();
    });
    if (result.wasInterrupted())
      signalPassFailure();
  }

private:
  TargetModel model;

  static std::optional<Licensed> findLicensed(DispatchOp dispatch) {
    for (BlockArgument argument : dispatch.getBody().getArguments())
      if (getLayout(argument.getType()))
        for (OpOperand &use : argument.getUses())
          if (isContraction(use.getOwner()))
            return Licensed{cast<linalg::LinalgOp>(use.getOwner()), &use,
                            cast<RankedTensorType>(argument.getType())};
    return std::nullopt;
  }

  /// Rows, depth and columns of the contraction with the weight on the left,
  /// where a dynamic size counts as `assumed`.
  static ContractionSize measure(const Licensed &licensed, int64_t assumed) {
    linalg::LinalgOp op = licensed.op;
    SmallVector<int64_t> ranges = op.getStaticLoopRanges();
    AffineMap weightMap = op.getMatchingIndexingMap(licensed.weight);
    ContractionSize size;
    size.rows = size.depth = size.columns = 1;
    auto types = op.getIteratorTypesArray();
    OpOperand *other =
        op.getDpsInputOperand(licensed.weight->getOperandNumber() == 0 ? 1 : 0);
    AffineMap otherMap = op.getMatchingIndexingMap(other);
    for (auto [loop, range] : llvm::enumerate(ranges)) {
      int64_t n = ShapedType::isDynamic(range) ? assumed : range;
      bool inWeight = weightMap.isFunctionOfDim(loop);
      if (types[loop] == utils::IteratorType::reduction)
        size.depth *= n;
      else if (inWeight && otherMap.isFunctionOfDim(loop))
        size.batch *= n;
      else if (inWeight)
        size.rows *= n;
      else
        size.columns *= n;
    }
    auto bytes = [](Type type) {
      return std::max<int64_t>(
          1, cast<ShapedType>(type).getElementTypeBitWidth() / 8);
    };
    size.weightElementBytes = bytes(licensed.type);
    size.activationElementBytes = bytes(other->get().getType());
    size.resultElementBytes = bytes(op.getDpsInits()[0].getType());
    return size;
  }

  Price price(const Licensed &licensed) const {
    Price price;
    linalg::LinalgOp op = licensed.op;
    SmallVector<int64_t> ranges = op.getStaticLoopRanges();
    bool isDynamic = llvm::is_contained(ranges, ShapedType::kDynamic);
    ArrayRef<int64_t> sizes(kAssumedSizes);
    for (int64_t assumed : isDynamic ? sizes : sizes.take_front()) {
      ContractionSize size = measure(licensed, assumed);
      price.sizes.push_back(size.columns);
      price.dense.push_back(priceDense(size, model));
      price.sparseTensor.push_back(
          priceSparseTensor(size, licensed.type, model));
    }
    return price;
  }

  static std::string explain(const Licensed &licensed, const Price &price) {
    auto layout = getLayout(licensed.type);
    auto visit = cast<VisitInterface>(licensed.type.getEncoding());
    std::string text;
    llvm::raw_string_ostream os(text);
    os << llvm::formatv(
        "{0} leaves {1:F1} % of the multiply-adds; sparse-tensor over dense is "
        "predicted to gain",
        layout.getSpelling(),
        100 * visit.getExpectedWork(licensed.type.getShape()));
    for (auto [i, columns] : llvm::enumerate(price.sizes))
      os << llvm::formatv("{0} {1:F2}x at {2} columns", i ? "," : "",
                          double(price.dense[i]) / price.sparseTensor[i],
                          columns);
    return text;
  }

  /// The route that the user asked for, if any.
  FailureOr<std::optional<Route>> getForced(DispatchOp dispatch,
                                            std::optional<Route> everywhere) {
    Attribute attribute = dispatch->getAttr(LacunaDialect::kRouteAttr);
    if (!attribute)
      return everywhere;
    if (auto route = dyn_cast<RouteAttr>(attribute))
      return std::optional<Route>(route.getValue());
    dispatch.emitOpError("expected '")
        << LacunaDialect::kRouteAttr
        << "' to be a route such as #lacuna.route<dense>, found " << attribute;
    return failure();
  }

  LogicalResult plan(DispatchOp dispatch, std::optional<Route> everywhere) {
    FailureOr<std::optional<Route>> forced = getForced(dispatch, everywhere);
    if (failed(forced))
      return failure();
    std::optional<Licensed> licensed = findLicensed(dispatch);
    if (!licensed) {
      if (!dispatch->hasAttr(LacunaDialect::kRouteAttr) ||
          *forced == Route::Dense)
        return success();
      return dispatch.emitOpError("is forced to route '")
             << getRouteName(**forced)
             << "', but reads no tensor with a layout";
    }
    Price prices = price(*licensed);
    std::string reason = explain(*licensed, prices);
    std::optional<std::string> impossible =
        whyNotSparseTensor(licensed->op, *licensed->weight);
    if (impossible) {
      if (*forced == Route::SparseTensor)
        return dispatch.emitOpError("is forced to route 'sparse-tensor', which "
                                    "cannot compute it: ")
               << *impossible;
      reason = *impossible;
    }
    bool pays = !impossible && prices.gain() < 0;
    Route route = forced->value_or(pays ? Route::SparseTensor : Route::Dense);
    // The plan shows the last assumed size, where the work dominates.
    int64_t dense = prices.dense.back();
    int64_t taken = route == Route::Dense ? dense : prices.sparseTensor.back();
    auto choice =
        ChoiceAttr::get(&getContext(), /*from=*/0, route, taken, dense, reason);
    dispatch.setPlanAttr(
        PlanAttr::get(&getContext(), "cpu", forced->has_value(), choice));
    report(dispatch, route, forced->has_value(), reason);
    return success();
  }

  void report(DispatchOp dispatch, Route route, bool forced, StringRef reason) {
    auto options = remark::RemarkOpts::name("route").category("plan").function(
        dispatch->getParentOfType<FunctionOpInterface>().getName());
    if (route == Route::Dense) {
      ++numRefused;
      remark::missed(dispatch.getLoc(), options)
          << (forced ? "dense by request: " : "dense: ") << reason;
      return;
    }
    ++numUsed;
    remark::passed(dispatch.getLoc(), options)
        << getRouteName(route) + (forced ? " by request: " : ": ") << reason;
  }
};
} // namespace
