// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Form "columns" of route vector; see the header. A register holds sums of one
// row of the weight and as many columns as it has lanes. The columns lie in a
// panel, one vector row for each k: a kept value is broadcast, and its
// coordinate selects the row of the panel by address. So nothing is permuted,
// and a multiply-add reads its other factor from the first level of the cache.

#include "PanelLoops.h"
#include "VectorKernel.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

#include <numeric>

using namespace mlir;
using namespace lacuna;

/// Rows that the vector view holds side by side.
static constexpr int64_t kBlockRows = 16;
/// Rows of a tile: their sums stay in the second level of the cache, and a
/// block of the panel in the first one while they pass. A panel that does not
/// stay in the second level has to meet more rows at a time.
static constexpr int64_t kTileRows = 64, kLongTileRows = 256;
static constexpr int64_t kLongPanelBytes = 1 << 20;
/// A panel's width in vectors, since a value is loaded once for so many
/// multiply-adds, and how many vectors of columns take less time in narrower
/// panels and form "lanes" for the rest. Where "lanes" gathers, it is slow.
struct PanelShape {
  int64_t vectors, narrower;
};
static constexpr PanelShape kPanels[] = {{8, 7}, {4, 3}},
                            kPanelsBesideGathers[] = {{8, 6}, {4, 2}, {2, 0}};
/// Bytes of a panel that all rows of a task meet before the next ones.
static constexpr int64_t kBlockBytes = 32768;
/// Elements along k in such a block at most: so many products of unsigned bytes
/// add up in f32 without rounding.
static constexpr int64_t kMostDepth = 256;
/// So many panels for each thread are shared out well enough.
static constexpr int64_t kPanelsPerThread = 4;
/// Coordinates whose addresses are computed in one go, at most.
static constexpr int64_t kMostUnrolled = 64;

/// Kept values from one place where a group and a word of coordinates start to
/// the next one.
static int64_t getUnit(const VectorKernel &kernel) {
  return std::lcm(kernel.n, kernel.perWord);
}

bool lacuna::canEmitColumns(const VectorKernel &kernel) {
  if (!kernel.rowLoop || getUnit(kernel) > kMostUnrolled)
    return false;
  if (isa<FloatType>(kernel.c.sumType))
    return true;
  auto isNarrow = [](RankedTensorType type) {
    return type.getElementType().isInteger() &&
           type.getElementTypeBitWidth() <= 8;
  };
  return isNarrow(kernel.c.getWeightType()) &&
         isNarrow(kernel.c.getOtherType());
}

namespace {
class VectorColumns : PanelLoops {
public:
  explicit VectorColumns(VectorKernel &kernel);
  Value emit();

private:
  Panels getPanels(const PanelShape &shape, Value begin);
  Value getEnd(const Panels &panels);
  void shareOut(Panels &panels);

  /// The factors of some rows of the weight and a panel: where these rows begin
  /// in the buffers, in elements, for unit 0 along k.
  struct Factors {
    Value values, firstValue, firstCoordinate, panel;
  };

  void compute(const Panels &panels);
  void computeTile(int64_t width, Value panel, Value matrix, Value firstRow,
                   Value lastRow, Value firstColumn, Loops loops);
  void computeBlock(int64_t width, Value panel, Value block, Value sums,
                    Value sumRow, Value begin, Value end);
  void computeRows(int64_t width, const Factors &factors, Value sums,
                   Value sumRow, Value begin, Value end);
  void addUnit(int64_t width, const Factors &factors, Value step,
               MutableArrayRef<Value> sums);
  void prefetch(int64_t width, Value block, Value row, Value begin);
  Value widenValues(Value firstValue, Value begin, Value end);
  void clear(Value sums, int64_t width);
  Value zeros(Type type);

  Value allocate(int64_t rows, int64_t width, Type type);
  VectorType vectorOf(Type type) { return VectorType::get({lanes}, type); }
  /// Rows of the weight whose sums are in registers at the same time.
  int64_t rowsOf(int64_t width) {
    return std::max<int64_t>(1, sumsAtOnce / (width / lanes));
  }
  int64_t tileRows(int64_t width) {
    bool isLong = 4 * width * panelDepth > kLongPanelBytes;
    return isLong ? kLongTileRows : kTileRows;
  }
  /// Units along k in a block of the panel.
  int64_t unitsOf(int64_t width) {
    int64_t depth = std::min(kBlockBytes / (4 * width), kMostDepth);
    return std::clamp<int64_t>(depth / unitDepth, 1, numUnits);
  }

  void storeSums(Value sums, std::optional<unsigned> laneLoop, Loops loops,
                 Value count) override;

  VectorKernel &kernel;
  int64_t lanes, sumsAtOnce;
  int64_t unit;                // kept values that are unrolled
  int64_t unitDepth, numUnits; // elements of k in a unit, units of a row
};
} // namespace

VectorColumns::VectorColumns(VectorKernel &kernel)
    : PanelLoops(kernel.b, kernel.loc, kernel.c,
                 {kernel.buffers.values, kernel.buffers.coordinates,
                  kernel.buffers.other, kernel.buffers.out}),
      kernel(kernel) {
  lanes = kernel.target.bytes / 4;
  // Enough to hide the latency of multiply-adds, few enough for the registers.
  sumsAtOnce = kernel.target.bytes == 64 ? 16 : 8;
  rowLoops = {*kernel.rowLoop};
  rowSizes = {rows = constant(kernel.rows)};
  unit = getUnit(kernel);
  unitDepth = unit / kernel.n * kernel.m;
  numUnits = kernel.entries / unit;
  panelDepth = kernel.paddedDepth;
  // Products of narrow integers and their sums over a block are exact in f32.
  panelType = b.getF32Type();
}

Value VectorColumns::zeros(Type type) {
  return arith::ConstantOp::create(b, loc,
                                   cast<TypedAttr>(b.getZeroAttr(type)));
}

/// Scratch: memory-to-runtime finds it a place outside of the tasks' loop.
Value VectorColumns::allocate(int64_t rows, int64_t width, Type type) {
  return memref::AllocOp::create(b, loc, MemRefType::get({rows, width}, type),
                                 b.getI64IntegerAttr(64));
}

void VectorColumns::clear(Value sums, int64_t width) {
  Value zero = zeros(vectorOf(c.sumType));
  Value height = constant(cast<MemRefType>(sums.getType()).getDimSize(0));
  forLoop(constant(0), height, 1, [&](Value row) {
    for (int64_t lane = 0; lane < width; lane += lanes)
      vector::StoreOp::create(b, loc, zero, sums,
                              ValueRange{row, constant(lane)});
  });
}

/// Values of units begin .. end of a block of rows, as the product wants them.
Value VectorColumns::widenValues(Value firstValue, Value begin, Value end) {
  Value widened = allocate(kMostDepth, kBlockRows, panelType);
  Value step = constant(unit * kBlockRows);
  Value from = view(buffers.values, add(firstValue, mul(begin, step)),
                    {kMostDepth * kBlockRows});
  forLoop(constant(0), mul(sub(end, begin), step), kBlockRows, [&](Value i) {
    Value value = widen(applyCasts(load(from, {i}), c.weightCasts), panelType);
    vector::StoreOp::create(
        b, loc, value, widened,
        ValueRange{div(i, constant(kBlockRows)), constant(0)});
  });
  return widened;
}

/// Asks for the part that a step of some rows of a block takes of the next
/// block's values and coordinates: they are not where a processor would expect
/// them.
void VectorColumns::prefetch(int64_t width, Value block, Value row,
                             Value begin) {
  int64_t steps = kBlockRows / rowsOf(width);
  Value step = div(row, constant(rowsOf(width)));
  auto ask = [&](Value buffer, int64_t perBlock, int64_t perUnit) {
    int64_t part = llvm::divideCeil(unitsOf(width) * perUnit, steps);
    kernel.prefetch(
        buffer, perBlock,
        add(mul(add(block, constant(1)), constant(perBlock)),
            add(mul(begin, constant(perUnit)), mul(step, constant(part)))),
        part);
  };
  ask(buffers.values, kernel.entries, unit);
  ask(buffers.coordinates, kernel.words, unit / kernel.perWord);
}

/// Adds the products of one unit to the sums of some rows, row by row.
void VectorColumns::addUnit(int64_t width, const Factors &factors, Value step,
                            MutableArrayRef<Value> sums) {
  int64_t n = kernel.n, m = kernel.m, perWord = kernel.perWord;
  auto at = [&](Value buffer, Value first, ArrayRef<int64_t> shape) {
    int64_t elements = shape[0] * shape[1];
    return view(buffer, add(first, mul(step, constant(elements))), shape);
  };
  Value values = at(factors.values, factors.firstValue, {unit, kBlockRows});
  Value coordinates = at(buffers.coordinates, factors.firstCoordinate,
                         {unit / perWord, kBlockRows});
  Value panel = at(factors.panel, constant(0), {unitDepth, width});
  Type i32 = b.getI32Type();
  VectorType type = vectorOf(panelType);
  Value mask =
      arith::ConstantIntOp::create(b, loc, i32, (1 << kernel.bits) - 1);
  int64_t vectors = width / lanes;
  for (int64_t row = 0; row < rowsOf(width); ++row) {
    Value word;
    for (int64_t i = 0; i < unit; ++i) {
      if (i % perWord == 0)
        word = memref::LoadOp::create(
            b, loc, coordinates,
            ValueRange{constant(i / perWord), constant(row)});
      Value shift =
          arith::ConstantIntOp::create(b, loc, i32, i % perWord * kernel.bits);
      Value coordinate = arith::AndIOp::create(
          b, loc, arith::ShRUIOp::create(b, loc, word, shift), mask);
      Value k = add(
          arith::IndexCastUIOp::create(b, loc, b.getIndexType(), coordinate),
          constant(i / n * m));
      Value value = memref::LoadOp::create(
          b, loc, values, ValueRange{constant(i), constant(row)});
      value = vector::BroadcastOp::create(b, loc, type, value);
      for (int64_t v = 0; v < vectors; ++v) {
        Value &sum = sums[row * vectors + v];
        Value x = vector::LoadOp::create(b, loc, type, panel,
                                         ValueRange{k, constant(v * lanes)});
        auto flags = arith::FastMathFlags::contract;
        Value product = arith::MulFOp::create(b, loc, value, x, flags);
        sum = arith::AddFOp::create(b, loc, sum, product, flags);
      }
    }
  }
}

/// Adds the products of units begin .. end to the sums of rowsOf(width) rows.
void VectorColumns::computeRows(int64_t width, const Factors &factors,
                                Value sums, Value sumRow, Value begin,
                                Value end) {
  int64_t vectors = width / lanes, count = rowsOf(width) * vectors;
  auto placeOf = [&](int64_t i) {
    return SmallVector<Value>{add(sumRow, constant(i / vectors)),
                              constant(i % vectors * lanes)};
  };
  VectorType type = vectorOf(c.sumType);
  bool isFloat = isa<FloatType>(c.sumType);
  bool first = unitsOf(width) == numUnits;
  auto loadSum = [&](int64_t i) -> Value {
    return vector::LoadOp::create(b, loc, type, sums, placeOf(i));
  };
  SmallVector<Value> initial;
  for (int64_t i = 0; i < count; ++i)
    initial.push_back(isFloat && !first ? loadSum(i)
                                        : zeros(vectorOf(panelType)));
  auto loop = scf::ForOp::create(b, loc, begin, end, constant(1), initial);
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    SmallVector<Value> next =
        llvm::to_vector_of<Value>(loop.getRegionIterArgs());
    addUnit(width, factors, loop.getInductionVar(), next);
    scf::YieldOp::create(b, loc, next);
  }
  for (int64_t i = 0; i < count; ++i) {
    Value sum = loop.getResult(i);
    if (!isFloat) {
      sum = arith::FPToSIOp::create(b, loc, type, sum);
      if (!first)
        sum = arith::AddIOp::create(b, loc, loadSum(i), sum);
    }
    vector::StoreOp::create(b, loc, sum, sums, placeOf(i));
  }
}

/// Adds the products of units begin .. end of one block of rows to its sums,
/// which stand from `sumRow` on.
void VectorColumns::computeBlock(int64_t width, Value panel, Value block,
                                 Value sums, Value sumRow, Value begin,
                                 Value end) {
  Factors factors{buffers.values, Value(), Value(), panel};
  Value firstValue = mul(block, constant(kernel.entries * kBlockRows));
  Value firstCoordinate = mul(block, constant(kernel.words * kBlockRows));
  if (!c.getWeightType().getElementType().isF32() || !c.weightCasts.empty()) {
    factors.values = widenValues(firstValue, begin, end);
    firstValue = mul(begin, constant(-unit * kBlockRows));
  }
  forLoop(constant(0), constant(kBlockRows), rowsOf(width), [&](Value row) {
    factors.firstValue = add(firstValue, row);
    factors.firstCoordinate = add(firstCoordinate, row);
    prefetch(width, block, row, begin);
    computeRows(width, factors, sums, add(sumRow, row), begin, end);
  });
}

/// A tile of the result: rows from `firstRow` on, before `lastRow`, of one
/// matrix of the weight, and the columns of a panel from `firstColumn` on.
void VectorColumns::computeTile(int64_t width, Value panel, Value matrix,
                                Value firstRow, Value lastRow,
                                Value firstColumn, Loops loops) {
  Value height = min(constant(tileRows(width)), sub(lastRow, firstRow));
  Value firstBlock = add(mul(matrix, constant(kernel.rowBlocks)),
                         div(firstRow, constant(kBlockRows)));
  Value sums = allocate(tileRows(width), width, c.sumType);
  if (unitsOf(width) < numUnits)
    clear(sums, width);
  forLoop(constant(0), constant(numUnits), unitsOf(width), [&](Value begin) {
    Value end = min(constant(numUnits), add(begin, constant(unitsOf(width))));
    forLoop(constant(0), height, kBlockRows, [&](Value row) {
      Value block = add(firstBlock, div(row, constant(kBlockRows)));
      computeBlock(width, panel, block, sums, row, begin, end);
    });
  });
  storeTile(sums, firstRow, height, firstColumn,
            min(constant(width), sub(columns, firstColumn)), loops);
}

/// A task is some rows of all matrices and one panel, which it packs for
/// itself: that takes less time than to get it from the cache of another
/// processor.
void VectorColumns::compute(const Panels &panels) {
  int64_t width = panels.width;
  SmallVector<unsigned> otherRows; // loops of rows besides rowLoop
  SmallVector<Value> otherSizes;
  Value matrices = constant(1); // of a batch
  for (auto [loop, size] : llvm::zip(kernel.outerLoops, kernel.outerSizes))
    if (!llvm::is_contained(c.batch, loop)) {
      otherRows.push_back(loop);
      otherSizes.push_back(size);
      matrices = mul(matrices, size);
    }
  // Panels are shared out, rows too where that leaves threads without work.
  Value count = mul(batches, panels.count), one = constant(1);
  Value threads = ThreadsOp::create(b, loc);
  Value even = equal(rem(count, threads), constant(0));
  Value many = less(mul(threads, constant(kPanelsPerThread)), count);
  Value parts = select(even, one, select(many, one, threads));
  Value blocks = constant(kernel.rowBlocks);
  Value taskBlocks = div(add(blocks, sub(parts, one)), parts);
  parts = div(add(blocks, sub(taskBlocks, one)), taskBlocks);
  Value taskRows = mul(taskBlocks, constant(kBlockRows));
  parallel(mul(count, parts), [&](Value task) {
    Loops loops;
    Value index = div(task, parts);
    bind(loops, c.batch, batchSizes, div(index, panels.count));
    Value firstColumn =
        add(panels.begin, mul(rem(index, panels.count), constant(width)));
    Value panel = allocate(panelDepth, width, panelType);
    packPanel(panel, width, firstColumn, loops);
    Value firstRow = mul(rem(task, parts), taskRows);
    Value lastRow = min(rows, add(firstRow, taskRows));
    forLoop(constant(0), matrices, 1, [&](Value flat) {
      bind(loops, otherRows, otherSizes, flat);
      Value matrix =
          linearize(indicesOf(kernel.outerLoops, loops), kernel.outerSizes);
      forLoop(firstRow, lastRow, tileRows(width), [&](Value row) {
        computeTile(width, panel, matrix, row, lastRow, firstColumn, loops);
      });
    });
  });
}

void VectorColumns::storeSums(Value sums, std::optional<unsigned> laneLoop,
                              Loops loops, Value count) {
  if (columnLoops.size() < c.n.size())
    bind(loops, c.n, kernel.columnSizes, loops[columnLoops[0]]);
  if (laneLoop == rowLoops[0] && kernel.rows % kLanes == 0)
    count = Value();
  if (!laneLoop)
    sums = vector::BroadcastOp::create(b, loc, VectorType::get({1}, c.sumType),
                                       sums);
  kernel.store(sums, laneLoop, loops, count);
}

/// Panels of a shape for the columns from `begin` on, of which they take all
/// but so many that narrower ones are faster.
PanelLoops::Panels VectorColumns::getPanels(const PanelShape &shape,
                                            Value begin) {
  int64_t width = shape.vectors * lanes;
  // One column is always left to form "lanes".
  Value rest = constant(std::max<int64_t>(1, shape.narrower * lanes));
  Value left = max(constant(0), sub(sub(columns, begin), rest));
  return {width, begin, ceilDiv(left, width), Value()};
}

Value VectorColumns::getEnd(const Panels &panels) {
  return min(columns,
             add(panels.begin, mul(panels.count, constant(panels.width))));
}

/// Leaves panels to narrower ones where threads would else have to share one,
/// which each of them packs. Narrower ones compute the same sums.
void VectorColumns::shareOut(Panels &panels) {
  Value threads = ThreadsOp::create(b, loc);
  Value total = mul(batches, panels.count);
  Value many = less(mul(threads, constant(kPanelsPerThread)), total);
  Value even = equal(rem(total, threads), constant(0));
  Value fewer = sub(panels.count, rem(panels.count, threads));
  panels.count = select(even, panels.count, select(many, panels.count, fewer));
}

Value VectorColumns::emit() {
  ArrayRef<PanelShape> shapes(kPanels);
  if (!kernel.permutes())
    shapes = kPanelsBesideGathers;
  Value begin = constant(0), end = begin;
  for (const PanelShape &shape : shapes) {
    end = getEnd(getPanels(shape, end));
    Panels panels = getPanels(shape, begin);
    if (getConstantIntValue(panels.count) == 0)
      continue;
    if (shape.vectors == shapes.front().vectors)
      shareOut(panels);
    when(less(constant(0), panels.count), [&] { compute(panels); });
    begin = getEnd(panels);
  }
  return end;
}

Value lacuna::emitColumns(VectorKernel &kernel) {
  return VectorColumns(kernel).emit();
}
