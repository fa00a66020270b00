// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How the sums of a register tile reach the result: see RegisterTile.cpp.

#include "RegisterTile.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace lacuna;

/// Writes the sums of a tile. Only the first block of k may meet a result that
/// was not written yet.
void RegisterTile::store(OpBuilder &b, Values sums, Extent extent) {
  bool dot = info.form == ContractionInfo::Form::Dot;
  auto storeSums = [&](OpBuilder &b, bool over) {
    overwrite = over;
    if (dot)
      storeDot(b, sums, extent);
    else
      storeOuter(b, sums, extent);
  };
  std::optional<int64_t> depth = getConstantIntValue(sizes[*info.k]);
  if (!fill || dot || (depth && *depth <= getBlockK()))
    return storeSums(b, /*over=*/fill != nullptr);
  Value first = arith::CmpIOp::create(b, op.getLoc(), arith::CmpIPredicate::eq,
                                      firstK, index(b, 0));
  auto branch =
      scf::IfOp::create(b, op.getLoc(), first, /*withElseRegion=*/true);
  OpBuilder then = branch.getThenBodyBuilder();
  storeSums(then, /*over=*/true);
  OpBuilder otherwise = branch.getElseBodyBuilder();
  storeSums(otherwise, /*over=*/false);
}

/// C[row, column...] += sum, or = sum, where the mask is set (everywhere
/// without one).
void RegisterTile::addToResult(OpBuilder &b, Value row, Value column, Value sum,
                               Value mask) {
  Location loc = op.getLoc();
  Values at = indices(c, row, column);
  auto type = cast<VectorType>(sum.getType());
  if (overwrite) {
    if (mask)
      vector::MaskedStoreOp::create(b, loc, c.buffer, at, mask, sum);
    else
      vector::StoreOp::create(b, loc, sum, c.buffer, at);
    return;
  }
  if (!mask) {
    Value old = vector::LoadOp::create(b, loc, type, c.buffer, at);
    vector::StoreOp::create(b, loc, add(b, old, sum), c.buffer, at);
    return;
  }
  Value none =
      arith::ConstantOp::create(b, loc, cast<TypedAttr>(b.getZeroAttr(type)));
  Value old =
      vector::MaskedLoadOp::create(b, loc, type, c.buffer, at, mask, none);
  vector::MaskedStoreOp::create(b, loc, c.buffer, at, mask, add(b, old, sum));
}

void RegisterTile::storeOuter(OpBuilder &b, Values sums, Extent extent) {
  Location loc = op.getLoc();
  int64_t vectors = extent.columns / lanes;
  Value n = sizes[*info.n], zero = index(b, 0);
  Values rows = getRows(b, extent);
  for (int64_t i = 0; i < extent.rows; ++i) {
    Value at = arith::AddIOp::create(b, loc, row, index(b, i));
    Value inside;
    if (!extent.allRows)
      inside = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt, at,
                                     sizes[*info.m]);
    for (int64_t j = 0; j < vectors; ++j) {
      Value first = arith::AddIOp::create(b, loc, column, index(b, j * lanes));
      Value mask;
      if (inside || !extent.allColumns) {
        Value left = arith::SubIOp::create(b, loc, n, first);
        if (inside)
          left = arith::SelectOp::create(b, loc, inside, left, zero);
        mask = makeMask(b, left, lanes);
      }
      Value sum = sums[i * vectors + j];
      if (epilogue)
        storeEpilogue(b, at, rows[i], first, sum, mask);
      else
        addToResult(b, at, first, sum, mask);
    }
  }
}

/// One vector whose lane i is the sum over the lanes of `sums[i]`: halves are
/// added pairwise, so that each step works on whole vectors.
static Value sumLanes(OpBuilder &b, Location loc, SmallVector<Value> sums,
                      int64_t lanes,
                      llvm::function_ref<Value(Value, Value)> add) {
  // After the step of width w, a vector holds lanes / w partial sums of w
  // lanes each, in order of the sums they belong to.
  for (int64_t width = lanes / 2; width >= 1; width /= 2) {
    SmallVector<Value> next;
    int64_t half = sums.size() / 2;
    for (int64_t i = 0; i < half; ++i) {
      SmallVector<int64_t> low, high;
      for (int64_t part = 0; part < lanes; part += 2 * width)
        for (int64_t from : {part, lanes + part})
          for (int64_t lane = 0; lane < width; ++lane) {
            low.push_back(from + lane);
            high.push_back(from + width + lane);
          }
      Value x = vector::ShuffleOp::create(b, loc, sums[i], sums[i + half], low);
      Value y =
          vector::ShuffleOp::create(b, loc, sums[i], sums[i + half], high);
      next.push_back(add(x, y));
    }
    sums = next;
  }
  return sums.front();
}

void RegisterTile::storeDot(OpBuilder &b, Values sums, Extent extent) {
  Location loc = op.getLoc();
  Value total = sumLanes(b, loc, sums, lanes,
                         [&](Value x, Value y) { return add(b, x, y); });
  Value n = info.n ? sizes[*info.n] : index(b, 1), zero = index(b, 0);
  Value left = arith::SubIOp::create(b, loc, n, column);
  bool contiguous = isContiguous(c.buffer) && info.n &&
                    c.map.getDimPosition(c.map.getNumResults() - 1) == *info.n;
  for (int64_t i = 0; i < extent.rows; ++i) {
    Value at = arith::AddIOp::create(b, loc, row, index(b, i));
    Value count = left;
    if (extent.rows > 1) {
      Value inside = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt,
                                           at, sizes[*info.m]);
      count = arith::SelectOp::create(b, loc, inside, left, zero);
    }
    if (contiguous) {
      Value part = total;
      if (extent.rows > 1)
        part = vector::ExtractStridedSliceOp::create(
            b, loc, total, ArrayRef<int64_t>{i * extent.columns},
            ArrayRef<int64_t>{extent.columns}, ArrayRef<int64_t>{1});
      Value mask = makeMask(b, count, extent.columns);
      addToResult(b, at, column, part, mask);
      continue;
    }
    for (int64_t j = 0; j < extent.columns; ++j) {
      Value inside = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt,
                                           index(b, j), count);
      auto branch = scf::IfOp::create(b, loc, inside);
      OpBuilder inner = OpBuilder::atBlockBegin(branch.thenBlock());
      Value to = arith::AddIOp::create(inner, loc, column, index(inner, j));
      Values where = indices(c, at, to);
      Value sum =
          vector::ExtractOp::create(inner, loc, total, i * extent.columns + j);
      if (!overwrite) {
        Value old = memref::LoadOp::create(inner, loc, c.buffer, where);
        sum = add(inner, old, sum);
      }
      memref::StoreOp::create(inner, loc, sum, c.buffer, where);
    }
  }
}
