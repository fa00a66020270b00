// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Weights in the order of mma.sp, read back by the PTX ISA's figures alone:
// which element of A each register of each lane holds, and which bits of whose
// metadata operand say where it stands. The formulas below are those of the
// sections "Matrix fragments for sparse mma.m16n8k32 with .f16 and .bf16
// types", "... m16n8k64 with .u8 / .s8" and "... m16n8k16 with .tf32".

#include "lacuna/Packing/Mma.h"
#include "Reference.h"
#include "TestFiles.h"
#include "ViewCases.h"

#include <cstring>

using namespace viewcases;
using reference::Bytes;
using reference::view;

namespace {
/// One instruction's figures.
struct Figures {
  unsigned n, m;      ///< Kept of every m.
  unsigned depth;     ///< K of the instruction.
  unsigned selectors; ///< Instructions that share one metadata register.
  unsigned perLane;   ///< Elements a0, a1, ... of a lane.
  unsigned width;     ///< Bytes of an element.
  /// "row" and "firstcol" of the element a_i of a lane; and how many
  /// consecutive elements of A are behind the registers that share firstcol.
  unsigned (*row)(unsigned lane, unsigned i);
  unsigned (*firstcol)(unsigned lane, unsigned i);
  /// The lane and the lowest bit that describe the chunk at column `col`.
  unsigned (*metaLane)(unsigned row, unsigned col, unsigned selector);
  unsigned (*metaBit)(unsigned row, unsigned col);
};

// .m16n8k32, .f16/.bf16: row = groupID for ai where 0 <= i < 2 || 4 <= i < 6,
// else groupID + 8; firstcol = threadID_in_group * 4 for i < 4, that + 16 for
// i >= 4. Metadata, F = 0: T0 and T1 of each four threads, F = 1: T2 and T3;
// bits 15..0 are of row groupID, bits 31..16 of row groupID + 8; the first
// thread has columns 0..15, the second 16..31.
const Figures f16 = {
    2,
    4,
    32,
    2,
    8,
    2,
    [](unsigned lane, unsigned i) {
      bool upper = i < 2 || (4 <= i && i < 6);
      return (lane >> 2) + (upper ? 0 : 8);
    },
    [](unsigned lane, unsigned i) { return lane % 4 * 4 + (i < 4 ? 0 : 16); },
    [](unsigned row, unsigned col, unsigned selector) {
      return row % 8 * 4 + (selector == 0 ? 0 : 2) + (col < 16 ? 0 : 1);
    },
    [](unsigned row, unsigned col) {
      return (row < 8 ? 0 : 16) + col % 16 / 4 * 4;
    }};

// .m16n8k64, .u8/.s8: row = groupID for ai where 0 <= i < 4 || 8 <= i < 12,
// else groupID + 8; firstcol = threadID_in_group * 8 for i < 8, that + 32 for
// i >= 8; 4 of 8 consecutive elements in a register. Metadata: T0 has row
// groupID and T1 row groupID + 8 of columns 0..31, T2 and T3 the same of
// columns 32..63.
const Figures s8 = {2,
                    4,
                    64,
                    1,
                    16,
                    1,
                    [](unsigned lane, unsigned i) {
                      bool upper = i < 4 || (8 <= i && i < 12);
                      return (lane >> 2) + (upper ? 0 : 8);
                    },
                    [](unsigned lane, unsigned i) {
                      return lane % 4 * 8 + (i < 8 ? 0 : 32) + i % 4 / 2 * 4;
                    },
                    [](unsigned row, unsigned col, unsigned) {
                      return row % 8 * 4 + (row < 8 ? 0 : 1) +
                             (col < 32 ? 0 : 2);
                    },
                    [](unsigned, unsigned col) { return col % 32 / 4 * 4; }};

// .m16n8k16, .tf32: row = groupID for a0 and a2, else groupID + 8; firstcol =
// threadID_in_group * 2 for a0 and a1, that + 8 for a2 and a3. Metadata as for
// 16-bit types with chunks of two elements.
const Figures tf32 = {
    1,
    2,
    16,
    2,
    4,
    4,
    [](unsigned lane, unsigned i) {
      return (lane >> 2) + (i == 0 || i == 2 ? 0 : 8);
    },
    [](unsigned lane, unsigned i) { return lane % 4 * 2 + (i < 2 ? 0 : 8); },
    [](unsigned row, unsigned col, unsigned selector) {
      return row % 8 * 4 + (selector == 0 ? 0 : 2) + (col < 8 ? 0 : 1);
    },
    [](unsigned row, unsigned col) {
      return (row < 8 ? 0 : 16) + col % 8 / 2 * 4;
    }};

const Figures &figuresOf(ElementType type) {
  return type == ElementType::F32                             ? tf32
         : type == ElementType::I8 || type == ElementType::U8 ? s8
                                                              : f16;
}

unsigned nibbleAt(const MmaWeight &weight, uint64_t tile, unsigned lane,
                  unsigned bit) {
  uint32_t word;
  std::memcpy(&word, weight.metadata.bytes.data + (tile * 32 + lane) * 4, 4);
  return word >> bit & 15;
}

/// All matrices of the weight, with rows and depth padded to whole tiles, as
/// the hardware would see them.
Bytes readBack(const MmaWeight &weight) {
  const MmaGeometry &geometry = weight.geometry;
  const Figures &figures = figuresOf(weight.values.type);
  const unsigned width = figures.width;
  uint64_t depth = geometry.depthTiles * geometry.tileDepth;
  Bytes dense(geometry.tiles() * 16 * depth * width);
  const uint8_t *values = weight.values.bytes.data;
  for (uint64_t tile = 0; tile < geometry.tiles() * geometry.depthTiles; ++tile)
    for (unsigned step = 0; step < geometry.steps; ++step)
      for (unsigned lane = 0; lane < 32; ++lane)
        for (unsigned i = 0; i < figures.perLane; ++i, values += width) {
          unsigned row = figures.row(lane, i);
          unsigned col = figures.firstcol(lane, i);
          unsigned nibble =
              nibbleAt(weight, tile, figures.metaLane(row, col, step),
                       figures.metaBit(row, col));
          unsigned position;
          if (figures.m == 2) { // "Granularities for sparse MMA .tf32".
            EXPECT_TRUE(nibble == 0x4 || nibble == 0xe) << nibble;
            position = nibble == 0xe;
          } else {
            EXPECT_LT(nibble & 3, nibble >> 2); // Ordered, so legal.
            position = i % 2 ? nibble >> 2 : nibble & 3;
          }
          uint64_t k = tile % geometry.depthTiles * geometry.tileDepth +
                       step * figures.depth + col + position;
          uint64_t r = tile / geometry.depthTiles * 16 + row;
          std::memcpy(&dense[(r * depth + k) * width], values, width);
        }
  return dense;
}

/// Element (b, r, k) of the weight seen as matrices.
uint64_t denseIndex(const NMGeometry &geometry, uint64_t row, uint64_t k) {
  return (row / geometry.inner * geometry.extent + k) * geometry.inner +
         row % geometry.inner;
}

class Mma : public testing::TestWithParam<Case> {};

bool isZero(ElementType type, const uint8_t *element) {
  return reference::isZero(type, element);
}
} // namespace

TEST_P(Mma, FiguresGiveTheWeightBack) {
  const auto &[type, shape, dim] = GetParam();
  uint64_t seed = reference::seed();
  SCOPED_TRACE("LACUNA_TEST_SEED=" + std::to_string(seed));
  std::mt19937_64 random(seed);
  const Figures &figures = figuresOf(type);
  NMLayout layout = {figures.n, figures.m, dim};
  uint64_t count = *getByteSize(type, shape) / getByteWidth(type);
  Bytes dense = reference::prune(
      layout, type, shape, reference::randomDense(type, count, 0.4, random));
  Bytes values, coordinates;
  PackedWeight packed =
      packWeight(layout, type, shape, dense, values, coordinates);
  Result<MmaWeight> mma = makeMma(packed);
  ASSERT_TRUE(mma.ok()) << mma.message();
  const MmaGeometry &geometry = mma->geometry;

  Shape valuesShape = packed.geometry.packedShape;
  valuesShape.resize(valuesShape.size() - 2);
  uint64_t rows = valuesShape.empty() ? 1 : valuesShape.back();
  if (!valuesShape.empty())
    valuesShape.pop_back();
  uint64_t extent = shape[dim], tileDepth = type == ElementType::F32 ? 32 : 64;
  valuesShape.push_back((rows + 15) / 16);
  valuesShape.push_back((extent + tileDepth - 1) / tileDepth);
  Shape metadataShape = valuesShape;
  metadataShape.push_back(32);
  for (unsigned size : {figures.selectors, 32u, figures.perLane})
    valuesShape.push_back(size);
  EXPECT_EQ(mma->values.shape, valuesShape);
  EXPECT_EQ(mma->values.type, type);
  EXPECT_EQ(mma->values.bytes.size, *getByteSize(type, valuesShape));
  EXPECT_EQ(mma->metadata.shape, metadataShape);
  EXPECT_EQ(mma->metadata.type, ElementType::I32);
  EXPECT_EQ(mma->metadata.bytes.size,
            *getByteSize(ElementType::I32, metadataShape));

  Bytes seen = readBack(*mma);
  const unsigned width = figures.width;
  uint64_t depth = geometry.depthTiles * geometry.tileDepth;
  for (uint64_t r = 0; depth && r < geometry.tiles() * 16; ++r)
    for (uint64_t k = 0; k < depth; ++k) {
      uint64_t batch = r / (16 * geometry.rowTiles);
      uint64_t row = r % (16 * geometry.rowTiles);
      const uint8_t *found = &seen[(r * depth + k) * width];
      if (row >= rows || k >= extent) {
        EXPECT_EQ(Bytes(found, found + width), Bytes(width)) << r << " " << k;
        continue;
      }
      const uint8_t *expected =
          &dense[denseIndex(packed.geometry, batch * rows + row, k) * width];
      if (isZero(type, expected))
        EXPECT_TRUE(isZero(type, found)) << r << " " << k;
      else
        EXPECT_EQ(std::memcmp(found, expected, width), 0) << r << " " << k;
    }

  Result<MmaWeight> parallel = makeMma(packed, threeRanges);
  ASSERT_TRUE(parallel.ok());
  EXPECT_EQ(testfiles::text(parallel->values.bytes),
            testfiles::text(mma->values.bytes));
  EXPECT_EQ(testfiles::text(parallel->metadata.bytes),
            testfiles::text(mma->metadata.bytes));
}

INSTANTIATE_TEST_SUITE_P(
    All, Mma,
    testing::ValuesIn(cases({ElementType::F16, ElementType::BF16,
                             ElementType::I8, ElementType::U8,
                             ElementType::F32})),
    nameOf);

// One nonzero at every place of a tile: it appears once, in the register that
// the figures say, and its neighbor is the padding of its group.
TEST(MmaProbe, EveryPlace) {
  for (ElementType type :
       {ElementType::BF16, ElementType::I8, ElementType::F32}) {
    const Figures &figures = figuresOf(type);
    const unsigned width = figures.width;
    uint64_t depth = type == ElementType::F32 ? 32 : 64;
    Shape shape = {16, int64_t(depth)};
    for (unsigned row = 0; row < 16; ++row)
      for (unsigned k = 0; k < depth; ++k) {
        SCOPED_TRACE(std::string(getName(type)) + " row " +
                     std::to_string(row) + ", k " + std::to_string(k));
        Bytes dense(16 * depth * width), values, coordinates;
        dense[(row * depth + k) * width] = 1;
        MmaWeight mma = *makeMma(packWeight({figures.n, figures.m, 1}, type,
                                            shape, dense, values, coordinates));
        unsigned step = k / figures.depth, col = k % figures.depth;
        unsigned chunk = col / figures.m * figures.m, at = col - chunk;
        bool second = figures.m == 4 && at == 3;
        uint64_t found = 0;
        const uint8_t *bytes = mma.values.bytes.data;
        for (uint64_t e = 0; e < mma.values.bytes.size / width; ++e) {
          if (!bytes[e * width])
            continue;
          ++found;
          unsigned i = e % figures.perLane;
          unsigned lane = e / figures.perLane % 32;
          EXPECT_EQ(e / figures.perLane / 32, step);
          EXPECT_EQ(figures.row(lane, i), row);
          EXPECT_EQ(figures.firstcol(lane, i), chunk);
          if (figures.m == 4)
            EXPECT_EQ(i % 2, second);
        }
        EXPECT_EQ(found, 1u);
        // Every other chunk: 0x4, the smallest of the legal ones.
        unsigned expected = figures.m == 2 ? (at ? 0xe : 0x4)
                            : second       ? 0xc
                                           : at | 3 << 2;
        for (unsigned r = 0; r < 16; ++r)
          for (unsigned c = 0; c < depth; c += figures.m)
            EXPECT_EQ(nibbleAt(mma, 0,
                               figures.metaLane(r, c % figures.depth,
                                                c / figures.depth),
                               figures.metaBit(r, c % figures.depth)),
                      r == row && c == k / figures.m * figures.m ? expected
                                                                 : 0x4);
      }
  }
}

// The packed form may come from a file that spells its padding otherwise.
TEST(MmaProbe, SpellingOfThePackedForm) {
  Bytes dense(8 * 2), values, coordinates;
  dense[2 * 2] = 7;
  PackedWeight packed = packWeight({2, 4, 1}, ElementType::F16, {1, 8}, dense,
                                   values, coordinates);
  EXPECT_EQ(coordinates, (Bytes{0, 2, 0, 1}));
  std::string expected = testfiles::text(makeMma(packed)->metadata.bytes);
  std::string expectedValues = testfiles::text(makeMma(packed)->values.bytes);
  coordinates = {2, 3, 1, 3};
  std::swap(values[0], values[2]);
  EXPECT_EQ(testfiles::text(makeMma(packed)->metadata.bytes), expected);
  EXPECT_EQ(testfiles::text(makeMma(packed)->values.bytes), expectedValues);
}

TEST(MmaInvalid, NoForm) {
  struct {
    NMLayout layout;
    ElementType type;
    const char *name;
  } refused[] = {{{2, 4, 1}, ElementType::F32, "nm<2:4, dim = 1> of f32"},
                 {{1, 2, 1}, ElementType::F16, "nm<1:2, dim = 1> of f16"},
                 {{1, 4, 1}, ElementType::I8, "nm<1:4, dim = 1> of i8"},
                 {{4, 8, 1}, ElementType::BF16, "nm<4:8, dim = 1> of bf16"},
                 {{2, 4, 1}, ElementType::I16, "nm<2:4, dim = 1> of i16"},
                 {{2, 4, 1}, ElementType::Bool, "nm<2:4, dim = 1> of i1"}};
  for (const auto &[layout, type, name] : refused) {
    std::string message =
        MmaGeometry::get(*NMGeometry::get(layout, type, {16, 64})).message();
    EXPECT_NE(message.find(name), std::string::npos) << message;
    EXPECT_NE(message.find("expected 2:4 of f16, bf16, i8 or u8"),
              std::string::npos);
  }
}

TEST(MmaInvalid, SizesOverflow) {
  // One column becomes 64.
  auto packed = NMGeometry::get({2, 4, 1}, ElementType::I8, {INT64_MAX / 4, 1});
  ASSERT_TRUE(packed.ok()) << packed.message();
  std::string message = MmaGeometry::get(*packed).message();
  EXPECT_NE(message.find("the mma form"), std::string::npos) << message;
}

TEST(MmaInvalid, Arguments) {
  Bytes dense(32 * 64 * 2), values, coordinates;
  PackedWeight packed = packWeight({2, 4, 1}, ElementType::F16, {32, 64}, dense,
                                   values, coordinates);
  MmaGeometry geometry = *MmaGeometry::get(packed.geometry);
  Bytes fragments(geometry.valuesBytes), metadata(geometry.metadataBytes);
  auto run = [&](TileRange tiles, Bytes &toValues, Bytes &toMetadata) {
    return packMma(geometry, view(values), view(coordinates), view(toValues),
                   view(toMetadata), tiles)
        .message();
  };
  EXPECT_EQ(run({0, 2}, fragments, metadata), "");
  EXPECT_NE(run({0, 3}, fragments, metadata).find("2 tiles"),
            std::string::npos);
  EXPECT_NE(run({2, 1}, fragments, metadata).find("not a range"),
            std::string::npos);
  EXPECT_NE(run({0, 1}, fragments, metadata).find("mma values"),
            std::string::npos);
  Bytes shorter(metadata.size() - 4);
  EXPECT_NE(run({0, 2}, fragments, shorter).find("mma metadata"),
            std::string::npos);
  coordinates[2 * 16 + 1] = 0; // Row 1, group 0: 0 after 0.
  EXPECT_NE(run({0, 2}, fragments, metadata).find("elements [1, 0:4]"),
            std::string::npos);
  coordinates.pop_back();
  EXPECT_NE(run({0, 2}, fragments, metadata).find("coordinates"),
            std::string::npos);
}
