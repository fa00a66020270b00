// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The plan's report as a page with pictures: --report=FILE.html.

#ifndef LACUNA_LIB_DRIVER_PLANPAGE_H
#define LACUNA_LIB_DRIVER_PLANPAGE_H

#include "CodeReport.h"

namespace lacuna {

/// The page of all targets. `model` names what was compiled.
std::string makePlanPage(llvm::ArrayRef<TargetReport> reports,
                         llvm::StringRef model, double seconds);

} // namespace lacuna

#endif // LACUNA_LIB_DRIVER_PLANPAGE_H
