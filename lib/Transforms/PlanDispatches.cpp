// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// plan-dispatches: the plan phase. Whether a license is used is decided here,
// with numbers, on whole regions: after fusion, before any code is shaped.

#include "RoutePrices.h"

#include "lacuna/Support/Plural.h"
#include "lacuna/Transforms/GPUTarget.h"
#include "lacuna/Transforms/Passes.h"
#include "lacuna/Transforms/PlanReport.h"
#include "lacuna/Transforms/Weights.h"

#include "mlir/Dialect/MLProgram/IR/MLProgram.h"
#include "mlir/IR/Remarks.h"
#include "llvm/Support/FormatVariadic.h"

#include <cmath>

namespace lacuna {
#define GEN_PASS_DEF_PLANDISPATCHES
#include "lacuna/Transforms/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

// Where the number of columns is dynamic the report has prices at these.
static constexpr int64_t kReportedSizes[] = {1, 16, 128, 1024};

static std::string countColumns(int64_t columns) {
  return countNoun(columns, "column");
}

/// Times below a nanosecond count as one.
static double getRatio(double denseNanoseconds, double nanoseconds) {
  return std::max(denseNanoseconds, 1.0) / std::max(nanoseconds, 1.0);
}

/// "from 16 to 511 columns: "; nothing for all sizes.
static std::string describeInterval(int64_t from, int64_t to) {
  if (from == 0 && to == ShapedType::kDynamic)
    return "";
  if (to == ShapedType::kDynamic)
    return llvm::formatv("from {0} on: ", countColumns(from));
  if (from == 0)
    return llvm::formatv("up to {0}: ", countColumns(to - 1));
  if (from == to - 1)
    return llvm::formatv("at {0}: ", countColumns(from));
  return llvm::formatv("from {0} to {1}: ", from, countColumns(to - 1));
}

namespace {
struct PlanDispatches : lacuna::impl::PlanDispatchesBase<PlanDispatches> {
  using PlanDispatchesBase::PlanDispatchesBase;

  void runOnOperation() override {
    std::optional<Route> forced;
    if (!forceRoute.empty() && !(forced = parseRouteName(forceRoute))) {
      getOperation().emitError()
          << "unknown route '" << forceRoute << "' in force-route; expected "
          << getRouteNames();
      return signalPassFailure();
    }
    for (int64_t size : sizes)
      if (size < 1) {
        getOperation().emitError() << "expected numbers of columns of at least "
                                      "1 in sizes, found "
                                   << size;
        return signalPassFailure();
      }
    if (failed(readModel()))
      return signalPassFailure();
    // Several targets are compiled with one option.
    if (forced && !prices->hasRoute(*forced)) {
      getOperation().emitWarning()
          << describeLack(*forced) << "; its routes are left to the plan";
      forced.reset();
    }
    WalkResult result = getOperation().walk([&](DispatchOp dispatch) {
      return failed(plan(dispatch, forced)) ? WalkResult::interrupt()
                                            : WalkResult::advance();
    });
    if (result.wasInterrupted())
      signalPassFailure();
  }

private:
  std::optional<RoutePrices> prices;

  LogicalResult readModel() {
    if (!findGPUTarget(target) && target != "cpu") {
      std::string known = "cpu";
      for (const GPUTarget &gpu : getGPUTargets())
        known += (", " + gpu.name).str();
      return getOperation().emitError()
             << "unknown target '" << target << "'; expected one of " << known;
    }
    llvm::Expected<TargetModel> model =
        getTargetModel(target, features, targetModel);
    if (!model)
      return getOperation().emitError(llvm::toString(model.takeError()));
    prices.emplace(std::move(*model),
                   RoutePrices::getConditions(
                       RoutePrices::getFootprint(getOperation()), threads));
    return success();
  }

  /// "target sm_80 has no route 'vector', only dense, tensor-core".
  std::string describeLack(Route route) const {
    return llvm::formatv(
        "target {0} has no route '{1}', only {2}", target, getRouteName(route),
        llvm::join(llvm::map_range(prices->getRoutes(), getRouteName), ", "));
  }

  /// The route that the user asked for, if any: on the operation, else
  /// everywhere.
  FailureOr<std::optional<Route>> getForced(DispatchOp dispatch,
                                            std::optional<Route> everywhere) {
    Attribute attribute = dispatch->getAttr(LacunaDialect::kRouteAttr);
    if (!attribute)
      return everywhere;
    auto route = dyn_cast<RouteAttr>(attribute);
    if (!route) {
      dispatch.emitOpError("expected '")
          << LacunaDialect::kRouteAttr
          << "' to be a route such as #lacuna.route<dense>, found "
          << attribute;
      return failure();
    }
    if (prices->hasRoute(route.getValue()))
      return std::optional<Route>(route.getValue());
    // It may be meant for another target of the same model.
    dispatch.emitWarning("is forced to route '")
        << getRouteName(route.getValue()) << "', but "
        << describeLack(route.getValue()) << "; its route is "
        << (everywhere ? "that of force-route" : "left to the plan");
    return everywhere;
  }

  LogicalResult plan(DispatchOp dispatch, std::optional<Route> everywhere) {
    FailureOr<std::optional<Route>> forced = getForced(dispatch, everywhere);
    if (failed(forced))
      return failure();
    std::optional<LicensedContraction> licensed = findLicensed(dispatch);
    if (!licensed) {
      reportUnlicensed(dispatch);
      auto own = dispatch->getAttrOfType<RouteAttr>(LacunaDialect::kRouteAttr);
      if (!own || own.getValue() == Route::Dense ||
          !prices->hasRoute(own.getValue()))
        return success();
      return dispatch.emitOpError("is forced to route '")
             << getRouteName(own.getValue())
             << "', but reads no tensor with a layout";
    }
    SmallVector<Refusal> refused;
    SmallVector<RouteOption> options = prices->getOptions(*licensed, refused);
    for (const auto &[route, why] : refused)
      if (*forced == route)
        return dispatch.emitOpError("is forced to route '")
               << getRouteName(route) << "', which cannot compute it: " << why;
    if (*forced)
      llvm::erase_if(options, [&](const RouteOption &option) {
        return option.route != **forced;
      });
    SmallVector<Interval> intervals =
        RoutePrices::plan(options, *licensed, getStaticColumns(*licensed));
    SmallVector<ChoiceAttr> choices;
    for (auto [i, interval] : llvm::enumerate(intervals)) {
      int64_t to = i + 1 < intervals.size() ? intervals[i + 1].from
                                            : ShapedType::kDynamic;
      choices.push_back(choose(*licensed, interval.option->route, interval.from,
                               to, refused));
    }
    dispatch.setPlanAttr(
        PlanAttr::get(&getContext(), target, forced->has_value(), choices));
    report(dispatch);
    return success();
  }

  /// The sizes in an interval that prices are given at.
  SmallVector<int64_t> getReported(const LicensedContraction &licensed,
                                   int64_t from, int64_t to) const {
    int64_t columns = getStaticColumns(licensed);
    if (!ShapedType::isDynamic(columns))
      return {columns};
    SmallVector<int64_t> candidates(sizes.begin(), sizes.end());
    if (candidates.empty())
      candidates.assign(std::begin(kReportedSizes), std::end(kReportedSizes));
    llvm::sort(candidates);
    SmallVector<int64_t> inside;
    for (int64_t size : candidates)
      if (size >= from && (to == ShapedType::kDynamic || size < to))
        inside.push_back(size);
    if (inside.empty())
      inside.push_back(std::max<int64_t>(1, from));
    return inside;
  }

  static int64_t round(double value) {
    return std::llround(std::min(value, 9e18));
  }

  PriceAttr getPrice(const LicensedContraction &licensed, Route route,
                     int64_t columns) {
    Prediction taken = prices->predict(licensed, route, columns),
               dense = prices->predict(licensed, Route::Dense, columns);
    return PriceAttr::get(&getContext(), columns, round(taken.seconds * 1e9),
                          round(dense.seconds * 1e9), round(taken.bytes),
                          round(dense.bytes), round(taken.operations),
                          round(dense.operations), getBoundName(taken.bound),
                          taken.calibrated && dense.calibrated);
  }

  ChoiceAttr choose(const LicensedContraction &licensed, Route route,
                    int64_t from, int64_t to, ArrayRef<Refusal> refused) {
    SmallVector<Attribute> list;
    for (int64_t columns : getReported(licensed, from, to))
      list.push_back(getPrice(licensed, route, columns));
    auto last = cast<PriceAttr>(list.back());
    std::string reason =
        describeInterval(from, to) +
        (route == Route::Dense ? explainDense(licensed, list, refused)
                               : explainSkipping(licensed, route, list));
    return ChoiceAttr::get(&getContext(), from, route, last.getNanoseconds(),
                           last.getDenseNanoseconds(), reason,
                           ArrayAttr::get(&getContext(), list));
  }

  /// "memory-bound, nm<2:4> leaves 50.0 % of the multiply-adds and 56.2 % of
  /// the weight's bytes: 1.62x as fast as dense at 1 column, ...".
  std::string explainSkipping(const LicensedContraction &licensed, Route route,
                              ArrayRef<Attribute> list) const {
    WeightView view = RoutePrices::getView(licensed, route);
    std::string text = llvm::formatv(
        "{0}-bound, {1} leaves {2:F1} % of the multiply-adds and {3:F1} % of "
        "the weight's bytes: ",
        cast<PriceAttr>(list.front()).getBound(),
        getLayout(licensed.type).getSpelling(), 100 * view.work,
        100 * view.bytes /
            std::max(RoutePrices::getView(licensed, Route::Dense).bytes, 1.0));
    for (auto [i, attribute] : llvm::enumerate(list)) {
      auto price = cast<PriceAttr>(attribute);
      text += llvm::formatv(
          "{0}{1:F2}x {2}at {3}", i ? ", " : "",
          getRatio(price.getDenseNanoseconds(), price.getNanoseconds()),
          i ? "" : "as fast as dense ", countColumns(price.getColumns()));
    }
    return text;
  }

  /// "compute-bound, vector would be 0.91x as fast at 1024 columns", or why
  /// there is no other route.
  std::string explainDense(const LicensedContraction &licensed,
                           ArrayRef<Attribute> list,
                           ArrayRef<Refusal> refused) const {
    std::string text;
    for (Route route : prices->getRoutes()) {
      bool isRefused = llvm::any_of(
          refused, [&](const auto &entry) { return entry.first == route; });
      if (route == Route::Dense || isRefused)
        continue;
      text +=
          (text.empty()
               ? (cast<PriceAttr>(list.front()).getBound() + "-bound, ").str()
               : "; ") +
          getRouteName(route) + " would be ";
      for (auto [i, attribute] : llvm::enumerate(list)) {
        auto price = cast<PriceAttr>(attribute);
        double seconds =
            prices->predict(licensed, route, price.getColumns()).seconds;
        text += llvm::formatv(
            "{0}{1:F2}x {2}at {3}", i ? ", " : "",
            getRatio(price.getDenseNanoseconds(), seconds * 1e9),
            i ? "" : "as fast ", countColumns(price.getColumns()));
      }
    }
    return prices->describe(refused, text);
  }

  static remark::RemarkOpts getRemarkOptions(DispatchOp dispatch) {
    return remark::RemarkOpts::name("route").category("plan").function(
        dispatch->getParentOfType<FunctionOpInterface>().getName());
  }

  static void reportUnlicensed(DispatchOp dispatch) {
    for (const UnlicensedRegion &region : getUnlicensed(dispatch))
      remark::missed(dispatch.getLoc(), getRemarkOptions(dispatch))
          << ("dense: " + kUnlicensedReason + " (" + region.weight + ")").str();
  }

  /// A remark for each interval.
  void report(DispatchOp dispatch) {
    PlanAttr plan = *dispatch.getPlan();
    remark::RemarkOpts options = getRemarkOptions(dispatch);
    bool isUsed = false;
    for (ChoiceAttr choice : plan.getChoices()) {
      std::string text = getRouteName(choice.getRoute()) +
                         (plan.getForced() ? " by request: " : ": ") +
                         choice.getReason().str();
      bool skips = choice.getRoute() != Route::Dense;
      isUsed |= skips;
      if (skips)
        remark::passed(dispatch.getLoc(), options) << text;
      else
        remark::missed(dispatch.getLoc(), options) << text;
    }
    if (isUsed)
      ++numUsed;
    else
      ++numRefused;
  }
};
} // namespace
