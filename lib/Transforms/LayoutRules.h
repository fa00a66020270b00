// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rule files: names and globs of weights, and the layouts they get.

#ifndef LACUNA_LIB_TRANSFORMS_LAYOUTRULES_H
#define LACUNA_LIB_TRANSFORMS_LAYOUTRULES_H

#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/STLFunctionalExtras.h"

#include <string>
#include <vector>

namespace lacuna {

/// One entry of a rule file.
struct LayoutRule {
  std::string pattern;
  /// As the file writes it; "dense" for none.
  std::string layout;
  /// Whether the pattern is a name: it has none of the characters * ? [ {.
  bool isName = false;
  /// Weights that it matched.
  unsigned matches = 0;
};

/// Reads a rule file. Errors name the file and what is wrong in it.
mlir::FailureOr<std::vector<LayoutRule>>
readLayoutRules(llvm::StringRef path,
                llvm::function_ref<mlir::InFlightDiagnostic()> emitError);

/// The rule that decides on the weight `name`: the one of that name, or else a
/// glob; null where none matches. Globs that disagree are an error.
mlir::FailureOr<LayoutRule *>
findRule(std::vector<LayoutRule> &rules, llvm::StringRef name,
         llvm::function_ref<mlir::InFlightDiagnostic()> emitError);

} // namespace lacuna

#endif // LACUNA_LIB_TRANSFORMS_LAYOUTRULES_H
