// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// decompose-lacuna-ops: every operation of Lacuna said in upstream linalg.
// Followed by erase-layouts it gives the program that everything else is
// compared with.

#include "lacuna/Transforms/LayoutDecomposition.h"
#include "lacuna/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/BuiltinOps.h"

namespace lacuna {
#define GEN_PASS_DEF_DECOMPOSELACUNAOPS
#include "lacuna/Transforms/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

/// The pruned tensor claims the layout: a convert, which erase-layouts removes.
static LogicalResult decompose(PruneOp prune) {
  OpBuilder builder(prune);
  FailureOr<Value> pruned = buildPrune(
      builder, prune.getLoc(), prune.getSource(), getLayout(prune.getType()));
  if (failed(pruned))
    return failure();
  auto convert =
      ConvertOp::create(builder, prune.getLoc(), prune.getType(), *pruned);
  prune.getResult().replaceAllUsesWith(convert);
  prune.erase();
  return success();
}

/// A region of work means what its body means.
static void decompose(DispatchOp dispatch) {
  Block &body = dispatch.getBody().front();
  Operation *yield = body.getTerminator();
  for (auto [argument, input] :
       llvm::zip_equal(body.getArguments(), dispatch.getInputs()))
    argument.replaceAllUsesWith(input);
  dispatch->replaceAllUsesWith(yield->getOperands());
  yield->erase();
  dispatch->getBlock()->getOperations().splice(dispatch->getIterator(),
                                               body.getOperations());
  dispatch.erase();
}

namespace {
struct DecomposeLacunaOps
    : lacuna::impl::DecomposeLacunaOpsBase<DecomposeLacunaOps> {
  void runOnOperation() override {
    SmallVector<PruneOp> prunes;
    SmallVector<DispatchOp> dispatches;
    getOperation().walk([&](Operation *op) {
      if (auto prune = dyn_cast<PruneOp>(op))
        prunes.push_back(prune);
      if (auto dispatch = dyn_cast<DispatchOp>(op))
        dispatches.push_back(dispatch);
    });
    for (PruneOp prune : prunes)
      if (failed(decompose(prune)))
        return signalPassFailure();
    for (DispatchOp dispatch : dispatches)
      decompose(dispatch);
    numDecomposed += prunes.size() + dispatches.size();
  }
};
} // namespace
