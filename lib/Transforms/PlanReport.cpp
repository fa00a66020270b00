// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The report of a plan, as text and as JSON. Reads the attributes that
// plan-dispatches left; decides nothing.

#include "lacuna/Transforms/PlanReport.h"

#include "RoutePrices.h"

#include "lacuna/Support/Plural.h"
#include "lacuna/Transforms/Weights.h"

#include "mlir/Dialect/MLProgram/IR/MLProgram.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace lacuna;

bool PlannedRegion::isUsed() const {
  return llvm::any_of(intervals, [](const PlannedInterval &planned) {
    return planned.route != Route::Dense;
  });
}

static PlannedPrice readPrice(PriceAttr price) {
  return {price.getColumns(),          price.getNanoseconds(),
          price.getDenseNanoseconds(), price.getBytes(),
          price.getDenseBytes(),       price.getOperations(),
          price.getDenseOperations(),  price.getBound().str(),
          price.getCalibrated()};
}

static void readPlan(DispatchOp dispatch, PlannedRegion &region) {
  PlanAttr plan = *dispatch.getPlan();
  region.forced = plan.getForced();
  std::optional<LicensedContraction> licensed = findLicensed(dispatch);
  for (ChoiceAttr choice : plan.getChoices()) {
    PlannedInterval planned{
        choice.getFrom(), choice.getRoute(), choice.getReason().str(), {}};
    if (choice.getPrices())
      for (Attribute price : choice.getPrices())
        planned.prices.push_back(readPrice(cast<PriceAttr>(price)));
    std::string name = getRouteName(planned.route);
    bool isNew = llvm::none_of(region.views, [&](const PlannedView &view) {
      return view.name == name;
    });
    if (licensed && isNew)
      region.views.push_back(
          {name, static_cast<int64_t>(
                     RoutePrices::getView(*licensed, planned.route).bytes)});
    region.intervals.push_back(std::move(planned));
  }
  if (!licensed)
    return;
  region.weightBytes =
      static_cast<int64_t>(RoutePrices::getView(*licensed, Route::Dense).bytes);
  if (auto sizes = getColumnSizes(*licensed)) {
    region.columnsPerSize = 1;
    for (const ColumnSize &size : *sizes) {
      region.numDynamicSizes += size.input >= 0;
      region.columnsPerSize *= size.constant;
    }
  }
}

void lacuna::numberRegions(ModuleOp module) {
  Builder builder(module.getContext());
  int64_t number = 0;
  module.walk([&](DispatchOp dispatch) {
    if (dispatch.getPlan())
      dispatch->setAttr(LacunaDialect::kRegionAttr,
                        builder.getI64IntegerAttr(number++));
  });
}

/// The name of the weight that `value` loads, or "".
static std::string getLoadedWeight(Value value) {
  auto load = value.getDefiningOp<ml_program::GlobalLoadConstOp>();
  if (!load)
    return "";
  auto global = SymbolTable::lookupNearestSymbolFrom<ml_program::GlobalOp>(
      load, load.getGlobalAttr());
  return global ? getWeightName(global).str() : "";
}

std::vector<PlannedRegion> lacuna::collectPlan(ModuleOp module) {
  std::vector<PlannedRegion> regions;
  module.walk([&](DispatchOp dispatch) {
    if (!dispatch.getPlan())
      return;
    PlannedRegion region = {};
    region.function =
        dispatch->getParentOfType<FunctionOpInterface>().getName().str();
    region.location = describeLocation(dispatch.getLoc());
    region.density = 1;
    for (Value input : dispatch.getInputs()) {
      auto layout = getLayout(input.getType());
      if (!layout)
        continue;
      auto type = cast<RankedTensorType>(input.getType());
      region.weight = getLoadedWeight(input);
      region.layout = layout.getSpelling();
      llvm::raw_string_ostream(region.type) << eraseLayout(type);
      if (type.getNumElements())
        region.density =
            std::min(1.0, double(layout.getNumStored(type.getShape())) /
                              type.getNumElements());
      break;
    }
    readPlan(dispatch, region);
    regions.push_back(std::move(region));
  });
  return regions;
}

std::vector<UnlicensedRegion> lacuna::getUnlicensed(DispatchOp dispatch) {
  std::vector<UnlicensedRegion> regions;
  if (dispatch.getPlan())
    return regions;
  for (auto [input, argument] :
       llvm::zip(dispatch.getInputs(), dispatch.getBody().getArguments())) {
    std::string weight = getLoadedWeight(input);
    if (weight.empty() || !llvm::any_of(argument.getUsers(), isContraction))
      continue;
    UnlicensedRegion region;
    region.function =
        dispatch->getParentOfType<FunctionOpInterface>().getName().str();
    region.location = describeLocation(dispatch.getLoc());
    region.weight = weight;
    llvm::raw_string_ostream(region.type) << input.getType();
    regions.push_back(std::move(region));
  }
  return regions;
}

std::vector<UnlicensedRegion> lacuna::collectUnlicensed(ModuleOp module) {
  std::vector<UnlicensedRegion> regions;
  module.walk([&](DispatchOp dispatch) {
    llvm::append_range(regions, getUnlicensed(dispatch));
  });
  return regions;
}

std::string lacuna::describeColumns(const PlannedCounts &counts) {
  std::string text = countNoun(counts.columns, "column");
  for (auto [i, size] : llvm::enumerate(counts.sizes))
    text += (i ? " x " : " (") + std::to_string(size);
  return text + (counts.sizes.empty() ? "" : ")");
}

/// "16 of 128 constants of FILE were not measured on such hardware: ...".
static void writeConditions(const Plan &plan, raw_ostream &os) {
  os << "constants: " << plan.file << ", " << plan.description;
  if (plan.threads)
    os << ", " << countNoun(plan.threads, "thread");
  os << "\n";
  if (!plan.uncalibrated.empty())
    os << "uncalibrated: " << llvm::join(plan.uncalibrated, ", ") << "\n";
}

void lacuna::writePlanText(const Plan &plan, raw_ostream &os) {
  if (plan.regions.empty()) {
    os << "plan for " << plan.target << ": " << kNoLicense << "\n";
    return;
  }
  unsigned used = llvm::count_if(plan.regions, [](const PlannedRegion &region) {
    return region.isUsed();
  });
  os << "plan for " << plan.target << ": "
     << countNoun(plan.regions.size(), "license") << ", " << used << " used\n";
  writeConditions(plan, os);
  os << "\n";
  size_t width = strlen("weight");
  for (const PlannedRegion &region : plan.regions)
    width = std::max(width, region.weight.size());
  os << llvm::left_justify("weight", width) << " "
     << llvm::left_justify("layout", 20)
     << " density  columns route                 us   dense us    gain\n";
  bool isCalibrated = true;
  for (const PlannedRegion &region : plan.regions)
    for (const auto &[i, planned] : llvm::enumerate(region.intervals))
      for (const auto &[j, price] : llvm::enumerate(planned.prices)) {
        bool isFirst = i == 0 && j == 0;
        isCalibrated &= price.calibrated;
        os << llvm::left_justify(isFirst ? region.weight : "", width) << " "
           << llvm::left_justify(isFirst ? region.layout : "", 20)
           << (isFirst ? llvm::formatv("{0,6:F1}%", 100 * region.density).str()
                       : std::string(7, ' '))
           << llvm::format(" %8lld ", static_cast<long long>(price.columns))
           << llvm::left_justify(
                  getRouteName(planned.route) + (region.forced ? "!" : ""), 14)
           << llvm::format(" %9.1f%s %9.1f%s %6.2fx\n", price.nanoseconds / 1e3,
                           price.calibrated ? " " : "?",
                           price.denseNanoseconds / 1e3,
                           price.calibrated ? " " : "?", price.getGain());
      }
  os << "\n(! = forced; times are predictions"
     << (isCalibrated
             ? ")\n"
             : "; ? = uncalibrated: a constant of the target's file was "
               "not measured on such hardware)\n");
  for (const PlannedRegion &region : plan.regions) {
    os << "- " << (region.weight.empty() ? "a value" : region.weight);
    if (!region.location.empty())
      os << " at " << region.location;
    os << ":";
    for (const PlannedInterval &planned : region.intervals)
      os << (region.intervals.size() > 1 ? "\n    " : " ")
         << getRouteName(planned.route)
         << (region.forced ? " by request; " : " because ") << planned.reason;
    os << "\n";
    if (region.pattern) {
      os << llvm::formatv("    its elements: {0:F1} % are not 0",
                          100 * region.pattern->density);
      if (!region.pattern->keeps.empty())
        os << "; it also keeps " << llvm::join(region.pattern->keeps, ", ");
      os << "\n";
    }
    for (const PlannedCounts &counts : region.counts) {
      os << "    at " << describeColumns(counts) << ":";
      for (const auto &[i, counter] : llvm::enumerate(counts.counters))
        os << (i ? ", " : " ") << counter.second << " " << counter.first;
      os << "\n";
    }
    if (region.views.size() < 2)
      continue;
    os << "    in memory:";
    for (const auto &[i, view] : llvm::enumerate(region.views))
      os << (i ? ", " : " ") << view.bytes << " bytes for " << view.name;
    os << "\n";
  }
  for (const UnlicensedRegion &region : plan.unlicensed) {
    os << "- " << region.weight;
    if (!region.location.empty())
      os << " at " << region.location;
    os << ": dense because " << kUnlicensedReason << "\n";
  }
}

/// In few digits, so that reports are stable.
static void writeNumber(StringRef name, double value,
                        llvm::json::OStream &json) {
  json.attributeBegin(name);
  json.rawValue(llvm::formatv("{0:F3}", value).str());
  json.attributeEnd();
}

static void writePattern(const WeightPattern &pattern,
                         llvm::json::OStream &json) {
  json.attributeObject("elements", [&] {
    writeNumber("density", pattern.density, json);
    json.attributeArray("keeps", [&] {
      for (const std::string &layout : pattern.keeps)
        json.value(layout);
    });
  });
}

static void writeInterval(const PlannedInterval &planned,
                          llvm::json::OStream &json) {
  json.object([&] {
    json.attribute("from", planned.from);
    json.attribute("route", getRouteName(planned.route));
    json.attribute("reason", planned.reason);
    json.attributeArray("prices", [&] {
      for (const PlannedPrice &price : planned.prices)
        json.object([&] {
          json.attribute("columns", price.columns);
          json.attribute("nanoseconds", price.nanoseconds);
          json.attribute("dense_nanoseconds", price.denseNanoseconds);
          writeNumber("gain", price.getGain(), json);
          json.attribute("bytes", price.bytes);
          json.attribute("dense_bytes", price.denseBytes);
          json.attribute("operations", price.operations);
          json.attribute("dense_operations", price.denseOperations);
          json.attribute("bound", price.bound);
          json.attribute("calibrated", price.calibrated);
        });
    });
  });
}

void lacuna::writePlanJSON(
    const Plan &plan, raw_ostream &os,
    function_ref<void(llvm::json::OStream &)> writeMore) {
  llvm::json::OStream json(os, /*IndentSize=*/2);
  json.object([&] {
    json.attribute("target", plan.target);
    json.attribute("constants", plan.file);
    json.attribute("machine", plan.description);
    if (plan.threads)
      json.attribute("threads", plan.threads);
    json.attributeArray("uncalibrated", [&] {
      for (const std::string &name : plan.uncalibrated)
        json.value(name);
    });
    json.attributeArray("regions", [&] {
      for (const PlannedRegion &region : plan.regions)
        json.object([&] {
          json.attribute("function", region.function);
          json.attribute("location", region.location);
          json.attribute("weight", region.weight);
          json.attribute("layout", region.layout);
          json.attribute("type", region.type);
          writeNumber("density", region.density, json);
          json.attribute("dense_bytes", region.weightBytes);
          json.attribute("forced", region.forced);
          json.attributeArray("intervals", [&] {
            for (const PlannedInterval &planned : region.intervals)
              writeInterval(planned, json);
          });
          if (region.pattern)
            writePattern(*region.pattern, json);
          if (!region.counts.empty())
            json.attributeArray("counters", [&] {
              for (const PlannedCounts &counts : region.counts)
                json.object([&] {
                  json.attribute("columns", counts.columns);
                  if (!counts.sizes.empty())
                    json.attributeArray("sizes", [&] {
                      for (int64_t size : counts.sizes)
                        json.value(size);
                    });
                  for (const auto &[name, number] : counts.counters)
                    json.attribute(name, number);
                });
            });
          json.attributeArray("views", [&] {
            for (const PlannedView &view : region.views)
              json.object([&] {
                json.attribute("route", view.name);
                json.attribute("bytes", view.bytes);
              });
          });
        });
    });
    json.attributeArray("unlicensed", [&] {
      for (const UnlicensedRegion &region : plan.unlicensed)
        json.object([&] {
          json.attribute("function", region.function);
          json.attribute("location", region.location);
          json.attribute("weight", region.weight);
          json.attribute("type", region.type);
          json.attribute("route", getRouteName(Route::Dense));
          json.attribute("reason", kUnlicensedReason);
        });
    });
    writeMore(json);
  });
  os << "\n";
}
