// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How the kernels of a row group are spread over threads.

#ifndef LACUNA_LIB_CONVERSION_ROWSCHEDULE_H
#define LACUNA_LIB_CONVERSION_ROWSCHEDULE_H

#include "RowGroup.h"

namespace lacuna {

/// How a kernel is spread over threads.
struct RowSchedule {
  /// Neighbors along the row that a thread takes at once.
  int64_t width = 1;
  int64_t blockThreads = 256;
  /// Threads that share a row: a power of two up to a warp, or all of a block.
  int64_t rowThreads = 256;
  /// Turns that a thread takes to come to the end of the row; values that are
  /// kept are in registers then. 0: a loop, and they are in shared memory.
  int64_t turns = 0;
  /// Whether shared memory surely holds all that is kept.
  bool alwaysFits = false;

  int64_t getBlockRows() const { return blockThreads / rowThreads; }
  /// Blocks that a processor shall hold at once: 768 threads, which leaves each
  /// 80 of the processor's 65536 registers.
  int64_t getBlocksPerProcessor() const {
    return std::max<int64_t>(1, 768 / blockThreads);
  }
};

/// Neighbors along the row that make accesses of 16 bytes.
int64_t getMaxWidth(const RowGroup &group);

/// The widest up to `width` of which the seams of concatenations are multiples.
int64_t fitSeams(const RowGroup &group, int64_t width);

/// What the length of a row is surely a multiple of.
int64_t getKnownFactor(const RowGroup &group);

/// The widest up to `width` that divides `length`.
int64_t fitLength(int64_t length, int64_t width);

/// Threads and turns for rows of a known length.
RowSchedule scheduleRows(int64_t length, int64_t width);

} // namespace lacuna

#endif // LACUNA_LIB_CONVERSION_ROWSCHEDULE_H
