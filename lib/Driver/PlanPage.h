// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The plan's report as a page with pictures: --report=FILE.html.

#ifndef LACUNA_LIB_DRIVER_PLANPAGE_H
#define LACUNA_LIB_DRIVER_PLANPAGE_H

#include "CodeReport.h"

#include "lacuna/Driver/Compile.h"
#include "llvm/Support/Error.h"

namespace lacuna {

/// The page of all targets. Where the options name weights, it shows where
/// their elements are not 0; an error says why they cannot be read.
llvm::Expected<std::string> makePlanPage(llvm::ArrayRef<TargetReport> reports,
                                         double seconds,
                                         const CompileOptions &options);

} // namespace lacuna

#endif // LACUNA_LIB_DRIVER_PLANPAGE_H
