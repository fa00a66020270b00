// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Private to the n:m functions: what bits mean, where groups lie, how places
// are named in errors, and the checks of arguments that all of them share.

#include "NMGroups.h"

using namespace lacuna::packing;

ElementBits lacuna::packing::getElementBits(ElementType type) {
  switch (type) {
  case ElementType::F64:
    return {0x7fffffffffffffff, 0x7ff0000000000000, false};
  case ElementType::F32:
    return {0x7fffffff, 0x7f800000, false};
  case ElementType::F16:
    return {0x7fff, 0x7c00, false};
  case ElementType::BF16:
    return {0x7fff, 0x7f80, false};
  case ElementType::F8E4M3: // No infinities; S.1111.111 is NaN.
    return {0x7f, 0x7e, false};
  case ElementType::F8E5M2:
    return {0x7f, 0x7c, false};
  case ElementType::I64:
  case ElementType::I32:
  case ElementType::I16:
  case ElementType::I8:
    return {UINT64_MAX, UINT64_MAX, true};
  case ElementType::U64:
  case ElementType::U32:
  case ElementType::U16:
  case ElementType::U8:
  case ElementType::Bool:
    break;
  }
  return {UINT64_MAX, UINT64_MAX, false};
}

NMGroup lacuna::packing::getGroup(const NMGeometry &geometry, uint64_t row,
                                  uint64_t index) {
  uint64_t start = index * geometry.layout.m;
  uint64_t first =
      (row / geometry.inner * geometry.extent + start) * geometry.inner +
      row % geometry.inner;
  uint64_t length =
      std::min<uint64_t>(geometry.layout.m, geometry.extent - start);
  return {row, index, first, static_cast<unsigned>(length)};
}

/// The index in the tensor of a row, with `text` at the layout's dimension.
static std::string describe(const NMGeometry &geometry, uint64_t row,
                            const std::string &text) {
  std::vector<std::string> parts(geometry.shape.size());
  for (size_t i = parts.size(); i-- > 0;) {
    if (i == geometry.layout.dim) {
      parts[i] = text;
      continue;
    }
    parts[i] = std::to_string(row % geometry.shape[i]);
    row /= geometry.shape[i];
  }
  std::string joined = "[";
  for (size_t i = 0; i < parts.size(); ++i)
    joined += (i ? ", " : "") + parts[i];
  return joined + "]";
}

std::string lacuna::packing::describeGroup(const NMGeometry &geometry,
                                           const NMGroup &group) {
  uint64_t start = group.index * geometry.layout.m;
  return describe(geometry, group.row,
                  std::to_string(start) + ":" +
                      std::to_string(start + group.length));
}

std::string lacuna::packing::describeElement(const NMGeometry &geometry,
                                             const NMGroup &group,
                                             unsigned coordinate) {
  return describe(geometry, group.row,
                  std::to_string(group.index * geometry.layout.m + coordinate));
}

static Status checkSize(const char *what, const ConstBytes *bytes,
                        uint64_t expected) {
  if (!bytes || bytes->size == expected)
    return Status();
  return Status::error("the buffer of " + std::string(what) + " has " +
                       std::to_string(bytes->size) + " bytes; expected " +
                       std::to_string(expected));
}

Status lacuna::packing::checkArguments(const NMGeometry &geometry,
                                       RowRange rows, const ConstBytes *dense,
                                       const ConstBytes *values,
                                       const ConstBytes *coordinates) {
  if (rows.begin > rows.end || rows.end > geometry.rows)
    return Status::error("rows " + std::to_string(rows.begin) + " to " +
                         std::to_string(rows.end) +
                         " are not a range of a tensor with " +
                         std::to_string(geometry.rows) + " rows");
  uint64_t count = rows.end - rows.begin;
  Status status = checkSize("the dense tensor", dense, geometry.denseBytes);
  if (status.ok())
    status = checkSize("values", values, count * geometry.rowValuesBytes());
  if (status.ok())
    status = checkSize("coordinates", coordinates,
                       count * geometry.rowCoordinatesBytes());
  return status;
}
