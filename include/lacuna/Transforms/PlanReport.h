// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The plan as people and scripts read it: what each region's layout allows,
// what was chosen, and why.

#ifndef LACUNA_TRANSFORMS_PLANREPORT_H
#define LACUNA_TRANSFORMS_PLANREPORT_H

#include "lacuna/IR/Lacuna.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/JSON.h"

#include <map>
#include <optional>
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

  /// Times below a nanosecond, which are told as 0, count as one.
  double getGain() const {
    return double(std::max<int64_t>(denseNanoseconds, 1)) /
           std::max<int64_t>(nanoseconds, 1);
  }
};

/// One interval of the number of columns.
struct PlannedInterval {
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

/// What the elements of a weight are, where they are known when the model is
/// compiled.
struct WeightPattern {
  double density;                 ///< nonzeros over all elements
  std::vector<std::string> keeps; ///< tighter layouts that it keeps to as well
  /// Nonzeros of up to 32x32 cells of the weight as matrices in which the
  /// layout's dimension is rows or columns, from 0, none, to 255, all; by rows.
  unsigned mapRows = 0, mapColumns = 0;
  std::vector<uint8_t> map;
};

/// What the kernels of a region execute on a GPU, by the counters of the
/// emulator.
struct PlannedCounts {
  int64_t columns;
  /// Where several sizes are dynamic: those that make so many columns.
  std::vector<int64_t> sizes;
  std::map<std::string, int64_t> counters; ///< "mma.sp", "global.load.bytes"
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
  std::vector<PlannedInterval> intervals; ///< from 0 columns on, ascending
  std::vector<PlannedView> views;         ///< what the routes read
  std::optional<WeightPattern> pattern;   ///< where --params are given
  std::vector<PlannedCounts> counts;      ///< GPU targets
  /// Dynamic sizes that columns are made of, and columns for each unit of their
  /// product; 0 where they are computed inside of the region.
  unsigned numDynamicSizes;
  int64_t columnsPerSize;

  /// Whether some size skips.
  bool isUsed() const;
};

/// A contraction of a weight that has no layout, so that nothing of it may be
/// skipped: its route is dense.
struct UnlicensedRegion {
  std::string function, location; ///< as those of a planned region
  std::string weight;             ///< the weight's name
  std::string type;
};

/// Why such a region is dense.
constexpr llvm::StringLiteral kUnlicensedReason =
    "the weight has no layout, so nothing may be skipped";

/// What is said of a model without planned regions. A contraction of depth 0
/// computes nothing, so that its layout licenses nothing either.
constexpr llvm::StringLiteral kNoLicense =
    "no contraction of a weight with a layout is left, so nothing may be "
    "skipped; everything is dense";

/// A plan, and what it was made for.
struct Plan {
  std::string target;                    ///< "cpu", "sm_90a"
  std::string file;                      ///< of the target's constants
  std::string description;               ///< of the machine that they are of
  int64_t threads = 0;                   ///< CPUs
  std::vector<std::string> uncalibrated; ///< constants that were not measured
  std::vector<PlannedRegion> regions;
  std::vector<UnlicensedRegion> unlicensed;
};

/// The planned regions of a module after `plan-dispatches`, in its order.
std::vector<PlannedRegion> collectPlan(mlir::ModuleOp module);

/// The names and types of weights that a region without a plan contracts.
std::vector<UnlicensedRegion> getUnlicensed(DispatchOp dispatch);

/// The contractions of weights without layouts, in the module's order.
std::vector<UnlicensedRegion> collectUnlicensed(mlir::ModuleOp module);

/// Numbers them: each is the attribute LacunaDialect::kRegionAttr of its
/// operation, and later of the invocation.
void numberRegions(mlir::ModuleOp module);

/// "16 columns", "16 columns (1 x 16)".
std::string describeColumns(const PlannedCounts &counts);

/// A table for people.
void writePlanText(const Plan &plan, llvm::raw_ostream &os);

/// The same as JSON, and what `writeMore` adds to the outer object.
/// docs/Plan.md has the fields.
void writePlanJSON(const Plan &plan, llvm::raw_ostream &os,
                   llvm::function_ref<void(llvm::json::OStream &)> writeMore);

} // namespace lacuna

#endif // LACUNA_TRANSFORMS_PLANREPORT_H
