// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// plan-dispatches: the plan phase. Whether a license is used is decided here,
// with numbers, on whole regions: after fusion, before any code is shaped.

#include "CostModel.h"
#include "DispatchGroup.h"
#include "lacuna/IR/Lacuna.h"
#include "lacuna/Transforms/GPUTarget.h"
#include "lacuna/Transforms/Passes.h"
#include "lacuna/Transforms/SparseTensorRoute.h"
#include "lacuna/Transforms/TensorCoreRoute.h"
#include "lacuna/Transforms/VectorRoute.h"

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

/// Both routes with their price at every assumed size.
struct Price {
  SmallVector<int64_t> dense, skipping;
  SmallVector<int64_t> sizes;

  /// Mean of log(skipping / dense): negative where skipping pays.
  double gain() const {
    double sum = 0;
    for (auto [d, s] : llvm::zip(dense, skipping))
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
          << "' in force-route; the routes are dense, sparse-tensor, "
             "vector and tensor-core";
      return signalPassFailure();
    }
    gpu = getGPUModel(target);
    if (!gpu && target != "cpu") {
      getOperation().emitError()
          << "unknown target '" << target << "'; expected cpu or a GPU such as "
          << "sm_80";
      return signalPassFailure();
    }
    // Several targets are compiled with one option.
    if (forced && !isRoute(*forced)) {
      getOperation().emitWarning()
          << "target " << target << " has no route '" << forceRoute
          << "', only dense and "
          << (gpu ? "tensor-core" : "sparse-tensor and vector")
          << "; its routes are left to the plan";
      forced.reset();
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
  std::optional<GPUModel> gpu;

  /// The route of this target that uses a license.
  Route getSkippingRoute() const {
    return gpu ? Route::TensorCore : Route::SparseTensor;
  }

  bool isRoute(Route route) const {
    return route == Route::Dense || route == getSkippingRoute() ||
           (!gpu && route == Route::Vector);
  }

  /// Why `weight` cannot be in the order that kernels of a route read, or
  /// nothing.
  static std::optional<std::string> whyNoView(const Licensed &licensed,
                                              StringRef order) {
    auto argument = cast<BlockArgument>(licensed.weight->get());
    auto dispatch = cast<DispatchOp>(argument.getOwner()->getParentOp());
    if (!dispatch.getInputs()[argument.getArgNumber()].getDefiningOp<PruneOp>())
      return std::nullopt;
    return ("the operand is pruned at run time, and " + order +
            " order is made when weights are loaded")
        .str();
  }

  /// Why the skipping route cannot compute `licensed`, or nothing.
  std::optional<std::string> whyNot(const Licensed &licensed,
                                    Route route) const {
    std::optional<std::string> noView;
    if (route == Route::Vector) {
      if ((noView = whyNoView(licensed, "the vectors'")))
        return noView;
      return whyNotVector(licensed.op, *licensed.weight);
    }
    if (!gpu)
      return whyNotSparseTensor(licensed.op, *licensed.weight);
    if ((noView = whyNoView(licensed, "mma's")))
      return noView;
    std::string reason;
    if (analyzeTensorCoreContraction(licensed.op, reason))
      return std::nullopt;
    return reason;
  }

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

  /// Bits of an element where the dense route runs on tensor cores, else 0.
  static unsigned getTensorBits(const Licensed &licensed) {
    Type element = licensed.type.getElementType();
    bool tf32 =
        element.isF32() && licensed.op->hasAttr(LacunaDialect::kPrecisionAttr);
    return element.isF16() || element.isBF16() || element.isInteger(8) || tf32
               ? element.getIntOrFloatBitWidth()
               : 0;
  }

  /// `impossible`: the skipping route has no price.
  Price price(const Licensed &licensed, bool impossible) const {
    Price price;
    linalg::LinalgOp op = licensed.op;
    SmallVector<int64_t> ranges = op.getStaticLoopRanges();
    bool isDynamic = llvm::is_contained(ranges, ShapedType::kDynamic);
    ArrayRef<int64_t> sizes(kAssumedSizes);
    for (int64_t assumed : isDynamic ? sizes : sizes.take_front()) {
      ContractionSize size = measure(licensed, assumed);
      price.sizes.push_back(size.columns);
      unsigned bits = getTensorBits(licensed);
      price.dense.push_back(gpu ? priceDense(size, bits, *gpu)
                                : priceDense(size, model));
      price.skipping.push_back(
          impossible ? price.dense.back()
          : gpu      ? priceTensorCore(size, bits, licensed.type, *gpu)
                     : priceSparseTensor(size, licensed.type, model));
    }
    return price;
  }

  std::string explain(const Licensed &licensed, const Price &price,
                      Route skipping) const {
    auto layout = getLayout(licensed.type);
    auto visit = cast<VisitInterface>(licensed.type.getEncoding());
    std::string text;
    llvm::raw_string_ostream os(text);
    os << llvm::formatv(
        "{0} leaves {1:F1} % of the multiply-adds; {2} over dense is "
        "predicted to gain",
        layout.getSpelling(),
        100 * visit.getExpectedWork(licensed.type.getShape()),
        getRouteName(skipping));
    for (auto [i, columns] : llvm::enumerate(price.sizes))
      os << llvm::formatv("{0} {1:F2}x at {2} columns", i ? "," : "",
                          double(price.dense[i]) / price.skipping[i], columns);
    return text;
  }

  /// The route that the user asked for, if any.
  FailureOr<std::optional<Route>> getForced(DispatchOp dispatch,
                                            std::optional<Route> everywhere) {
    Attribute attribute = dispatch->getAttr(LacunaDialect::kRouteAttr);
    if (!attribute)
      return everywhere;
    if (auto route = dyn_cast<RouteAttr>(attribute)) {
      if (isRoute(route.getValue()))
        return std::optional<Route>(route.getValue());
      // Meant for another target of the same model.
      return everywhere;
    }
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
    Route skipping =
        *forced == Route::Vector ? Route::Vector : getSkippingRoute();
    std::optional<std::string> impossible = whyNot(*licensed, skipping);
    Price prices = price(*licensed, impossible.has_value());
    std::string reason =
        impossible ? *impossible : explain(*licensed, prices, skipping);
    if (impossible && *forced && **forced != Route::Dense)
      return dispatch.emitOpError("is forced to route '")
             << getRouteName(**forced)
             << "', which cannot compute it: " << *impossible;
    bool pays = !impossible && prices.gain() < 0;
    Route route = forced->value_or(pays ? skipping : Route::Dense);
    // The plan shows the last assumed size, where the work dominates.
    int64_t dense = prices.dense.back();
    int64_t taken = route == Route::Dense ? dense : prices.skipping.back();
    auto choice =
        ChoiceAttr::get(&getContext(), /*from=*/0, route, taken, dense, reason);
    dispatch.setPlanAttr(
        PlanAttr::get(&getContext(), target, forced->has_value(), choice));
    report(dispatch, route, forced->has_value(), reason);
    return success();
  }

  void report(DispatchOp dispatch, Route route, bool forced, StringRef reason) {
    auto options = remark::RemarkOpts::name("route").category("plan").function(
        dispatch->getParentOfType<FunctionOpInterface>().getName());
    if (route == Route::Dense) {
      ++numRefused;
      remark::missed(dispatch.getLoc(), options)
          << (forced ? "dense by request: " : "dense: ") + reason.str();
      return;
    }
    ++numUsed;
    remark::passed(dispatch.getLoc(), options)
        << (getRouteName(route) + (forced ? " by request: " : ": ") + reason)
               .str();
  }
};
} // namespace
