// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Weights in the order that the packing library makes at load, multiplied by
// mma.sp as kernels do it: a lane loads its 16 bytes of every step and one word
// of metadata for the tile, step s has selector s.

#include "Figures.h"
#include "Values.h"
#include "lacuna/Packing/Mma.h"

using namespace lacuna::emulator;
using namespace lacuna::emulator::test;
using namespace lacuna::packing;

namespace {
struct Form {
  ElementType element;
  unsigned n, m;
  const char *shape, *type, *accumulator;
};

class PackedWeights : public testing::TestWithParam<Form> {};

const SparseFragments &figuresOf(const Form &form) {
  unsigned bits = form.element == ElementType::F32  ? 32
                  : form.element == ElementType::I8 ? 8
                                                    : 16;
  for (const SparseFragments &figures : sparseFigures())
    if (figures.shape == form.shape && figures.bits == bits)
      return figures;
  std::abort();
}
} // namespace

TEST_P(PackedWeights, MultiplyATile) {
  const Form &form = GetParam();
  const SparseFragments &figures = figuresOf(form);
  unsigned width = getByteWidth(form.element);
  NMLayout layout = {form.n, form.m, 1};
  unsigned depth = form.element == ElementType::F32 ? 32 : 64;
  // Rows and columns that do not fill the tile, and groups not full.
  unsigned rows = 13, columns = depth - 3;

  std::vector<uint8_t> dense(size_t(rows) * columns * width);
  std::vector<double> numbers(dense.size() / width);
  for (size_t i = 0; i < numbers.size(); ++i) {
    uint64_t bits = engine()() % 4 ? randomValue(form.type) : 0;
    std::memcpy(&dense[i * width], &bits, width);
  }
  NMGeometry geometry = *NMGeometry::get(layout, form.element, {rows, columns});
  MutableBytes bytes = {dense.data(), dense.size()};
  ASSERT_TRUE(pruneNM(geometry, bytes).ok());
  for (size_t i = 0; i < numbers.size(); ++i) {
    uint64_t bits = 0;
    std::memcpy(&bits, &dense[i * width], width);
    numbers[i] = decodeValue(form.type, bits);
  }
  std::vector<uint8_t> values(geometry.valuesBytes),
      coordinates(geometry.coordinatesBytes);
  ASSERT_TRUE(packNM(geometry, bytes, {values.data(), values.size()},
                     {coordinates.data(), coordinates.size()})
                  .ok());
  PackedWeight packed = {geometry,
                         {form.element,
                          geometry.packedShape,
                          {values.data(), values.size()},
                          nullptr},
                         {ElementType::U8,
                          geometry.packedShape,
                          {coordinates.data(), coordinates.size()},
                          nullptr}};
  Result<MmaWeight> weight = makeMma(packed);
  ASSERT_TRUE(weight.ok()) << weight.message();
  unsigned steps = weight->geometry.steps;
  ASSERT_EQ(steps, figures.selectors);

  // X as B fragments, by the figures: all steps' registers, and the metadata.
  Matrix x(depth, 8);
  x.randomize(form.type);
  unsigned per = 4 / width;
  Registers inputs(4 * steps);
  for (unsigned step = 0; step < steps; ++step)
    for (unsigned lane = 0; lane < 32; ++lane)
      for (unsigned i = 0; i < 4 * per; ++i) {
        Element at = figures.b(lane, i);
        inputs[4 * step + i / per][lane] |=
            x.at(step * figures.k + at.row, at.col) << (8 * width * (i % per));
      }
  std::string accumulator = form.accumulator;
  std::string text = ".reg .b32 %a<4>, %e; .reg .b64 %v, %m;\n"
                     "mul.wide.u32 %v, %lane, 16; add.s64 %v, %v, %data;\n"
                     "mul.wide.u32 %m, %lane, 4; add.s64 %m, %m, %data;\n"
                     "ld.global.b32 %e, [%m+" +
                     std::to_string(512 * steps) + "];\n";
  for (unsigned i = 0; i < 4; ++i)
    text += "mov.b32 %o" + std::to_string(i) + ", 0;\n";
  for (unsigned step = 0; step < steps; ++step)
    text += "ld.global.v4.b32 {%a0, %a1, %a2, %a3}, [%v+" +
            std::to_string(512 * step) +
            "];\nmma.sp::ordered_metadata.sync.aligned." + form.shape +
            ".row.col." + accumulator + "." + form.type + "." + form.type +
            "." + accumulator + " " + names("o", 0, 4) +
            ", {%a0, %a1, %a2, %a3}, " + names("i", 4 * step, 4) + ", " +
            names("o", 0, 4) + ", %e, " + std::to_string(step) + ";\n";
  WarpProgram program(std::vector<std::string>(inputs.size(), "b32"),
                      std::vector<std::string>(4, accumulator), text);
  std::vector<uint8_t> memory(weight->values.bytes.data,
                              weight->values.bytes.data +
                                  weight->values.bytes.size);
  memory.insert(memory.end(), weight->metadata.bytes.data,
                weight->metadata.bytes.data + weight->metadata.bytes.size);
  Registers d = program.run(inputs, &memory);
  EXPECT_EQ(program.counters.mmaSparse, steps);
  for (unsigned lane = 0; lane < 32; ++lane)
    for (unsigned i = 0; i < 4; ++i) {
      Element at = accumulatorFigure(lane, i);
      double sum = 0, magnitudes = 0;
      for (unsigned k = 0; at.row < rows && k < columns; ++k) {
        double product = numbers[at.row * columns + k] *
                         decodeValue(form.type, x.at(k, at.col));
        sum += product;
        magnitudes += std::abs(product);
      }
      EXPECT_NEAR(decodeValue(accumulator, d[i][lane]), sum,
                  accumulator == "s32" ? 0 : magnitudes * 0x1p-21)
          << at.row << " " << at.col;
    }
}

INSTANTIATE_TEST_SUITE_P(
    All, PackedWeights,
    testing::Values(Form{ElementType::F16, 2, 4, "m16n8k32", "f16", "f32"},
                    Form{ElementType::BF16, 2, 4, "m16n8k32", "bf16", "f32"},
                    Form{ElementType::I8, 2, 4, "m16n8k64", "s8", "s32"},
                    Form{ElementType::F32, 1, 2, "m16n8k16", "tf32", "f32"}),
    [](const testing::TestParamInfo<Form> &info) {
      return std::string(info.param.type);
    });
