// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The plan as people and scripts read it: what each region's layout allows,
// what was chosen, and why.

#ifndef LACUNA_TRANSFORMS_PLANREPORT_H
#define LACUNA_TRANSFORMS_PLANREPORT_H

#include "lacuna/IR/Lacuna.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/JSON.h"

#include <string>
#include <vector>

namespace lacuna {

/// One planned region.
struct PlannedRegion {
  std::string function;     ///< the function it stands in
  std::string location;     ///< where the model wrote it, `file:line:column`
  std::string weight;       ///< the laid-out weight's name, "" if a value
  std::string layout;       ///< as rule files write it
  std::string type;         ///< the weight's type without its layout
  double density;           ///< stored elements over all, in (0, 1]
  Route route;              ///< the route taken
  bool forced;              ///< by the user
  double microseconds;      ///< predicted for the route taken
  double denseMicroseconds; ///< predicted for the dense route
  std::string reason;       ///< the numbers behind the choice
};

/// The planned regions of a module after `plan-dispatches`, in its order.
std::vector<PlannedRegion> collectPlan(mlir::ModuleOp module);

/// A table for people. `target` names what was planned for.
void writePlanText(llvm::ArrayRef<PlannedRegion> plan, llvm::StringRef target,
                   llvm::raw_ostream &os);

/// `{"target": ..., "regions": [{"function": ..., "location": ..., "weight":
/// ..., "layout": ..., "type": ..., "density": ..., "route": ..., "forced":
/// ..., "microseconds": ..., "dense_microseconds": ..., "reason": ...}]}`, and
/// what `writeMore` adds to the outer object.
void writePlanJSON(llvm::ArrayRef<PlannedRegion> plan, llvm::StringRef target,
                   llvm::raw_ostream &os,
                   llvm::function_ref<void(llvm::json::OStream &)> writeMore);

} // namespace lacuna

#endif // LACUNA_TRANSFORMS_PLANREPORT_H
