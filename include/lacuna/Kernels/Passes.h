// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Passes that generate tensor-core kernels.

#ifndef LACUNA_KERNELS_PASSES_H
#define LACUNA_KERNELS_PASSES_H

#include "mlir/Pass/Pass.h"

namespace lacuna {

#define GEN_PASS_DECL
#include "lacuna/Kernels/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "lacuna/Kernels/Passes.h.inc"

} // namespace lacuna

#endif // LACUNA_KERNELS_PASSES_H
