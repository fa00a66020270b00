// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The exchange of sums between lanes; see the header.
//
// A lane's number has five bits, the number of a sum in its unit of tiles two
// or three, and each bit is a step along rows or columns (PTX ISA, "Matrix
// multiply-accumulate operation using mma instruction": c0, c1 in row lane / 4
// and columns 2 * (lane % 4) + {0, 1}; c2, c3 eight rows below). Neighbors in
// one lane are those whose lowest steps are bits of the sum's number: each that
// is a bit of the lane's changes places with one that is not needed, by a
// butterfly of shfl in which every lane gives away half of its sums.

#include "ResultTile.h"

#include "lacuna/Conversion/KernelSupport.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace lacuna;

ResultTile::ResultTile(ScheduleAttr schedule, int64_t sizeM, int64_t sizeN,
                       bool alongRows, int64_t width)
    : schedule(schedule), alongRows(alongRows),
      width(std::min(width, kMaxWidth)) {
  int64_t tilesM = schedule.getWarpM() / 16, tilesN = schedule.getWarpN() / 8;
  lanes = {{false, 2}, {false, 4}, {true, 1}, {true, 2}, {true, 4}};
  registers = {{false, 1}, {true, 8}};
  // Eight sums are those of two tiles.
  if (this->width == 8) {
    if (tilesM % 2 == 0)
      unitM = 2;
    else if (tilesN % 2 == 0)
      unitN = 2;
    else
      this->width = 4;
  }
  if (unitM * unitN == 2)
    registers.push_back(unitM == 2 ? Step{true, 16} : Step{false, 8});
  for (unsigned bit = 0; bit < llvm::Log2_64(this->width); ++bit)
    if (alongRows)
      std::swap(registers[bit], lanes[2 + bit]);
    else if (bit > 0)
      std::swap(registers[bit], lanes[bit - 1]);

  llvm::SetVector<int64_t> ms, ns;
  for (int64_t i = 0; i < tilesM; i += unitM)
    for (int64_t j = 0; j < tilesN; j += unitN)
      for (int64_t number = 0; number < 1 << registers.size();
           number += this->width) {
        auto [row, column] = getPlace(number);
        if (16 * i + row < sizeM)
          ms.insert(16 * i + row);
        if (8 * j + column < sizeN)
          ns.insert(8 * j + column);
      }
  rows = ms.takeVector();
  columns = ns.takeVector();
  llvm::sort(rows);
  llvm::sort(columns);
}

std::pair<int64_t, int64_t> ResultTile::getPlace(int64_t number) const {
  int64_t row = 0, column = 0;
  for (auto [bit, step] : llvm::enumerate(registers))
    if (number >> bit & 1)
      (step.isRow ? row : column) += step.distance;
  return {row, column};
}

int64_t ResultTile::getLanesPerRow() const {
  return 1 << llvm::count_if(lanes, [](Step step) { return !step.isRow; });
}

void ResultTile::exchange(KernelEmitter &emitter, ArrayRef<Sums> sums) {
  int64_t tilesM = schedule.getWarpM() / 16, tilesN = schedule.getWarpN() / 8;
  auto select = [&](Value condition, Value yes, Value no) -> Value {
    return arith::SelectOp::create(emitter, condition, yes, no);
  };
  // Lanes whose bit is set keep the sums whose bit is set.
  SmallVector<Value> isSet;
  auto swap = [&](MutableArrayRef<Value> unit, unsigned registerBit,
                  unsigned laneBit) {
    for (unsigned low = 0; low < unit.size(); ++low) {
      if (low >> registerBit & 1)
        continue;
      Value &first = unit[low], &second = unit[low | 1 << registerBit];
      // Two values at any time, wherever the compiler puts the last choice.
      Value kept = select(isSet[laneBit], second, first);
      Value got = shuffle(emitter, emitter.getLoc(),
                          select(isSet[laneBit], first, second), 1 << laneBit,
                          gpu::ShuffleMode::XOR);
      first = select(isSet[laneBit], got, kept);
      second = select(isSet[laneBit], kept, got);
    }
  };
  for (int64_t bit = 0; bit < 5; ++bit)
    isSet.push_back(
        emitter.less(emitter.constant(0),
                     emitter.rem(emitter.div(emitter.lane, 1 << bit), 2)));
  for (int64_t i = 0; i < tilesM; i += unitM)
    for (int64_t j = 0; j < tilesN; j += unitN) {
      SmallVector<Value> unit;
      for (int64_t tile = 0; tile < unitM * unitN; ++tile)
        llvm::append_range(unit, sums[(i + (unitM == 2 ? tile : 0)) * tilesN +
                                      j + (unitN == 2 ? tile : 0)]);
      for (unsigned bit = 0; bit < llvm::Log2_64(width); ++bit)
        if (alongRows)
          swap(unit, bit, 2 + bit);
        else if (bit > 0)
          swap(unit, bit, bit - 1);
      for (size_t number = 0; number < unit.size(); number += width) {
        auto [row, column] = getPlace(number);
        vectors[{16 * i + row, 8 * j + column}] =
            llvm::to_vector(ArrayRef(unit).slice(number, width));
      }
    }
}

ArrayRef<Value> ResultTile::getVector(int64_t row, int64_t column) const {
  return vectors.at({row, column});
}

// Bits that follow each other with doubled distances are one number.
Value ResultTile::emitLanePlace(KernelEmitter &emitter, bool isRow) const {
  Value place = emitter.constant(0);
  for (unsigned bit = 0, end = 0; bit < lanes.size(); bit = end) {
    for (end = bit + 1; end < lanes.size(); ++end)
      if (lanes[end].isRow != lanes[bit].isRow ||
          lanes[end].distance != lanes[end - 1].distance * 2)
        break;
    if (lanes[bit].isRow != isRow)
      continue;
    Value number = emitter.div(emitter.lane, 1 << bit);
    if (end < lanes.size())
      number = emitter.rem(number, 1 << (end - bit));
    place = emitter.add(place, emitter.mul(number, lanes[bit].distance));
  }
  return place;
}

Value ResultTile::emitFirstRow(KernelEmitter &emitter) const {
  Value warp = emitter.mul(emitter.warpM, schedule.getWarpM());
  return emitter.add(emitter.add(emitter.blockM, warp),
                     emitLanePlace(emitter, true));
}

Value ResultTile::emitFirstColumn(KernelEmitter &emitter) const {
  Value warp = emitter.mul(emitter.warpN, schedule.getWarpN());
  return emitter.add(emitter.add(emitter.blockN, warp),
                     emitLanePlace(emitter, false));
}
