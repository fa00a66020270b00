// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ldmatrix, stmatrix, movmatrix: where each element goes (PTX ISA, the figure
// of ldmatrix: thread T has row T / 4, elements 2 (T % 4) and the next), rows
// at any place, bank conflicts, and what is refused or faults.

#include "WarpProgram.h"

using namespace lacuna::emulator;
using namespace lacuna::emulator::test;

namespace {
/// Fills `buffer` with 16-bit words that are their own index.
const std::string fill =
    ".reg .pred %p; .reg .b16 %h; .reg .b32 %a, %k; .reg .b64 %d, %s;\n"
    "mov.b32 %k, %lane;\n"
    "LOOP: shl.b32 %a, %k, 1; mov.b32 %d2, buffer; add.u32 %a, %a, %d2;\n"
    "cvt.u16.u32 %h, %k; st.shared.u16 [%a], %h;\n"
    "add.u32 %k, %k, 32; setp.lt.u32 %p, %k, 2048;\n"
    "@%p bra LOOP;\nbar.warp.sync -1;\n";

std::string moveKernel(const std::string &instruction) {
  return ".reg .b32 %d2, %x;\n" + fill + "add.u32 %x, %i0, %d2;\n" +
         instruction;
}

Surroundings shared() {
  Surroundings around;
  around.sharedBytes = 4096;
  return around;
}

/// Row addresses as offsets: row r of matrix q is at pitch * (8 q + r).
Register rowOffsets(unsigned pitch) {
  Register offsets;
  for (unsigned lane = 0; lane < 32; ++lane)
    offsets[lane] = lane * pitch;
  return offsets;
}

std::vector<std::string> registers(unsigned count) {
  return std::vector<std::string>(count, "b32");
}
} // namespace

TEST(Ldmatrix, Elements) {
  for (unsigned number : {1u, 2u, 4u})
    for (bool trans : {false, true})
      for (const char *space : {".shared", "", ".shared::cta"}) {
        std::string name = "ldmatrix.sync.aligned.m8n8.x" +
                           std::to_string(number) + (trans ? ".trans" : "") +
                           space + ".b16 ";
        SCOPED_TRACE(name);
        std::string address = "[%x]";
        std::string before;
        if (!*space) {
          before = ".reg .b64 %g; cvt.u64.u32 %g, %x; cvta.shared.u64 %g, "
                   "%g;\n";
          address = "[%g]";
        }
        WarpProgram program({"b32"}, registers(number),
                            moveKernel(before + name + names("o", 0, number) +
                                       ", " + address + ";"),
                            shared());
        Register rows = rowOffsets(16);
        for (unsigned lane = 8 * number; lane < 32; ++lane)
          rows[lane] = 999999; // Not looked at.
        std::shuffle(rows.begin(), rows.begin() + 8 * number, engine());
        Registers found = program.run({rows});
        for (unsigned q = 0; q < number; ++q)
          for (unsigned lane = 0; lane < 32; ++lane)
            for (unsigned e = 0; e < 2; ++e) {
              unsigned row = trans ? lane % 4 * 2 + e : lane / 4;
              unsigned column = trans ? lane / 4 : lane % 4 * 2 + e;
              EXPECT_EQ(found[q][lane] >> (16 * e) & 0xFFFF,
                        rows[8 * q + row] / 2 + column)
                  << "matrix " << q << ", lane " << lane;
            }
      }
}

TEST(Ldmatrix, BankConflictsOfEachMatrix) {
  WarpProgram program({"b32"}, registers(4),
                      moveKernel("ldmatrix.sync.aligned.m8n8.x4.shared.b16 " +
                                 names("o", 0, 4) + ", [%x];"),
                      shared());
  // Rows one after the other: 128 bytes for 8 rows, each bank once.
  program.run({rowOffsets(16)});
  uint64_t filling = program.counters.sharedBankConflicts;
  EXPECT_EQ(filling, 0u);
  // All 8 rows of a matrix in the same four banks: 7 more each.
  program.run({rowOffsets(128)});
  EXPECT_EQ(program.counters.sharedBankConflicts, 28u);
  // 32 bytes apart: two rows on each bank.
  program.run({rowOffsets(32)});
  EXPECT_EQ(program.counters.sharedBankConflicts, 4u);
  // 128 bytes apart, swizzled: chunk ^= row % 8.
  Register swizzled;
  for (unsigned lane = 0; lane < 32; ++lane)
    swizzled[lane] = lane * 128 + lane % 8 * 16;
  program.run({swizzled});
  EXPECT_EQ(program.counters.sharedBankConflicts, 0u);
}

TEST(Ldmatrix, Faults) {
  WarpProgram program({"b32"}, registers(1),
                      moveKernel("ldmatrix.sync.aligned.m8n8.x1.shared.b16 "
                                 "{%o0}, [%x+16];"),
                      shared());
  Register rows = rowOffsets(16);
  rows[5] = 8;
  std::string message = messageOf<Fault>([&] { program.run({rows}); });
  EXPECT_HAS(message, "ldmatrix.sync.aligned.m8n8.x1.shared.b16");
  EXPECT_HAS(message, "thread (5,0,0)");
  rows[5] = 4096 - 16;
  message = messageOf<Fault>([&] { program.run({rows}); });
  EXPECT_HAS(message, "thread (5,0,0)");
  rows[5] = 4096 - 32;
  program.run({rows});
  rows[5] = uint32_t(-16); // The sum wraps around at 32 bits.
  EXPECT_EQ(program.run({rows})[0][20], 0x10000u);
}

TEST(Stmatrix, Elements) {
  for (unsigned number : {1u, 2u, 4u})
    for (bool trans : {false, true}) {
      std::string name = "stmatrix.sync.aligned.m8n8.x" +
                         std::to_string(number) + (trans ? ".trans" : "") +
                         ".shared.b16 [%x], ";
      SCOPED_TRACE(name);
      std::vector<std::string> inputs = registers(1 + number);
      // Each lane then copies 128 bytes to global memory.
      std::string copy =
          "bar.warp.sync -1; .reg .b64 %to2; .reg .b32 %v, %y;\n"
          "mul.wide.u32 %to2, %lane, 128; add.s64 %to2, %to2, %data;\n"
          "mad.lo.u32 %y, %lane, 128, %d2;\n";
      for (unsigned offset = 0; offset < 128; offset += 4)
        copy += "ld.shared.b32 %v, [%y+" + std::to_string(offset) +
                "]; st.global.b32 [%to2+" + std::to_string(offset) + "], %v;\n";
      WarpProgram program(
          inputs, {}, moveKernel(name + names("i", 1, number) + ";\n" + copy),
          shared());
      Registers given(1 + number);
      given[0] = rowOffsets(64);
      std::shuffle(given[0].begin(), given[0].end(), engine());
      for (unsigned q = 0; q < number; ++q)
        for (uint64_t &value : given[1 + q])
          value = engine()() & 0xFFFFFFFF;
      std::vector<uint8_t> memory(4096);
      program.run(given, &memory);
      std::vector<uint16_t> expected(2048);
      for (unsigned k = 0; k < 2048; ++k)
        expected[k] = static_cast<uint16_t>(k);
      for (unsigned q = 0; q < number; ++q)
        for (unsigned lane = 0; lane < 32; ++lane)
          for (unsigned e = 0; e < 2; ++e) {
            unsigned row = trans ? lane % 4 * 2 + e : lane / 4;
            unsigned column = trans ? lane / 4 : lane % 4 * 2 + e;
            expected[given[0][8 * q + row] / 2 + column] =
                static_cast<uint16_t>(given[1 + q][lane] >> (16 * e));
          }
      for (unsigned k = 0; k < 2048; ++k) {
        uint16_t found;
        std::memcpy(&found, &memory[2 * k], 2);
        EXPECT_EQ(found, expected[k]) << k;
      }
    }
}

TEST(Movmatrix, Transposes) {
  WarpProgram program({"b32"}, {"b32"},
                      "movmatrix.sync.aligned.m8n8.trans.b16 %o0, %i0;");
  Register given;
  for (uint64_t &value : given)
    value = engine()() & 0xFFFFFFFF;
  Register found = program.run({given})[0];
  for (unsigned lane = 0; lane < 32; ++lane)
    for (unsigned e = 0; e < 2; ++e) {
      // Element (row, column) of the result is (column, row) of the source.
      unsigned row = lane / 4, column = lane % 4 * 2 + e;
      EXPECT_EQ(found[lane] >> (16 * e) & 0xFFFF,
                given[column * 4 + row / 2] >> (16 * (row % 2)) & 0xFFFF);
    }
}

TEST(MatrixMove, Refused) {
  for (const char *text :
       {"ldmatrix.sync.aligned.m8n8.x3.shared.b16 {%o0, %o1, %o2}, [%i0];",
        "ldmatrix.sync.aligned.m8n8.x2.shared.b16 {%o0}, [%i0];",
        "ldmatrix.sync.aligned.m8n8.x1.global.b16 {%o0}, [%i0];",
        "ldmatrix.sync.aligned.m8n8.x1.shared.b8 {%o0}, [%i0];",
        "ldmatrix.sync.aligned.m16n16.x1.trans.shared.b8 {%o0, %o1}, [%i0];",
        "ldmatrix.sync.m8n8.x1.shared.b16 {%o0}, [%i0];",
        "stmatrix.sync.aligned.m8n8.x1.shared.b32 [%i0], {%i0};",
        "movmatrix.sync.aligned.m8n8.b16 %o0, %i0;"}) {
    std::string message =
        messageOf<LoadError>([&] { WarpProgram({"b32"}, registers(3), text); });
    EXPECT_HAS(message, "line ");
    EXPECT_HAS(message, std::string(text).substr(0, 30));
  }
}
