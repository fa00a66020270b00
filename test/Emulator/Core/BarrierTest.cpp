// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Barriers: those that meet, and those that never will.

#include "Support.h"

using namespace lacuna::emulator::test;

namespace {
class Barriers : public DeviceTest {};

TEST_F(Barriers, SharedMemoryIsExchanged) {
  load(kernel(std::string(threadIndex) +
                  "mov.u32 %r3, buffer; mad.lo.u32 %r4, %r2, 4, %r3;\n"
                  "st.shared.u32 [%r4], %r0; bar.sync 0;\n"
                  "sub.u32 %r5, %r1, %r2; mad.lo.u32 %r4, %r5, 4, %r3;\n"
                  "ld.shared.u32 %r6, [%r4+-4]; st.global.u32 [%rd0], %r6;",
              ".shared .align 4 .b8 buffer[4096];\n"));
  uint64_t out = upload(std::vector<int>(2000));
  launch(2, 1000, {out});
  std::vector<int> found = download<int>(out, 2000);
  for (int i = 0; i < 2000; ++i)
    ASSERT_EQ(found[i], i / 1000 * 1000 + 999 - i % 1000);
}

TEST_F(Barriers, ProducersArriveConsumersWait) {
  // Warps 0 and 1 produce for warps 2 and 3, with barriers of their own.
  load(
      kernel(std::string(threadIndex) +
                 "mov.u32 %r3, buffer; and.b32 %r4, %r2, 63;\n"
                 "mad.lo.u32 %r4, %r4, 4, %r3; shr.u32 %r5, %r2, 5;\n"
                 "and.b32 %r6, %r5, 1; add.u32 %r6, %r6, 4;\n" // barrier 4 or 5
                 "setp.ge.u32 %p0, %r2, 64; @%p0 bra CONSUME;\n"
                 "mul.lo.u32 %r7, %r2, 3; st.shared.u32 [%r4], %r7;\n"
                 "bar.arrive %r6, 64; bra END;\n"
                 "CONSUME: bar.sync %r6, 64; ld.shared.u32 %r7, [%r4];\n"
                 "st.global.u32 [%rd0], %r7;\nEND:",
             ".shared .align 4 .b8 buffer[256];\n"));
  uint64_t out = upload(std::vector<int>(128));
  launch(1, 128, {out});
  std::vector<int> found = download<int>(out, 128);
  for (int i = 64; i < 128; ++i)
    ASSERT_EQ(found[i], 3 * (i - 64));
}

TEST_F(Barriers, Reductions) {
  load(kernel(std::string(threadIndex) +
              "rem.u32 %r3, %r2, 3; setp.eq.u32 %p0, %r3, 0;\n"
              "bar.red.popc.u32 %r4, 0, %p0;\n"
              "bar.red.popc.u32 %r5, 1, 96, !%p0;\n"
              "setp.lt.u32 %p1, %r2, 96; bar.red.and.pred %p2, 0, %p1;\n"
              "setp.eq.u32 %p1, %r2, 95; bar.red.or.pred %p3, 0, %p1;\n"
              "bar.red.and.pred %p4, 0, %p1;\n"
              "shl.b32 %r5, %r5, 8; or.b32 %r4, %r4, %r5;\n"
              "selp.b32 %r6, 0x10000, 0, %p2; or.b32 %r4, %r4, %r6;\n"
              "selp.b32 %r6, 0x20000, 0, %p3; or.b32 %r4, %r4, %r6;\n"
              "selp.b32 %r6, 0x40000, 0, %p4; or.b32 %r4, %r4, %r6;\n"
              "st.global.u32 [%rd0], %r4;"));
  uint64_t out = upload(std::vector<int>(96));
  launch(1, 96, {out});
  for (int value : download<int>(out, 96))
    ASSERT_EQ(value, 32 | 64 << 8 | 0x10000 | 0x20000);
}

TEST_F(Barriers, ThreadsThatExitedAreNotWaitedFor) {
  load(kernel(std::string(threadIndex) +
                  "setp.ge.u32 %p0, %r2, 50; @%p0 exit;\n"
                  "bar.sync 0; st.global.u32 [%rd0], %r2;",
              ""));
  uint64_t out = upload(std::vector<int>(128, -1));
  launch(1, 128, {out});
  std::vector<int> found = download<int>(out, 128);
  for (int i = 0; i < 128; ++i)
    ASSERT_EQ(found[i], i < 50 ? i : -1);
}

TEST_F(Barriers, UnalignedInDivergentCode) {
  // barrier.sync without .aligned may be reached by different ways.
  load(kernel(std::string(threadIndex) +
              "and.b32 %r3, %r2, 1; setp.eq.u32 %p0, %r3, 0; @%p0 bra E;\n"
              "barrier.sync 3; mov.u32 %r4, 1; bra END;\n"
              "E: barrier.sync 3; mov.u32 %r4, 2;\n"
              "END: st.global.u32 [%rd0], %r4;"));
  uint64_t out = upload(std::vector<int>(64));
  launch(1, 64, {out});
  std::vector<int> found = download<int>(out, 64);
  for (int i = 0; i < 64; ++i)
    ASSERT_EQ(found[i], i % 2 ? 1 : 2);
}

TEST_F(Barriers, AlignedInDivergentCode) {
  load(kernel("mov.u32 %r0, %tid.x; and.b32 %r3, %r0, 1;\n"
              "setp.eq.u32 %p0, %r3, 0; @%p0 bra E;\n"
              "bar.sync 3; bra END;\nE: bar.sync 3;\nEND:"));
  expectFault(1, 64, {},
              {"barrier mismatch",
               "all threads of a warp must execute the same instruction"});
}

TEST_F(Barriers, HalfAWarpNeverComes) {
  load(kernel("mov.u32 %r0, %tid.x; setp.lt.u32 %p0, %r0, 8;\n"
              "@%p0 bar.sync 0; @!%p0 bar.sync 1;"));
  expectFault(1, 32, {},
              {"deadlock", "lanes 0xff of warp 0", "'@%p0 bar.sync 0'",
               "for lanes 0xffffff00 of their warp"});
}

TEST_F(Barriers, AWarpNeverComes) {
  load(kernel("mov.u32 %r0, %tid.x; setp.lt.u32 %p0, %r0, 32;\n"
              "@%p0 bar.sync 2, 64;"));
  expectFault(1, 64, {},
              {"deadlock", "barrier 2, which 32 threads have reached of 64",
               "1 warps have exited"});
}

TEST_F(Barriers, CountsDiffer) {
  load(kernel("mov.u32 %r0, %tid.x; setp.lt.u32 %p0, %r0, 32;\n"
              "@%p0 bar.sync 1, 96;\n@!%p0 bar.sync 1, 64;"));
  expectFault(1, 96, {},
              {"barrier mismatch", "waits for 96 threads since line 9",
               "and for 64 here", "thread (32,0,0)"});
}

TEST_F(Barriers, ReductionsAndPlainOnesDiffer) {
  load(kernel("mov.u32 %r0, %tid.x; setp.lt.u32 %p0, %r0, 32;\n"
              "@%p0 bar.sync 1;\n@!%p0 bar.red.popc.u32 %r1, 1, %p0;"));
  expectFault(1, 64, {}, {"barrier mismatch", "only one of the two"});
}

TEST_F(Barriers, CountsThatNoBlockHas) {
  load(kernel("ld.param.u32 %r0, [p0]; bar.sync 1, %r0;"));
  expectFault(1, 64, {40}, {"the count is 40, expected a multiple of 32"});
  expectFault(1, 64, {0}, {"the count is 0"});
  expectFault(1, 64, {96}, {"the count is 96, but the block has 64"});
  launch(1, 64, {64});
}

TEST_F(Barriers, BarrierThatDoesNotExist) {
  load(kernel("ld.param.u32 %r0, [p0]; bar.sync %r0;"));
  expectFault(1, 64, {16}, {"barrier 16 does not exist"});
}

TEST_F(Barriers, FencesAreTaken) {
  load(kernel("membar.cta; membar.gl; membar.sys; fence.sc.gpu;\n"
              "fence.acq_rel.sys; fence.proxy.async; nanosleep.u32 100;\n"
              "ld.param.u64 %rd0, [p0]; prefetch.global.L2 [%rd0];"));
  launch(1, 64, {0});
}
} // namespace
