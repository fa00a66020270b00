// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// normalize-linalg: few forms instead of many, before form-dispatches. After
// it a function holds contractions (named or generic), linalg.generic,
// linalg.fill, slices and reshapes.

#include "DispatchGroup.h"
#include "IndexedOperations.h"
#include "ScalarOperands.h"
#include "lacuna/IR/Lacuna.h"
#include "lacuna/Transforms/Passes.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Tensor/Transforms/Transforms.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "llvm/ADT/SmallBitVector.h"

namespace lacuna {
#define GEN_PASS_DEF_NORMALIZELINALG
#include "lacuna/Transforms/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

/// Whether the sizes of all loops are known from other operands when the
/// producer of `operand` is computed in its reader. If not, its result would
/// stay as one that only tells a size, where a reduction reads a gather.
static bool keepsBounds(OpOperand *operand) {
  auto reader = dyn_cast<linalg::LinalgOp>(operand->getOwner());
  auto producer = operand->get().getDefiningOp<linalg::LinalgOp>();
  if (!reader || !producer)
    return true;
  llvm::SmallBitVector known(reader.getNumLoops());
  auto note = [&](AffineExpr expr) {
    if (auto dim = dyn_cast<AffineDimExpr>(expr))
      known.set(dim.getPosition());
  };
  for (OpOperand &other : reader->getOpOperands())
    if (&other != operand)
      llvm::for_each(reader.getMatchingIndexingMap(&other).getResults(), note);
  AffineMap read = reader.getMatchingIndexingMap(operand);
  AffineMap written =
      producer.getIndexingMapMatchingResult(cast<OpResult>(operand->get()));
  // An input that is not read will be dropped.
  for (OpOperand *input : producer.getDpsInputOperands())
    if (producer.payloadUsesValueFromOperand(input))
      for (AffineExpr expr :
           producer.getMatchingIndexingMap(input).getResults())
        if (std::optional<unsigned> place = written.getResultPosition(expr))
          note(read.getResult(*place));
  return known.all();
}

namespace {
/// softmax and its like, by their own decomposition.
struct DecomposeAggregate
    : OpInterfaceRewritePattern<linalg::AggregatedOpInterface> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;
  LogicalResult matchAndRewrite(linalg::AggregatedOpInterface op,
                                PatternRewriter &rewriter) const override {
    FailureOr<SmallVector<Value>> values = op.decomposeOperation(rewriter);
    if (failed(values))
      return failure();
    rewriter.replaceOp(op, *values);
    return success();
  }
};

/// A contraction reads a transposed operand where it lies: the keys of a cache
/// are not moved for each position that looks at them.
struct FoldTranspose : OpInterfaceRewritePattern<linalg::LinalgOp> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;
  LogicalResult matchAndRewrite(linalg::LinalgOp op,
                                PatternRewriter &rewriter) const override {
    if (!isContraction(op) || !op.hasPureTensorSemantics())
      return failure();
    SmallVector<AffineMap> maps = op.getIndexingMapsArray();
    SmallVector<Value> inputs(op.getDpsInputs());
    bool changed = false;
    for (auto [input, map] : llvm::zip(inputs, maps)) {
      auto transpose = input.getDefiningOp<linalg::TransposeOp>();
      if (!transpose)
        continue;
      SmallVector<AffineExpr> read(map.getNumResults());
      for (auto [from, expr] :
           llvm::zip(transpose.getPermutation(), map.getResults()))
        read[from] = expr;
      map = AffineMap::get(map.getNumDims(), 0, read, op.getContext());
      input = transpose.getInput();
      changed = true;
    }
    if (!changed)
      return failure();
    auto generic = linalg::GenericOp::create(
        rewriter, op.getLoc(), op->getResultTypes(), inputs, op.getDpsInits(),
        maps, op.getIteratorTypesArray());
    generic->setDiscardableAttrs(op->getDiscardableAttrDictionary());
    rewriter.inlineRegionBefore(op->getRegion(0), generic.getRegion(),
                                generic.getRegion().begin());
    rewriter.replaceOp(op, generic);
    return success();
  }
};

/// An operation that iterates over nothing leaves its initial values: tiling
/// upstream crashes on ranges of a static size 0.
struct FoldEmptyIteration : OpInterfaceRewritePattern<linalg::LinalgOp> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;
  LogicalResult matchAndRewrite(linalg::LinalgOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.hasPureTensorSemantics() ||
        !llvm::is_contained(op.getStaticLoopRanges(), 0))
      return failure();
    rewriter.replaceOp(op, op.getDpsInits());
    return success();
  }
};

struct GeneralizeNamed : OpInterfaceRewritePattern<linalg::LinalgOp> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;
  LogicalResult matchAndRewrite(linalg::LinalgOp op,
                                PatternRewriter &rewriter) const override {
    if (isa<linalg::GenericOp, linalg::FillOp>(op.getOperation()) ||
        isContraction(op))
      return failure();
    return linalg::generalizeNamedOp(rewriter, op);
  }
};

/// A contraction that accumulates in f16 or bf16 does so in f32 instead, and
/// truncates once, unless the user allows sums in f16.
struct AccumulateInF32 : OpInterfaceRewritePattern<linalg::LinalgOp> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;
  LogicalResult matchAndRewrite(linalg::LinalgOp op,
                                PatternRewriter &rewriter) const override {
    if (!isContraction(op) || !op.hasPureTensorSemantics())
      return failure();
    Value init = op.getDpsInits().front();
    auto type = cast<RankedTensorType>(init.getType());
    if (!type.getElementType().isF16() && !type.getElementType().isBF16())
      return failure();
    auto allowed = op->getAttrOfType<StringAttr>(LacunaDialect::kPrecisionAttr);
    if (type.getElementType().isF16() && allowed && allowed.getValue() == "f16")
      return failure();
    Location loc = op.getLoc();
    SmallVector<OpFoldResult> sizes =
        tensor::getMixedSizes(rewriter, loc, init);
    Value wide =
        tensor::EmptyOp::create(rewriter, loc, sizes, rewriter.getF32Type());
    wide = castElements(rewriter, loc, init, wide);
    SmallVector<Value> inputs(op.getDpsInputs());
    auto product = linalg::GenericOp::create(
        rewriter, loc, wide.getType(), inputs, wide, op.getIndexingMapsArray(),
        op.getIteratorTypesArray(),
        [&](OpBuilder &builder, Location loc, ValueRange arguments) {
          Value lhs = toF32(builder, loc, arguments[0]);
          Value rhs = toF32(builder, loc, arguments[1]);
          Value term = arith::MulFOp::create(builder, loc, lhs, rhs);
          Value sum = arith::AddFOp::create(builder, loc, arguments[2], term);
          linalg::YieldOp::create(builder, loc, sum);
        });
    Value narrow =
        tensor::EmptyOp::create(rewriter, loc, sizes, type.getElementType());
    rewriter.replaceOp(
        op, castElements(rewriter, loc, product.getResult(0), narrow));
    return success();
  }

private:
  static Value toF32(OpBuilder &builder, Location loc, Value value) {
    return value.getType().isF32()
               ? value
               : arith::ExtFOp::create(builder, loc, builder.getF32Type(),
                                       value)
                     .getResult();
  }

  /// `from` in the element type of `to`.
  static Value castElements(OpBuilder &builder, Location loc, Value from,
                            Value to) {
    // A constant start value is cast once, not by element.
    if (auto fill = from.getDefiningOp<linalg::FillOp>()) {
      Value wide = toF32(builder, loc, fill.getInputs().front());
      return linalg::FillOp::create(builder, loc, wide, to).getResult(0);
    }
    auto type = cast<RankedTensorType>(to.getType());
    AffineMap map = builder.getMultiDimIdentityMap(type.getRank());
    SmallVector<utils::IteratorType> loops(type.getRank(),
                                           utils::IteratorType::parallel);
    return linalg::GenericOp::create(
               builder, loc, type, from, to, ArrayRef<AffineMap>{map, map},
               loops,
               [&](OpBuilder &builder, Location loc, ValueRange arguments) {
                 Type element = type.getElementType();
                 Value cast = element.isF32()
                                  ? arith::ExtFOp::create(builder, loc, element,
                                                          arguments[0])
                                        .getResult()
                                  : arith::TruncFOp::create(
                                        builder, loc, element, arguments[0])
                                        .getResult();
                 linalg::YieldOp::create(builder, loc, cast);
               })
        .getResult(0);
  }
};

/// A splat constant as the start value of a linalg op is a fill, so that
/// bufferization does not copy a constant.
struct SplatInitToFill : OpInterfaceRewritePattern<linalg::LinalgOp> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;
  LogicalResult matchAndRewrite(linalg::LinalgOp op,
                                PatternRewriter &rewriter) const override {
    bool changed = false;
    for (OpOperand &init : op.getDpsInitsMutable()) {
      auto constant = init.get().getDefiningOp<arith::ConstantOp>();
      auto type = dyn_cast<RankedTensorType>(init.get().getType());
      auto splat = constant ? dyn_cast<SplatElementsAttr>(constant.getValue())
                            : SplatElementsAttr();
      if (!splat || !type)
        continue;
      Location loc = op.getLoc();
      Value value = arith::ConstantOp::create(
          rewriter, loc, cast<TypedAttr>(splat.getSplatValue<Attribute>()));
      Value empty = tensor::EmptyOp::create(rewriter, loc, type.getShape(),
                                            type.getElementType());
      Value fill =
          linalg::FillOp::create(rewriter, loc, value, empty).getResult(0);
      rewriter.modifyOpInPlace(op, [&] { init.set(fill); });
      changed = true;
    }
    return success(changed);
  }
};

/// Loops in the order of the result's dimensions.
struct InterchangeToIdentity : OpRewritePattern<linalg::GenericOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(linalg::GenericOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.isAllParallelLoops() || op.getNumDpsInits() == 0 ||
        isContraction(op))
      return failure();
    AffineMap map = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
    if (!map.isPermutation() || map.isIdentity())
      return failure();
    SmallVector<unsigned> order;
    for (AffineExpr result : map.getResults())
      order.push_back(cast<AffineDimExpr>(result).getPosition());
    return linalg::interchangeGenericOp(rewriter, op, order);
  }
};

/// What fusion leaves of a producer that asserts: no results, and assertions
/// that its consumer has, too.
struct EraseFused : OpRewritePattern<linalg::GenericOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(linalg::GenericOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.getDpsInits().empty() || !op.hasPureTensorSemantics())
      return failure();
    rewriter.eraseOp(op);
    return success();
  }
};

/// A reshape to sizes that the function knows: rows of a tensor one behind the
/// other, cut anew. What is left of tensor.reshape reads its sizes from memory.
struct ReshapeToKnownSizes : OpRewritePattern<tensor::ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(tensor::ReshapeOp op,
                                PatternRewriter &rewriter) const override {
    auto shape = op.getShape().getDefiningOp<tensor::FromElementsOp>();
    auto from = dyn_cast<RankedTensorType>(op.getSource().getType());
    auto to = dyn_cast<RankedTensorType>(op.getType());
    if (!from || !to || from.getRank() == 0 || to.getRank() == 0 ||
        (!shape && !to.hasStaticShape()))
      return failure();
    Location loc = op.getLoc();
    auto all = [](int64_t rank) {
      return SmallVector<ReassociationIndices>{
          llvm::to_vector<2>(llvm::seq<int64_t>(rank))};
    };
    Value value = op.getSource();
    if (from.getRank() > 1)
      value = tensor::CollapseShapeOp::create(rewriter, loc, value,
                                              all(from.getRank()));
    int64_t count =
        to.hasStaticShape() ? to.getNumElements() : ShapedType::kDynamic;
    auto flat = RankedTensorType::get(count, to.getElementType());
    if (value.getType() != flat)
      value = tensor::CastOp::create(rewriter, loc, flat, value);
    if (to.getRank() > 1) {
      SmallVector<OpFoldResult> sizes;
      for (auto [i, size] : llvm::enumerate(to.getShape())) {
        if (!ShapedType::isDynamic(size)) {
          sizes.push_back(rewriter.getIndexAttr(size));
          continue;
        }
        Value index = shape.getElements()[i];
        if (!index.getType().isIndex())
          index = arith::IndexCastOp::create(rewriter, loc,
                                             rewriter.getIndexType(), index);
        sizes.push_back(index);
      }
      value = tensor::ExpandShapeOp::create(rewriter, loc, to, value,
                                            all(to.getRank()), sizes);
    }
    rewriter.replaceOp(op, value);
    return success();
  }
};

struct NormalizeLinalg : lacuna::impl::NormalizeLinalgBase<NormalizeLinalg> {
  /// Stopping before the fixed point leaves a valid function, grouped less
  /// well: no reason to fail.
  void rewrite(RewritePatternSet patterns) {
    (void)applyPatternsGreedily(getOperation(), std::move(patterns));
  }

  void runOnOperation() override {
    MLIRContext *context = &getContext();
    RewritePatternSet transposes(context);
    transposes.add<FoldTranspose>(context);
    rewrite(std::move(transposes));
    RewritePatternSet forms(context);
    forms.add<DecomposeAggregate, FoldEmptyIteration, GeneralizeNamed,
              AccumulateInF32, SplatInitToFill, ReshapeToKnownSizes>(context);
    populateIndexedOperations(forms);
    tensor::populateDecomposeTensorConcatPatterns(forms);
    linalg::populateDecomposePadPatterns(forms);
    memref::populateResolveRankedShapedTypeResultDimsPatterns(forms);
    rewrite(std::move(forms));

    // [rows, 1] is [rows]: maps without constants are what grouping reads.
    RewritePatternSet unit(context);
    // A contraction keeps its dimensions: they are its weight's.
    linalg::ControlDropUnitDims drop;
    drop.controlFn = [](Operation *op) {
      auto linalgOp = dyn_cast<linalg::LinalgOp>(op);
      return linalgOp && !isContraction(op)
                 ? llvm::to_vector(llvm::seq<unsigned>(linalgOp.getNumLoops()))
                 : SmallVector<unsigned>();
    };
    linalg::populateFoldUnitExtentDimsPatterns(unit, drop);
    linalg::populateMoveInitOperandsToInputPattern(unit);
    // collapse(fill(empty)) is fill(empty).
    linalg::FillOp::getCanonicalizationPatterns(unit, context);
    tensor::populateFoldTensorEmptyPatterns(unit);
    rewrite(std::move(unit));

    RewritePatternSet fuse(context);
    auto oneUse = [](OpOperand *operand) {
      Operation *producer = operand->get().getDefiningOp();
      return producer && producer->hasOneUse() &&
             !isContraction(operand->getOwner()) && !isContraction(producer) &&
             keepsBounds(operand);
    };
    linalg::populateElementwiseOpsFusionPatterns(fuse, oneUse);
    linalg::populateFoldReshapeOpsByCollapsingPatterns(
        fuse, [](OpOperand *operand) {
          // Bias and activation of a contraction on flattened rows.
          auto expand = operand->get().getDefiningOp<tensor::ExpandShapeOp>();
          return expand && expand->hasOneUse() &&
                 !isContraction(operand->getOwner()) &&
                 expand.getSrc().getDefiningOp<linalg::LinalgOp>();
        });
    linalg::populateEraseUnusedOperandsAndResultsPatterns(fuse);
    tensor::populateFoldTensorEmptyPatterns(fuse);
    linalg::populateInlineConstantOperandsPatterns(fuse);
    memref::populateResolveRankedShapedTypeResultDimsPatterns(fuse);
    fuse.add<InterchangeToIdentity, EraseFused>(context);
    rewrite(std::move(fuse));

    // Behind the fusion, which makes scalars of such operands.
    RewritePatternSet scalars(context);
    populateScalarOperandPatterns(scalars);
    rewrite(std::move(scalars));
  }
};
} // namespace
