// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What became of a model on each target: its plan, and how many functions and
// kernels its code consists of. The content of --report.

#ifndef LACUNA_LIB_DRIVER_CODEREPORT_H
#define LACUNA_LIB_DRIVER_CODEREPORT_H

#include "DeviceCode.h"

#include "lacuna/Transforms/PlanReport.h"

#include <optional>

namespace lacuna {

/// The code of one target. A kernel or function is counted once, however often
/// it is called.
struct CodeCounts {
  unsigned functions = 0;  ///< distinct dispatch functions
  unsigned dispatches = 0; ///< calls of them in one call of each function
  unsigned kernels = 0;    ///< distinct kernels; 0 on the CPU
  /// Launches in one call of each function: of two alternatives the larger
  /// number, and a loop's once.
  unsigned launches = 0;
  /// What ptxas says of the kernels; empty where none has run.
  std::vector<KernelUsage> usage;

  unsigned getNumSpilling() const;
  unsigned getMaxRegisters() const;
};

struct TargetReport {
  Plan plan;
  /// None where compilation ended before phase routed.
  std::optional<CodeCounts> code;
};

/// Counts in a module of phase routed.
CodeCounts countCode(mlir::ModuleOp module);

/// "12 dispatches of 3 functions; ...", one line without its end.
std::string describeCode(const CodeCounts &counts);

/// The report of all targets as text, or as JSON: the same for the same input,
/// so without `seconds`; an array if there are several targets.
std::string makeReport(llvm::ArrayRef<TargetReport> reports, double seconds,
                       bool isJSON);

} // namespace lacuna

#endif // LACUNA_LIB_DRIVER_CODEREPORT_H
