// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// erase-layouts: the erasure law as a pass. Its result is the oracle of every
// other path, so it knows nothing about what layouts mean.

#include "lacuna/IR/Lacuna.h"
#include "lacuna/Transforms/Passes.h"

#include "mlir/IR/AttrTypeSubElements.h"
#include "mlir/IR/BuiltinOps.h"

namespace lacuna {
#define GEN_PASS_DEF_ERASELAYOUTS
#include "lacuna/Transforms/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

namespace {
struct EraseLayouts : lacuna::impl::EraseLayoutsBase<EraseLayouts> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    WalkResult left = module.walk([](PruneOp prune) {
      prune.emitOpError("puts values, so erasing its layout would change the "
                        "program; run --decompose-lacuna-ops first");
      return WalkResult::interrupt();
    });
    if (left.wasInterrupted())
      return signalPassFailure();

    AttrTypeReplacer replacer;
    replacer.addReplacement([&](RankedTensorType type) -> std::optional<Type> {
      if (!getLayout(type))
        return std::nullopt;
      ++numErased;
      return eraseLayout(type);
    });
    replacer.recursivelyReplaceElementsIn(module, /*replaceAttrs=*/true,
                                          /*replaceLocs=*/false,
                                          /*replaceTypes=*/true);
    module.walk([](ConvertOp convert) {
      convert.getResult().replaceAllUsesWith(convert.getSource());
      convert.erase();
    });
  }
};
} // namespace
