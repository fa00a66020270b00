// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tile sizes of the dense route. They are values: a tile has a fair amount of
// work whatever the sizes at run time are.

#include "Tiling.h"
#include "ContractionInfo.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace lacuna;

bool lacuna::isDenseDispatch(func::FuncOp function) {
  auto route = function->getAttrOfType<RouteAttr>(LacunaDialect::kRouteAttr);
  return !function.isExternal() &&
         function->hasAttr(LacunaDialect::kDispatchAttr) && route &&
         route.getValue() == Route::Dense;
}

bool Tiles::any() const {
  return llvm::any_of(
      sizes, [](OpFoldResult size) { return getConstantIntValue(size) != 0; });
}

SmallVector<OpFoldResult> lacuna::getLoopRanges(OpBuilder &builder,
                                                linalg::LinalgOp op) {
  SmallVector<OpFoldResult> ranges(op.getNumLoops(), builder.getIndexAttr(1));
  Location loc = op.getLoc();
  // Static sizes win; otherwise any operand that has the loop as a dimension.
  SmallVector<int64_t> fixed = op.getStaticLoopRanges();
  for (unsigned loop = 0; loop < ranges.size(); ++loop) {
    if (!ShapedType::isDynamic(fixed[loop])) {
      ranges[loop] = builder.getIndexAttr(fixed[loop]);
      continue;
    }
    for (OpOperand &operand : op->getOpOperands()) {
      AffineMap map = op.getMatchingIndexingMap(&operand);
      std::optional<unsigned> position =
          map.getResultPosition(builder.getAffineDimExpr(loop));
      if (!position)
        continue;
      Value source = operand.get();
      ranges[loop] =
          isa<MemRefType>(source.getType())
              ? memref::getMixedSize(builder, loc, source, *position)
              : tensor::getMixedSize(builder, loc, source, *position);
      break;
    }
  }
  return ranges;
}

/// Loops that some operand runs through contiguously.
static llvm::SmallBitVector getContiguousLoops(linalg::LinalgOp op) {
  llvm::SmallBitVector loops(op.getNumLoops());
  for (AffineMap map : op.getIndexingMapsArray())
    if (map.getNumResults() > 0)
      if (auto dim = dyn_cast<AffineDimExpr>(map.getResults().back()))
        loops.set(dim.getPosition());
  return loops;
}

Tiles lacuna::tileElements(SizeBuilder &sizes, linalg::LinalgOp op,
                           ArrayRef<OpFoldResult> ranges,
                           const llvm::SmallBitVector &tileable,
                           int64_t weight) {
  constexpr int64_t kCacheLine = 64;
  Tiles tiles;
  tiles.sizes.assign(ranges.size(), sizes.constant(0));
  llvm::SmallBitVector contiguous = getContiguousLoops(op);
  // With two contiguous loops, one operand is transposed: square tiles.
  bool transposed = contiguous.count() > 1;
  OpFoldResult left = sizes.constant(kTileElements);
  OpFoldResult work = sizes.constant(weight), one = sizes.constant(1);
  for (int64_t i = ranges.size() - 1; i >= 0; --i) {
    OpFoldResult tile = ranges[i];
    if (tileable[i] && getConstantIntValue(ranges[i]) != 1) {
      OpFoldResult most = left;
      if (contiguous[i])
        most = transposed ? sizes.constant(kCacheLine)
                          : sizes.max(left, sizes.constant(kCacheLine));
      tile = sizes.max(sizes.min(ranges[i], most), one);
      tiles.sizes[i] = tile;
    }
    left = sizes.max(sizes.div(left, sizes.max(tile, one)), one);
    work = sizes.mul(work, tile);
  }
  tiles.grain =
      sizes.ceilDiv(sizes.constant(kTaskElements), sizes.max(work, one));
  return tiles;
}

Tiles lacuna::tilePartialSums(SizeBuilder &sizes,
                              ArrayRef<OpFoldResult> ranges) {
  constexpr int64_t kMostPartialSums = 256;
  Tiles tiles;
  OpFoldResult one = sizes.constant(1), inner = one;
  for (OpFoldResult range : ranges.drop_front())
    inner = sizes.mul(inner, range);
  OpFoldResult size = sizes.max(
      sizes.ceilDiv(sizes.constant(kTaskElements), sizes.max(inner, one)),
      sizes.ceilDiv(ranges.front(), sizes.constant(kMostPartialSums)));
  tiles.sizes.assign(ranges.size(), sizes.constant(0));
  tiles.sizes.front() = size;
  tiles.grain = one;
  return tiles;
}

Tiles lacuna::tileContraction(SizeBuilder &sizes, linalg::LinalgOp op,
                              ArrayRef<OpFoldResult> ranges) {
  constexpr int64_t kTile = 128, kRound = 32;
  // The columns of a tile of panels.
  constexpr int64_t kPanelColumns = 96;
  Tiles tiles;
  tiles.sizes.assign(ranges.size(), sizes.constant(0));
  ContractionInfo info(op);
  OpFoldResult one = sizes.constant(1), most = sizes.constant(kTile);
  OpFoldResult depth = one;
  for (unsigned loop = 0; loop < ranges.size(); ++loop) {
    if (info.isReduction(loop))
      depth = sizes.mul(depth, ranges[loop]);
    else if (getConstantIntValue(ranges[loop]) != 1)
      tiles.sizes[loop] = one;
  }
  // A tile is larger than kTile along one side when the other is short.
  auto side = [&](std::optional<unsigned> loop) {
    return loop ? sizes.max(sizes.min(ranges[*loop], most), one) : one;
  };
  auto cut = [&](std::optional<unsigned> loop, OpFoldResult other) {
    if (!loop)
      return one;
    OpFoldResult per = sizes.max(sizes.mul(other, depth), one);
    OpFoldResult want = sizes.ceilDiv(sizes.constant(kTaskMultiplyAdds), per);
    want = sizes.mul(sizes.ceilDiv(want, sizes.constant(kRound)),
                     sizes.constant(kRound));
    OpFoldResult size = sizes.max(want, most);
    std::optional<int64_t> range = getConstantIntValue(ranges[*loop]);
    std::optional<int64_t> fixed = getConstantIntValue(size);
    if (range == 1)
      return one;
    // A tile has at least kTile, however long the other side is.
    if (range && *range <= fixed.value_or(kTile)) {
      tiles.sizes[*loop] = sizes.constant(0);
      return ranges[*loop];
    }
    // Memory of a tile is taken for its full size.
    if (!fixed)
      size = sizes.max(sizes.min(size, ranges[*loop]), one);
    tiles.sizes[*loop] = size;
    return sizes.min(size, ranges[*loop]);
  };
  OpFoldResult columns = cut(info.n, side(info.m));
  std::optional<int64_t> panel =
      info.n ? getConstantIntValue(ranges[*info.n]) : std::nullopt;
  OpFoldResult panels = one;
  if (info.outerN.size() == 1 && panel && *panel < kPanelColumns) {
    unsigned loop = info.outerN.front();
    panels = sizes.min(sizes.constant(std::max<int64_t>(
                           kPanelColumns / std::max<int64_t>(*panel, 1), 1)),
                       sizes.max(ranges[loop], one));
    tiles.sizes[loop] = panels;
    // The same rows in all tiles, as nearly as whole register tiles allow:
    // these have 8 rows of three vectors, or 12 of two.
    if (info.m) {
      int64_t round = *panel % 3 == 0 ? 8 : 12;
      OpFoldResult m = sizes.max(ranges[*info.m], one);
      OpFoldResult rows = sizes.ceilDiv(m, sizes.ceilDiv(m, most));
      most = sizes.mul(sizes.ceilDiv(rows, sizes.constant(round)),
                       sizes.constant(round));
    }
  }
  OpFoldResult rows = cut(info.m, columns);
  OpFoldResult work =
      sizes.mul(sizes.mul(rows, sizes.mul(columns, panels)), depth);
  tiles.grain =
      sizes.ceilDiv(sizes.constant(kTaskMultiplyAdds), sizes.max(work, one));
  return tiles;
}
