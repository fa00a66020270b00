// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the kernels of planned regions execute, for the report of a GPU target.

#ifndef LACUNA_DRIVER_REGIONCOUNTS_H
#define LACUNA_DRIVER_REGIONCOUNTS_H

#include "lacuna/Transforms/PlanReport.h"

namespace lacuna {

/// Adds to each region the counters of its launches, at the numbers of columns
/// that it has prices for. `module` is one of phase routed, whose invocations
/// are numbered. Of several dynamic sizes all but the last are 1. A region has
/// none where which kernels are launched depends on more than sizes.
void countRegions(mlir::ModuleOp module, std::vector<PlannedRegion> &regions);

} // namespace lacuna

#endif // LACUNA_DRIVER_REGIONCOUNTS_H
