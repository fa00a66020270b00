// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the elements of laid-out weights are, for the report.

#ifndef LACUNA_DRIVER_WEIGHTPATTERNS_H
#define LACUNA_DRIVER_WEIGHTPATTERNS_H

#include "lacuna/Driver/Compile.h"
#include "lacuna/Transforms/PlanReport.h"

#include "llvm/Support/Error.h"
#include "llvm/Support/JSON.h"

namespace lacuna {

/// Reads the weights of `regions` from `options.params` and says how dense they
/// are, and which tighter n:m they keep to. Routes are not priced by it: an
/// artifact takes any weights of its layouts.
llvm::Error readPatterns(const llvm::json::Value &manifest,
                         const CompileOptions &options,
                         std::vector<PlannedRegion> &regions);

} // namespace lacuna

#endif // LACUNA_DRIVER_WEIGHTPATTERNS_H
