// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Widths of accesses, and how many threads share a row. See RowSchedule.h.

#include "RowSchedule.h"

#include "lacuna/Conversion/KernelSupport.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace lacuna;

int64_t lacuna::getMaxWidth(const RowGroup &group) {
  constexpr int64_t kBytes = 16, kMost = 8;
  int64_t least = kBytes;
  auto see = [&](Value tensor) {
    int64_t bits =
        getElementTypeOrSelf(tensor.getType()).isIndex()
            ? 64
            : getElementTypeOrSelf(tensor.getType()).getIntOrFloatBitWidth();
    least = std::min(least, std::max<int64_t>(bits / 8, 1));
  };
  for (const RowNode &node : group.nodes)
    if (node.kind == RowNode::Kind::Buffer && node.alongRow)
      see(node.tensor);
  for (const RowOutput &output : group.outputs)
    if (output.alongRow)
      see(group.nodes[output.node].tensor);
  // An argmax carries a position of 8 bytes for each of them.
  bool chooses =
      llvm::any_of(group.reductions, [](const RowReduction &reduction) {
        return reduction.combiner.getChoice();
      });
  return std::min(chooses ? kMost / 2 : kMost, kBytes / least);
}

int64_t lacuna::fitSeams(const RowGroup &group, int64_t width) {
  for (OpFoldResult seam : group.seams)
    while (width > 1 && (!getConstantIntValue(seam) ||
                         *getConstantIntValue(seam) % width != 0))
      width /= 2;
  return width;
}

int64_t lacuna::getKnownFactor(const RowGroup &group) {
  int64_t factor = 1;
  for (unsigned dim : group.axes.back())
    if (group.sizes[dim].number)
      factor *= *group.sizes[dim].number;
  return factor;
}

int64_t lacuna::fitLength(int64_t length, int64_t width) {
  while (length % width != 0)
    width /= 2;
  return width;
}

RowSchedule lacuna::scheduleRows(int64_t length, int64_t width) {
  constexpr int64_t kTurns = 4;
  RowSchedule schedule;
  schedule.width = width;
  int64_t places = llvm::divideCeil(length, width);
  if (places <= kWarpThreads * kTurns) {
    schedule.rowThreads = std::min<int64_t>(
        llvm::PowerOf2Ceil(std::max<int64_t>(places, 1)), kWarpThreads);
    schedule.turns = llvm::divideCeil(places, schedule.rowThreads);
    return schedule;
  }
  // As few idle threads as possible in as few turns as the registers allow.
  int64_t least = -1;
  for (int64_t threads : {256, 128, 64, 512, 1024}) {
    int64_t turns = llvm::divideCeil(places, threads);
    int64_t idle = turns * threads - places;
    if (turns > kTurns || (threads > 512 && turns * width > 16) ||
        (least >= 0 && idle >= least))
      continue;
    least = idle;
    schedule.blockThreads = schedule.rowThreads = threads;
    schedule.turns = turns;
  }
  if (least < 0)
    schedule.blockThreads = schedule.rowThreads = 512;
  return schedule;
}
