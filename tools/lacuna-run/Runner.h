// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A run from the options to the exit code.

#ifndef LACUNA_RUN_RUNNER_H
#define LACUNA_RUN_RUNNER_H

#include "Options.h"

namespace lacuna::run {
/// Throws a Failure for all that the user can mend.
ExitCode runModel(const Options &options);
} // namespace lacuna::run

#endif // LACUNA_RUN_RUNNER_H
