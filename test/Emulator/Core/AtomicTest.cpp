// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// atom and red: one thread for each operation, then many blocks at once.

#include "Support.h"

#include <cmath>
#include <cstring>

using namespace lacuna::emulator::test;

namespace {
class Atomics : public DeviceTest {
protected:
  /// One atom on a T that holds `old`, b and c in memory behind it. Checks the
  /// result, and the value afterwards, in global, shared and generic memory.
  template <typename T>
  void expect(const std::string &op, const std::string &type,
              const std::string &reg, T old, T b, T c, T after) {
    bool isCas = op == "cas";
    std::string bits = std::to_string(sizeof(T) * 8), size = reg;
    auto access = [&](const char *kind, const std::string &n, int at) {
      std::string address = "[%rd0+" + std::to_string(at * sizeof(T)) + "]";
      std::string name = reg + n;
      return std::string(kind) == "ld"
                 ? "ld.global.b" + bits + " " + name + ", " + address + ";\n"
                 : "st.global.b" + bits + " " + address + ", " + name + ";\n";
    };
    std::string values = ", " + reg + "2" + (isCas ? ", " + reg + "3" : "");
    for (std::string space : {"global", "shared", ""}) {
      std::string body = "ld.param.u64 %rd0, [p0];\n" + access("ld", "1", 0) +
                         access("ld", "2", 1) + access("ld", "3", 2) +
                         "st.shared.b" + bits + " [s], " + reg +
                         "1;\n"
                         "cvta.shared.u64 %rd8, s; mov.u64 %rd9, s;\n";
      std::string dot = space.empty() ? "" : "." + space;
      std::string at = space.empty()       ? "[%rd8]"
                       : space == "global" ? "[%rd0]"
                                           : "[%rd9]";
      body += "atom" + dot + "." + op + "." + type + " " + reg + "4, " + at +
              values + ";\n";
      body += space == "global"
                  ? access("ld", "5", 0)
                  : "ld.shared.b" + bits + " " + reg + "5, [s];\n";
      body += access("st", "4", 3) + access("st", "5", 4);
      load(kernel(body, ".shared .align 8 .b64 s;\n"));
      uint64_t memory = upload(std::vector<T>{old, b, c, T(), T()});
      launch(1, 1, {memory});
      std::vector<T> found = download<T>(memory, 5);
      EXPECT_EQ(std::memcmp(&found[3], &old, sizeof(T)), 0)
          << op << "." << type << " in '" << space << "' gives " << found[3];
      EXPECT_EQ(std::memcmp(&found[4], &after, sizeof(T)), 0)
          << op << "." << type << " in '" << space << "' leaves " << found[4];
    }
  }
};

TEST_F(Atomics, Integers) {
  expect<uint32_t>("add", "u32", "%r", 0xFFFFFFFF, 3, 0, 2);
  expect<uint32_t>("add", "s32", "%r", 5, uint32_t(-7), 0, uint32_t(-2));
  expect<uint64_t>("add", "u64", "%rd", 0xFFFFFFFF, 3, 0, 0x100000002);
  expect<uint32_t>("and", "b32", "%r", 0xFF00, 0x0FF0, 0, 0x0F00);
  expect<uint64_t>("or", "b64", "%rd", 0xFF00, 0x0FF0, 0, 0xFFF0);
  expect<uint32_t>("xor", "b32", "%r", 0xFF00, 0x0FF0, 0, 0xF0F0);
  expect<uint32_t>("exch", "b32", "%r", 1, 2, 0, 2);
  expect<uint64_t>("exch", "b64", "%rd", 1, uint64_t(2) << 40, 0,
                   uint64_t(2) << 40);
  expect<uint32_t>("cas", "b32", "%r", 1, 1, 9, 9);
  expect<uint32_t>("cas", "b32", "%r", 1, 2, 9, 1);
  expect<uint64_t>("cas", "b64", "%rd", uint64_t(1) << 40, uint64_t(1) << 40, 9,
                   9);
  expect<uint16_t>("cas", "b16", "%h", 1, 1, 9, 9);
  // PTX ISA: inc wraps to 0 at b, dec wraps to b at 0 and above b.
  expect<uint32_t>("inc", "u32", "%r", 4, 5, 0, 5);
  expect<uint32_t>("inc", "u32", "%r", 5, 5, 0, 0);
  expect<uint32_t>("dec", "u32", "%r", 4, 5, 0, 3);
  expect<uint32_t>("dec", "u32", "%r", 0, 5, 0, 5);
  expect<uint32_t>("dec", "u32", "%r", 6, 5, 0, 5);
  expect<uint32_t>("min", "u32", "%r", 4, uint32_t(-1), 0, 4);
  expect<uint32_t>("min", "s32", "%r", 4, uint32_t(-1), 0, uint32_t(-1));
  expect<uint32_t>("max", "u32", "%r", 4, uint32_t(-1), 0, uint32_t(-1));
  expect<uint32_t>("max", "s32", "%r", 4, uint32_t(-1), 0, 4);
  expect<uint64_t>("min", "s64", "%rd", 4, uint64_t(-1), 0, uint64_t(-1));
  expect<uint64_t>("max", "u64", "%rd", 4, uint64_t(-1), 0, uint64_t(-1));
}

TEST_F(Atomics, Floats) {
  expect<float>("add", "f32", "%f", 1.5f, -0.25f, 0, 1.25f);
  expect<double>("add", "f64", "%d", 1.5, 1e-300, 0, 1.5);
  // 1.5 + 0.25 and 2.0 + -4.0 as f16 and bf16.
  expect<uint16_t>("add.noftz", "f16", "%h", 0x3E00, 0x3400, 0, 0x3F00);
  expect<uint32_t>("add.noftz", "f16x2", "%r", 0x40003E00, 0xC4003400, 0,
                   0xC0003F00);
  expect<uint32_t>("add.noftz", "bf16x2", "%r", 0x40003FC0, 0xC0803E80, 0,
                   0xC0003FE0);
}

TEST_F(Atomics, SubnormalsAreFlushedInGlobalMemoryOnly) {
  // PTX ISA, atom: add.f32 flushes in global, not in shared memory.
  load(kernel("ld.param.u64 %rd0, [p0]; mov.f32 %f1, 0f00000003;\n"
              "st.global.f32 [%rd0], %f1; st.shared.f32 [s], %f1;\n"
              "red.global.add.f32 [%rd0], %f1; red.shared.add.f32 [s], %f1;\n"
              "ld.shared.f32 %f2, [s]; st.global.f32 [%rd0+4], %f2;",
              ".shared .f32 s;\n"));
  uint64_t out = upload(std::vector<uint32_t>(2));
  launch(1, 1, {out});
  EXPECT_EQ(download<uint32_t>(out, 2), (std::vector<uint32_t>{0, 6}));
}

TEST_F(Atomics, Vectors) {
  load(kernel("ld.param.u64 %rd0, [p0];\n"
              "mov.f32 %f1, 0f3F800000; mov.f32 %f2, 0f40000000;\n"
              "red.global.add.v4.f32 [%rd0], {%f1, %f2, %f1, %f2};"));
  uint64_t out = upload(std::vector<float>{1, 2, 3, 4});
  launch(2, 32, {out});
  EXPECT_EQ(download<float>(out, 4), (std::vector<float>{65, 130, 67, 132}));
}

TEST_F(Atomics, ManyBlocks) {
  load(kernel(std::string(threadIndex) +
              "ld.param.u64 %rd2, [p0]; atom.global.add.u32 %r3, [%rd2], 1;\n"
              "red.global.max.u32 [%rd2+4], %r0;\n"
              "red.global.add.f32 [%rd2+8], 0f3F800000;\n"
              "ld.param.u64 %rd3, [p1]; mul.wide.u32 %rd4, %r3, 4;\n"
              "add.s64 %rd3, %rd3, %rd4; red.global.add.u32 [%rd3], 1;"));
  constexpr size_t count = 200 * 96;
  uint64_t sums = upload(std::vector<uint32_t>(3));
  uint64_t tickets = upload(std::vector<uint32_t>(count));
  launch(200, 96, {sums, tickets});
  std::vector<uint32_t> found = download<uint32_t>(sums, 3);
  float total;
  std::memcpy(&total, &found[2], 4);
  EXPECT_EQ(found[0], count);
  EXPECT_EQ(found[1], count - 1);
  EXPECT_EQ(total, float(count));
  // Each ticket was given out once.
  EXPECT_EQ(download<uint32_t>(tickets, count),
            std::vector<uint32_t>(count, 1));
}

TEST_F(Atomics, FormsThatDoNotExist) {
  std::string head = "ld.param.u64 %rd0, [p0];\n";
  for (const char *bad :
       {"atom.global.add.b32 %r1, [%rd0], 1;", "red.global.exch.b32 [%rd0], 1;",
        "atom.global.inc.s32 %r1, [%rd0], 1;",
        "atom.const.add.u32 %r1, [c], 1;",
        "atom.global.min.f32 %f1, [%rd0], %f2;",
        "red.shared.add.v4.f32 [%rd0], {%f1,%f1,%f1,%f1};"})
    expectRefused(kernel(head + bad, ".const .u32 c;\n"),
                  "does not have this form of");
}
} // namespace
