// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The n:m functions against the naive reference on random tensors of every
// type, rank, dimension and raggedness.

#include "Reference.h"

#include "gtest/gtest.h"

using namespace lacuna::packing;
using reference::Bytes;
using reference::view;

namespace {
struct Case {
  NMLayout layout;
  ElementType type;
  Shape shape;
};

std::string describe(const Case &c) {
  return c.layout.str() + " on " + toString(c.shape) + " of " +
         std::string(getName(c.type));
}

std::vector<Case> makeCases(std::mt19937_64 &random) {
  std::vector<Case> cases;
  auto below = [&](uint64_t bound) { return random() % bound; };
  for (ElementType type : reference::allTypes) {
    for (unsigned i = 0; i < 40; ++i) {
      Case c;
      c.type = type;
      unsigned rank = 1 + below(4);
      c.layout.dim = below(rank);
      c.layout.m = 2 + below(i % 4 ? 7 : 63);
      c.layout.n = 1 + below(c.layout.m - 1);
      for (unsigned d = 0; d < rank; ++d)
        c.shape.push_back(below(d == c.layout.dim ? 3 * c.layout.m : 6));
      if (i % 10 == 1) // More rows side by side than are visited at once.
        c.shape.back() = 64 + below(20);
      cases.push_back(c);
    }
  }
  return cases;
}

uint64_t count(const Shape &shape) {
  return *getByteSize(ElementType::I8, shape);
}
} // namespace

TEST(NM, RandomAgainstReference) {
  uint64_t seed = reference::seed();
  SCOPED_TRACE("LACUNA_TEST_SEED=" + std::to_string(seed));
  std::mt19937_64 random(seed);
  unsigned refused = 0, accepted = 0;
  for (const Case &c : makeCases(random)) {
    SCOPED_TRACE(describe(c));
    Result<NMGeometry> geometry = NMGeometry::get(c.layout, c.type, c.shape);
    ASSERT_TRUE(geometry.ok()) << geometry.message();
    Bytes source = reference::randomDense(c.type, count(c.shape), 0.3, random);

    // Pruning, and that what it gives keeps to the layout.
    Bytes pruned = source;
    ASSERT_TRUE(pruneNM(*geometry, view(pruned)).ok());
    ASSERT_EQ(pruned, reference::prune(c.layout, c.type, c.shape, source));
    ASSERT_TRUE(checkNM(*geometry, view(pruned)).ok());

    // The packed form, and the way back to exactly the same bytes, -0.0
    // included where it was kept.
    for (const Bytes &dense : {source, pruned}) {
      Shape offender;
      std::optional<reference::Packed> expected =
          reference::pack(c.layout, c.type, c.shape, dense, &offender);
      Bytes values(geometry->valuesBytes, 0xaa);
      Bytes coordinates(geometry->coordinatesBytes, 0xaa);
      Status status =
          packNM(*geometry, view(dense), view(values), view(coordinates));
      ASSERT_EQ(status.ok(), expected.has_value()) << status.message();
      ASSERT_EQ(checkNM(*geometry, view(dense)).message(), status.message());
      if (!expected) {
        ++refused;
        ASSERT_NE(
            status.message().find("first too many is at " + toString(offender)),
            std::string::npos)
            << status.message() << " instead of " << toString(offender);
        continue;
      }
      ++accepted;
      ASSERT_EQ(geometry->packedShape, expected->shape);
      ASSERT_EQ(values, expected->values);
      ASSERT_EQ(coordinates, expected->coordinates);
      ASSERT_TRUE(validateNM(*geometry, view(values), view(coordinates)).ok());
      Bytes back(dense.size(), 0xaa);
      ASSERT_TRUE(
          unpackNM(*geometry, view(values), view(coordinates), view(back))
              .ok());
      for (size_t i = 0; i < dense.size(); i += getByteWidth(c.type)) {
        bool same =
            std::equal(&back[i], &back[i] + getByteWidth(c.type), &dense[i]);
        // Only zeros that were not stored may change: to +0.
        ASSERT_TRUE(same || (reference::isZero(c.type, &dense[i]) &&
                             reference::isZero(c.type, &back[i])))
            << "element " << i / getByteWidth(c.type);
      }
    }
  }
  EXPECT_GT(refused, 50u);
  EXPECT_GT(accepted, 500u);
}

// Cutting the work into ranges of rows gives the same bytes.
TEST(NM, RowRanges) {
  uint64_t seed = reference::seed();
  SCOPED_TRACE("LACUNA_TEST_SEED=" + std::to_string(seed));
  std::mt19937_64 random(seed);
  for (unsigned dim : {0u, 1u, 2u}) {
    Shape shape = {5, 9, 70};
    NMGeometry geometry =
        *NMGeometry::get({2, 4, dim}, ElementType::F32, shape);
    Bytes dense =
        reference::randomDense(ElementType::F32, count(shape), 0.5, random);
    Bytes whole = dense;
    ASSERT_TRUE(pruneNM(geometry, view(whole)).ok());
    Bytes values(geometry.valuesBytes), coordinates(geometry.coordinatesBytes);
    ASSERT_TRUE(
        packNM(geometry, view(whole), view(values), view(coordinates)).ok());

    Bytes back(dense.size(), 0xaa), backWhole(dense.size());
    ASSERT_TRUE(
        unpackNM(geometry, view(values), view(coordinates), view(backWhole))
            .ok());
    for (uint64_t begin = 0; begin < geometry.rows;) {
      RowRange rows = {begin,
                       std::min(geometry.rows, begin + 1 + random() % 100)};
      uint64_t size = rows.end - rows.begin;
      ASSERT_TRUE(pruneNM(geometry, view(dense), rows).ok());
      Bytes v(size * geometry.rowValuesBytes());
      Bytes c(size * geometry.rowCoordinatesBytes());
      ASSERT_TRUE(packNM(geometry, view(dense), view(v), view(c), rows).ok());
      ASSERT_TRUE(std::equal(v.begin(), v.end(),
                             &values[begin * geometry.rowValuesBytes()]));
      ASSERT_TRUE(
          std::equal(c.begin(), c.end(),
                     &coordinates[begin * geometry.rowCoordinatesBytes()]));
      ASSERT_TRUE(validateNM(geometry, view(v), view(c), rows).ok());
      ASSERT_TRUE(checkNM(geometry, view(dense), rows).ok());
      ASSERT_TRUE(unpackNM(geometry, view(v), view(c), view(back), rows).ok());
      begin = rows.end;
    }
    EXPECT_EQ(dense, whole);
    EXPECT_EQ(back, backWhole);
  }
}

TEST(NM, UnalignedBytes) {
  Shape shape = {3, 10};
  NMGeometry geometry = *NMGeometry::get({1, 3, 1}, ElementType::F64, shape);
  std::mt19937_64 random(7);
  Bytes dense =
      reference::randomDense(ElementType::F64, count(shape), 0.2, random);
  dense = reference::prune({1, 3, 1}, ElementType::F64, shape, dense);
  Bytes shifted(dense.size() + 1), values(geometry.valuesBytes + 1),
      coordinates(geometry.coordinatesBytes), back(dense.size() + 1);
  std::copy(dense.begin(), dense.end(), shifted.begin() + 1);
  MutableBytes v = {values.data() + 1, geometry.valuesBytes};
  ASSERT_TRUE(
      packNM(geometry, {shifted.data() + 1, dense.size()}, v, view(coordinates))
          .ok());
  Bytes aligned(values.begin() + 1, values.end());
  EXPECT_EQ(aligned,
            reference::pack({1, 3, 1}, ElementType::F64, shape, dense)->values);
  ASSERT_TRUE(
      unpackNM(geometry, v, view(coordinates), {back.data() + 1, dense.size()})
          .ok());
}
