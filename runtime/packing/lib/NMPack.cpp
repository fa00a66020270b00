// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From dense to packed: checking and packing of n:m tensors. A group's
// nonzeros are gathered into a bit mask first (m is at most 64), which makes
// counting, filling up and ordering single operations.

#include "NMGroups.h"

using namespace lacuna::packing;

namespace {
template <typename Bits> struct DenseReader {
  const NMGeometry &geometry;
  const uint8_t *data;
  Bits zeroMask;

  Bits load(const NMGroup &group, unsigned coordinate) const {
    return lacuna::packing::load<Bits>(data, group.first +
                                                 coordinate * geometry.inner);
  }

  /// Bit j is set when the group's element j is a nonzero.
  uint64_t nonzeros(const NMGroup &group) const {
    uint64_t mask = 0;
    for (unsigned j = 0; j < group.length; ++j)
      mask |= uint64_t((load(group, j) & zeroMask) != 0) << j;
    return mask;
  }

  bool fits(uint64_t mask) const {
    return unsigned(__builtin_popcountll(mask)) <= geometry.layout.n;
  }
};
} // namespace

static Status reportViolation(const NMGeometry &geometry, const NMGroup &group,
                              uint64_t mask) {
  unsigned n = geometry.layout.n;
  unsigned count = __builtin_popcountll(mask);
  for (unsigned k = 0; k < n; ++k)
    mask &= mask - 1; // Drops the lowest bit: the nonzeros that were allowed.
  std::string allowed = std::to_string(n);
  return Status::error("elements " + describeGroup(geometry, group) +
                       " of shape " + toString(geometry.shape) + " hold " +
                       std::to_string(count) + " nonzeros, but " +
                       geometry.layout.str() + " allows " + allowed +
                       "; the first too many is at " +
                       describeElement(geometry, group, __builtin_ctzll(mask)) +
                       "; prune the tensor (by magnitude: keep the " + allowed +
                       " largest of each group) or take the layout off it");
}

/// The first group that breaks the layout, in the order of the packed form;
/// called once it is known that there is one.
template <typename Bits>
static Status findViolation(const DenseReader<Bits> &reader, RowRange rows) {
  const NMGeometry &geometry = reader.geometry;
  for (uint64_t row = rows.begin; row < rows.end; ++row) {
    for (uint64_t index = 0; index < geometry.groups; ++index) {
      NMGroup group = getGroup(geometry, row, index);
      uint64_t mask = reader.nonzeros(group);
      if (!reader.fits(mask))
        return reportViolation(geometry, group, mask);
    }
  }
  return Status();
}

template <typename Bits>
static Status pack(const DenseReader<Bits> &reader, uint8_t *values,
                   uint8_t *coordinates, RowRange rows) {
  const NMGeometry &geometry = reader.geometry;
  const unsigned n = geometry.layout.n;
  bool good = forEachGroup(geometry, rows, [&](const NMGroup &group) {
    uint64_t mask = reader.nonzeros(group);
    unsigned count = __builtin_popcountll(mask);
    if (count > n)
      return false;
    for (; count < n; ++count)
      mask |= mask + 1; // Adds the lowest coordinate that is not used.
    uint64_t position =
        ((group.row - rows.begin) * geometry.groups + group.index) * n;
    for (; mask; mask &= mask - 1, ++position) {
      unsigned coordinate = __builtin_ctzll(mask);
      bool inside = coordinate < group.length;
      store<Bits>(values, position,
                  inside ? reader.load(group, coordinate) : Bits(0));
      coordinates[position] = static_cast<uint8_t>(coordinate);
    }
    return true;
  });
  return good ? Status() : findViolation(reader, rows);
}

Status lacuna::packing::checkNM(const NMGeometry &geometry, ConstBytes dense,
                                RowRange rows) {
  Status status = checkArguments(geometry, rows, &dense, nullptr, nullptr);
  if (!status.ok())
    return status;
  return dispatchWidth(geometry.type, [&](auto zero) {
    using Bits = decltype(zero);
    DenseReader<Bits> reader{
        geometry, dense.data,
        static_cast<Bits>(getElementBits(geometry.type).zeroMask)};
    bool good = forEachGroup(geometry, rows, [&](const NMGroup &group) {
      return reader.fits(reader.nonzeros(group));
    });
    return good ? Status() : findViolation(reader, rows);
  });
}

Status lacuna::packing::packNM(const NMGeometry &geometry, ConstBytes dense,
                               MutableBytes values, MutableBytes coordinates,
                               RowRange rows) {
  ConstBytes constValues = values, constCoordinates = coordinates;
  Status status =
      checkArguments(geometry, rows, &dense, &constValues, &constCoordinates);
  if (!status.ok())
    return status;
  return dispatchWidth(geometry.type, [&](auto zero) {
    using Bits = decltype(zero);
    DenseReader<Bits> reader{
        geometry, dense.data,
        static_cast<Bits>(getElementBits(geometry.type).zeroMask)};
    return pack(reader, values.data, coordinates.data, rows);
  });
}

Status lacuna::packing::checkNM(const NMGeometry &geometry, ConstBytes dense) {
  return checkNM(geometry, dense, {0, geometry.rows});
}

Status lacuna::packing::packNM(const NMGeometry &geometry, ConstBytes dense,
                               MutableBytes values, MutableBytes coordinates) {
  return packNM(geometry, dense, values, coordinates, {0, geometry.rows});
}
