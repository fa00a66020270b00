// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Forms of mma and mma.sp that are refused at load, with line and text; and
// what infinities, NaN and subnormal numbers do.

#include "Values.h"

using namespace lacuna::emulator;
using namespace lacuna::emulator::test;

namespace {
const std::vector<std::string> eight(8, "b32"), four(4, "f32");
const std::string d4 = "{%o0, %o1, %o2, %o3}", a4 = "{%i0, %i1, %i2, %i3}",
                  b2 = "{%i4, %i5}", b4 = "{%i4, %i5, %i6, %i7}";

std::string refusal(const std::string &text, const std::string &version) {
  Surroundings around;
  around.version = version;
  return messageOf<LoadError>(
      [&] { WarpProgram(eight, four, text + ";", around); });
}
} // namespace

TEST(MmaInvalid, Refused) {
  std::string dense = " " + d4 + ", " + a4 + ", " + b2 + ", " + d4;
  std::string sparse = " " + d4 + ", " + a4 + ", " + b4 + ", " + d4 + ", %i0, ";
  std::string ordered = "mma.sp::ordered_metadata.sync.aligned.";
  for (const std::string &text :
       {"mma.sync.aligned.m16n8k16.row.row.f32.f16.f16.f32" + dense,
        "mma.sync.aligned.m16n8k16.col.row.f32.f16.f16.f32" + dense,
        "mma.sync.aligned.m16n8k16.row.col.f32.f16.bf16.f32" + dense,
        "mma.sync.aligned.m16n8k16.row.col.f16.f16.f16.f32" + dense,
        "mma.sync.aligned.m16n8k16.row.col.satfinite.f32.f16.f16.f32" + dense,
        "mma.sync.aligned.m16n8k32.row.col.f32.e4m3.e4m3.f32" + dense,
        "mma.sync.aligned.m8n8k4.row.col.f32.f16.f16.f32" + dense,
        "mma.sync.m16n8k16.row.col.f32.f16.f16.f32" + dense,
        "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 " + d4 + ", " + a4 +
            ", " + b4 + ", " + d4,
        "mma.sync.aligned.m16n8k256.row.col.s32.b1.b1.s32.and.popc" + dense,
        ordered + "m16n8k32.row.col.f32.e4m3.e4m3.f32" + sparse + "0",
        ordered + "m16n8k32.row.col.f32.f16.f16.f32" + sparse + "2",
        ordered + "m16n8k32.row.col.f32.f16.f16.f32" + sparse + "%i1",
        ordered + "m16n8k32.row.col.f32.f16.f16.f32 " + d4 + ", " + a4 + ", " +
            b4 + ", " + d4}) {
    std::string message = refusal(text, "8.5");
    EXPECT_HAS(message, "line ");
    EXPECT_HAS(message, text.substr(0, 40));
  }
  EXPECT_HAS(
      refusal(ordered + "m16n8k32.row.col.f32.f16.f16.f32" + sparse + "0",
              "8.4"),
      "needs .version 8.5");
}

// Values that a sum must not smooth over: an infinity, infinities of both
// signs, NaN, subnormal inputs and results.
TEST(MmaValues, Special) {
  struct {
    double a, b, c, expected;
  } cases[] = {{1, INFINITY, 0, INFINITY},
               {-1, INFINITY, 0, -INFINITY},
               {0, INFINITY, 0, NAN},
               {1, INFINITY, -INFINITY, NAN},
               {1, NAN, 0, NAN},
               {1, 1, NAN, NAN},
               {0x1p-24, 1, 0, 0x1p-24},
               {0x1p-24, 0x1p-24, 0, 0x1p-48},
               {65504, 65504, 0, 4290774016},
               {1, 1, 0x1p-149, 1}};
  WarpProgram program(std::vector<std::string>(10, "b32"), four,
                      ".reg .f32 %c<4>; mov.b32 %c0, %i6; mov.b32 %c1, %i7;\n"
                      "mov.b32 %c2, %i8; mov.b32 %c3, %i9;\n"
                      "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 " +
                          d4 + ", " + a4 + ", " + b2 +
                          ", {%c0, %c1, %c2, %c3};");
  auto half = [](double value) -> uint64_t {
    if (std::isnan(value))
      return 0x7E00;
    if (std::isinf(value))
      return value < 0 ? 0xFC00 : 0x7C00;
    for (uint64_t bits = 0; bits < 0x10000; ++bits)
      if (decodeFloat(bits, 5, 10) == value)
        return bits;
    ADD_FAILURE() << value;
    return 0;
  };
  for (const auto &[a, b, c, expected] : cases) {
    Registers inputs(10);
    inputs[0][0] = half(a); // A[0][0]
    inputs[4][0] = half(b); // B[0][0]
    float start = static_cast<float>(c);
    uint32_t bits;
    std::memcpy(&bits, &start, 4);
    inputs[6][0] = bits; // C[0][0]
    double found = decodeValue("f32", program.run(inputs)[0][0]);
    if (std::isnan(expected))
      EXPECT_TRUE(std::isnan(found)) << a << " " << b << " " << c;
    else
      EXPECT_EQ(found, expected) << a << " " << b << " " << c;
  }
}

// The low 13 bits of a tf32 register are not looked at.
TEST(MmaValues, TF32IgnoresLowBits) {
  WarpProgram program(std::vector<std::string>(6, "b32"), four,
                      "mov.f32 %o0, 0f00000000; mov.f32 %o1, 0f00000000;\n"
                      "mov.f32 %o2, 0f00000000; mov.f32 %o3, 0f00000000;\n"
                      "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 " +
                          d4 + ", " + a4 + ", " + b2 + ", " + d4 + ";");
  Registers inputs(6);
  inputs[0][0] = 0x3F801FFF;
  inputs[4][0] = 0x40001FFF;
  EXPECT_EQ(program.run(inputs)[0][0], 0x40000000u);
}

TEST(MmaValues, NeedsTheWholeWarp) {
  WarpProgram program(
      {"b32"}, four,
      ".reg .pred %p; .reg .b32 %z; mov.b32 %z, 0;\nsetp.ne.u32 %p, %i0, 0;\n"
      "@%p exit;\n"
      "mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32 " +
          d4 + ", {%z, %z}, {%z}, " + d4 + ";");
  Register leaves = {};
  program.run({leaves});
  leaves[9] = 1;
  EXPECT_HAS(messageOf<Fault>([&] { program.run({leaves}); }), "mma.sync");
}
