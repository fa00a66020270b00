// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The n:m functions on data where every byte can be told by hand, and every
// input that they must refuse.

#include "Reference.h"

#include "gtest/gtest.h"

#include <cmath>
#include <cstring>
#include <limits>

using namespace lacuna::packing;
using reference::Bytes;
using reference::view;

namespace {
template <typename T> Bytes bytesOf(const std::vector<T> &elements) {
  Bytes bytes(elements.size() * sizeof(T));
  if (!bytes.empty())
    std::memcpy(bytes.data(), elements.data(), bytes.size());
  return bytes;
}

NMGeometry geometryOf(NMLayout layout, ElementType type, Shape shape) {
  Result<NMGeometry> geometry = NMGeometry::get(layout, type, shape);
  EXPECT_TRUE(geometry.ok()) << geometry.message();
  return *geometry;
}

struct Packed {
  Status status;
  Bytes values, coordinates;
};
Packed pack(const NMGeometry &geometry, const Bytes &dense) {
  Packed packed;
  packed.values.resize(geometry.valuesBytes, 0xaa);
  packed.coordinates.resize(geometry.coordinatesBytes, 0xaa);
  packed.status = packNM(geometry, view(dense), view(packed.values),
                         view(packed.coordinates));
  return packed;
}

void expectMessage(const Status &status,
                   const std::vector<std::string> &parts) {
  ASSERT_FALSE(status.ok());
  for (const std::string &part : parts)
    EXPECT_NE(status.message().find(part), std::string::npos)
        << "'" << part << "' is not in: " << status.message();
}
} // namespace

TEST(NMEdge, ParsePrint) {
  for (const char *text :
       {"nm<2:4, dim = 1>", "nm<1:2, dim = 0>", "nm<63:64, dim = 17>"})
    EXPECT_EQ(NMLayout::parse(text)->str(), text);
  EXPECT_EQ(NMLayout::parse("  nm < 2 : 4 ,dim=3 > ")->str(),
            "nm<2:4, dim = 3>");
  EXPECT_EQ(NMLayout::parse("nm<2:4>", 5)->str(), "nm<2:4, dim = 5>");
  EXPECT_EQ(NMLayout::parse("nm<2:4, dim = 1>", 5)->dim, 1u);
  EXPECT_TRUE(*NMLayout::parse("nm<2:4>", 1) == (NMLayout{2, 4, 1}));
  EXPECT_TRUE(*NMLayout::parse("nm<2:4>", 0) != (NMLayout{2, 4, 1}));
}

TEST(NMEdge, ParseInvalid) {
  expectMessage(NMLayout::parse("nm<2:4>").status(),
                {"'nm<2:4>'", "along which dimension", "dim = 1"});
  expectMessage(NMLayout::parse("block<2:4>").status(),
                {"'nm' at column 1", "'nm<2:4, dim = 1>'"});
  expectMessage(NMLayout::parse("#lacuna.nm<2:4, dim = 1>").status(),
                {"'nm' at column 1"});
  expectMessage(NMLayout::parse("").status(), {"'nm' at column 1"});
  expectMessage(NMLayout::parse("nm<").status(), {"a number at column 4"});
  expectMessage(NMLayout::parse("nm<2;4, dim = 1>").status(),
                {"':' at column 5"});
  expectMessage(NMLayout::parse("nm<2:4, dim = >").status(), {"a number"});
  expectMessage(NMLayout::parse("nm<2:4, axis = 1>").status(), {"'dim'"});
  expectMessage(NMLayout::parse("nm<2:4, dim = 1").status(), {"'>'"});
  expectMessage(NMLayout::parse("nm<2:4, dim = 1> x").status(), {"the end"});
  expectMessage(NMLayout::parse("nm<-2:4, dim = 1>").status(), {"a number"});
}

TEST(NMEdge, nm_c1) {
  for (const char *text :
       {"nm<0:4, dim = 0>", "nm<4:4, dim = 0>", "nm<5:4, dim = 0>"})
    expectMessage(NMLayout::parse(text).status(),
                  {"nm_c1", "expected 0 < n < m", text});
  expectMessage(NMGeometry::get({0, 0, 0}, ElementType::F32, {4}).status(),
                {"nm_c1"});
}

TEST(NMEdge, nm_c2) {
  for (const char *text :
       {"nm<2:65, dim = 0>", "nm<2:18446744073709551620, dim = 0>"})
    expectMessage(NMLayout::parse(text).status(),
                  {"nm_c2", "expected m <= 64"});
}

TEST(NMEdge, nm_c3) {
  expectMessage(NMGeometry::get({2, 4, 2}, ElementType::F32, {4, 4}).status(),
                {"nm_c3", "[4, 4]", "dim < 2"});
  expectMessage(NMGeometry::get({2, 4, 0}, ElementType::F32, {}).status(),
                {"nm_c3"});
}

TEST(NMEdge, SizesOverflow) {
  expectMessage(
      NMGeometry::get({2, 4, 0}, ElementType::F32, {INT64_MAX, INT64_MAX})
          .status(),
      {"larger than"});
  // Dense fits, packed does not: one element becomes 63.
  expectMessage(
      NMGeometry::get({63, 64, 0}, ElementType::I8, {1, INT64_MAX}).status(),
      {"packed form", "larger than"});
  expectMessage(NMGeometry::get({2, 4, 0}, ElementType::F32, {4, -1}).status(),
                {"negative"});
  EXPECT_EQ(geometryOf({1, 2, 0}, ElementType::I8, {INT64_MAX}).groups,
            uint64_t(1) << 62);
}

TEST(NMEdge, CanonicalForm) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float inf = std::numeric_limits<float>::infinity();
  NMGeometry geometry = geometryOf({2, 4, 1}, ElementType::F32, {2, 10});
  Packed packed =
      pack(geometry,
           bytesOf<float>({0,         0,     0,     0, /**/ 0, -0.0f, 3,   0,
                           /**/ 0,    5, //
                           -0.0f,     -0.0f, -0.0f, 7, /**/ 1, 0,     nan, 0,
                           /**/ -inf, 0}));
  ASSERT_TRUE(packed.status.ok()) << packed.status.message();
  EXPECT_EQ(geometry.packedShape, (Shape{2, 3, 2}));
  EXPECT_EQ(packed.coordinates,
            (Bytes{0, 1, /**/ 0, 2, /**/ 0, 1, /**/ 0, 3, /**/ 0, 2, /**/ 0, //
                   1}));
  EXPECT_EQ(packed.values,
            bytesOf<float>({0, 0, /**/ 0, 3, /**/ 0, 5, /**/ -0.0f, 7, /**/ 1,
                            nan, /**/ -inf, 0}));
}

// A tail shorter than n: coordinates go on beyond the end, with +0.
TEST(NMEdge, TailShorterThanN) {
  NMGeometry geometry = geometryOf({3, 4, 0}, ElementType::F32, {5});
  Packed packed = pack(geometry, bytesOf<float>({1, 2, 0, 3, -0.0f}));
  ASSERT_TRUE(packed.status.ok());
  EXPECT_EQ(packed.coordinates, (Bytes{0, 1, 3, /**/ 0, 1, 2}));
  EXPECT_EQ(packed.values, bytesOf<float>({1, 2, 3, /**/ -0.0f, 0, 0}));
}

TEST(NMEdge, EmptyAndZero) {
  for (Shape shape : {Shape{0}, Shape{0, 8}, Shape{8, 0}, Shape{3, 0, 4}}) {
    for (unsigned dim = 0; dim < shape.size(); ++dim) {
      NMGeometry geometry = geometryOf({2, 4, dim}, ElementType::F16, shape);
      EXPECT_EQ(geometry.valuesBytes, 0u);
      Packed packed = pack(geometry, {});
      EXPECT_TRUE(packed.status.ok());
      EXPECT_TRUE(checkNM(geometry, {}).ok());
      EXPECT_TRUE(pruneNM(geometry, {}).ok());
      EXPECT_TRUE(validateNM(geometry, {}, {}).ok());
      EXPECT_TRUE(unpackNM(geometry, {}, {}, {}).ok());
    }
  }
  // A file of no bytes may claim very many rows of nothing.
  NMGeometry empty = geometryOf({2, 4, 1}, ElementType::I8, {INT64_MAX / 2, 0});
  EXPECT_TRUE(pack(empty, {}).status.ok());
  EXPECT_TRUE(unpackNM(empty, {}, {}, {}).ok());
  EXPECT_TRUE(pruneNM(empty, {}).ok());

  NMGeometry geometry = geometryOf({2, 4, 0}, ElementType::I8, {8});
  Packed packed = pack(geometry, Bytes(8, 0));
  EXPECT_EQ(packed.coordinates, (Bytes{0, 1, 0, 1}));
  EXPECT_EQ(packed.values, Bytes(4, 0));
}

TEST(NMEdge, FirstOffenderInAnyDimension) {
  // Along dimension 0 of [4, 3], columns are rows of the packed form.
  NMGeometry geometry = geometryOf({1, 2, 0}, ElementType::I32, {4, 3});
  Bytes dense = bytesOf<int32_t>({0, 0, 1, //
                                  0, 0, 1, //
                                  0, 5, 0, //
                                  0, 6, 0});
  // Column 1 comes before column 2, though its group lies further down.
  expectMessage(checkNM(geometry, view(dense)),
                {"elements [2:4, 1] of shape [4, 3]", "hold 2 nonzeros",
                 "nm<1:2, dim = 0> allows 1", "first too many is at [3, 1]",
                 "prune"});
  expectMessage(pack(geometry, dense).status, {"[3, 1]"});
  expectMessage(checkNM(geometry, view(dense), {2, 3}), {"[1, 2]"});
  EXPECT_TRUE(checkNM(geometry, view(dense), {0, 1}).ok());
  // The ragged tail is named by its true length.
  NMGeometry ragged = geometryOf({1, 4, 0}, ElementType::I8, {6});
  expectMessage(checkNM(ragged, view(Bytes{0, 0, 0, 1, 1, 1})),
                {"elements [4:6]", "first too many is at [5]"});
}

TEST(NMEdge, NaNIsNotZero) {
  NMGeometry geometry = geometryOf({1, 2, 0}, ElementType::F64, {2});
  const double nan = std::numeric_limits<double>::quiet_NaN();
  expectMessage(checkNM(geometry, view(bytesOf<double>({nan, -nan}))), {"[1]"});
  EXPECT_TRUE(checkNM(geometry, view(bytesOf<double>({nan, -0.0}))).ok());
}

TEST(NMEdge, PruneTies) {
  auto pruned = [](ElementType type, NMLayout layout, Bytes dense) {
    int64_t size = dense.size() / getByteWidth(type);
    NMGeometry geometry = geometryOf(layout, type, {size});
    EXPECT_TRUE(pruneNM(geometry, view(dense)).ok());
    return dense;
  };
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float inf = std::numeric_limits<float>::infinity();
  EXPECT_EQ(pruned(ElementType::F32, {2, 4, 0}, bytesOf<float>({1, -1, 1, 1})),
            bytesOf<float>({1, -1, 0, 0}));
  EXPECT_EQ(
      pruned(ElementType::F32, {2, 4, 0}, bytesOf<float>({inf, 1, -nan, nan})),
      bytesOf<float>({0, 0, -nan, nan}));
  EXPECT_EQ(pruned(ElementType::F32, {1, 2, 0}, bytesOf<float>({-0.0f, 0})),
            bytesOf<float>({-0.0f, 0}));
  EXPECT_EQ(pruned(ElementType::F32, {1, 2, 0}, bytesOf<float>({0, -0.0f})),
            bytesOf<float>({0, 0}));
  EXPECT_EQ(pruned(ElementType::I8, {1, 2, 0}, bytesOf<int8_t>({127, -128})),
            bytesOf<int8_t>({0, -128}));
  EXPECT_EQ(pruned(ElementType::U8, {1, 2, 0}, {127, 128}), (Bytes{0, 128}));
  // A tail of one keeps its element.
  EXPECT_EQ(pruned(ElementType::I8, {1, 2, 0}, bytesOf<int8_t>({1, 2, 3})),
            bytesOf<int8_t>({0, 2, 3}));
}

TEST(NMEdge, PackedInvalid) {
  NMGeometry geometry = geometryOf({2, 4, 1}, ElementType::F32, {2, 6});
  Bytes values = bytesOf<float>({1, 2, /**/ 3, 4, /**/ 5, 6, /**/ 7, 0});
  const Bytes good = {0, 3, /**/ 0, 1, /**/ 1, 2, /**/ 1, 2};
  Bytes dense(geometry.denseBytes);
  auto both = [&](const Bytes &coordinates, std::vector<std::string> parts) {
    expectMessage(validateNM(geometry, view(values), view(coordinates)), parts);
    expectMessage(
        unpackNM(geometry, view(values), view(coordinates), view(dense)),
        parts);
  };
  EXPECT_TRUE(validateNM(geometry, view(values), view(good)).ok());
  both({0, 4, 0, 1, 1, 2, 1, 2},
       {"packed group 0", "[0, 0:4]", "coordinate 1 is 4", "less than 4"});
  both({0, 255, 0, 1, 1, 2, 1, 2}, {"coordinate 1 is 255"});
  both({0, 3, 0, 1, 2, 2, 1, 2},
       {"[1, 0:4]", "coordinate 1 is 2 after 2", "strictly increasing"});
  both({0, 3, 1, 0, 1, 2, 1, 2}, {"[0, 4:6]", "coordinate 1 is 0 after 1"});
  both({0, 3, 0, 2, 1, 2, 1, 2},
       {"[0, 4:6]", "coordinate 1 is 2", "beyond the end", "not +0"});
  // -0.0 beyond the end is not canonical either.
  values = bytesOf<float>({1, 2, /**/ 3, -0.0f, /**/ 5, 6, /**/ 7, 0});
  both({0, 3, 0, 2, 1, 2, 1, 2}, {"not +0"});
}

TEST(NMEdge, BufferSizes) {
  NMGeometry geometry = geometryOf({2, 4, 1}, ElementType::F32, {2, 6});
  Bytes dense(48), values(32), coordinates(8), tiny(4);
  expectMessage(checkNM(geometry, view(tiny)),
                {"dense tensor has 4 bytes", "expected 48"});
  expectMessage(pruneNM(geometry, view(tiny)), {"expected 48"});
  expectMessage(packNM(geometry, view(dense), view(tiny), view(coordinates)),
                {"values has 4", "expected 32"});
  expectMessage(packNM(geometry, view(dense), view(values), view(tiny)),
                {"coordinates has 4", "expected 8"});
  expectMessage(validateNM(geometry, view(values), view(tiny)),
                {"coordinates"});
  expectMessage(unpackNM(geometry, view(values), view(coordinates), view(tiny)),
                {"dense"});
  expectMessage(checkNM(geometry, view(dense), {1, 3}),
                {"rows 1 to 3", "2 rows"});
  expectMessage(checkNM(geometry, view(dense), {2, 1}), {"rows 2 to 1"});
}
