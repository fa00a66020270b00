// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Scalars as tensors of rank 0; see the header. add-destinations makes the
// tensor of an argument the argument's memory, and a result the memory that its
// element was taken from.

#include "ScalarOperands.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;
using namespace lacuna;

static bool isScalar(Type type) { return type.isIntOrFloat(); }

/// Whether `value` is a scalar argument of a function, or the element of a
/// tensor of rank 0.
static bool isGiven(Value value) {
  if (!isScalar(value.getType()))
    return false;
  if (auto argument = dyn_cast<BlockArgument>(value))
    return isa<func::FuncOp>(argument.getOwner()->getParentOp());
  auto extract = value.getDefiningOp<tensor::ExtractOp>();
  return extract && extract.getIndices().empty();
}

/// `value` as a tensor of rank 0.
static Value getTensor(Value value, OpBuilder &builder) {
  if (auto extract = value.getDefiningOp<tensor::ExtractOp>())
    return extract.getTensor();
  return tensor::FromElementsOp::create(
      builder, value.getLoc(), RankedTensorType::get({}, value.getType()),
      value);
}

static bool isArithmetic(Operation *op) {
  return OpTrait::hasElementwiseMappableTraits(op) &&
         op->getNumResults() == 1 &&
         llvm::all_of(op->getOperandTypes(), isScalar) &&
         isScalar(op->getResult(0).getType()) &&
         isa<func::FuncOp>(op->getParentOp());
}

/// Whether `value` goes nowhere but into kernels and results.
static bool isForKernels(Value value) {
  return llvm::all_of(value.getUsers(), [&](Operation *user) {
    return isa<func::ReturnOp, linalg::FillOp>(user) ||
           user->getParentOfType<linalg::LinalgOp>() ||
           (isArithmetic(user) && isForKernels(user->getResult(0)));
  });
}

namespace {
/// A generic reads what its body captures.
struct CaptureAsOperand : OpRewritePattern<linalg::GenericOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(linalg::GenericOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.hasPureTensorSemantics())
      return failure();
    SetVector<Value> captured;
    getUsedValuesDefinedAbove(op->getRegions(), captured);
    captured.remove_if([](Value value) { return !isGiven(value); });
    if (captured.empty())
      return failure();
    SmallVector<Value> inputs(op.getInputs());
    SmallVector<AffineMap> maps = op.getIndexingMapsArray();
    unsigned first = inputs.size();
    for (Value value : captured) {
      inputs.push_back(getTensor(value, rewriter));
      maps.insert(maps.begin() + inputs.size() - 1,
                  AffineMap::get(op.getNumLoops(), 0, op.getContext()));
    }
    auto generic = linalg::GenericOp::create(
        rewriter, op.getLoc(), op.getResultTypes(), inputs, op.getOutputs(),
        maps, op.getIteratorTypesArray());
    generic->setDiscardableAttrs(op->getDiscardableAttrDictionary());
    rewriter.inlineRegionBefore(op.getRegion(), generic.getRegion(),
                                generic.getRegion().begin());
    Block *body = generic.getBody();
    for (auto [i, value] : llvm::enumerate(captured)) {
      BlockArgument argument =
          body->insertArgument(first + i, value.getType(), op.getLoc());
      rewriter.replaceUsesWithIf(value, argument, [&](OpOperand &use) {
        return generic->isProperAncestor(use.getOwner());
      });
    }
    rewriter.replaceOp(op, generic);
    return success();
  }
};

/// A fill by such a scalar reads it, too.
struct FillFromTensor : OpRewritePattern<linalg::FillOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(linalg::FillOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.hasPureTensorSemantics() || !isGiven(op.getInputs().front()))
      return failure();
    unsigned rank = op.getNumLoops();
    rewriter.replaceOpWithNewOp<linalg::GenericOp>(
        op, op.getResultTypes(), getTensor(op.getInputs().front(), rewriter),
        op.getOutputs(),
        ArrayRef{AffineMap::get(rank, 0, op.getContext()),
                 rewriter.getMultiDimIdentityMap(rank)},
        SmallVector<utils::IteratorType>(rank, utils::IteratorType::parallel),
        [](OpBuilder &builder, Location loc, ValueRange values) {
          linalg::YieldOp::create(builder, loc, values.front());
        });
    return success();
  }
};

/// Arithmetic on such scalars is a generic without loops.
struct ComputeInKernel : RewritePattern {
  explicit ComputeInKernel(MLIRContext *context)
      : RewritePattern(MatchAnyOpTypeTag(), /*benefit=*/1, context) {}
  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    if (!isArithmetic(op) || !llvm::any_of(op->getOperands(), isGiven) ||
        !isForKernels(op->getResult(0)))
      return failure();
    SmallVector<Value> given, inputs;
    for (Value operand : op->getOperands())
      if (isGiven(operand)) {
        given.push_back(operand);
        inputs.push_back(getTensor(operand, rewriter));
      }
    Type type = op->getResult(0).getType();
    Value empty = tensor::EmptyOp::create(rewriter, op->getLoc(),
                                          ArrayRef<int64_t>(), type);
    AffineMap none = AffineMap::get(op->getContext());
    auto generic = linalg::GenericOp::create(
        rewriter, op->getLoc(), empty.getType(), inputs, empty,
        SmallVector<AffineMap>(inputs.size() + 1, none),
        ArrayRef<utils::IteratorType>(),
        [&](OpBuilder &builder, Location loc, ValueRange values) {
          IRMapping mapping;
          mapping.map(given, values.take_front(given.size()));
          linalg::YieldOp::create(builder, loc,
                                  builder.clone(*op, mapping)->getResults());
        });
    rewriter.replaceOpWithNewOp<tensor::ExtractOp>(op, generic.getResult(0),
                                                   ValueRange());
    return success();
  }
};
} // namespace

void lacuna::populateScalarOperandPatterns(RewritePatternSet &patterns) {
  patterns.add<CaptureAsOperand, FillFromTensor, ComputeInKernel>(
      patterns.getContext());
}
