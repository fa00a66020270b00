// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Loads and stores of all spaces, and what is always checked about them.

#include "Support.h"

#include <cinttypes>
#include <cstdio>

using namespace lacuna::emulator::test;

namespace {
std::string hex(uint64_t value) {
  char text[24];
  std::snprintf(text, sizeof(text), "0x%" PRIx64, value);
  return text;
}

class Memory : public DeviceTest {};

constexpr const char *loadP0 = "ld.param.u64 %rd0, [p0];\n";

TEST_F(Memory, WidthsAndSigns) {
  // 0x80 .. as bytes; each load is stored with the width of its register.
  load(kernel("ld.param.u64 %rd0, [p0]; ld.param.u64 %rd1, [p1];\n"
              "ld.global.u8 %h1, [%rd0]; st.global.u16 [%rd1], %h1;\n"
              "ld.global.s8 %h2, [%rd0]; st.global.u16 [%rd1+2], %h2;\n"
              "ld.global.s8 %r1, [%rd0+1]; st.global.u32 [%rd1+4], %r1;\n"
              "ld.global.s16 %r2, [%rd0]; st.global.b32 [%rd1+8], %r2;\n"
              "ld.global.u16 %r3, [%rd0]; st.global.b32 [%rd1+12], %r3;\n"
              "ld.global.s32 %rd3, [%rd0]; st.global.b64 [%rd1+16], %rd3;\n"
              "ld.global.b64 %rd4, [%rd0]; st.global.b64 [%rd1+24], %rd4;\n"
              "st.global.u8 [%rd1+32], %rd4; st.global.u8 [%rd1+33], 0x55;"));
  uint64_t in =
      upload<uint8_t>({0x80, 0x91, 0xA2, 0xB3, 0xC4, 0xD5, 0xE6, 0xF7});
  uint64_t out = upload(std::vector<uint8_t>(40));
  launch(1, 1, {in, out});
  std::vector<uint8_t> expected = {
      0x80, 0,    0x80, 0xFF, 0x91, 0xFF, 0xFF, 0xFF, 0x80, 0x91,
      0xFF, 0xFF, 0x80, 0x91, 0,    0,    0x80, 0x91, 0xA2, 0xB3,
      0xFF, 0xFF, 0xFF, 0xFF, 0x80, 0x91, 0xA2, 0xB3, 0xC4, 0xD5,
      0xE6, 0xF7, 0x80, 0x55, 0,    0,    0,    0,    0,    0};
  EXPECT_EQ(download<uint8_t>(out, 40), expected);
}

TEST_F(Memory, VectorsAndPacking) {
  load(kernel("ld.param.u64 %rd0, [p0]; ld.param.u64 %rd1, [p1];\n"
              "ld.global.v4.u32 {%r1, %r2, %r3, %r4}, [%rd0];\n"
              "st.global.v2.u32 [%rd1], {%r4, %r3};\n"
              "mov.b64 %rd2, {%r1, %r2}; st.global.u64 [%rd1+8], %rd2;\n"
              "mov.b64 {%r5, _}, %rd2; st.global.u32 [%rd1+16], %r5;\n"
              "mov.b32 {%h1, %h2}, %r1; mov.b32 %r6, {%h2, %h1};\n"
              "st.global.u32 [%rd1+20], %r6;\n"
              "ld.global.nc.L1::no_allocate.v2.u64 {%rd3, %rd4}, [%rd0];\n"
              "st.global.cs.v2.u64 [%rd1+32], {%rd4, %rd3};"));
  uint64_t in =
      upload<uint32_t>({0x11112222, 0x33334444, 0x55556666, 0x77778888});
  uint64_t out = upload(std::vector<uint32_t>(12));
  launch(1, 1, {in, out});
  std::vector<uint32_t> expected = {
      0x77778888, 0x55556666, 0x11112222, 0x33334444, 0x11112222, 0x22221111,
      0,          0,          0x55556666, 0x77778888, 0x11112222, 0x33334444};
  EXPECT_EQ(download<uint32_t>(out, 12), expected);
}

TEST_F(Memory, GenericAddressesOfAllSpaces) {
  load(kernel(
      ".local .align 8 .b8 l[8];\n"
      "ld.param.u64 %rd0, [p0]; mov.u32 %r1, 11; st.shared.u32 [s], %r1;\n"
      "mov.u32 %r2, 22; st.local.u32 [l+4], %r2;\n"
      "cvta.shared.u64 %rd1, s; ld.u32 %r3, [%rd1];\n"
      "mov.u64 %rd2, l; cvta.local.u64 %rd2, %rd2; ld.u32 %r4, [%rd2+4];\n"
      "mov.u64 %rd3, p1; cvta.param.u64 %rd3, %rd3; ld.u32 %r5, [%rd3];\n"
      "cvta.const.u64 %rd4, c; ld.u32 %r6, [%rd4+4];\n"
      "cvta.to.shared.u64 %rd5, %rd1; ld.shared.u32 %r7, [%rd5];\n"
      "st.u32 [%rd1], 33; ld.shared.u32 %r8, [s];\n"
      "st.global.v4.u32 [%rd0], {%r3, %r4, %r5, %r6};\n"
      "st.v2.u32 [%rd0+16], {%r7, %r8};\n"
      "isspacep.shared %p1, %rd1; isspacep.local %p2, %rd2;\n"
      "isspacep.global %p3, %rd0; isspacep.const %p4, %rd4;\n"
      "isspacep.global %p5, %rd1; isspacep.const %p6, %rd0;\n"
      "selp.u32 %r9, 1, 0, %p1; @%p2 add.u32 %r9, %r9, 2;\n"
      "@%p3 add.u32 %r9, %r9, 4; @%p4 add.u32 %r9, %r9, 8;\n"
      "@%p5 add.u32 %r9, %r9, 16; @%p6 add.u32 %r9, %r9, 32;\n"
      "st.global.u32 [%rd0+24], %r9;",
      ".shared .u32 s;\n.const .u32 c[2] = {5, 44};\n"));
  uint64_t out = upload(std::vector<uint32_t>(8));
  launch(1, 1, {out, 55});
  EXPECT_EQ(download<uint32_t>(out, 8),
            (std::vector<uint32_t>{11, 22, 55, 44, 11, 33, 15, 0}));
}

TEST_F(Memory, InitializedVariables) {
  load(kernel(
      "ld.param.u64 %rd0, [p0]; ld.global.u32 %r1, [a+8];\n"
      "ld.global.u64 %rd1, [pointer]; ld.u32 %r2, [%rd1];\n"
      "ld.global.u8 %r3, [bytes]; ld.global.u8 %r4, [bytes+1];\n"
      "mov.u64 %rd2, a; cvt.u32.u64 %r5, %rd2; and.b32 %r5, %r5, 65535;\n"
      "shl.b32 %r4, %r4, 8; or.b32 %r3, %r3, %r4;\n"
      "sub.u32 %r3, %r3, %r5; ld.global.f32 %f1, [f];\n"
      "ld.global.u32 %r6, [rows+8]; ld.global.u32 %r7, [rows+4];\n"
      "st.global.v4.u32 [%rd0], {%r1, %r2, %r3, %r6};\n"
      "st.global.f32 [%rd0+16], %f1; st.global.u32 [%rd0+20], %r7;",
      ".global .align 4 .u32 a[4] = {1, 2, 1+2*3, 0x10};\n"
      ".global .align 8 .u64 pointer = generic(a)+12;\n"
      ".global .align 8 .u8 bytes[2] = {0xFF(a), 0xFF00(a)};\n"
      ".global .f32 f = 0f40490FDB;\n"
      ".global .align 4 .u32 rows[2][2] = {{9}, {8, 7}};\n"));
  uint64_t out = upload(std::vector<uint32_t>(6));
  launch(1, 1, {out});
  EXPECT_EQ(download<uint32_t>(out, 6),
            (std::vector<uint32_t>{7, 16, 0, 8, 0x40490FDB, 0}));
}

TEST_F(Memory, DynamicSharedMemoryFollowsStatic) {
  load(kernel("ld.param.u64 %rd0, [p0]; mov.u32 %r1, s; mov.u32 %r2, dyn;\n"
              "mov.u32 %r3, %dynamic_smem_size; st.shared.u32 [%r2+60], %r3;\n"
              "ld.shared.u32 %r4, [dyn+60];\n"
              "st.global.v4.u32 [%rd0], {%r1, %r2, %r3, %r4};",
              ".shared .align 4 .b8 s[20];\n"
              ".extern .shared .align 64 .b8 dyn[];\n"));
  uint64_t out = upload(std::vector<uint32_t>(4));
  launch(1, 1, {out}, 64);
  EXPECT_EQ(download<uint32_t>(out, 4), (std::vector<uint32_t>{0, 64, 64, 64}));
  expectFault(1, 1, {out},
              {"out of bounds", "shared address 0x7c", "has 124 bytes"}, 60);
}

TEST_F(Memory, BehindAnAllocation) {
  load(kernel(std::string(loadP0) +
              "mov.u32 %r0, %tid.x; mul.wide.u32 %rd1, %r0, 4;\n"
              "add.s64 %rd0, %rd0, %rd1;\nld.global.u32 %r1, [%rd0+8];"));
  // 22 words: threads 20 and above are outside, by exactly one word.
  uint64_t in = upload(std::vector<uint32_t>(22));
  launch(1, 20, {in});
  expectFault(1, 21, {in},
              {"kernel 'k', line 11, 'ld.global.u32 %r1, [%rd0+8]', block "
               "(0,0,0), thread (20,0,0): out of bounds: load of 4 bytes at " +
               hex(in + 88) + ", 0 bytes behind the 88 bytes allocated at " +
               hex(in)});
  // The device goes on.
  launch(1, 20, {in});
}

TEST_F(Memory, AccessThatBeginsInside) {
  load(kernel(std::string(loadP0) + "ld.global.u64 %rd1, [%rd0];"));
  uint64_t in = upload(std::vector<uint8_t>(12));
  launch(1, 1, {in});
  expectFault(
      1, 1, {in + 8},
      {"out of bounds: load of 8 bytes", "at offset 8 of the 12 bytes"});
}

TEST_F(Memory, BeforeAnAllocationAndAtNull) {
  load(kernel(std::string(loadP0) + "st.global.u32 [%rd0], 1;"));
  uint64_t in = upload(std::vector<uint8_t>(12));
  expectFault(1, 1, {in - 4},
              {"store of 4 bytes", "4 bytes before the 12 bytes allocated"});
  expectFault(1, 1, {0}, {"store of 4 bytes at 0x0"});
}

TEST_F(Memory, ReleasedMemory) {
  load(kernel(std::string(loadP0) + "ld.global.u32 %r1, [%rd0+16];"));
  for (uint64_t bytes : {64, 4 << 20}) {
    uint64_t in = allocate(bytes);
    launch(1, 1, {in});
    release(in);
    expectFault(1, 1, {in},
                {"in memory that was released: " + std::to_string(bytes) +
                 " bytes at " + hex(in)});
    EXPECT_NE(allocate(bytes), in) << "released memory is not reused soon";
  }
}

TEST_F(Memory, HostMemoryIsNoDeviceMemory) {
  load(kernel(std::string(loadP0) + "ld.global.u32 %r1, [%rd0];"));
  uint32_t host = 1;
  expectFault(1, 1, {reinterpret_cast<uint64_t>(&host)}, {"out of bounds"});
}

TEST_F(Memory, Misaligned) {
  struct Case {
    const char *access;
    uint64_t offset;
    const char *message;
  };
  uint64_t in = upload(std::vector<uint32_t>(64));
  for (const Case &c : std::vector<Case>{
           {"ld.global.u32 %r1, [%rd0];", 2, "misaligned load of 4 bytes"},
           {"ld.global.u16 %h1, [%rd0];", 1, "misaligned load of 2 bytes"},
           {"ld.global.v4.f32 {%f1,%f2,%f3,%f4}, [%rd0];", 8,
            "misaligned load of 16 bytes"},
           {"ld.v2.b16 {%h1,%h2}, [%rd0];", 2, "misaligned load of 4 bytes"},
           {"st.global.v2.f64 [%rd0], {%d1,%d2};", 8,
            "misaligned store of 16 bytes"},
           {"red.global.add.u64 [%rd0], 1;", 4,
            "misaligned atomic operation of 8 bytes"}}) {
    load(kernel(loadP0 + std::string(c.access)));
    launch(1, 1, {in + 16});
    expectFault(1, 1, {in + c.offset}, {c.message});
  }
}

TEST_F(Memory, OutsideOfShared) {
  load(kernel("ld.param.u32 %r0, [p0]; st.shared.u32 [%r0], %r0;",
              ".shared .align 4 .b8 s[100];\n"));
  // The module's variable is not named in the code: it takes no room.
  expectFault(1, 1, {0}, {"the block has 0 bytes"});
  load(kernel("mov.u32 %r1, s; ld.param.u32 %r0, [p0];\n"
              "add.u32 %r1, %r1, %r0; st.shared.u32 [%r1+-4], %r0;",
              ".shared .align 4 .b8 s[100];\n"));
  launch(1, 1, {100});
  expectFault(
      1, 1, {104},
      {"store of 4 bytes at shared address 0x64", "the block has 100 bytes"});
  expectFault(1, 1, {0}, {"shared address 0xfffffffc"});
  expectFault(1, 1, {6}, {"misaligned store of 4 bytes at shared address 0x2"});
}

TEST_F(Memory, OutsideOfLocalAndParameters) {
  load(kernel(".local .align 4 .b8 l[16]; mov.u64 %rd2, l;\n"
              "ld.param.u64 %rd0, [p0]; add.u64 %rd2, %rd2, %rd0;\n"
              "ld.local.u32 %r1, [%rd2];"));
  launch(1, 40, {12});
  expectFault(1, 40, {16}, {"load of 4 bytes at local address 0x10"});
  load(kernel("mov.u64 %rd2, p0; ld.param.u64 %rd0, [p0];\n"
              "add.u64 %rd2, %rd2, %rd0; ld.param.u32 %r1, [%rd2];"));
  launch(1, 1, {28});
  expectFault(1, 1, {32}, {"load of 4 bytes at parameter address 0x20"});
  load(kernel("mov.u64 %rd2, p0; cvta.param.u64 %rd2, %rd2;\n"
              "st.u32 [%rd2], 1;"));
  expectFault(1, 1, {}, {"the parameters of a kernel cannot be written"});
}

TEST_F(Memory, ConstantsAreOnlyLoaded) {
  std::string constant = ".const .align 4 .b8 c[8];\n";
  expectRefused(kernel("st.const.u32 [c], 1;", constant),
                "constant memory cannot be written");
  load(kernel("mov.u64 %rd1, c; ld.u32 %r1, [%rd1]; st.u32 [%rd1], 1;",
              constant));
  expectFault(1, 1, {}, {"store of 4 bytes", "which is constant memory"});
}

TEST_F(Memory, OfAnotherBlock) {
  // The faults of all blocks: always the first is told.
  load(kernel("mov.u32 %r0, %ctaid.x; setp.lt.u32 %p0, %r0, 7; @%p0 ret;\n"
              "ld.global.u32 %r1, [4096];"));
  for (int i = 0; i < 20; ++i)
    expectFault(64, 32, {}, {"block (7,0,0), thread (0,0,0)"});
}

TEST_F(Memory, CountsBytes) {
  load(kernel(".local .align 8 .b8 l[8];\n" + std::string(loadP0) +
              "ld.global.v4.u32 {%r1,%r2,%r3,%r4}, [%rd0];\n"
              "st.global.u16 [%rd0], 1; ld.u64 %rd2, [%rd0];\n"
              "st.local.u64 [l], %rd2; ld.local.u32 %r1, [l];"));
  uint64_t in = upload(std::vector<uint32_t>(4));
  table.counters_reset(device);
  launch(2, 40, {in});
  EXPECT_EQ(counter("global.load.bytes"), 80u * 24);
  EXPECT_EQ(counter("global.store.bytes"), 80u * 2);
  EXPECT_EQ(counter("local.bytes"), 80u * 12);
}

TEST_F(Memory, CountsBankConflicts) {
  auto conflicts = [&](const std::string &access, uint64_t stride) {
    load(kernel("mov.u32 %r0, %tid.x; ld.param.u32 %r1, [p0];\n"
                "mov.u32 %r3, s; mad.lo.u32 %r2, %r0, %r1, %r3;\n" +
                    access,
                ".shared .align 16 .b8 s[16384];\n"));
    table.counters_reset(device);
    launch(1, 32, {stride});
    return counter("shared.bank.conflicts");
  };
  std::string word = "ld.shared.u32 %r4, [%r2];";
  EXPECT_EQ(conflicts(word, 4), 0u);
  EXPECT_EQ(conflicts(word, 0), 0u) << "one word is sent to all";
  EXPECT_EQ(conflicts(word, 8), 1u);
  EXPECT_EQ(conflicts(word, 128), 31u);
  EXPECT_EQ(conflicts(word, 132), 0u) << "padding";
  EXPECT_EQ(conflicts("ld.shared.u8 %r4, [%r2];", 1), 0u);
  // 8 bytes by half warps, 16 bytes by quarters.
  EXPECT_EQ(conflicts("ld.shared.u64 %rd4, [%r2];", 8), 0u);
  EXPECT_EQ(conflicts("st.shared.u64 [%r2], %rd4;", 16), 2u);
  std::string vector = "ld.shared.v4.u32 {%r4,%r5,%r6,%r7}, [%r2];";
  EXPECT_EQ(conflicts(vector, 16), 0u);
  EXPECT_EQ(conflicts(vector, 32), 4u) << "2 wavefronts for each quarter";
  EXPECT_EQ(conflicts(vector, 128), 4u * 7);
}
} // namespace
