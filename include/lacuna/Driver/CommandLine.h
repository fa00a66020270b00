// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The command line of lacuna-compile.

#ifndef LACUNA_DRIVER_COMMANDLINE_H
#define LACUNA_DRIVER_COMMANDLINE_H

#include "lacuna/Driver/Compile.h"

namespace lacuna {

/// Reads the command line. On failure the error has been printed. `--help` and
/// `--version` print and end the process.
llvm::FailureOr<CompileOptions> parseCommandLine(int argc, char **argv);

} // namespace lacuna

#endif // LACUNA_DRIVER_COMMANDLINE_H
