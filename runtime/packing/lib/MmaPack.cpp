// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From the packed form of an n:m weight to fragments of mma.sp. The places are
// those of the PTX ISA's figures in "Matrix fragments for multiply-accumulate
// operation with sparse matrix A", sections on m16n8k32 (.f16, .bf16),
// m16n8k64 (.u8, .s8) and m16n8k16 (.tf32).

#include "NMGroups.h"
#include "RowBlocks.h"
#include "lacuna/Packing/Mma.h"

using namespace lacuna::packing;

static constexpr unsigned warpSize = 32;
/// Every form has 16 groups of a row in a tile, and 16 bytes of a lane in a
/// step.
static constexpr unsigned tileGroups = 16, laneBytes = 16;

Result<MmaGeometry> MmaGeometry::get(const NMGeometry &packed) {
  MmaGeometry geometry;
  geometry.packed = packed;
  ElementType type = packed.type;
  bool is24 = packed.layout.n == 2 && packed.layout.m == 4;
  bool is12 = packed.layout.n == 1 && packed.layout.m == 2;
  if (is24 && (type == ElementType::F16 || type == ElementType::BF16))
    geometry.steps = 2;
  else if (is24 && (type == ElementType::I8 || type == ElementType::U8))
    geometry.steps = 1;
  else if (is12 && type == ElementType::F32)
    geometry.steps = 2;
  else
    return Status::error(
        "mma.sp has no form for " + packed.layout.str() + " of " +
        std::string(getName(type)) +
        "; expected 2:4 of f16, bf16, i8 or u8, or 1:2 of f32: use another "
        "view of the weight");
  geometry.tileDepth = tileGroups * packed.layout.m;
  geometry.elements = laneBytes / getByteWidth(type);

  Shape leading(packed.packedShape.begin(), packed.packedShape.end() - 2);
  geometry.rows = leading.empty() ? 1 : leading.back();
  if (!leading.empty())
    leading.pop_back();
  geometry.batch = 1;
  for (int64_t size : leading)
    geometry.batch *= size;
  geometry.depth = packed.extent;
  geometry.rowTiles =
      geometry.rows / tileRows + (geometry.rows % tileRows != 0);
  geometry.depthTiles =
      packed.groups / tileGroups + (packed.groups % tileGroups != 0);

  leading.push_back(geometry.rowTiles);
  leading.push_back(geometry.depthTiles);
  geometry.valuesShape = geometry.metadataShape = leading;
  for (int64_t size : {geometry.steps, warpSize, geometry.elements})
    geometry.valuesShape.push_back(size);
  geometry.metadataShape.push_back(warpSize);
  Result<uint64_t> valuesBytes = getByteSize(type, geometry.valuesShape);
  if (!valuesBytes.ok())
    return valuesBytes.status().withContext("the mma form of " +
                                            toString(packed.shape));
  geometry.valuesBytes = *valuesBytes;
  geometry.metadataBytes = *valuesBytes / geometry.steps / laneBytes * 4;
  return geometry;
}

uint64_t MmaGeometry::tileValuesBytes() const {
  return depthTiles * steps * warpSize * laneBytes;
}

uint64_t MmaGeometry::tileMetadataBytes() const {
  return depthTiles * warpSize * sizeof(uint32_t);
}

namespace {
/// Where group q (0 to 15) of row r (0 to 15) of a tile goes.
struct Place {
  unsigned value; ///< In units of what a group keeps, from the tile's start.
  unsigned lane, nibble; ///< Of the metadata.
};

/// m16n8k32 of 16-bit types and m16n8k16 of tf32: a group keeps one register.
/// A: register i holds row lane / 4 + 8 * (i % 2) and group lane % 4 +
/// 4 * (i / 2) of a step. Metadata: in step s lanes 2s and 2s + 1 of each four
/// supply groups 0 to 3 and 4 to 7, the low half for row lane / 4, the high
/// half for row lane / 4 + 8.
Place placeOfRegister(unsigned r, unsigned q) {
  unsigned quad = r % 8, lower = r / 8, step = q / 8, half = q / 4 % 2;
  unsigned lane = quad * 4 + q % 4;
  return {(step * warpSize + lane) * 4 + lower + 2 * half,
          quad * 4 + 2 * step + half, q % 4 + 4 * lower};
}

/// m16n8k64 of 8-bit types: a group keeps half a register. A: register i holds
/// row lane / 4 + 8 * (i % 2) and groups 2 * (lane % 4) + 8 * (i / 2) and the
/// next. Metadata: lane supplies row lane / 4 + 8 * (lane % 2) and groups 0 to
/// 7, or 8 to 15 when lane % 4 >= 2.
Place placeOfHalf(unsigned r, unsigned q) {
  unsigned quad = r % 8, lower = r / 8, half = q / 8;
  unsigned lane = quad * 4 + q / 2 % 4;
  return {(lane * 4 + lower + 2 * half) * 2 + q % 2,
          quad * 4 + lower + 2 * half, q % 8};
}

/// What a group keeps, and its metadata.
template <typename Kept> struct Chunk {
  Kept kept;
  unsigned nibble;
};

/// 2:4. Bits is an element, Kept two of them.
template <typename Bits, typename Kept> struct TwoOfFour {
  static constexpr unsigned emptyNibble = 0x4; // Positions 0 and 1.
  Bits zeroMask;

  Chunk<Kept> read(const uint8_t *values, const uint8_t *coordinates) const {
    Bits first = load<Bits>(values, 0), second = load<Bits>(values, 1);
    unsigned low = coordinates[0], high = coordinates[1];
    if (!(first & zeroMask) || !(second & zeroMask)) {
      bool hasSecond = second & zeroMask;
      Bits only = hasSecond ? second : first;
      unsigned at = hasSecond ? high : low;
      if (!(only & zeroMask))
        return {0, emptyNibble};
      low = at == 3 ? 0 : at;
      high = 3;
      first = at == 3 ? Bits(0) : only;
      second = at == 3 ? only : Bits(0);
    }
    Kept kept =
        static_cast<Kept>(first) |
        static_cast<Kept>(static_cast<Kept>(second) << 8 * sizeof(Bits));
    return {kept, low | high << 2};
  }
};

/// 1:2 of tf32: a nibble of 0100 keeps element 0, 1110 element 1.
struct OneOfTwo {
  static constexpr unsigned emptyNibble = 0x4;

  Chunk<uint32_t> read(const uint8_t *values,
                       const uint8_t *coordinates) const {
    return {load<uint32_t>(values, 0), coordinates[0] ? 0xeu : 0x4u};
  }
};

/// One tile of 16 rows: all depth tiles of it, one after the other. `rows` is
/// how many of its rows are the weight's.
template <typename Kept, Place place(unsigned, unsigned), typename Reader>
void packTile(const MmaGeometry &geometry, const Reader &reader,
              const uint8_t *values, const uint8_t *coordinates, unsigned rows,
              uint8_t *mmaValues, uint8_t *mmaMetadata) {
  const NMGeometry &packed = geometry.packed;
  const unsigned n = packed.layout.n;
  const uint64_t stepBytes = geometry.steps * warpSize * laneBytes;
  for (uint64_t tile = 0; tile < geometry.depthTiles; ++tile) {
    uint64_t firstGroup = tile * tileGroups;
    unsigned groups =
        std::min<uint64_t>(tileGroups, packed.groups - firstGroup);
    uint8_t *tileValues = mmaValues + tile * stepBytes;
    std::memset(tileValues, 0, stepBytes);
    uint32_t metadata[warpSize];
    std::fill_n(metadata, warpSize, 0x11111111u * Reader::emptyNibble);
    for (unsigned r = 0; r < rows; ++r) {
      uint64_t entry = (r * packed.groups + firstGroup) * n;
      for (unsigned q = 0; q < groups; ++q, entry += n) {
        Chunk<Kept> chunk = reader.read(
            values + entry * getByteWidth(packed.type), coordinates + entry);
        Place to = place(r, q);
        store<Kept>(tileValues, to.value, chunk.kept);
        metadata[to.lane] ^= (chunk.nibble ^ Reader::emptyNibble)
                             << 4 * to.nibble;
      }
    }
    std::memcpy(mmaMetadata + tile * sizeof(metadata), metadata,
                sizeof(metadata));
  }
}
} // namespace

static RowBlocks getBlocks(const MmaGeometry &geometry) {
  return {geometry.packed,
          geometry.batch,
          geometry.rows,
          geometry.rowTiles,
          "tiles",
          {"mma values", "mma metadata"},
          {geometry.tileValuesBytes(), geometry.tileMetadataBytes()}};
}

Status lacuna::packing::packMma(const MmaGeometry &geometry, ConstBytes values,
                                ConstBytes coordinates, MutableBytes mmaValues,
                                MutableBytes mmaMetadata, TileRange tiles) {
  ElementType type = geometry.packed.type;
  uint64_t zeroMask = getElementBits(type).zeroMask;
  auto pack = [&](auto... arguments) {
    if (getByteWidth(type) == 4)
      packTile<uint32_t, placeOfRegister>(geometry, OneOfTwo(), arguments...);
    else if (getByteWidth(type) == 2)
      packTile<uint32_t, placeOfRegister>(
          geometry,
          TwoOfFour<uint16_t, uint32_t>{static_cast<uint16_t>(zeroMask)},
          arguments...);
    else
      packTile<uint16_t, placeOfHalf>(
          geometry,
          TwoOfFour<uint8_t, uint16_t>{static_cast<uint8_t>(zeroMask)},
          arguments...);
  };
  return packBlocks(getBlocks(geometry), values, coordinates, mmaValues,
                    mmaMetadata, tiles.begin, tiles.end, pack);
}

Result<MmaWeight> lacuna::packing::makeMma(const PackedWeight &weight,
                                           const ParallelFor &parallel) {
  Result<MmaGeometry> geometry = MmaGeometry::get(weight.geometry);
  if (!geometry.ok())
    return geometry.status();
  auto buffers = makeBlocks(getBlocks(*geometry), parallel,
                            [&](MutableBytes values, MutableBytes metadata,
                                uint64_t begin, uint64_t end) {
                              return packMma(*geometry, weight.values.bytes,
                                             weight.coordinates.bytes, values,
                                             metadata, {begin, end});
                            });
  if (!buffers.ok())
    return buffers.status();
  auto &[values, metadata] = *buffers;
  return MmaWeight{*geometry,
                   {weight.geometry.type, geometry->valuesShape, values.bytes(),
                    values.owner()},
                   {ElementType::I32, geometry->metadataShape, metadata.bytes(),
                    metadata.owner()}};
}
