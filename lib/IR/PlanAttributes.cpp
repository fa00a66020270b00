// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Verification of plans: intervals start at 0 and ascend.

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
