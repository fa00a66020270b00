// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From the inputs to weights with what is in them and how they are used.

#ifndef LACUNA_LIB_ADVISE_INPUTS_H
#define LACUNA_LIB_ADVISE_INPUTS_H

#include "Report.h"

#include "llvm/Support/Error.h"

namespace lacuna::advise {

/// Reads checkpoints. Of how a weight is used a checkpoint says nothing, so it
/// is taken for a linear layer's, [out, in].
llvm::Error readCheckpoint(const AdviseOptions &options, Report &report);

/// Reads a model in MLIR and, if given, its weights. The error has no message
/// where diagnostics were printed.
llvm::Error readModelAndWeights(const AdviseOptions &options, Report &report);

} // namespace lacuna::advise

#endif // LACUNA_LIB_ADVISE_INPUTS_H
