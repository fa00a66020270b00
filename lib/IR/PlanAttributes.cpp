// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Verification of plans (intervals start at 0 and ascend) and schedules, and
// the names of routes.

#include "lacuna/IR/Lacuna.h"

#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace lacuna;

LogicalResult PlanAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                               StringRef target, bool forced,
                               ArrayRef<ChoiceAttr> choices) {
  if (choices.empty() || choices.front().getFrom() != 0)
    return emitError() << "a plan needs a choice from size 0 on";
  for (auto [previous, next] : llvm::zip(choices, choices.drop_front()))
    if (next.getFrom() <= previous.getFrom())
      return emitError() << "the choices of a plan must ascend: found from = "
                         << next.getFrom()
                         << " after from = " << previous.getFrom();
  return success();
}

LogicalResult ScheduleAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                   int64_t tileM, int64_t tileN, int64_t tileK,
                                   int64_t warpsM, int64_t warpsN,
                                   int64_t stages, int64_t warpsK) {
  if (warpsM < 1 || tileM < 1 || tileM % (16 * warpsM)) // schedule_c1
    return emitError() << "schedule_c1: expected tile_m to be a multiple of 16 "
                          "rows for each of "
                       << warpsM << " warps, found " << tileM;
  if (warpsN < 1 || tileN < 1 || tileN % (8 * warpsN)) // schedule_c2
    return emitError() << "schedule_c2: expected tile_n to be a multiple of 8 "
                          "columns for each of "
                       << warpsN << " warps, found " << tileN;
  if (warpsK < 1) // schedule_c5
    return emitError() << "schedule_c5: expected warps_k to be positive, found "
                       << warpsK;
  if (32 * warpsM * warpsN * warpsK > 1024) // schedule_c3
    return emitError() << "schedule_c3: expected at most 32 warps, found "
                       << warpsM * warpsN * warpsK;
  if (stages < 2) // schedule_c4
    return emitError() << "schedule_c4: expected at least 2 stages, found "
                       << stages;
  return success();
}

std::string lacuna::describeLocation(Location loc) {
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

std::string lacuna::getRouteName(Route route) {
  return stringifyRoute(route).str();
}

std::optional<Route> lacuna::parseRouteName(StringRef name) {
  return symbolizeRoute(name);
}

StringRef lacuna::getRouteNames() {
  return "dense, sparse-tensor, vector or tensor-core";
}

FailureOr<Route> lacuna::parseRoute(AsmParser &parser) {
  SMLoc loc = parser.getCurrentLocation();
  std::string name, part;
  if (succeeded(parser.parseOptionalKeywordOrString(&name)))
    while (succeeded(parser.parseOptionalMinus())) {
      if (failed(parser.parseKeywordOrString(&part)))
        return failure();
      name += "-" + part;
    }
  if (std::optional<Route> route = parseRouteName(name))
    return *route;
  return parser.emitError(loc)
         << "unknown route '" << name << "'; expected " << getRouteNames();
}
