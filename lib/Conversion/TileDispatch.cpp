// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// tile-dispatch: the first pass of the dense route. The last operation of a
// group is cut into tiles over its parallel loops, and what it reads is
// computed inside, tile by tile, so that intermediate values stay in the cache.

#include "ContractionInfo.h"
#include "Tiling.h"
#include "lacuna/Conversion/Passes.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/MemRef/Transforms/Transforms.h"
#include "mlir/Dialect/SCF/Transforms/TileUsingInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace lacuna {
#define GEN_PASS_DEF_TILEDISPATCH
#include "lacuna/Conversion/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

namespace {
/// The producers that are computed inside the tiles of a root, and for each of
/// their loops the root's loop that it runs with (or -1).
struct Group {
  linalg::LinalgOp root;
  SmallVector<linalg::LinalgOp> members; // consumers first
  DenseMap<Operation *, SmallVector<int64_t>> rootLoops;
  linalg::LinalgOp contraction;

  explicit Group(linalg::LinalgOp root) : root(root) {
    members.push_back(root);
    rootLoops[root] = llvm::to_vector(llvm::seq<int64_t>(root.getNumLoops()));
    if (isDenseContraction(root))
      contraction = root;
    for (unsigned i = 0; i < members.size(); ++i)
      for (OpOperand *operand : members[i].getDpsInputOperands())
        visit(members[i], operand);
  }

  /// Root loops that may be cut: no reduction is computed twice for them.
  llvm::SmallBitVector getTileable() {
    llvm::SmallBitVector tileable(root.getNumLoops());
    for (auto [loop, type] : llvm::enumerate(root.getIteratorTypesArray()))
      if (type == utils::IteratorType::parallel)
        tileable.set(loop);
    for (linalg::LinalgOp member : members) {
      if (member.getNumReductionLoops() == 0 || member == root)
        continue;
      llvm::SmallBitVector covered(root.getNumLoops());
      for (auto [loop, type] : llvm::enumerate(member.getIteratorTypesArray()))
        if (int64_t outer = rootLoops[member][loop];
            outer >= 0 && type == utils::IteratorType::parallel)
          covered.set(outer);
      tileable &= covered;
    }
    return tileable;
  }

  bool contains(Operation *op) const { return rootLoops.contains(op); }

private:
  void visit(linalg::LinalgOp consumer, OpOperand *operand) {
    auto producer = operand->get().getDefiningOp<linalg::LinalgOp>();
    // What a contraction reads is read often: it is computed before.
    if (!producer || contains(producer) || isDenseContraction(consumer) ||
        isa<linalg::FillOp>(producer.getOperation()) ||
        producer->getBlock() != root->getBlock())
      return;
    if (isDenseContraction(producer)) {
      if (contraction || root.getNumReductionLoops() > 0)
        return;
      contraction = producer;
    }
    AffineMap read = consumer.getMatchingIndexingMap(operand);
    AffineMap written =
        producer.getIndexingMapMatchingResult(cast<OpResult>(operand->get()));
    SmallVector<int64_t> loops(producer.getNumLoops(), -1);
    for (auto [from, to] : llvm::zip(read.getResults(), written.getResults())) {
      auto source = dyn_cast<AffineDimExpr>(from);
      auto target = dyn_cast<AffineDimExpr>(to);
      if (source && target)
        loops[target.getPosition()] = rootLoops[consumer][source.getPosition()];
    }
    rootLoops[producer] = loops;
    members.push_back(producer);
  }
};

struct TileDispatch : lacuna::impl::TileDispatchBase<TileDispatch> {
  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (!isDenseDispatch(function))
      return;
    resolveSizes(function);
    DenseSet<Operation *> seen;
    while (linalg::LinalgOp root = getNext(function, seen)) {
      Group group(root);
      tile(group, seen);
      resolveSizes(function);
    }
  }

private:
  /// The last linalg operation that is neither tiled nor visited. Tiled ones
  /// are replaced, and erased when dead.
  static linalg::LinalgOp getNext(func::FuncOp function,
                                  DenseSet<Operation *> &seen) {
    for (Operation &op : llvm::reverse(function.getBody().front())) {
      auto linalgOp = dyn_cast<linalg::LinalgOp>(&op);
      if (linalgOp && !isa<linalg::FillOp>(&op) &&
          linalgOp.hasPureTensorSemantics() && seen.insert(&op).second)
        return linalgOp;
    }
    return {};
  }

  /// Sizes of intermediate values in terms of the arguments, so that they do
  /// not keep those values alive.
  static void resolveSizes(func::FuncOp function) {
    RewritePatternSet patterns(function.getContext());
    memref::populateResolveRankedShapedTypeResultDimsPatterns(patterns);
    tensor::DimOp::getCanonicalizationPatterns(patterns, function.getContext());
    tensor::EmptyOp::getCanonicalizationPatterns(patterns,
                                                 function.getContext());
    (void)applyPatternsGreedily(function, std::move(patterns));
    for (Operation &op :
         llvm::make_early_inc_range(llvm::reverse(function.getBody().front())))
      if (isOpTriviallyDead(&op))
        op.erase();
  }

  static Tiles getTiles(OpBuilder &builder, Group &group) {
    SizeBuilder sizes(builder, group.root.getLoc());
    SmallVector<OpFoldResult> ranges = getLoopRanges(builder, group.root);
    llvm::SmallBitVector tileable = group.getTileable();
    Tiles tiles;
    if (isFullReduction(group))
      return tilePartialSums(sizes, ranges);
    if (!group.contraction) {
      tiles = tileElements(sizes, group.root, ranges, tileable,
                           group.members.size());
    } else if (group.contraction == group.root) {
      tiles = tileContraction(sizes, group.root, ranges);
    } else {
      tiles = tileContraction(sizes, group.contraction,
                              getLoopRanges(builder, group.contraction));
      SmallVector<OpFoldResult> own(ranges.size(), builder.getIndexAttr(0));
      for (auto [loop, outer] :
           llvm::enumerate(group.rootLoops[group.contraction]))
        if (outer >= 0)
          own[outer] = tiles.sizes[loop];
      tiles.sizes = own;
    }
    for (auto [i, size] : llvm::enumerate(tiles.sizes))
      if (!tileable[i])
        size = builder.getIndexAttr(0);
    return tiles;
  }

  /// Whether the root makes one number of all elements: there is nothing but
  /// its reduction to cut.
  static bool isFullReduction(Group &group) {
    return group.root.getNumParallelLoops() == 0 && !group.contraction &&
           group.root.getNumReductionLoops() > 0 &&
           isa<PartialReductionOpInterface>(group.root.getOperation());
  }

  void tile(Group &group, DenseSet<Operation *> &seen) {
    Operation *root = group.root;
    IRRewriter rewriter(root->getContext());
    rewriter.setInsertionPoint(root);
    Tiles tiles = getTiles(rewriter, group);
    if (!tiles.any())
      return;
    Value grain = SizeBuilder(rewriter, root->getLoc()).value(tiles.grain);
    scf::SCFTilingOptions tiling;
    tiling.setLoopType(scf::SCFTilingOptions::LoopType::ForallOp);
    tiling.setTileSizes(tiles.sizes);
    if (isFullReduction(group)) {
      tiling.setReductionTilingStrategy(
          ReductionTilingStrategy::PartialReductionOuterParallel);
      tiling.setReductionDims({0});
    }
    scf::SCFTileAndFuseOptions options;
    options.setTilingOptions(tiling);
    options.setFusionControlFn(
        [&](tensor::ExtractSliceOp, OpResult producer, bool)
            -> std::optional<scf::SCFTileAndFuseOptions::ControlFnResult> {
          Operation *op = producer.getOwner();
          if (!group.contains(op) && !isa<linalg::FillOp>(op))
            return std::nullopt;
          scf::SCFTileAndFuseOptions::ControlFnResult result;
          result.yieldProducerReplacement =
              llvm::any_of(producer.getUsers(), [&](Operation *user) {
                return user->getBlock() == root->getBlock() &&
                       !group.contains(user) && !isa<tensor::DimOp>(user) &&
                       !isa<linalg::FillOp>(op);
              });
          return result;
        });
    FailureOr<scf::SCFTileAndFuseResult> result =
        scf::tileConsumerAndFuseProducersUsingSCF(
            rewriter, cast<TilingInterface>(root), options);
    // What upstream does not tile stays whole; parallelize-buffers tries again.
    if (failed(result))
      return;
    for (OpResult value : root->getResults())
      if (Value replacement = result->replacements.lookup(value))
        rewriter.replaceAllUsesWith(value, replacement);
    for (linalg::LinalgOp member : group.members)
      for (OpResult value : member->getResults())
        if (Value replacement = result->replacements.lookup(value))
          rewriter.replaceAllUsesWith(value, replacement);
    if (result->loops.empty())
      return;
    auto forall = cast<scf::ForallOp>(result->loops.front());
    rewriter.setInsertionPointToStart(forall.getBody());
    GrainOp::create(rewriter, root->getLoc(), grain);
    // What adds up the partial sums.
    for (OpResult value : root->getResults())
      if (Value replacement = result->replacements.lookup(value);
          replacement && isFullReduction(group))
        if (Operation *merge = replacement.getDefiningOp())
          seen.insert(merge);
    ++numTiled;
    numFused += result->tiledAndFusedOps.size() - 1;
  }
};
} // namespace
