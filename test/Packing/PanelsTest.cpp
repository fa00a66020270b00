// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The view `panels` of a matrix. What is expected comes from the definition:
// element [p, k, j] is the matrix's at column p * width + j and depth k.

#include "lacuna/Packing/Panels.h"
#include "Reference.h"
#include "TestFiles.h"

#include <cstring>
#include <thread>

using namespace lacuna::packing;
using testfiles::elementsOf;
using testfiles::tensorOf;

namespace {
/// Two ranges on two threads.
void halves(uint64_t count,
            const std::function<void(uint64_t, uint64_t)> &body) {
  std::thread first([&] { body(0, count / 2); });
  body(count / 2, count);
  first.join();
}

template <typename T>
void check(ElementType type, int64_t rows, int64_t columns, PanelShape panels,
           ParallelFor parallel) {
  std::vector<T> elements(rows * columns);
  for (size_t i = 0; i < elements.size(); ++i)
    elements[i] = static_cast<T>(i + 1);
  Tensor matrix = tensorOf(type, {rows, columns}, elements);
  auto result = makePanels(matrix, panels, parallel);
  ASSERT_TRUE(result.ok()) << result.message();
  int64_t depth = panels.dim == 0 ? columns : rows;
  int64_t count = (panels.dim == 0 ? rows : columns) / panels.width;
  EXPECT_EQ(result->shape, (Shape{count, depth, panels.width}));
  EXPECT_EQ(result->type, type);
  std::vector<T> found = elementsOf<T>(*result);
  ASSERT_EQ(found.size(), elements.size());
  size_t at = 0;
  for (int64_t p = 0; p < count; ++p)
    for (int64_t k = 0; k < depth; ++k)
      for (int64_t j = 0; j < panels.width; ++j, ++at) {
        int64_t column = p * panels.width + j;
        size_t from =
            panels.dim == 0 ? column * columns + k : k * columns + column;
        ASSERT_EQ(found[at], elements[from]) << p << " " << k << " " << j;
      }
}
} // namespace

TEST(PanelsTest, EveryWidthOfElement) {
  for (ParallelFor parallel : {ParallelFor(), ParallelFor(halves)})
    for (int64_t dim : {0, 1}) {
      check<float>(ElementType::F32, 12, 18, {dim, 6}, parallel);
      check<double>(ElementType::F64, 12, 18, {dim, 3}, parallel);
      check<uint16_t>(ElementType::F16, 6, 4, {dim, 2}, parallel);
      check<int8_t>(ElementType::I8, 5, 7, {dim, dim == 0 ? 5 : 7}, parallel);
      check<int64_t>(ElementType::I64, 5, 7, {dim, 1}, parallel);
    }
}

TEST(PanelsTest, Empty) {
  check<float>(ElementType::F32, 0, 7, {0, 16}, {});
  check<float>(ElementType::F32, 32, 0, {0, 16}, {});
}

TEST(PanelsTest, Refused) {
  Tensor matrix = tensorOf<float>(ElementType::F32, {2, 3}, {1, 2, 3, 4, 5, 6});
  struct {
    PanelShape panels;
    std::string part;
  } cases[] = {
      {{0, 3}, "expected a divisor of 2, dimension 0 of shape [2, 3]"},
      {{1, 0}, "panels of width 0"},
      {{2, 1}, "panels along dimension 2; expected 0 or 1"},
  };
  for (const auto &test : cases) {
    auto result = makePanels(matrix, test.panels);
    ASSERT_FALSE(result.ok());
    EXPECT_NE(result.message().find(test.part), std::string::npos)
        << result.message();
  }
  Tensor vector = tensorOf<float>(ElementType::F32, {2}, {1, 2});
  EXPECT_FALSE(makePanels(vector, {0, 1}).ok());
  matrix.shape = {2, 4};
  EXPECT_FALSE(makePanels(matrix, {0, 1}).ok());
}
