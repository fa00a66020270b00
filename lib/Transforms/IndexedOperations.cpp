// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Operations of tensor that compute each element by its place, as
// linalg.generic. See IndexedOperations.h.

#include "IndexedOperations.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace lacuna;

namespace {
/// The coordinates of gather and scatter: the last dimension of `indices` runs
/// over `dims` of `tensor`.
struct Coordinates {
  Value indices, tensor;
  ArrayRef<int64_t> dims;

  /// Of the dimensions before the last one.
  unsigned getBatchRank() const {
    return cast<RankedTensorType>(indices.getType()).getRank() - 1;
  }

  /// A map for each coordinate, from loops of which `batch` are the first
  /// dimensions of the indices.
  SmallVector<AffineMap> getMaps(unsigned numLoops,
                                 ArrayRef<unsigned> batch) const {
    MLIRContext *context = indices.getContext();
    SmallVector<AffineMap> maps;
    for (unsigned i = 0; i < dims.size(); ++i) {
      SmallVector<AffineExpr> exprs;
      for (unsigned loop : batch)
        exprs.push_back(getAffineDimExpr(loop, context));
      exprs.push_back(getAffineConstantExpr(i, context));
      maps.push_back(AffineMap::get(numLoops, 0, exprs, context));
    }
    return maps;
  }

  SmallVector<Value> getInputs() const {
    return SmallVector<Value>(dims.size(), indices);
  }

  SmallVector<OpFoldResult> getSizes(OpBuilder &builder, Location loc) const {
    SmallVector<OpFoldResult> sizes;
    for (int64_t dim : dims)
      sizes.push_back(tensor::getMixedSize(builder, loc, tensor, dim));
    return sizes;
  }

  /// In a body: an element of the indices as a coordinate below `size`.
  Value check(OpBuilder &builder, Location loc, Value element,
              OpFoldResult size, unsigned dim, StringRef what) const {
    if (!element.getType().isIndex())
      element = arith::IndexCastOp::create(builder, loc, builder.getIndexType(),
                                           element);
    Value limit = getValueOrCreateConstantIndexOp(builder, loc, size);
    Value isInside = arith::CmpIOp::create(
        builder, loc, arith::CmpIPredicate::ult, element, limit);
    cf::AssertOp::create(builder, loc, isInside,
                         "a coordinate of " + what.str() +
                             " is outside of dimension " +
                             std::to_string(dims[dim]));
    return element;
  }
};

SmallVector<unsigned> range(unsigned first, unsigned count) {
  return llvm::to_vector(llvm::seq(first, first + count));
}

struct GatherToGeneric : OpRewritePattern<tensor::GatherOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(tensor::GatherOp op,
                                PatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    Coordinates coordinates{op.getIndices(), op.getSource(),
                            op.getGatherDims()};
    unsigned batch = coordinates.getBatchRank();
    RankedTensorType type = op.getResultType();
    unsigned rank = type.getRank(), sourceRank = op.getSourceType().getRank();
    bool isReduced = rank < batch + sourceRank;
    // The result's dimension of each dimension of the source that is read
    // whole.
    SmallVector<std::optional<unsigned>> loops(sourceRank);
    SmallVector<OpFoldResult> sizes;
    for (unsigned i = 0; i < batch; ++i)
      sizes.push_back(tensor::getMixedSize(rewriter, loc, op.getIndices(), i));
    for (unsigned dim = 0; dim < sourceRank; ++dim) {
      bool isGathered = llvm::is_contained(coordinates.dims, dim);
      if (isGathered && isReduced)
        continue;
      if (isGathered) {
        sizes.push_back(rewriter.getIndexAttr(1));
        continue;
      }
      loops[dim] = sizes.size();
      sizes.push_back(tensor::getMixedSize(rewriter, loc, op.getSource(), dim));
    }
    SmallVector<OpFoldResult> limits = coordinates.getSizes(rewriter, loc);
    SmallVector<AffineMap> maps = coordinates.getMaps(rank, range(0, batch));
    maps.push_back(rewriter.getMultiDimIdentityMap(rank));
    Value empty =
        tensor::EmptyOp::create(rewriter, loc, sizes, type.getElementType());
    SmallVector<utils::IteratorType> iterators(rank,
                                               utils::IteratorType::parallel);
    auto generic = linalg::GenericOp::create(
        rewriter, loc, empty.getType(), coordinates.getInputs(), empty, maps,
        iterators, [&](OpBuilder &builder, Location loc, ValueRange arguments) {
          SmallVector<Value> place(sourceRank);
          for (auto [i, dim] : llvm::enumerate(coordinates.dims))
            place[dim] = coordinates.check(builder, loc, arguments[i],
                                           limits[i], i, "a gather");
          for (unsigned dim = 0; dim < sourceRank; ++dim)
            if (loops[dim])
              place[dim] = linalg::IndexOp::create(builder, loc, *loops[dim]);
          Value element =
              tensor::ExtractOp::create(builder, loc, op.getSource(), place);
          linalg::YieldOp::create(builder, loc, element);
        });
    Value result = generic.getResult(0);
    if (result.getType() != type)
      result = tensor::CastOp::create(rewriter, loc, type, result);
    rewriter.replaceOp(op, result);
    return success();
  }
};

struct ScatterToGeneric : OpRewritePattern<tensor::ScatterOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(tensor::ScatterOp op,
                                PatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    Coordinates coordinates{op.getIndices(), op.getDest(), op.getScatterDims()};
    unsigned batch = coordinates.getBatchRank();
    unsigned rank = op.getDestType().getRank(), numLoops = rank + batch;
    bool isReduced = op.getSourceType().getRank() < numLoops;
    SmallVector<AffineExpr> read;
    for (unsigned loop : range(rank, batch))
      read.push_back(rewriter.getAffineDimExpr(loop));
    for (unsigned dim = 0; dim < rank; ++dim) {
      bool isScattered = llvm::is_contained(coordinates.dims, dim);
      if (!isScattered)
        read.push_back(rewriter.getAffineDimExpr(dim));
      else if (!isReduced)
        read.push_back(rewriter.getAffineConstantExpr(0));
    }
    SmallVector<OpFoldResult> limits = coordinates.getSizes(rewriter, loc);
    SmallVector<AffineMap> maps =
        coordinates.getMaps(numLoops, range(rank, batch));
    SmallVector<Value> inputs = coordinates.getInputs();
    maps.push_back(AffineMap::get(numLoops, 0, read, op.getContext()));
    inputs.push_back(op.getSource());
    maps.push_back(
        rewriter.getMultiDimIdentityMap(numLoops).getMajorSubMap(rank));
    SmallVector<utils::IteratorType> iterators(rank,
                                               utils::IteratorType::parallel);
    iterators.append(batch, utils::IteratorType::reduction);
    auto generic = linalg::GenericOp::create(
        rewriter, loc, op.getType(), inputs, op.getDest(), maps, iterators,
        [&](OpBuilder &builder, Location loc, ValueRange arguments) {
          Value isHere;
          for (auto [i, dim] : llvm::enumerate(coordinates.dims)) {
            Value at = coordinates.check(builder, loc, arguments[i], limits[i],
                                         i, "a scatter");
            Value isEqual = arith::CmpIOp::create(
                builder, loc, arith::CmpIPredicate::eq, at,
                linalg::IndexOp::create(builder, loc, dim));
            isHere = isHere
                         ? arith::AndIOp::create(builder, loc, isHere, isEqual)
                               .getResult()
                         : isEqual;
          }
          Value update = arguments[arguments.size() - 2];
          Value value = arith::SelectOp::create(builder, loc, isHere, update,
                                                arguments.back());
          linalg::YieldOp::create(builder, loc, value);
        });
    rewriter.replaceOp(op, generic);
    return success();
  }
};

struct GenerateToGeneric : OpRewritePattern<tensor::GenerateOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(tensor::GenerateOp op,
                                PatternRewriter &rewriter) const override {
    if (op.getType().getRank() == 0)
      return failure();
    return linalg::rewriteInDestinationPassingStyle(rewriter, op);
  }
};
} // namespace

void lacuna::populateIndexedOperations(RewritePatternSet &patterns) {
  patterns.add<GatherToGeneric, ScatterToGeneric, GenerateToGeneric>(
      patterns.getContext());
}
