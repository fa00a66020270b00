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

/// What was predicted for a number of columns.
struct PlannedPrice {
  int64_t columns;
  int64_t nanoseconds;                 ///< of the route taken
  int64_t denseNanoseconds;            ///< of the dense route
  int64_t bytes, denseBytes;           ///< from and to memory
  int64_t operations, denseOperations; ///< multiply-adds executed
  std::string bound;                   ///< "memory", "compute" or "launch"
  bool calibrated; ///< all constants were measured on such hardware

  double getGain() const { return double(denseNanoseconds) / nanoseconds; }
};

/// One interval of the number of columns.
struct PlannedRoute {
  int64_t from;
  Route route;
  std::string reason; ///< why this one
  std::vector<PlannedPrice> prices;
};

/// A form of the weight in memory, made when weights are loaded.
struct PlannedView {
  std::string name; ///< the routes that read it: "dense", "vector", ...
  int64_t bytes;
};

/// One planned region.
struct PlannedRegion {
  std::string function; ///< the function it stands in
  std::string location; ///< where the model wrote it, `file:line:column`
  std::string weight;   ///< the laid-out weight's name, "" if a value
  std::string layout;   ///< as rule files write it
  std::string type;     ///< the weight's type without its layout
  double density;       ///< stored elements over all, in (0, 1]
  int64_t weightBytes;  ///< of the dense weight
  bool forced;          ///< by the user
  std::vector<PlannedRoute> routes; ///< from 0 columns on, ascending
  std::vector<PlannedView> views;   ///< what the routes read

  /// Whether some size skips.
  bool isUsed() const;
};

/// The planned regions of a module after `plan-dispatches`, in its order.
std::vector<PlannedRegion> collectPlan(mlir::ModuleOp module);

/// A table for people. `target` names what was planned for.
void writePlanText(llvm::ArrayRef<PlannedRegion> plan, llvm::StringRef target,
                   llvm::raw_ostream &os);

/// The same as JSON, and what `writeMore` adds to the outer object.
/// docs/Plan.md has the fields.
void writePlanJSON(llvm::ArrayRef<PlannedRegion> plan, llvm::StringRef target,
                   llvm::raw_ostream &os,
                   llvm::function_ref<void(llvm::json::OStream &)> writeMore);

} // namespace lacuna

#endif // LACUNA_TRANSFORMS_PLANREPORT_H
