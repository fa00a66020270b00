// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The report of a plan, as text and as JSON. Reads the attributes that
// plan-dispatches left; decides nothing.

#include "lacuna/Transforms/PlanReport.h"

#include "lacuna/Transforms/Weights.h"

#include "mlir/Dialect/MLProgram/IR/MLProgram.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace lacuna;

/// `file:line:column` of the first place that a location names.
static std::string describe(Location loc) {
  std::string text;
  loc->walk([&](Location inner) {
    auto file = dyn_cast<FileLineColLoc>(inner);
    if (!file)
      return WalkResult::advance();
    text = llvm::formatv("{0}:{1}:{2}", file.getFilename().getValue(),
                         file.getLine(), file.getColumn());
    return WalkResult::interrupt();
  });
  return text;
}

std::vector<PlannedRegion> lacuna::collectPlan(ModuleOp module) {
  std::vector<PlannedRegion> regions;
  module.walk([&](DispatchOp dispatch) {
    if (!dispatch.getPlan())
      return;
    PlannedRegion region;
    region.function =
        dispatch->getParentOfType<FunctionOpInterface>().getName().str();
    region.location = describe(dispatch.getLoc());
    region.density = 1;
    for (Value input : dispatch.getInputs()) {
      auto layout = getLayout(input.getType());
      if (!layout)
        continue;
      auto type = cast<RankedTensorType>(input.getType());
      if (auto load = input.getDefiningOp<ml_program::GlobalLoadConstOp>())
        if (auto global =
                SymbolTable::lookupNearestSymbolFrom<ml_program::GlobalOp>(
                    load, load.getGlobalAttr()))
          region.weight = getWeightName(global).str();
      region.layout = layout.getSpelling();
      llvm::raw_string_ostream(region.type) << eraseLayout(type);
      if (type.getNumElements())
        region.density =
            std::min(1.0, double(layout.getNumStored(type.getShape())) /
                              type.getNumElements());
      break;
    }
    ChoiceAttr choice = dispatch.getPlan()->getChoices().front();
    region.route = choice.getRoute();
    region.forced = dispatch.getPlan()->getForced();
    region.microseconds = choice.getNanoseconds() / 1e3;
    region.denseMicroseconds = choice.getDenseNanoseconds() / 1e3;
    region.reason = choice.getReason().str();
    regions.push_back(std::move(region));
  });
  return regions;
}

void lacuna::writePlanText(ArrayRef<PlannedRegion> plan, StringRef target,
                           raw_ostream &os) {
  if (plan.empty()) {
    os << "plan for " << target
       << ": no layouts, so nothing may be skipped; everything is dense\n";
    return;
  }
  unsigned used = 0;
  for (const PlannedRegion &region : plan)
    used += region.route != Route::Dense;
  os << "plan for " << target << ": " << plan.size() << " licenses, " << used
     << " used\n\n";
  size_t width = strlen("weight");
  for (const PlannedRegion &region : plan)
    width = std::max(width, region.weight.size());
  os << llvm::left_justify("weight", width) << " "
     << llvm::left_justify("layout", 20) << " density  "
     << llvm::left_justify("route", 14) << "         us   dense us\n";
  for (const PlannedRegion &region : plan) {
    std::string route = getRouteName(region.route) + (region.forced ? "!" : "");
    os << llvm::left_justify(region.weight, width) << " "
       << llvm::left_justify(region.layout, 20)
       << llvm::format("%6.1f%%  ", 100 * region.density)
       << llvm::left_justify(route, 14)
       << llvm::format(" %10.1f %10.1f\n", region.microseconds,
                       region.denseMicroseconds);
  }
  os << "\n(! = forced; times are predictions)\n";
  for (const PlannedRegion &region : plan) {
    os << "- " << (region.weight.empty() ? "a value" : region.weight);
    if (!region.location.empty())
      os << " at " << region.location;
    os << ": " << getRouteName(region.route)
       << (region.forced ? " by request; " : " because ") << region.reason
       << "\n";
  }
}

void lacuna::writePlanJSON(
    ArrayRef<PlannedRegion> plan, StringRef target, raw_ostream &os,
    function_ref<void(llvm::json::OStream &)> writeMore) {
  llvm::json::OStream json(os, /*IndentSize=*/2);
  json.object([&] {
    json.attribute("target", target);
    json.attributeArray("regions", [&] {
      for (const PlannedRegion &region : plan)
        json.object([&] {
          json.attribute("function", region.function);
          json.attribute("location", region.location);
          json.attribute("weight", region.weight);
          json.attribute("layout", region.layout);
          json.attribute("type", region.type);
          json.attribute("density", region.density);
          json.attribute("route", getRouteName(region.route));
          json.attribute("forced", region.forced);
          json.attribute("microseconds", region.microseconds);
          json.attribute("dense_microseconds", region.denseMicroseconds);
          json.attribute("reason", region.reason);
        });
    });
    writeMore(json);
  });
  os << "\n";
}
