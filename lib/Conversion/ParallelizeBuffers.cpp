// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// parallelize-buffers: operations that bufferization left (or made) outside of
// tiles, such as the copies of a concatenation, become parallel tiles too.

#include "ContractionInfo.h"
#include "Tiling.h"
#include "lacuna/Conversion/Passes.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/SCF/Transforms/TileUsingInterface.h"

namespace lacuna {
#define GEN_PASS_DEF_PARALLELIZEBUFFERS
#include "lacuna/Conversion/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

namespace {
struct ParallelizeBuffers
    : lacuna::impl::ParallelizeBuffersBase<ParallelizeBuffers> {
  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (!isDenseDispatch(function))
      return;
    SmallVector<linalg::LinalgOp> ops(
        function.getBody().front().getOps<linalg::LinalgOp>());
    for (linalg::LinalgOp op : ops)
      if (failed(tile(op)))
        return signalPassFailure();
  }

private:
  LogicalResult tile(linalg::LinalgOp op) {
    if (!op.hasPureBufferSemantics())
      return op.emitOpError("is not on buffers; run bufferize-dispatch first");
    IRRewriter rewriter(op);
    SizeBuilder sizes(rewriter, op.getLoc());
    SmallVector<OpFoldResult> ranges = getLoopRanges(rewriter, op);
    llvm::SmallBitVector parallel(op.getNumLoops());
    for (auto [loop, type] : llvm::enumerate(op.getIteratorTypesArray()))
      if (type == utils::IteratorType::parallel)
        parallel.set(loop);
    Tiles tiles = isDenseContraction(op)
                      ? tileContraction(sizes, op, ranges)
                      : tileElements(sizes, op, ranges, parallel, 1);
    if (!tiles.any())
      return success();
    Value grain = sizes.value(tiles.grain);
    scf::SCFTilingOptions options;
    options.setLoopType(scf::SCFTilingOptions::LoopType::ForallOp);
    options.setTileSizes(tiles.sizes);
    FailureOr<scf::SCFTilingResult> result = scf::tileUsingSCF(
        rewriter, cast<TilingInterface>(op.getOperation()), options);
    // What upstream does not tile runs on one thread.
    if (failed(result))
      return success();
    auto forall = cast<scf::ForallOp>(result->loops.front());
    rewriter.setInsertionPointToStart(forall.getBody());
    GrainOp::create(rewriter, op.getLoc(), grain);
    rewriter.eraseOp(op);
    ++numTiled;
    return success();
  }
};
} // namespace
