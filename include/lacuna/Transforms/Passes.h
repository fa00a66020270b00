// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Passes on tensors, from phase input to phase plan. See Passes.td.

#ifndef LACUNA_TRANSFORMS_PASSES_H
#define LACUNA_TRANSFORMS_PASSES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace lacuna {

#define GEN_PASS_DECL
#include "lacuna/Transforms/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "lacuna/Transforms/Passes.h.inc"

} // namespace lacuna

#endif // LACUNA_TRANSFORMS_PASSES_H
