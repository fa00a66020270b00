// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Private to the packing library: loops that may run on several threads, and
// the parts of a buffer that their ranges take.

#ifndef LACUNA_PACKING_LIB_FORRANGES_H
#define LACUNA_PACKING_LIB_FORRANGES_H

#include "lacuna/Packing/Tensor.h"

namespace lacuna::packing {

/// Runs `body(begin, end)` on ranges of [0, count); of several failures the
/// one of the first range is returned, so that the message does not depend on
/// the threads.
Status forRanges(uint64_t count, const ParallelFor &parallel,
                 const std::function<Status(uint64_t, uint64_t)> &body);

/// The part of `bytes` from `begin` to `end`, in units of `width` bytes.
template <typename Bytes>
Bytes slice(Bytes bytes, uint64_t begin, uint64_t end, uint64_t width) {
  if (bytes.data)
    bytes.data += begin * width;
  bytes.size = (end - begin) * width;
  return bytes;
}

} // namespace lacuna::packing

#endif // LACUNA_PACKING_LIB_FORRANGES_H
