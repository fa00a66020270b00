// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Form "lanes" of route vector, for few columns. A vector holds one kept value
// of each of 16 rows; their elements of X come from the group's m elements,
// which stand in a register, by a permutation that the coordinates control.
// Neither X nor the result is transposed, and no sum runs across lanes. Where a
// processor has no such permutation, X is gathered.

#include "Tiling.h"
#include "VectorKernel.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

#include <numeric>

using namespace mlir;
using namespace lacuna;

/// Entries of a row that are unrolled at most.
static constexpr int64_t kMostUnrolled = 64;
/// Sums that hide the latency of multiply-adds: with few columns, each has
/// several.
static constexpr int64_t kLeastSums = 4;
/// Entries of 16 rows from what is read to what is fetched.
static constexpr int64_t kAhead = 64;

namespace {
class Lanes {
public:
  Lanes(VectorKernel &kernel, Value first)
      : kernel(kernel), b(kernel.b), first(first),
        count(kernel.sub(kernel.columns, first)) {
    chooseLanes();
  }
  void emit();

private:
  using Loops = VectorKernel::Loops;
  /// Columns that are computed together: sums of each in `parts` registers of
  /// `lanes` rows.
  struct Tile {
    Value panel; // [columns, paddedDepth]
    Value values, coordinates;
    /// Of the block of rows, over all outer loops.
    Value block;
    int64_t columns;
    /// Sums of one column and part: entries take turns.
    int64_t turns;
  };

  void chooseLanes();
  void emitBlock(Value panel, Value block);
  void emitTile(const Tile &tile, Value column, Value firstStored,
                Value firstRow, Loops loops);
  SmallVector<Value> sumWords(const Tile &tile, Value begin, Value end);
  SmallVector<Value> sumUp(const Tile &tile);
  void step(const Tile &tile, Value word, SmallVectorImpl<Value> &sums);
  void prefetch(const Tile &tile, Value word);
  Value loadPart(Value buffer, Value row, int64_t part);
  Value loadGroup(const Tile &tile, int64_t column, Value base);
  Value pick(const Tile &tile, int64_t column, Value group, Value base,
             Value control);
  Value call(StringRef name, ValueRange operands);
  Value getControl(Value word, int64_t entry);
  int64_t getGroupWidth() const { return kernel.m <= 4 ? 4 : lanes; }

  VectorKernel &kernel;
  OpBuilder &b;
  /// The first column and the number of those from there on; below, columns
  /// are counted from it.
  Value first, count;
  /// Lanes of the vectors, and how many of them make a block of 16 rows.
  int64_t lanes = 16, parts = 1;
  bool permutes = false;
  int64_t mostColumns = 4;
  /// Words of coordinates that a step of the loop along k takes.
  int64_t wordsPerStep = 1;
};
} // namespace

void Lanes::chooseLanes() {
  const VectorTarget &target = kernel.target;
  if (target.hasIntegers)
    lanes = target.bytes / 4;
  permutes = kernel.permutes();
  if (!permutes)
    lanes = LoopBuilder::kLanes;
  parts = LoopBuilder::kLanes / lanes;
  mostColumns = permutes && lanes == 16 ? 16 : 4;
  int64_t period = std::lcm(kernel.perWord, kernel.n);
  if (period <= kMostUnrolled)
    wordsPerStep = period / kernel.perWord;
}

Value Lanes::loadPart(Value buffer, Value row, int64_t part) {
  Type element = cast<MemRefType>(buffer.getType()).getElementType();
  return vector::LoadOp::create(b, kernel.loc,
                                VectorType::get({lanes}, element), buffer,
                                ValueRange{row, kernel.constant(part * lanes)});
}

Value Lanes::call(StringRef name, ValueRange operands) {
  return LLVM::CallIntrinsicOp::create(b, kernel.loc,
                                       VectorType::get({lanes}, b.getF32Type()),
                                       b.getStringAttr(name), operands)
      ->getResult(0);
}

/// Coordinates of one entry: in the low bits of each lane, others above.
Value Lanes::getControl(Value word, int64_t entry) {
  if (entry == 0)
    return word;
  auto type = cast<VectorType>(word.getType());
  Value shift = arith::ConstantOp::create(
      b, kernel.loc,
      DenseElementsAttr::get(type, b.getI32IntegerAttr(entry * kernel.bits)));
  return arith::ShRUIOp::create(b, kernel.loc, word, shift);
}

/// The group of X at `base` in a register: four elements in each of its parts
/// of 128 bits, or as many as the register has.
Value Lanes::loadGroup(const Tile &tile, int64_t column, Value base) {
  auto type = VectorType::get({getGroupWidth()}, kernel.factorType);
  Value group =
      vector::LoadOp::create(b, kernel.loc, type, tile.panel,
                             ValueRange{kernel.constant(column), base});
  if (getGroupWidth() == lanes)
    return group;
  SmallVector<int64_t> repeated;
  for (int64_t lane = 0; lane < lanes; ++lane)
    repeated.push_back(lane % getGroupWidth());
  return vector::ShuffleOp::create(b, kernel.loc, group, group, repeated);
}

/// The element of X for each lane.
Value Lanes::pick(const Tile &tile, int64_t column, Value group, Value base,
                  Value control) {
  Location loc = kernel.loc;
  auto type = VectorType::get({lanes}, kernel.factorType);
  if (!permutes) {
    auto coordinates = cast<VectorType>(control.getType());
    Value bits = arith::ConstantOp::create(
        b, loc,
        DenseElementsAttr::get(coordinates,
                               b.getI32IntegerAttr((1 << kernel.bits) - 1)));
    Value offsets = arith::AndIOp::create(b, loc, control, bits);
    auto maskType = VectorType::get({lanes}, b.getI1Type());
    Value all = arith::ConstantOp::create(
        b, loc, DenseElementsAttr::get(maskType, true));
    return vector::GatherOp::create(
        b, loc, type, tile.panel, ValueRange{kernel.constant(column), base},
        offsets, all, kernel.zeros(lanes, kernel.factorType));
  }
  auto floats = VectorType::get({lanes}, b.getF32Type());
  if (type != floats)
    group = vector::BitCastOp::create(b, loc, floats, group);
  Value picked;
  if (kernel.m <= 4)
    picked = call(lanes == 16 ? "llvm.x86.avx512.vpermilvar.ps.512"
                              : "llvm.x86.avx.vpermilvar.ps.256",
                  {group, control});
  else
    picked = call(lanes == 16 ? "llvm.x86.avx512.permvar.sf.512"
                              : "llvm.x86.avx2.permps",
                  {group, control});
  if (type != floats)
    picked = vector::BitCastOp::create(b, loc, type, picked);
  return picked;
}

/// Asks for what is read some steps later, of this block or the next: with
/// several columns there is time for memory to answer.
void Lanes::prefetch(const Tile &tile, Value word) {
  int64_t entries = kernel.perWord * wordsPerStep;
  int64_t steps = llvm::divideCeil(kAhead, entries);
  auto ask = [&](Value buffer, int64_t perBlock, int64_t perStep) {
    Value step = kernel.add(kernel.div(word, kernel.constant(wordsPerStep)),
                            kernel.constant(steps));
    kernel.prefetch(
        buffer, perBlock,
        kernel.add(kernel.mul(tile.block, kernel.constant(perBlock)),
                   kernel.mul(step, kernel.constant(perStep))),
        perStep);
  };
  ask(kernel.buffers.values, kernel.entries, entries);
  ask(kernel.buffers.coordinates, kernel.words, wordsPerStep);
}

/// Adds the products of the entries of wordsPerStep words from `word` on.
void Lanes::step(const Tile &tile, Value word, SmallVectorImpl<Value> &sums) {
  int64_t n = kernel.n, perWord = kernel.perWord;
  bool wholeGroups = perWord * wordsPerStep % n == 0;
  Value firstEntry = kernel.mul(word, kernel.constant(perWord));
  Value firstGroup = kernel.div(firstEntry, kernel.constant(n));
  SmallVector<Value> words, groups;
  Value base;
  for (int64_t entry = 0; entry < perWord * wordsPerStep; ++entry) {
    Value at = kernel.add(firstEntry, kernel.constant(entry));
    if (entry % perWord == 0) {
      words.clear();
      Value row = kernel.add(word, kernel.constant(entry / perWord));
      for (int64_t part = 0; part < parts; ++part)
        words.push_back(loadPart(tile.coordinates, row, part));
    }
    bool newGroup = !wholeGroups || entry % n == 0;
    if (newGroup) {
      Value group = wholeGroups
                        ? kernel.add(firstGroup, kernel.constant(entry / n))
                        : kernel.div(at, kernel.constant(n));
      base = kernel.mul(group, kernel.constant(kernel.m));
      groups.assign(tile.columns, Value());
      if (permutes)
        for (int64_t column = 0; column < tile.columns; ++column)
          groups[column] = loadGroup(tile, column, base);
    }
    for (int64_t part = 0; part < parts; ++part) {
      Value control = getControl(words[part], entry % perWord);
      Value value = kernel.castWeight(loadPart(tile.values, at, part));
      for (int64_t column = 0; column < tile.columns; ++column) {
        Value &sum =
            sums[(column * parts + part) * tile.turns + entry % tile.turns];
        Value x = pick(tile, column, groups[column], base, control);
        sum = kernel.multiplyAdd(value, x, sum);
      }
    }
  }
}

/// The sums of a block of rows and the columns of a tile over some words, by
/// column and part, in the type of the factors.
SmallVector<Value> Lanes::sumWords(const Tile &tile, Value begin, Value end) {
  SmallVector<Value> zeros(tile.columns * parts * tile.turns,
                           kernel.zeros(lanes, kernel.factorType));
  auto loop = scf::ForOp::create(b, kernel.loc, begin, end,
                                 kernel.constant(wordsPerStep), zeros);
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    SmallVector<Value> sums(loop.getRegionIterArgs());
    prefetch(tile, loop.getInductionVar());
    step(tile, loop.getInductionVar(), sums);
    scf::YieldOp::create(b, kernel.loc, sums);
  }
  SmallVector<Value> sums;
  for (int64_t i = 0; i < tile.columns * parts; ++i) {
    sums.push_back(loop.getResult(i * tile.turns));
    for (int64_t turn = 1; turn < tile.turns; ++turn)
      sums.back() =
          kernel.addSums(sums.back(), loop.getResult(i * tile.turns + turn));
  }
  return sums;
}

/// The same over all words, in the type of the sums.
SmallVector<Value> Lanes::sumUp(const Tile &tile) {
  Value zero = kernel.constant(0), all = kernel.constant(kernel.words);
  Type sumType = kernel.c.sumType;
  if (kernel.factorType == sumType)
    return sumWords(tile, zero, all);
  // Sums of so many words are exact.
  int64_t words = VectorKernel::kExactProducts / kernel.perWord;
  words -= words % wordsPerStep;
  SmallVector<Value> zeros(tile.columns * parts, kernel.zeros(lanes, sumType));
  auto loop = scf::ForOp::create(b, kernel.loc, zero, all,
                                 kernel.constant(words), zeros);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  Value begin = loop.getInductionVar();
  Value end = kernel.min(kernel.add(begin, kernel.constant(words)), all);
  SmallVector<Value> sums = sumWords(tile, begin, end);
  for (auto [sum, total] : llvm::zip_equal(sums, loop.getRegionIterArgs())) {
    Value exact = arith::FPToSIOp::create(b, kernel.loc, total.getType(), sum);
    sum = kernel.addSums(total, exact);
  }
  scf::YieldOp::create(b, kernel.loc, sums);
  return loop.getResults();
}

/// Computes the tile from `column` on, and writes it from `firstStored` on.
void Lanes::emitTile(const Tile &tile, Value column, Value firstStored,
                     Value firstRow, Loops loops) {
  SmallVector<Value> sums = sumUp(tile);
  // Through the first-level cache: one copy of the epilogue for all of them.
  Value scratch = memref::AllocOp::create(
      b, kernel.loc,
      MemRefType::get({tile.columns, LoopBuilder::kLanes}, kernel.c.sumType),
      b.getI64IntegerAttr(64));
  for (int64_t i = 0; i < tile.columns; ++i)
    for (int64_t part = 0; part < parts; ++part)
      vector::StoreOp::create(
          b, kernel.loc, sums[i * parts + part], scratch,
          ValueRange{kernel.constant(i), kernel.constant(part * lanes)});
  kernel.forLoop(kernel.sub(firstStored, column), kernel.constant(tile.columns),
                 1, [&](Value i) {
                   kernel.bind(loops, kernel.c.n, kernel.columnSizes,
                               kernel.add(first, kernel.add(column, i)));
                   if (kernel.rowLoop)
                     loops[*kernel.rowLoop] = firstRow;
                   Value count;
                   if (kernel.rowLoop && kernel.rows % LoopBuilder::kLanes != 0)
                     count = kernel.sub(kernel.constant(kernel.rows), firstRow);
                   kernel.store(kernel.load(scratch, {i, kernel.constant(0)}),
                                kernel.rowLoop, loops, count);
                 });
}

/// All columns of one block of rows, so that its values come from memory once.
void Lanes::emitBlock(Value panel, Value block) {
  Loops loops;
  Value rowBlocks = kernel.constant(kernel.rowBlocks);
  kernel.bind(loops, kernel.outerLoops, kernel.outerSizes,
              kernel.div(block, rowBlocks));
  Value firstRow = kernel.mul(kernel.rem(block, rowBlocks),
                              kernel.constant(LoopBuilder::kLanes));
  Value panelRow = kernel.getPanelRow(first, loops);
  Value values = kernel.viewValues(block);
  Value coordinates = kernel.viewCoordinates(block);
  Value begin = kernel.constant(0);
  for (int64_t width = mostColumns; width > 0; width /= 2) {
    // Where more than half of a tile is left, it reaches back over columns that
    // were computed before, which costs less than more and smaller tiles.
    Value left = kernel.sub(count, begin);
    Value each = kernel.constant(width);
    Value whole = kernel.add(begin, kernel.mul(kernel.div(left, each), each));
    Value mostLeft =
        kernel.less(kernel.constant(width / 2), kernel.rem(left, each));
    Value end = kernel.select(kernel.less(count, each), begin,
                              kernel.select(mostLeft, count, whole));
    kernel.forLoop(begin, end, width, [&](Value stored) {
      Value column = kernel.min(stored, kernel.sub(count, each));
      Value offset = kernel.mul(kernel.add(panelRow, column),
                                kernel.constant(kernel.paddedDepth));
      Tile tile{kernel.view(panel, offset, {width, kernel.paddedDepth}),
                values,
                coordinates,
                block,
                width,
                std::max<int64_t>(1, kLeastSums / width / parts)};
      emitTile(tile, column, stored, firstRow, loops);
    });
    begin = end;
  }
}

void Lanes::emit() {
  Value panel = kernel.getColumns(first);
  // A task is worth its hand-over from so many multiply-adds on.
  int64_t perColumn =
      std::max<int64_t>(1, kernel.entries * LoopBuilder::kLanes);
  Value needed = kernel.constant(kTaskMultiplyAdds / 2);
  Value work = kernel.mul(kernel.constant(perColumn),
                          kernel.max(count, kernel.constant(1)));
  Value grain = kernel.add(kernel.div(needed, work), kernel.constant(1));
  kernel.parallel(kernel.constant(kernel.outers * kernel.rowBlocks),
                  [&](Value block) {
                    GrainOp::create(b, kernel.loc, grain);
                    emitBlock(panel, block);
                  });
  kernel.freeColumns(panel);
}

void lacuna::emitLanes(VectorKernel &kernel, Value first) {
  Lanes(kernel, first).emit();
}
