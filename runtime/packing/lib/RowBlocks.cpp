// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "RowBlocks.h"

#include "ForRanges.h"
#include "NMGroups.h"

#include <algorithm>

using namespace lacuna::packing;

static Status checkSize(const char *what, uint64_t size, uint64_t expected) {
  if (size == expected)
    return Status();
  return Status::error("the buffer of " + std::string(what) + " has " +
                       std::to_string(size) + " bytes; expected " +
                       std::to_string(expected));
}

Status lacuna::packing::packBlocks(const RowBlocks &blocks, ConstBytes values,
                                   ConstBytes coordinates, MutableBytes first,
                                   MutableBytes second, uint64_t begin,
                                   uint64_t end, const PackBlock &pack) {
  const NMGeometry &packed = blocks.packed;
  if (begin > end || end > blocks.count()) {
    std::string unit = blocks.unit;
    return Status::error(unit + " " + std::to_string(begin) + " to " +
                         std::to_string(end) +
                         " are not a range of a weight with " +
                         std::to_string(blocks.count()) + " " + unit);
  }
  Status status =
      checkArguments(packed, {0, packed.rows}, nullptr, &values, &coordinates);
  if (status.ok())
    status =
        checkSize(blocks.names[0], first.size, (end - begin) * blocks.sizes[0]);
  if (status.ok())
    status = checkSize(blocks.names[1], second.size,
                       (end - begin) * blocks.sizes[1]);
  if (!status.ok() || blocks.sizes[0] == 0)
    return status;

  for (uint64_t index = begin; index < end; ++index) {
    uint64_t within = index % blocks.perMatrix * RowBlocks::blockRows;
    uint64_t row = index / blocks.perMatrix * blocks.rows + within;
    unsigned rows =
        std::min<uint64_t>(RowBlocks::blockRows, blocks.rows - within);
    ConstBytes blockValues =
        slice(values, row, row + rows, packed.rowValuesBytes());
    ConstBytes blockCoordinates =
        slice(coordinates, row, row + rows, packed.rowCoordinatesBytes());
    status =
        validateNM(packed, blockValues, blockCoordinates, {row, row + rows});
    if (!status.ok())
      return status;
    uint64_t offset = index - begin;
    pack(blockValues.data, blockCoordinates.data, rows,
         first.data + offset * blocks.sizes[0],
         second.data + offset * blocks.sizes[1]);
  }
  return Status();
}

Result<std::array<Buffer, 2>>
lacuna::packing::makeBlocks(const RowBlocks &blocks,
                            const ParallelFor &parallel,
                            const PackRange &pack) {
  Result<Buffer> first = Buffer::allocate(blocks.count() * blocks.sizes[0]);
  if (!first.ok())
    return first.status();
  Result<Buffer> second = Buffer::allocate(blocks.count() * blocks.sizes[1]);
  if (!second.ok())
    return second.status();
  Status status =
      forRanges(blocks.count(), parallel, [&](uint64_t begin, uint64_t end) {
        return pack(slice(first->bytes(), begin, end, blocks.sizes[0]),
                    slice(second->bytes(), begin, end, blocks.sizes[1]), begin,
                    end);
      });
  if (!status.ok())
    return status;
  return std::array<Buffer, 2>{*first, *second};
}
