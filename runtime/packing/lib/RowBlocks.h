// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Private to the packing library: what views of n:m weights for kernels have in
// common. The rows of each matrix are cut in blocks of 16, and a block takes as
// many bytes as any other in each of two buffers.

#ifndef LACUNA_PACKING_LIB_ROWBLOCKS_H
#define LACUNA_PACKING_LIB_ROWBLOCKS_H

#include "lacuna/Packing/Weights.h"

#include <array>

namespace lacuna::packing {

struct RowBlocks {
  static constexpr unsigned blockRows = 16;

  const NMGeometry &packed;
  uint64_t batch, rows, perMatrix; ///< Matrices, rows and blocks of one.
  const char *unit;                ///< For errors: "tiles".
  /// Of the two buffers: names for errors, and bytes of a block.
  std::array<const char *, 2> names;
  std::array<uint64_t, 2> sizes;

  uint64_t count() const { return batch * perMatrix; }
};

/// Makes one block of `rows` packed rows.
using PackBlock =
    std::function<void(const uint8_t *values, const uint8_t *coordinates,
                       unsigned rows, uint8_t *toFirst, uint8_t *toSecond)>;

/// Makes blocks [begin, end). `values` and `coordinates` are those of the whole
/// weight and validated as they are read; the buffers hold exactly the blocks.
Status packBlocks(const RowBlocks &blocks, ConstBytes values,
                  ConstBytes coordinates, MutableBytes first,
                  MutableBytes second, uint64_t begin, uint64_t end,
                  const PackBlock &pack);

/// Makes blocks [begin, end) of whole buffers.
using PackRange = std::function<Status(MutableBytes first, MutableBytes second,
                                       uint64_t begin, uint64_t end)>;

/// All blocks, in buffers of their own.
Result<std::array<Buffer, 2>> makeBlocks(const RowBlocks &blocks,
                                         const ParallelFor &parallel,
                                         const PackRange &pack);

} // namespace lacuna::packing

#endif // LACUNA_PACKING_LIB_ROWBLOCKS_H
