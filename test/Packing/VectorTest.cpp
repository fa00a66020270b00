// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Weights in the order of vector instructions, read back entry by entry by the
// formulas of docs/Weights.md alone.

#include "lacuna/Packing/Vector.h"
#include "Reference.h"
#include "TestFiles.h"
#include "ViewCases.h"

#include <cstring>

using namespace viewcases;
using reference::Bytes;
using reference::view;

namespace {
struct Sizes {
  unsigned n, m;
  unsigned bits;    ///< Of a coordinate.
  unsigned entries; ///< Are a multiple of it: whole words of whole groups.
};

const Sizes layouts[] = {{1, 2, 2, 16}, {2, 3, 2, 16},  {2, 4, 2, 16},
                         {3, 4, 2, 48}, {4, 8, 4, 8},   {3, 7, 4, 24},
                         {1, 16, 4, 8}, {5, 17, 8, 20}, {2, 64, 8, 4}};

class Vector : public testing::TestWithParam<Case> {};
} // namespace

TEST_P(Vector, FormulasGiveThePackedFormBack) {
  const auto &[type, shape, dim] = GetParam();
  uint64_t seed = reference::seed();
  SCOPED_TRACE("LACUNA_TEST_SEED=" + std::to_string(seed));
  std::mt19937_64 random(seed);
  const unsigned width = getByteWidth(type);
  uint64_t count = *getByteSize(type, shape) / width;
  for (const Sizes &sizes : layouts) {
    NMLayout layout = {sizes.n, sizes.m, dim};
    SCOPED_TRACE(layout.str());
    Bytes dense = reference::prune(
        layout, type, shape, reference::randomDense(type, count, 0.4, random));
    Bytes values, coordinates;
    PackedWeight packed =
        packWeight(layout, type, shape, dense, values, coordinates);
    Result<VectorWeight> found = makeVector(packed);
    ASSERT_TRUE(found.ok()) << found.message();

    Shape outer = packed.geometry.packedShape;
    uint64_t stored = outer[outer.size() - 2] * sizes.n;
    outer.resize(outer.size() - 2);
    uint64_t rows = outer.empty() ? 1 : outer.back();
    if (!outer.empty())
      outer.pop_back();
    uint64_t batch = 1;
    for (int64_t size : outer)
      batch *= size;
    uint64_t blocks = (rows + 15) / 16;
    uint64_t entries =
        (stored + sizes.entries - 1) / sizes.entries * sizes.entries;
    uint64_t words = entries * sizes.bits / 32;
    Shape valuesShape = outer, coordinatesShape = outer;
    for (uint64_t size : {blocks, entries, uint64_t(16)})
      valuesShape.push_back(size);
    for (uint64_t size : {blocks, words, uint64_t(16)})
      coordinatesShape.push_back(size);
    EXPECT_EQ(found->values.type, type);
    EXPECT_EQ(found->values.shape, valuesShape);
    EXPECT_EQ(found->coordinates.type, ElementType::I32);
    EXPECT_EQ(found->coordinates.shape, coordinatesShape);
    ASSERT_EQ(found->values.bytes.size, *getByteSize(type, valuesShape));
    ASSERT_EQ(found->coordinates.bytes.size,
              *getByteSize(ElementType::I32, coordinatesShape));

    unsigned perWord = 32 / sizes.bits;
    for (uint64_t b = 0; b < batch; ++b)
      for (uint64_t r = 0; r < blocks * 16; ++r)
        for (uint64_t p = 0; p < entries; ++p) {
          uint64_t block = b * blocks + r / 16;
          const uint8_t *value = found->values.bytes.data +
                                 ((block * entries + p) * 16 + r % 16) * width;
          uint32_t word;
          std::memcpy(&word,
                      found->coordinates.bytes.data +
                          ((block * words + p / perWord) * 16 + r % 16) * 4,
                      4);
          uint32_t coordinate =
              word >> sizes.bits * (p % perWord) & ((1u << sizes.bits) - 1);
          Bytes expected(width);
          uint32_t expectedCoordinate = 0;
          if (r < rows && p < stored) {
            uint64_t from = (b * rows + r) * stored + p;
            expected.assign(&values[from * width],
                            &values[from * width] + width);
            expectedCoordinate = coordinates[from];
          }
          ASSERT_EQ(Bytes(value, value + width), expected)
              << b << " " << r << " " << p;
          ASSERT_EQ(coordinate, expectedCoordinate)
              << b << " " << r << " " << p;
        }

    Result<VectorWeight> parallel = makeVector(packed, threeRanges);
    ASSERT_TRUE(parallel.ok());
    EXPECT_EQ(testfiles::text(parallel->values.bytes),
              testfiles::text(found->values.bytes));
    EXPECT_EQ(testfiles::text(parallel->coordinates.bytes),
              testfiles::text(found->coordinates.bytes));
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, Vector,
    testing::ValuesIn(cases({ElementType::F32, ElementType::BF16,
                             ElementType::I8, ElementType::F64})),
    nameOf);

TEST(VectorInvalid, SizesOverflow) {
  // One row becomes 16.
  auto packed =
      NMGeometry::get({1, 64, 1}, ElementType::I8, {1, INT64_MAX / 4});
  ASSERT_TRUE(packed.ok()) << packed.message();
  EXPECT_TRUE(VectorGeometry::get(*packed).ok());
  packed = NMGeometry::get({63, 64, 1}, ElementType::I8, {1, INT64_MAX / 4});
  ASSERT_TRUE(packed.ok()) << packed.message();
  std::string message = VectorGeometry::get(*packed).message();
  EXPECT_NE(message.find("the vector form"), std::string::npos) << message;
}

TEST(VectorInvalid, Arguments) {
  Bytes dense(32 * 64 * 2), values, coordinates;
  PackedWeight packed = packWeight({2, 4, 1}, ElementType::F16, {32, 64}, dense,
                                   values, coordinates);
  VectorGeometry geometry = *VectorGeometry::get(packed.geometry);
  Bytes toValues(geometry.valuesBytes), words(geometry.coordinatesBytes);
  auto run = [&](BlockRange blocks, Bytes &toValues, Bytes &toWords) {
    return packVector(geometry, view(values), view(coordinates), view(toValues),
                      view(toWords), blocks)
        .message();
  };
  EXPECT_EQ(run({0, 2}, toValues, words), "");
  EXPECT_NE(run({0, 3}, toValues, words).find("2 blocks"), std::string::npos);
  EXPECT_NE(run({2, 1}, toValues, words).find("not a range"),
            std::string::npos);
  EXPECT_NE(run({0, 1}, toValues, words).find("vector values"),
            std::string::npos);
  Bytes shorter(words.size() - 4);
  EXPECT_NE(run({0, 2}, toValues, shorter).find("vector coordinates"),
            std::string::npos);
  coordinates[2 * 16 + 1] = 0; // Row 1, group 0: 0 after 0.
  EXPECT_NE(run({0, 2}, toValues, words).find("elements [1, 0:4]"),
            std::string::npos);
  coordinates.pop_back();
  EXPECT_NE(run({0, 2}, toValues, words).find("coordinates"),
            std::string::npos);
}
