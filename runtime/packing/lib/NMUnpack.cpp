// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From packed to dense: validating and unpacking of n:m tensors. The packed
// bytes may come from anybody's file: no coordinate is used before it was
// checked.

#include "NMGroups.h"

using namespace lacuna::packing;

static Status reportGroup(const NMGeometry &geometry, const NMGroup &group,
                          const std::string &what) {
  return Status::error("packed group " + std::to_string(group.index) +
                       " of elements " + describeGroup(geometry, group) +
                       " in shape " + toString(geometry.shape) + ": " + what +
                       " (" + geometry.layout.str() +
                       "); the file was not written by Lacuna or is damaged: "
                       "pack the dense tensor again");
}

/// Says what is wrong with a group that is not well-formed.
template <typename Bits>
static Status diagnose(const NMGeometry &geometry, const NMGroup &group,
                       const uint8_t *values, const uint8_t *coordinates) {
  for (unsigned k = 0; k < geometry.layout.n; ++k) {
    unsigned coordinate = coordinates[k];
    std::string found =
        "coordinate " + std::to_string(k) + " is " + std::to_string(coordinate);
    if (coordinate >= geometry.layout.m)
      return reportGroup(geometry, group,
                         found + ", expected less than " +
                             std::to_string(geometry.layout.m));
    if (k && coordinate <= coordinates[k - 1])
      return reportGroup(geometry, group,
                         found + " after " +
                             std::to_string(coordinates[k - 1]) +
                             ", expected strictly increasing coordinates");
    if (coordinate >= group.length && load<Bits>(values, k) != 0)
      return reportGroup(geometry, group,
                         found + ", beyond the end of the dimension, and its "
                                 "value is not +0");
  }
  return Status();
}

template <typename Bits>
static bool isWellFormed(const NMGeometry &geometry, const NMGroup &group,
                         const uint8_t *values, const uint8_t *coordinates) {
  bool good = true;
  int previous = -1;
  for (unsigned k = 0; k < geometry.layout.n; ++k) {
    int coordinate = coordinates[k];
    good &= coordinate > previous;
    previous = coordinate;
    if (coordinate >= int(group.length))
      good &= coordinate < int(geometry.layout.m) && load<Bits>(values, k) == 0;
  }
  return good;
}

/// Validates the rows and calls `body(group, values, coordinates)` for each
/// group that is well-formed, with pointers to its n entries.
template <typename Bits, typename Body>
static Status forEachPacked(const NMGeometry &geometry, ConstBytes values,
                            ConstBytes coordinates, RowRange rows, Body body) {
  const unsigned n = geometry.layout.n;
  auto entry = [&](const NMGroup &group) {
    return ((group.row - rows.begin) * geometry.groups + group.index) * n;
  };
  bool good = forEachGroup(geometry, rows, [&](const NMGroup &group) {
    const uint8_t *groupValues = values.data + entry(group) * sizeof(Bits);
    const uint8_t *groupCoordinates = coordinates.data + entry(group);
    if (!isWellFormed<Bits>(geometry, group, groupValues, groupCoordinates))
      return false;
    body(group, groupValues, groupCoordinates);
    return true;
  });
  if (good)
    return Status();
  for (uint64_t row = rows.begin; row < rows.end; ++row) {
    for (uint64_t index = 0; index < geometry.groups; ++index) {
      NMGroup group = getGroup(geometry, row, index);
      Status status = diagnose<Bits>(geometry, group,
                                     values.data + entry(group) * sizeof(Bits),
                                     coordinates.data + entry(group));
      if (!status.ok())
        return status;
    }
  }
  return Status();
}

Status lacuna::packing::validateNM(const NMGeometry &geometry,
                                   ConstBytes values, ConstBytes coordinates,
                                   RowRange rows) {
  Status status =
      checkArguments(geometry, rows, nullptr, &values, &coordinates);
  if (!status.ok())
    return status;
  return dispatchWidth(geometry.type, [&](auto zero) {
    return forEachPacked<decltype(zero)>(
        geometry, values, coordinates, rows,
        [](const NMGroup &, const uint8_t *, const uint8_t *) {});
  });
}

Status lacuna::packing::unpackNM(const NMGeometry &geometry, ConstBytes values,
                                 ConstBytes coordinates, MutableBytes dense,
                                 RowRange rows) {
  ConstBytes constDense = dense;
  Status status =
      checkArguments(geometry, rows, &constDense, &values, &coordinates);
  if (!status.ok())
    return status;
  return dispatchWidth(geometry.type, [&](auto zero) {
    using Bits = decltype(zero);
    auto scatter = [&](const NMGroup &group, const uint8_t *groupValues,
                       const uint8_t *groupCoordinates) {
      for (unsigned j = 0; j < group.length; ++j)
        store<Bits>(dense.data, group.first + j * geometry.inner, 0);
      for (unsigned k = 0; k < geometry.layout.n; ++k)
        if (groupCoordinates[k] < group.length)
          store<Bits>(dense.data,
                      group.first + groupCoordinates[k] * geometry.inner,
                      load<Bits>(groupValues, k));
    };
    return forEachPacked<Bits>(geometry, values, coordinates, rows, scatter);
  });
}

Status lacuna::packing::validateNM(const NMGeometry &geometry,
                                   ConstBytes values, ConstBytes coordinates) {
  return validateNM(geometry, values, coordinates, {0, geometry.rows});
}

Status lacuna::packing::unpackNM(const NMGeometry &geometry, ConstBytes values,
                                 ConstBytes coordinates, MutableBytes dense) {
  return unpackNM(geometry, values, coordinates, dense, {0, geometry.rows});
}
