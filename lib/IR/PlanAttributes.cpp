// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Verification of plans (intervals start at 0 and ascend) and the names of
// routes.

#include "lacuna/IR/Lacuna.h"

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

std::string lacuna::getRouteName(Route route) {
  std::string name = stringifyRoute(route).str();
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

std::optional<Route> lacuna::parseRouteName(StringRef name) {
  std::string symbol = name.str();
  std::replace(symbol.begin(), symbol.end(), '-', '_');
  return symbolizeRoute(symbol);
}
