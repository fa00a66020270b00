// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// cp.async: sizes, zero fill, and that data is there after the wait of the
// thread that copied, and not before it.

#include "WarpProgram.h"

using namespace lacuna::emulator;
using namespace lacuna::emulator::test;

namespace {
/// Lane l copies from data + 16 l to buffer + 16 l; %i0 is free to use. Then
/// `statements`; %o0 to %o3 are the lane's 16 bytes of shared memory.
WarpProgram copyProgram(const std::string &copy,
                        const std::string &statements) {
  Surroundings around;
  around.sharedBytes = 2048;
  return WarpProgram(
      {"b32"}, {"b32", "b32", "b32", "b32"},
      ".reg .b32 %t; .reg .b64 %s; .reg .pred %q; .reg .b64 %policy;\n"
      "mov.b32 %t, buffer; mad.lo.u32 %t, %lane, 16, %t;\n"
      "mul.wide.u32 %s, %lane, 16; add.s64 %s, %s, %data;\n"
      "mov.b64 %policy, 0; setp.ne.u32 %q, %i0, 0;\n"
      "st.shared.v4.b32 [%t], {1, 1, 1, 1};\n" +
          copy + "\n" + statements +
          "\nld.shared.v4.b32 {%o0, %o1, %o2, %o3}, [%t];",
      around);
}

std::vector<uint8_t> source(size_t bytes = 1024) {
  std::vector<uint8_t> data(bytes);
  for (size_t i = 0; i < bytes; ++i)
    data[i] = static_cast<uint8_t>(2 + i * 7 % 250);
  return data;
}

/// The lane's 16 bytes in shared memory.
std::vector<uint8_t> bytesOf(const Registers &found, unsigned lane) {
  std::vector<uint8_t> bytes(16);
  for (unsigned r = 0; r < 4; ++r)
    std::memcpy(&bytes[4 * r], &found[r][lane], 4);
  return bytes;
}

/// `copied` bytes of the source, zeros up to `bytes`, then what was there.
std::vector<uint8_t> expectedBytes(const std::vector<uint8_t> &data,
                                   unsigned lane, unsigned copied,
                                   unsigned bytes) {
  std::vector<uint8_t> expected = {1, 0, 0, 0, 1, 0, 0, 0,
                                   1, 0, 0, 0, 1, 0, 0, 0};
  std::fill_n(expected.begin(), bytes, 0);
  std::copy_n(data.begin() + 16 * lane, copied, expected.begin());
  return expected;
}

const char *const waits[] = {"cp.async.wait_all;",
                             "cp.async.commit_group; cp.async.wait_group 0;",
                             "cp.async.commit_group; cp.async.wait_all;"};
} // namespace

TEST(CpAsync, SizesAndHints) {
  struct {
    const char *text;
    unsigned bytes;
  } forms[] = {
      {"cp.async.ca.shared.global [%t], [%s], 4;", 4},
      {"cp.async.ca.shared.global [%t], [%s], 8;", 8},
      {"cp.async.ca.shared.global [%t], [%s], 16;", 16},
      {"cp.async.cg.shared.global [%t], [%s], 16;", 16},
      {"cp.async.cg.shared::cta.global [%t], [%s], 16;", 16},
      {"cp.async.cg.shared.global.L2::128B [%t], [%s], 16;", 16},
      {"cp.async.ca.shared.global.L2::64B [%t], [%s], 4;", 4},
      {"cp.async.ca.shared.global.L2::256B [%t], [%s], 8, 8;", 8},
      {"cp.async.cg.shared.global.L2::cache_hint [%t], [%s], 16, %policy;", 16},
      {"cp.async.cg.shared.global.L2::cache_hint.L2::128B [%t], [%s], 16, 16, "
       "%policy;",
       16}};
  for (const auto &[text, bytes] : forms)
    for (const char *wait : waits) {
      SCOPED_TRACE(text);
      WarpProgram program = copyProgram(text, wait);
      std::vector<uint8_t> data = source();
      Registers found = program.run({Register()}, &data);
      for (unsigned lane = 0; lane < 32; ++lane)
        EXPECT_EQ(bytesOf(found, lane),
                  expectedBytes(data, lane, bytes, bytes));
      EXPECT_EQ(program.counters.globalLoadBytes,
                32u * bytes + 32u * 4u /* %i0 */);
    }
}

TEST(CpAsync, SourceSizeFillsWithZeros) {
  for (unsigned bytes : {4u, 8u, 16u}) {
    WarpProgram program = copyProgram("cp.async.ca.shared.global [%t], [%s], " +
                                          std::to_string(bytes) + ", %i0;",
                                      "cp.async.wait_all;");
    Register sizes;
    for (unsigned lane = 0; lane < 32; ++lane)
      sizes[lane] = lane % (bytes + 1);
    std::vector<uint8_t> data = source();
    Registers found = program.run({sizes}, &data);
    for (unsigned lane = 0; lane < 32; ++lane)
      EXPECT_EQ(bytesOf(found, lane),
                expectedBytes(data, lane, lane % (bytes + 1), bytes))
          << bytes << " " << lane;
    sizes[3] = bytes + 1;
    std::string message =
        messageOf<Fault>([&] { program.run({sizes}, &data); });
    EXPECT_HAS(message, "src-size is " + std::to_string(bytes + 1));
    EXPECT_HAS(message, "thread (3,0,0)");
  }
}

// A source of 0 bytes is not read, so it may lie anywhere.
TEST(CpAsync, NoByteBehindTheSource) {
  WarpProgram program = copyProgram(
      "cp.async.cg.shared.global [%t], [%s], 16, %i0;", "cp.async.wait_all;");
  std::vector<uint8_t> data = source(31 * 16 + 6);
  Register sizes;
  sizes.fill(16);
  sizes[31] = 6;
  Registers found = program.run({sizes}, &data);
  data.resize(512);
  EXPECT_EQ(bytesOf(found, 31), expectedBytes(data, 31, 6, 16));
  data.resize(31 * 16 + 6);
  sizes[31] = 7;
  EXPECT_HAS(messageOf<Fault>([&] { program.run({sizes}, &data); }),
             "thread (31,0,0)");
  data.resize(31 * 16);
  sizes[31] = 0;
  found = program.run({sizes}, &data);
  EXPECT_EQ(bytesOf(found, 31), std::vector<uint8_t>(16));
}

TEST(CpAsync, IgnoredSource) {
  WarpProgram program = copyProgram(
      "cp.async.cg.shared.global [%t], [%s], 16, %q;", "cp.async.wait_all;");
  Register ignored = {};
  for (unsigned lane = 0; lane < 32; lane += 3)
    ignored[lane] = 1;
  std::vector<uint8_t> data = source();
  Registers found = program.run({ignored}, &data);
  for (unsigned lane = 0; lane < 32; ++lane)
    EXPECT_EQ(bytesOf(found, lane),
              expectedBytes(data, lane, lane % 3 ? 16 : 0, 16));
}

TEST(CpAsync, NothingArrivesWithoutAWait) {
  std::string copy = "cp.async.cg.shared.global [%t], [%s], 16;";
  const std::vector<uint8_t> poison(16, AsyncCopies::poison);
  for (const char *missing :
       {"", "cp.async.commit_group;",
        // The group has not been committed, or may still be under way.
        "cp.async.wait_group 0;",
        "cp.async.commit_group; cp.async.wait_group 1;", "bar.sync 0;",
        "cp.async.commit_group; bar.warp.sync -1;"}) {
    SCOPED_TRACE(missing);
    WarpProgram program = copyProgram(copy, missing);
    std::vector<uint8_t> data = source();
    Registers found = program.run({Register()}, &data);
    for (unsigned lane = 0; lane < 32; ++lane)
      EXPECT_EQ(bytesOf(found, lane), poison);
  }
}

// Two groups under way: the older one is there, the newer one is not.
TEST(CpAsync, GroupsInOrder) {
  WarpProgram program = copyProgram(
      "cp.async.ca.shared.global [%t], [%s], 4;\ncp.async.commit_group;\n"
      "cp.async.ca.shared.global [%t+4], [%s+4], 4;\n"
      "cp.async.ca.shared.global [%t+8], [%s+8], 4;\ncp.async.commit_group;",
      "cp.async.wait_group 1;");
  std::vector<uint8_t> data = source();
  Registers found = program.run({Register()}, &data);
  for (unsigned lane = 0; lane < 32; ++lane) {
    std::vector<uint8_t> expected(16, AsyncCopies::poison);
    std::copy_n(data.begin() + 16 * lane, 4, expected.begin());
    const uint8_t old[4] = {1, 0, 0, 0};
    std::copy_n(old, 4, expected.begin() + 12);
    EXPECT_EQ(bytesOf(found, lane), expected);
  }
}

// A wait is of the thread that waits: odd lanes do not.
TEST(CpAsync, WaitsOfThreads) {
  WarpProgram program = copyProgram(
      "cp.async.cg.shared.global [%t], [%s], 16;\ncp.async.commit_group;",
      "@%q cp.async.wait_group 0;");
  Register even = {};
  for (unsigned lane = 0; lane < 32; lane += 2)
    even[lane] = 1;
  std::vector<uint8_t> data = source();
  Registers found = program.run({even}, &data);
  for (unsigned lane = 0; lane < 32; ++lane)
    EXPECT_EQ(bytesOf(found, lane),
              lane % 2 ? std::vector<uint8_t>(16, AsyncCopies::poison)
                       : expectedBytes(data, lane, 16, 16));
}

// Data is what memory holds until the wait; a store before it may be seen, one
// behind it must not be.
TEST(CpAsync, ReadsTheSourceBeforeTheWaitEnds) {
  WarpProgram program =
      copyProgram("cp.async.cg.shared.global [%t], [%s], 16;",
                  "cp.async.wait_all;\nst.global.v4.b32 [%s], {7, 7, 7, 7};");
  std::vector<uint8_t> data = source(), before = data;
  Registers found = program.run({Register()}, &data);
  EXPECT_EQ(bytesOf(found, 4), expectedBytes(before, 4, 16, 16));
  EXPECT_NE(data, before);
}

TEST(CpAsync, Faults) {
  std::vector<uint8_t> data = source();
  auto message = [&](const char *copy) {
    WarpProgram program = copyProgram(copy, "cp.async.wait_all;");
    return messageOf<Fault>([&] { program.run({Register()}, &data); });
  };
  EXPECT_HAS(message("cp.async.cg.shared.global [%t], [%s+8], 16;"),
             "not a multiple of 16");
  EXPECT_HAS(message("cp.async.cg.shared.global [%t+4], [%s], 16;"),
             "cp.async.cg.shared.global");
  EXPECT_HAS(message("cp.async.cg.shared.global [%t+2048], [%s], 16;"),
             "thread (0,0,0)");
  EXPECT_HAS(message("cp.async.cg.shared.global [%t], [%s+528], 16;"),
             "thread (31,0,0)");
}

TEST(CpAsync, Refused) {
  for (const char *text :
       {"cp.async.cg.shared.global [%t], [%s], 8;",
        "cp.async.ca.shared.global [%t], [%s], 12;",
        "cp.async.ca.shared.global [%t], [%s], %i0;",
        "cp.async.ca.global.shared [%s], [%t], 4;",
        "cp.async.ca.shared.global.L2::cache_hint [%t], [%s], 4;",
        "cp.async.wait_group %i0;", "cp.async.mbarrier.arrive.shared.b64 [%t];",
        "cp.async.mbarrier.arrive.noinc.shared.b64 [%t];",
        "cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes "
        "[%t], [%s], 16, [%t];"}) {
    std::string message = messageOf<LoadError>([&] { copyProgram(text, ""); });
    EXPECT_HAS(message, "line ");
    EXPECT_HAS(message, std::string(text).substr(0, 20));
  }
}
