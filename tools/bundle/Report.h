// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The report's file, and the table that ends a run.

#ifndef LACUNA_BUNDLE_REPORT_H
#define LACUNA_BUNDLE_REPORT_H

#include "Runner.h"

namespace lacuna::bundle {
void writeReport(const Options &options, const nlohmann::json &report);
void printTable(const Run &run);
} // namespace lacuna::bundle

#endif // LACUNA_BUNDLE_REPORT_H
