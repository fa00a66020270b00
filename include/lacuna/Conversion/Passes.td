// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Passes from the plan to code: materialization, routes, host.

#ifndef LACUNA_CONVERSION_PASSES_TD
#define LACUNA_CONVERSION_PASSES_TD

include "mlir/Pass/PassBase.td"

#endif // LACUNA_CONVERSION_PASSES_TD
