// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Passes from the plan to code: materialization, routes, host. See Passes.td.

#ifndef LACUNA_CONVERSION_PASSES_H
#define LACUNA_CONVERSION_PASSES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace lacuna {

#define GEN_PASS_DECL
#include "lacuna/Conversion/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "lacuna/Conversion/Passes.h.inc"

} // namespace lacuna

#endif // LACUNA_CONVERSION_PASSES_H
