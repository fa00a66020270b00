// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From the packed form of an n:m weight to blocks of 16 rows side by side. See
// Vector.h.

#include "ForRanges.h"
#include "NMGroups.h"
#include "lacuna/Packing/Vector.h"

#include <numeric>

using namespace lacuna::packing;

static constexpr unsigned lanes = VectorGeometry::blockRows;
static constexpr unsigned wordBits = 32;

Result<VectorGeometry> VectorGeometry::get(const NMGeometry &packed) {
  VectorGeometry geometry;
  geometry.packed = packed;
  unsigned n = packed.layout.n, m = packed.layout.m;
  geometry.bits = m <= 4 ? 2 : m <= 16 ? 4 : 8;
  unsigned perWord = wordBits / geometry.bits;
  unsigned unit = perWord / std::gcd(perWord, n);
  uint64_t units = packed.groups / unit + (packed.groups % unit != 0);

  Shape leading(packed.packedShape.begin(), packed.packedShape.end() - 2);
  geometry.rows = leading.empty() ? 1 : leading.back();
  if (!leading.empty())
    leading.pop_back();
  geometry.batch = 1;
  for (int64_t size : leading)
    geometry.batch *= size;
  geometry.rowBlocks = geometry.rows / lanes + (geometry.rows % lanes != 0);
  geometry.entries = units * unit * n;
  geometry.words = geometry.entries / perWord;

  leading.push_back(geometry.rowBlocks);
  geometry.valuesShape = geometry.coordinatesShape = leading;
  for (uint64_t size : {geometry.entries, uint64_t(lanes)})
    geometry.valuesShape.push_back(size);
  for (uint64_t size : {geometry.words, uint64_t(lanes)})
    geometry.coordinatesShape.push_back(size);
  Result<uint64_t> values = getByteSize(packed.type, geometry.valuesShape);
  Result<uint64_t> coordinates =
      getByteSize(ElementType::I32, geometry.coordinatesShape);
  for (const Result<uint64_t> *size : {&values, &coordinates})
    if (!size->ok())
      return size->status().withContext("the vector form of " +
                                        toString(packed.shape));
  geometry.valuesBytes = *values;
  geometry.coordinatesBytes = *coordinates;
  return geometry;
}

uint64_t VectorGeometry::blockValuesBytes() const {
  return entries * lanes * getByteWidth(packed.type);
}

uint64_t VectorGeometry::blockCoordinatesBytes() const {
  return words * lanes * sizeof(uint32_t);
}

/// One block, of which `rows` are the weight's.
template <typename Bits>
static void packBlock(const VectorGeometry &geometry, const uint8_t *values,
                      const uint8_t *coordinates, unsigned rows,
                      uint8_t *toValues, uint8_t *toCoordinates) {
  const uint64_t stored = geometry.packed.groups * geometry.packed.layout.n;
  const unsigned perWord = wordBits / geometry.bits;
  std::memset(toValues, 0, geometry.blockValuesBytes());
  for (uint64_t word = 0; word < geometry.words; ++word) {
    uint64_t first = word * perWord;
    uint64_t last = std::min(first + perWord, stored);
    for (unsigned r = 0; r < lanes; ++r) {
      uint32_t packed = 0;
      for (uint64_t p = first; p < last && r < rows; ++p) {
        uint64_t from = r * stored + p;
        store<Bits>(toValues, p * lanes + r, load<Bits>(values, from));
        packed |= uint32_t(coordinates[from]) << geometry.bits * (p - first);
      }
      store<uint32_t>(toCoordinates, word * lanes + r, packed);
    }
  }
}

static Status checkSize(const char *what, uint64_t size, uint64_t expected) {
  if (size == expected)
    return Status();
  return Status::error("the buffer of " + std::string(what) + " has " +
                       std::to_string(size) + " bytes; expected " +
                       std::to_string(expected));
}

Status lacuna::packing::packVector(const VectorGeometry &geometry,
                                   ConstBytes values, ConstBytes coordinates,
                                   MutableBytes vectorValues,
                                   MutableBytes vectorCoordinates,
                                   BlockRange blocks) {
  const NMGeometry &packed = geometry.packed;
  if (blocks.begin > blocks.end || blocks.end > geometry.blocks())
    return Status::error("blocks " + std::to_string(blocks.begin) + " to " +
                         std::to_string(blocks.end) +
                         " are not a range of a weight with " +
                         std::to_string(geometry.blocks()) + " blocks");
  uint64_t count = blocks.end - blocks.begin;
  Status status =
      checkArguments(packed, {0, packed.rows}, nullptr, &values, &coordinates);
  if (status.ok())
    status = checkSize("vector values", vectorValues.size,
                       count * geometry.blockValuesBytes());
  if (status.ok())
    status = checkSize("vector coordinates", vectorCoordinates.size,
                       count * geometry.blockCoordinatesBytes());
  if (!status.ok() || geometry.entries == 0)
    return status;

  for (uint64_t index = blocks.begin; index < blocks.end; ++index) {
    uint64_t within = index % geometry.rowBlocks * lanes;
    uint64_t first = index / geometry.rowBlocks * geometry.rows + within;
    unsigned rows = std::min<uint64_t>(lanes, geometry.rows - within);
    RowRange range = {first, first + rows};
    ConstBytes blockValues =
        slice(values, range.begin, range.end, packed.rowValuesBytes());
    ConstBytes blockCoordinates = slice(coordinates, range.begin, range.end,
                                        packed.rowCoordinatesBytes());
    status = validateNM(packed, blockValues, blockCoordinates, range);
    if (!status.ok())
      return status;
    uint64_t offset = index - blocks.begin;
    dispatchWidth(packed.type, [&](auto bits) {
      packBlock<decltype(bits)>(
          geometry, blockValues.data, blockCoordinates.data, rows,
          vectorValues.data + offset * geometry.blockValuesBytes(),
          vectorCoordinates.data + offset * geometry.blockCoordinatesBytes());
    });
  }
  return Status();
}

Result<VectorWeight> lacuna::packing::makeVector(const PackedWeight &weight,
                                                 const ParallelFor &parallel) {
  Result<VectorGeometry> geometry = VectorGeometry::get(weight.geometry);
  if (!geometry.ok())
    return geometry.status();
  Result<Buffer> values = Buffer::allocate(geometry->valuesBytes);
  if (!values.ok())
    return values.status();
  Result<Buffer> coordinates = Buffer::allocate(geometry->coordinatesBytes);
  if (!coordinates.ok())
    return coordinates.status();
  Status status = forRanges(
      geometry->blocks(), parallel, [&](uint64_t begin, uint64_t end) {
        return packVector(
            *geometry, weight.values.bytes, weight.coordinates.bytes,
            slice(values->bytes(), begin, end, geometry->blockValuesBytes()),
            slice(coordinates->bytes(), begin, end,
                  geometry->blockCoordinatesBytes()),
            {begin, end});
      });
  if (!status.ok())
    return status;
  return VectorWeight{*geometry,
                      {weight.geometry.type, geometry->valuesShape,
                       values->bytes(), values->owner()},
                      {ElementType::I32, geometry->coordinatesShape,
                       coordinates->bytes(), coordinates->owner()}};
}
