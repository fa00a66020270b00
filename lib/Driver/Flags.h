// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the command lines of lacuna-compile and lacuna-advise have in common.
// Flags live as long as the parse, so that a program that links a tool's
// library has no options it did not ask for. Errors are printed.

#ifndef LACUNA_DRIVER_FLAGS_H
#define LACUNA_DRIVER_FLAGS_H

#include "llvm/ADT/Twine.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/LogicalResult.h"

namespace lacuna {

/// Prints "TOOL: error: MESSAGE".
llvm::LogicalResult usageError(llvm::StringRef tool,
                               const llvm::Twine &message);

/// Parses into the flags of `category`; `--help` and `--version` print and end
/// the process. A flag with one value that is given twice is an error.
llvm::LogicalResult parseFlags(llvm::StringRef tool,
                               llvm::cl::OptionCategory &category, int argc,
                               char **argv, llvm::StringRef overview);

/// Whether `target` is one that --target takes.
llvm::LogicalResult checkTarget(llvm::StringRef tool, llvm::StringRef target);

/// Whether `precision` is one that --precision takes, or empty.
llvm::LogicalResult checkPrecision(llvm::StringRef tool,
                                   llvm::StringRef precision);

/// "a, b or c".
std::string listNames(llvm::ArrayRef<llvm::StringRef> names);

} // namespace lacuna

#endif // LACUNA_DRIVER_FLAGS_H
