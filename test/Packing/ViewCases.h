// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Weights that the tests of kernels' views pack: shapes, layouts' dimensions,
// and the packed form by the library.

#ifndef LACUNA_TEST_PACKING_VIEWCASES_H
#define LACUNA_TEST_PACKING_VIEWCASES_H

#include "Reference.h"
#include "lacuna/Packing/Weights.h"

#include "gtest/gtest.h"

#include <thread>

namespace viewcases {
using namespace lacuna::packing;
using reference::Bytes;

struct Case {
  ElementType type;
  Shape shape;
  unsigned dim;
};

inline std::vector<Case> cases(const std::vector<ElementType> &types) {
  const std::pair<Shape, unsigned> shapes[] = {
      {{16, 64}, 1},    {{64, 16}, 0},    {{1, 1}, 1},      {{5}, 0},
      {{33, 130}, 1},   {{130, 33}, 0},   {{15, 63}, 1},    {{17, 66}, 1},
      {{3, 20, 70}, 2}, {{3, 70, 20}, 1}, {{70, 3, 20}, 0}, {{2, 3, 18, 36}, 3},
      {{0, 64}, 1},     {{16, 0}, 1},     {{2, 0, 8}, 2}};
  std::vector<Case> all;
  for (ElementType type : types)
    for (const auto &[shape, dim] : shapes)
      all.push_back({type, shape, dim});
  return all;
}

inline std::string nameOf(const testing::TestParamInfo<Case> &info) {
  std::string name(getName(info.param.type));
  for (int64_t size : info.param.shape)
    name += "_" + std::to_string(size);
  return name + "_dim" + std::to_string(info.param.dim);
}

/// `values` and `coordinates` hold what is packed.
inline PackedWeight packWeight(NMLayout layout, ElementType type,
                               const Shape &shape, const Bytes &dense,
                               Bytes &values, Bytes &coordinates) {
  Result<NMGeometry> geometry = NMGeometry::get(layout, type, shape);
  EXPECT_TRUE(geometry.ok()) << geometry.message();
  values.resize(geometry->valuesBytes);
  coordinates.resize(geometry->coordinatesBytes);
  Status status = packNM(*geometry, reference::view(dense),
                         reference::view(values), reference::view(coordinates));
  EXPECT_TRUE(status.ok()) << status.message();
  return {*geometry,
          {type, geometry->packedShape, reference::view(values), nullptr},
          {ElementType::U8, geometry->packedShape, reference::view(coordinates),
           nullptr}};
}

inline void threeRanges(uint64_t count,
                        const std::function<void(uint64_t, uint64_t)> &body) {
  std::thread other([&] { body(0, count / 3); });
  body(count / 3, count / 2);
  body(count / 2, count);
  other.join();
}

} // namespace viewcases

#endif // LACUNA_TEST_PACKING_VIEWCASES_H
