// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Private to the n:m functions: walking over the groups of a tensor, reading
// elements as bits, and naming places in errors.

#ifndef LACUNA_PACKING_LIB_NMGROUPS_H
#define LACUNA_PACKING_LIB_NMGROUPS_H

#include "lacuna/Packing/NM.h"

#include <algorithm>
#include <cstring>

namespace lacuna::packing {

/// What bits mean, as far as packing and pruning must know.
struct ElementBits {
  /// An element is zero when none of these bits is set: all bits, or for
  /// floats all but the sign, so that -0.0 is zero and NaN is not.
  uint64_t zeroMask;
  /// Of a float without its sign: bits above these are NaN.
  uint64_t largestNumber;
  bool isSignedInteger;
};
ElementBits getElementBits(ElementType type);

/// One group of m neighbors; `length` of them (fewer in a ragged tail) lie
/// inside the tensor, at `first`, `first + inner`, ... in elements.
struct NMGroup {
  uint64_t row;
  uint64_t index;
  uint64_t first;
  unsigned length;
};

NMGroup getGroup(const NMGeometry &geometry, uint64_t row, uint64_t index);

/// Calls `body` for every group of the rows until it returns false. Neighbor
/// rows are neighbors in memory when inner > 1, so these are visited together
/// for each group; the order is therefore not that of the packed form.
template <typename Body>
bool forEachGroup(const NMGeometry &geometry, RowRange rows, Body body) {
  constexpr uint64_t rowsAtOnce = 64;
  if (geometry.groups == 0) // Rows without elements may be very many.
    return true;
  for (uint64_t begin = rows.begin; begin < rows.end;) {
    uint64_t end = begin + 1;
    if (geometry.inner > 1)
      end = std::min({rows.end, begin + rowsAtOnce,
                      (begin / geometry.inner + 1) * geometry.inner});
    for (uint64_t index = 0; index < geometry.groups; ++index) {
      NMGroup group = getGroup(geometry, begin, index);
      for (; group.row < end; ++group.row, ++group.first)
        if (!body(group))
          return false;
    }
    begin = end;
  }
  return true;
}

/// Elements may be unaligned in a mapped file.
template <typename Bits> Bits load(const uint8_t *data, uint64_t index) {
  Bits bits;
  std::memcpy(&bits, data + index * sizeof(Bits), sizeof(Bits));
  return bits;
}

template <typename Bits> void store(uint8_t *data, uint64_t index, Bits bits) {
  std::memcpy(data + index * sizeof(Bits), &bits, sizeof(Bits));
}

/// Calls `body` with a zero of the unsigned type as wide as `type`.
template <typename Body> auto dispatchWidth(ElementType type, Body body) {
  switch (getByteWidth(type)) {
  case 1:
    return body(uint8_t());
  case 2:
    return body(uint16_t());
  case 4:
    return body(uint32_t());
  default:
    return body(uint64_t());
  }
}

/// "[3, 20:24]": the elements of a group, in NumPy's notation.
std::string describeGroup(const NMGeometry &geometry, const NMGroup &group);

/// "[3, 22]": the index in the tensor of a group's element.
std::string describeElement(const NMGeometry &geometry, const NMGroup &group,
                            unsigned coordinate);

/// Errors for a range outside the tensor, and for buffers whose size is not
/// what the geometry says. A null pointer stands for a buffer that is not
/// part of the call.
Status checkArguments(const NMGeometry &geometry, RowRange rows,
                      const ConstBytes *dense, const ConstBytes *values,
                      const ConstBytes *coordinates);

} // namespace lacuna::packing

#endif // LACUNA_PACKING_LIB_NMGROUPS_H
