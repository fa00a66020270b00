// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From the packed form of an n:m weight to blocks of 16 rows side by side. See
// Vector.h.

#include "NMGroups.h"
#include "RowBlocks.h"
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

static RowBlocks getBlocks(const VectorGeometry &geometry) {
  return {geometry.packed,
          geometry.batch,
          geometry.rows,
          geometry.rowBlocks,
          "blocks",
          {"vector values", "vector coordinates"},
          {geometry.blockValuesBytes(), geometry.blockCoordinatesBytes()}};
}

Status lacuna::packing::packVector(const VectorGeometry &geometry,
                                   ConstBytes values, ConstBytes coordinates,
                                   MutableBytes vectorValues,
                                   MutableBytes vectorCoordinates,
                                   BlockRange blocks) {
  auto pack = [&](auto... arguments) {
    dispatchWidth(geometry.packed.type, [&](auto bits) {
      packBlock<decltype(bits)>(geometry, arguments...);
    });
  };
  return packBlocks(getBlocks(geometry), values, coordinates, vectorValues,
                    vectorCoordinates, blocks.begin, blocks.end, pack);
}

Result<VectorWeight> lacuna::packing::makeVector(const PackedWeight &weight,
                                                 const ParallelFor &parallel) {
  Result<VectorGeometry> geometry = VectorGeometry::get(weight.geometry);
  if (!geometry.ok())
    return geometry.status();
  auto buffers =
      makeBlocks(getBlocks(*geometry), parallel,
                 [&](MutableBytes values, MutableBytes coordinates,
                     uint64_t begin, uint64_t end) {
                   return packVector(*geometry, weight.values.bytes,
                                     weight.coordinates.bytes, values,
                                     coordinates, {begin, end});
                 });
  if (!buffers.ok())
    return buffers.status();
  auto &[values, coordinates] = *buffers;
  return VectorWeight{*geometry,
                      {weight.geometry.type, geometry->valuesShape,
                       values.bytes(), values.owner()},
                      {ElementType::I32, geometry->coordinatesShape,
                       coordinates.bytes(), coordinates.owner()}};
}
