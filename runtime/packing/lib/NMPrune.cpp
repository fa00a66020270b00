// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Pruning to n:m by magnitude. Without its sign, a float's bits order as its
// magnitude does, so one integer comparison serves every type.

#include "NMGroups.h"

using namespace lacuna::packing;

/// Orders magnitudes; all NaNs are equal and above every number.
template <typename Bits>
static Bits magnitude(Bits bits, const ElementBits &meaning) {
  if (meaning.isSignedInteger) {
    // Two's complement negation; right for the least value too, whose
    // magnitude only the unsigned type holds.
    bool negative = bits >> (sizeof(Bits) * 8 - 1);
    return negative ? static_cast<Bits>(Bits(0) - bits) : bits;
  }
  bits &= static_cast<Bits>(meaning.zeroMask);
  bool isNaN = bits > static_cast<Bits>(meaning.largestNumber);
  return isNaN ? static_cast<Bits>(~Bits(0)) : bits;
}

/// The n largest of `count` magnitudes, as a mask; the lower coordinate wins.
template <typename Bits>
static uint64_t selectLargest(const Bits *magnitudes, unsigned count,
                              unsigned n) {
  uint64_t kept = 0;
  for (unsigned k = 0; k < n; ++k) {
    unsigned best = count;
    for (unsigned j = 0; j < count; ++j)
      if (!(kept >> j & 1) &&
          (best == count || magnitudes[j] > magnitudes[best]))
        best = j;
    if (best == count)
      break;
    kept |= uint64_t(1) << best;
  }
  return kept;
}

Status lacuna::packing::pruneNM(const NMGeometry &geometry, MutableBytes dense,
                                RowRange rows) {
  ConstBytes constDense = dense;
  Status status = checkArguments(geometry, rows, &constDense, nullptr, nullptr);
  if (!status.ok())
    return status;
  ElementBits meaning = getElementBits(geometry.type);
  dispatchWidth(geometry.type, [&](auto zero) {
    using Bits = decltype(zero);
    forEachGroup(geometry, rows, [&](const NMGroup &group) {
      Bits magnitudes[64];
      auto place = [&](unsigned j) { return group.first + j * geometry.inner; };
      for (unsigned j = 0; j < group.length; ++j)
        magnitudes[j] = magnitude(load<Bits>(dense.data, place(j)), meaning);
      uint64_t kept =
          selectLargest(magnitudes, group.length, geometry.layout.n);
      for (unsigned j = 0; j < group.length; ++j)
        if (!(kept >> j & 1))
          store<Bits>(dense.data, place(j), 0);
      return true;
    });
  });
  return Status();
}

Status lacuna::packing::pruneNM(const NMGeometry &geometry,
                                MutableBytes dense) {
  return pruneNM(geometry, dense, {0, geometry.rows});
}
