// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Register tiles of contractions, up to their sums: see lower-contractions.
// RegisterTileStores.cpp writes these.

#include "RegisterTile.h"
#include "Tiling.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace lacuna;

/// Products of elements so far apart meet in one block of k, so that a block
/// of columns of B stays in the cache while all rows of A pass: in the first
/// level, or the second one where it is contiguous.
static constexpr int64_t kBlockK = 256, kPanelBlockK = 2048;
/// Rows of a register tile of form Outer at most, and vectors of columns, where
/// these are not known to be a few whole vectors.
static constexpr int64_t kOuterRows = 12, kOuterVectors = 2;
static constexpr int64_t kMostOuterVectors = 3;
/// Sums of a register tile that hide the latency of multiply-adds.
static constexpr int64_t kOuterSums = 24;
/// Rows of the tiles of what is left.
static constexpr int64_t kFewRows = 4;
/// Tiles of rows that read a block of B before the next one is fetched: while
/// the first ones wait for memory themselves, fetching more would only delay
/// them.
static constexpr int64_t kTilesBeforePrefetch = 2;
static constexpr int64_t kSingleRowVectors = 8;
/// Rows of a register tile of form Dot; there are `lanes` sums in all.
static constexpr int64_t kDotRows = 4;

bool RegisterTile::isContiguous(Value buffer) {
  auto type = cast<MemRefType>(buffer.getType());
  SmallVector<int64_t> strides;
  int64_t offset;
  return succeeded(type.getStridesAndOffset(strides, offset)) &&
         !strides.empty() && strides.back() == 1;
}

bool RegisterTile::matchBody() {
  Block *body = op.getBlock();
  auto yield = cast<linalg::YieldOp>(body->getTerminator());
  Operation *sum = yield.getValues().front().getDefiningOp();
  if (!isa_and_nonnull<arith::AddFOp, arith::AddIOp>(sum))
    return false;
  Value result = body->getArgument(2);
  Value term =
      sum->getOperand(0) == result ? sum->getOperand(1) : sum->getOperand(0);
  Operation *product = term.getDefiningOp();
  if (!llvm::is_contained(sum->getOperands(), result) ||
      !isa_and_nonnull<arith::MulFOp, arith::MulIOp>(product))
    return false;
  // The element that a factor is, and the operation that extends it.
  Operand *operands[] = {&a, &b_};
  for (Value factor : product->getOperands()) {
    Operation *cast = factor.getDefiningOp();
    Value source = factor;
    if (cast) {
      if (!isa<arith::ExtFOp, arith::ExtSIOp, arith::ExtUIOp>(cast))
        return false;
      source = cast->getOperand(0);
    }
    auto argument = dyn_cast<BlockArgument>(source);
    if (!argument || argument.getOwner() != body || argument.getArgNumber() > 1)
      return false;
    operands[argument.getArgNumber()]->cast = cast;
    operands[argument.getArgNumber()]->map =
        op.getIndexingMapsArray()[argument.getArgNumber()];
  }
  return a.map && b_.map;
}

FailureOr<RegisterTile> RegisterTile::get(linalg::LinalgOp op,
                                          unsigned vectorBytes) {
  RegisterTile tile(op);
  if (tile.info.form == ContractionInfo::Form::Loops || !tile.info.k ||
      !tile.matchBody())
    return failure();
  tile.a.buffer = op->getOperand(0);
  tile.b_.buffer = op->getOperand(1);
  tile.c = {op->getOperand(2), op.getIndexingMapsArray()[2], nullptr};
  if (tile.info.swapped)
    std::swap(tile.a, tile.b_);
  tile.element = cast<MemRefType>(tile.c.buffer.getType()).getElementType();
  if (!tile.element.isIntOrFloat() || tile.element.getIntOrFloatBitWidth() < 32)
    return failure();
  // The sum is made of what the factors are extended to.
  for (const Operand *operand : {&tile.a, &tile.b_}) {
    Type type =
        operand->cast
            ? operand->cast->getResult(0).getType()
            : cast<MemRefType>(operand->buffer.getType()).getElementType();
    Type stored = cast<MemRefType>(operand->buffer.getType()).getElementType();
    if (type != tile.element || stored.getIntOrFloatBitWidth() < 8)
      return failure();
  }
  tile.lanes = vectorBytes * 8 / tile.element.getIntOrFloatBitWidth();
  // AVX-512 has twice as many as those before it.
  tile.registers = vectorBytes == 64 ? 32 : 16;
  bool dot = tile.info.form == ContractionInfo::Form::Dot;
  if (tile.lanes < kDotRows || !isContiguous(tile.b_.buffer) ||
      !isContiguous(dot ? tile.a.buffer : tile.c.buffer))
    return failure();
  tile.matchFill();
  tile.matchEpilogue();
  return tile;
}

Value RegisterTile::index(OpBuilder &b, int64_t value) {
  return arith::ConstantIndexOp::create(b, op.getLoc(), value);
}

void RegisterTile::lower() {
  OpBuilder builder(epilogue ? epilogue : op);
  emit(builder);
  op->erase();
  if (fill)
    fill->erase();
  if (epilogue)
    epilogue->erase();
  if (intermediate)
    intermediate->erase();
}

/// Products of elements so far apart meet in one block of k.
int64_t RegisterTile::getBlockK() { return isPanel() ? kPanelBlockK : kBlockK; }

void RegisterTile::emit(OpBuilder &b) {
  Location loc = op.getLoc();
  unsigned numLoops = op.getNumLoops();
  ivs.assign(numLoops, Value());
  for (OpFoldResult range : getLoopRanges(b, op))
    sizes.push_back(getValueOrCreateConstantIndexOp(b, loc, range));
  Value zero = index(b, 0), one = index(b, 1);
  for (unsigned loop = 0; loop < numLoops; ++loop) {
    if (loop == info.m || loop == info.n || loop == info.k)
      continue;
    if (info.isReduction(loop)) {
      outerReductions.push_back(loop);
      continue;
    }
    auto around = scf::ForOp::create(b, loc, zero, sizes[loop], one);
    ivs[loop] = around.getInductionVar();
    b.setInsertionPointToStart(around.getBody());
  }
  bool dot = info.form == ContractionInfo::Form::Dot;
  firstK = zero;
  lastK = sizes[*info.k];
  if (!dot) {
    Value block = index(b, getBlockK()), end = lastK;
    // A sum of nothing is written, too.
    if (fill)
      end = arith::MaxSIOp::create(b, loc, end, one);
    auto blocks = scf::ForOp::create(b, loc, zero, end, block);
    b.setInsertionPointToStart(blocks.getBody());
    firstK = blocks.getInductionVar();
    Value next = arith::AddIOp::create(b, loc, firstK, block);
    lastK = arith::MinSIOp::create(b, loc, lastK, next);
  }
  auto [several, few, single] = chooseExtents();
  if (!info.m) {
    emitRows(b, zero, one, single);
    return;
  }
  // Whole tiles of rows, tiles of fewer for the rest, and one row alone.
  Value m = sizes[*info.m];
  std::optional<int64_t> fixed = getConstantIntValue(m);
  Value whole = zero, rest = m;
  if (several.allRows) {
    rest = arith::RemUIOp::create(b, loc, m, index(b, several.rows));
    whole = arith::SubIOp::create(b, loc, m, rest);
    if (!fixed || *fixed >= several.rows) {
      Value early = index(b, kTilesBeforePrefetch * several.rows);
      early = arith::MinSIOp::create(b, loc, whole, early);
      if (isPanel()) {
        emitRows(b, zero, early, several);
        ahead = arith::SubIOp::create(b, loc, lastK, firstK);
        emitRows(b, early, whole, several);
        ahead = Value();
      } else {
        emitRows(b, zero, whole, several);
      }
    }
  }
  Value last = arith::RemUIOp::create(b, loc, rest, index(b, few.rows));
  Value alone =
      arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, last, one);
  Value before = arith::SubIOp::create(b, loc, m, one);
  Value end =
      few.rows == 1
          ? whole
          : arith::SelectOp::create(b, loc, alone, before, m).getResult();
  int64_t left = fixed ? *fixed % (several.allRows ? several.rows : *fixed + 1)
                       : several.rows;
  if (few.rows > 1 && left > 1)
    emitRows(b, whole, end, few);
  if (!fixed || few.rows == 1 || left % few.rows == 1)
    emitRows(b, end, m, single);
}

/// Tiles of several rows, of the few that are left then, and of one row: alone,
/// at the end or all there is, it gets more columns at a time.
std::array<RegisterTile::Extent, 3> RegisterTile::chooseExtents() {
  if (info.form == ContractionInfo::Form::Dot) {
    Extent several = {kDotRows, lanes / kDotRows};
    return {several, several, Extent{1, lanes}};
  }
  std::optional<int64_t> n = getConstantIntValue(sizes[*info.n]);
  int64_t vectors = kOuterVectors;
  if (n && *n % lanes == 0 && *n <= kMostOuterVectors * lanes)
    vectors = std::max<int64_t>(*n / lanes, 1);
  // A register for each sum, those of a row of B, and one element of A.
  int64_t rows = std::min(registers - 1 - vectors, kOuterSums) / vectors;
  rows = std::clamp<int64_t>(rows, 1, kOuterRows);
  Extent several = {rows, vectors * lanes};
  several.allColumns = n && *n % several.columns == 0;
  Extent few = several;
  several.allRows = true;
  few.rows = std::min(rows, kFewRows);
  Extent single = {1, kSingleRowVectors * lanes};
  if (n && *n <= several.columns)
    single.columns = several.columns;
  single.allColumns = n && *n % single.columns == 0;
  single.allRows = true;
  return {several, few, single};
}

void RegisterTile::emitRows(OpBuilder &b, Value lower, Value upper,
                            Extent extent) {
  Location loc = op.getLoc();
  OpBuilder::InsertionGuard guard(b);
  Value zero = index(b, 0);
  Value n = info.n ? sizes[*info.n] : index(b, 1);
  auto columns = scf::ForOp::create(b, loc, zero, n, index(b, extent.columns));
  b.setInsertionPointToStart(columns.getBody());
  auto rows = scf::ForOp::create(b, loc, lower, upper, index(b, extent.rows));
  b.setInsertionPointToStart(rows.getBody());
  column = columns.getInductionVar();
  row = rows.getInductionVar();
  emitTile(b, extent);
}

void RegisterTile::emitTile(OpBuilder &b, Extent extent) {
  Location loc = op.getLoc();
  bool dot = info.form == ContractionInfo::Form::Dot;
  int64_t count =
      dot ? lanes : extent.rows * llvm::divideCeil(extent.columns, lanes);
  Value zero = arith::ConstantOp::create(
      b, loc, cast<TypedAttr>(b.getZeroAttr(vectorOf(element))));
  store(b, reduceOver(b, Values(count, zero), outerReductions, extent), extent);
}

/// Loops over the reduction `loops`, and k inside, that carry the sums.
SmallVector<Value> RegisterTile::reduceOver(OpBuilder &b, Values sums,
                                            ArrayRef<unsigned> loops,
                                            Extent extent) {
  Location loc = op.getLoc();
  Value zero = index(b, 0), one = index(b, 1);
  auto makeLoop =
      [&](Value lower, Value upper, Value step,
          llvm::function_ref<Values(OpBuilder &, Value, Values)> body) {
        auto loop = scf::ForOp::create(b, loc, lower, upper, step, sums);
        OpBuilder inner = OpBuilder::atBlockBegin(loop.getBody());
        Values next = body(inner, loop.getInductionVar(),
                           llvm::to_vector_of<Value>(loop.getRegionIterArgs()));
        scf::YieldOp::create(inner, loc, next);
        sums = llvm::to_vector_of<Value>(loop.getResults());
      };
  if (!loops.empty()) {
    makeLoop(zero, sizes[loops.front()], one,
             [&](OpBuilder &inner, Value iv, Values carried) {
               ivs[loops.front()] = iv;
               return reduceOver(inner, carried, loops.drop_front(), extent);
             });
    return sums;
  }
  if (info.form == ContractionInfo::Form::Outer) {
    makeLoop(firstK, lastK, one,
             [&](OpBuilder &inner, Value iv, Values carried) {
               ivs[*info.k] = iv;
               return stepOuter(inner, carried, extent);
             });
    return sums;
  }
  Value step = index(b, lanes);
  Value rest = arith::RemUIOp::create(b, loc, lastK, step);
  Value whole = arith::SubIOp::create(b, loc, lastK, rest);
  makeLoop(zero, whole, step, [&](OpBuilder &inner, Value iv, Values carried) {
    ivs[*info.k] = iv;
    return stepDot(inner, carried, extent, Value());
  });
  std::optional<int64_t> fixed = getConstantIntValue(lastK);
  if (fixed && *fixed % lanes == 0)
    return sums;
  Value mask = makeMask(b, rest, lanes);
  makeLoop(whole, lastK, step, [&](OpBuilder &inner, Value iv, Values carried) {
    ivs[*info.k] = iv;
    return stepDot(inner, carried, extent, mask);
  });
  return sums;
}

SmallVector<Value> RegisterTile::indices(const Operand &operand, Value row,
                                         Value column) {
  Values result;
  for (unsigned i = 0; i < operand.map.getNumResults(); ++i) {
    unsigned loop = operand.map.getDimPosition(i);
    result.push_back(loop == info.m   ? row
                     : loop == info.n ? column
                                      : ivs[loop]);
  }
  return result;
}

/// Rows of the register tile; those beyond the edge are the last row again.
SmallVector<Value> RegisterTile::getRows(OpBuilder &b, Extent extent) {
  Location loc = op.getLoc();
  if (extent.rows == 1)
    return {row};
  Value last = arith::SubIOp::create(b, loc, sizes[*info.m], index(b, 1));
  Values rows;
  for (int64_t i = 0; i < extent.rows; ++i) {
    Value next = arith::AddIOp::create(b, loc, row, index(b, i));
    rows.push_back(
        extent.allRows
            ? next
            : arith::MinSIOp::create(b, loc, next, last).getResult());
  }
  return rows;
}

Value RegisterTile::extend(OpBuilder &b, const Operand &operand, Value value) {
  if (!operand.cast)
    return value;
  Type type = element;
  if (auto vector = dyn_cast<VectorType>(value.getType()))
    type = VectorType::get(vector.getShape(), element);
  Location loc = op.getLoc();
  if (isa<arith::ExtFOp>(operand.cast))
    return arith::ExtFOp::create(b, loc, type, value);
  if (isa<arith::ExtSIOp>(operand.cast))
    return arith::ExtSIOp::create(b, loc, type, value);
  return arith::ExtUIOp::create(b, loc, type, value);
}

Value RegisterTile::loadVector(OpBuilder &b, const Operand &operand, Value row,
                               Value column, Value mask) {
  Location loc = op.getLoc();
  Values at = indices(operand, row, column);
  Type stored = cast<MemRefType>(operand.buffer.getType()).getElementType();
  VectorType type = vectorOf(stored);
  if (!mask)
    return extend(b, operand,
                  vector::LoadOp::create(b, loc, type, operand.buffer, at));
  Value none =
      arith::ConstantOp::create(b, loc, cast<TypedAttr>(b.getZeroAttr(type)));
  return extend(b, operand,
                vector::MaskedLoadOp::create(b, loc, type, operand.buffer, at,
                                             mask, none));
}

/// Whether a block of B lies behind the one before it in memory.
bool RegisterTile::isPanel() {
  unsigned rank = b_.map.getNumResults();
  return info.form == ContractionInfo::Form::Outer && rank >= 2 &&
         !ShapedType::isDynamic(op.getStaticLoopRanges()[*info.n]) &&
         b_.map.getDimPosition(rank - 2) == *info.k;
}

/// Asks for one of the vectors that the next block of k reads here; tiles of
/// rows take turns, so that memory has time to answer.
void RegisterTile::prefetch(OpBuilder &b, Extent extent) {
  Location loc = op.getLoc();
  Value turn = arith::DivUIOp::create(b, loc, row, index(b, extent.rows));
  turn = arith::RemUIOp::create(b, loc, turn, index(b, extent.columns / lanes));
  Value vector = arith::MulIOp::create(b, loc, turn, index(b, lanes));
  Values at =
      indices(b_, Value(), arith::AddIOp::create(b, loc, column, vector));
  Value &k = at[at.size() - 2];
  k = arith::AddIOp::create(b, loc, k, ahead);
  memref::PrefetchOp::create(b, loc, b_.buffer, at, /*isWrite=*/false,
                             /*localityHint=*/2, /*isDataCache=*/true);
}

/// The first `count` of `width` lanes.
Value RegisterTile::makeMask(OpBuilder &b, Value count, int64_t width) {
  Location loc = op.getLoc();
  count = arith::MinSIOp::create(b, loc, count, index(b, width));
  return vector::CreateMaskOp::create(
      b, loc, VectorType::get({width}, b.getI1Type()), count);
}

Value RegisterTile::add(OpBuilder &b, Value x, Value y) {
  if (isa<FloatType>(element))
    return arith::AddFOp::create(b, op.getLoc(), x, y);
  return arith::AddIOp::create(b, op.getLoc(), x, y);
}

Value RegisterTile::multiplyAdd(OpBuilder &b, Value x, Value y, Value sum) {
  if (isa<FloatType>(element))
    return vector::FMAOp::create(b, op.getLoc(), x, y, sum);
  return add(b, arith::MulIOp::create(b, op.getLoc(), x, y), sum);
}

SmallVector<Value> RegisterTile::stepDot(OpBuilder &b, Values sums,
                                         Extent extent, Value mask) {
  Location loc = op.getLoc();
  Values x, y;
  for (Value at : getRows(b, extent))
    x.push_back(loadVector(b, a, at, Value(), mask));
  Value n = info.n ? sizes[*info.n] : index(b, 1);
  Value last = arith::SubIOp::create(b, loc, n, index(b, 1));
  for (int64_t i = 0; i < extent.columns; ++i) {
    Value at = arith::AddIOp::create(b, loc, column, index(b, i));
    at = arith::MinSIOp::create(b, loc, at, last);
    y.push_back(loadVector(b, b_, Value(), at, mask));
  }
  for (int64_t i = 0; i < extent.rows; ++i)
    for (int64_t j = 0; j < extent.columns; ++j) {
      Value &sum = sums[i * extent.columns + j];
      sum = multiplyAdd(b, x[i], y[j], sum);
    }
  return sums;
}

SmallVector<Value> RegisterTile::stepOuter(OpBuilder &b, Values sums,
                                           Extent extent) {
  Location loc = op.getLoc();
  int64_t vectors = extent.columns / lanes;
  Value n = sizes[*info.n];
  Values y;
  for (int64_t j = 0; j < vectors; ++j) {
    Value at = arith::AddIOp::create(b, loc, column, index(b, j * lanes));
    Value mask;
    if (!extent.allColumns)
      mask = makeMask(b, arith::SubIOp::create(b, loc, n, at), lanes);
    y.push_back(loadVector(b, b_, Value(), at, mask));
  }
  if (ahead)
    prefetch(b, extent);
  for (auto [i, at] : llvm::enumerate(getRows(b, extent))) {
    Value x = memref::LoadOp::create(b, loc, a.buffer, indices(a, at, Value()));
    Value all =
        vector::BroadcastOp::create(b, loc, vectorOf(element), extend(b, a, x));
    for (int64_t j = 0; j < vectors; ++j) {
      Value &sum = sums[i * vectors + j];
      sum = multiplyAdd(b, all, y[j], sum);
    }
  }
  return sums;
}
