// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// prune-weights: pruning a weight is work for whoever loads it, once, and not
// for each call. Runs before layouts are carried, so that the pruned weight
// goes the way of every weight with a layout.

#include "lacuna/IR/Lacuna.h"
#include "lacuna/Transforms/Passes.h"
#include "lacuna/Transforms/Weights.h"

#include "llvm/ADT/MapVector.h"

namespace lacuna {
#define GEN_PASS_DEF_PRUNEWEIGHTS
#include "lacuna/Transforms/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

namespace {
struct PruneWeights : lacuna::impl::PruneWeightsBase<PruneWeights> {
  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    llvm::MapVector<std::pair<Operation *, Type>, ml_program::GlobalOp> made;
    SmallVector<PruneOp> prunes;
    getOperation().walk([&](PruneOp prune) { prunes.push_back(prune); });
    for (PruneOp prune : prunes) {
      ml_program::GlobalOp weight = getWeight(prune.getSource(), symbols);
      if (!weight)
        continue;
      ml_program::GlobalOp &pruned = made[{weight, prune.getType()}];
      if (!pruned)
        pruned = makePruned(weight, prune.getType(), symbols);
      Operation *load = prune.getSource().getDefiningOp();
      OpBuilder builder(prune);
      prune.getResult().replaceAllUsesWith(
          ml_program::GlobalLoadConstOp::create(
              builder, prune.getLoc(), prune.getType(),
              FlatSymbolRefAttr::get(pruned.getSymNameAttr())));
      prune.erase();
      if (load->use_empty())
        load->erase();
    }
    numPruned += made.size();
  }

private:
  ml_program::GlobalOp makePruned(ml_program::GlobalOp weight, Type type,
                                  SymbolTable &symbols) {
    OpBuilder builder(weight);
    auto pruned = cast<ml_program::GlobalOp>(builder.clone(*weight));
    pruned.setSymName(
        (weight.getSymName() + "." + getLayout(type).getSpelling()).str());
    pruned.setPrivate();
    pruned.setType(type);
    pruned.setValueAttr(ml_program::ExternAttr::get(&getContext(), type));
    pruned->setAttr(kPrunesAttr, weight.getSymNameAttr());
    symbols.insert(pruned);
    return pruned;
  }
};
} // namespace
