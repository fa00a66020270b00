// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Passes on tensors, from phase input to phase plan.

#ifndef LACUNA_TRANSFORMS_PASSES_TD
#define LACUNA_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def EraseLayouts : Pass<"erase-layouts", "::mlir::ModuleOp"> {
  let summary = "Remove every layout; the program means the same";
  let description = [{
    Drops the encodings of all types that carry a lacuna layout and the
    `lacuna.convert` operations between them. What remains is the program that
    every other path is compared with. `lacuna.prune` puts values, so it is
    decomposed first (`decompose-lacuna-ops`); one that is left is an error.

    Example: `tensor<8x16xf32, #lacuna.nm<2:4, dim = 1>>` becomes
    `tensor<8x16xf32>`.
  }];
  let statistics = [Statistic<"numErased", "layouts-erased", "types changed">];
}

#endif // LACUNA_TRANSFORMS_PASSES_TD
