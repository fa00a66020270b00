// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Control flow: divergence and reconvergence, calls, warps that wait for
// subsets of their lanes.

#include "Support.h"

#include <cstdlib>

using namespace lacuna::emulator::test;

namespace {
class Control : public DeviceTest {
protected:
  /// Runs the body on 3 blocks of 70 threads and compares what it stored in
  /// p0 with expected(thread of the grid, thread of the block).
  template <typename F>
  void run(const std::string &body, F expected,
           const std::string &before = "") {
    load(kernel(threadIndex + body, before));
    uint64_t out = upload(std::vector<int>(210, -1));
    launch(3, 70, {out});
    std::vector<int> found = download<int>(out, 210);
    for (int i = 0; i < 210; ++i)
      ASSERT_EQ(found[i], expected(i, i % 70)) << "thread " << i;
  }

  /// Runs the body on two warps, whose threads store a mask of lanes in p0.
  void expectWholeWarps(const std::string &body) {
    load(kernel(threadIndex + body));
    uint64_t out = upload(std::vector<uint32_t>(64));
    launch(1, 64, {out});
    for (uint32_t mask : download<uint32_t>(out, 64))
      EXPECT_EQ(mask, 0xFFFFFFFFu);
  }
};

TEST_F(Control, LoopsWithDifferentTripCounts) {
  run("mov.u32 %r3, 0; mov.u32 %r4, %r0;\n"
      "LOOP: setp.eq.s32 %p0, %r4, 0; @%p0 bra DONE;\n"
      "add.s32 %r3, %r3, %r4; add.s32 %r4, %r4, -1; bra LOOP;\n"
      "DONE: st.global.u32 [%rd0], %r3;",
      [](int i, int) { return i * (i + 1) / 2; });
}

TEST_F(Control, NestedIfsWithElse) {
  run("and.b32 %r3, %r0, 1; setp.eq.s32 %p0, %r3, 0;\n"
      "and.b32 %r3, %r0, 2; setp.eq.s32 %p1, %r3, 0;\n"
      "@!%p0 bra ODD;\n"
      "@%p1 bra A; mov.u32 %r4, 20; bra JOIN;\n"
      "A: mov.u32 %r4, 10; bra JOIN;\n"
      "ODD: @%p1 bra B; mov.u32 %r4, 40; bra JOIN;\n"
      "B: mov.u32 %r4, 30;\n"
      "JOIN: add.s32 %r4, %r4, 1; st.global.u32 [%rd0], %r4;",
      [](int i, int) { return 11 + (i & 1) * 20 + (i & 2) / 2 * 10; });
}

TEST_F(Control, EarlyExit) {
  run("rem.u32 %r3, %r0, 3; setp.eq.u32 %p0, %r3, 0; @%p0 exit;\n"
      "setp.eq.u32 %p0, %r3, 1; @%p0 ret;\n"
      "st.global.u32 [%rd0], %r0;",
      [](int i, int) { return i % 3 == 2 ? i : -1; });
}

TEST_F(Control, LanesConvergeBehindALoop) {
  // Were they not together again, each would see only some lanes in its vote.
  expectWholeWarps("mov.u32 %r4, %r0;\n"
                   "LOOP: setp.eq.s32 %p0, %r4, 0; @%p0 bra DONE;\n"
                   "add.s32 %r4, %r4, -1; bra LOOP;\n"
                   "DONE: activemask.b32 %r3; st.global.u32 [%rd0], %r3;");
}

TEST_F(Control, LanesConvergeInALoopWhoseLatchComesFirst) {
  // Some skip a block in the middle; each round all must be together again.
  expectWholeWarps(
      "mov.u32 %r4, 0; mov.u32 %r5, -1; bra HEADER;\n"
      "LATCH: activemask.b32 %r3; and.b32 %r5, %r5, %r3;\n"
      "add.s32 %r4, %r4, 1; setp.eq.s32 %p0, %r4, 4; @%p0 bra DONE;\n"
      "HEADER: add.u32 %r6, %r0, %r4; and.b32 %r6, %r6, 1;\n"
      "setp.eq.s32 %p1, %r6, 0; @%p1 bra LATCH;\n"
      "mov.u32 %r7, 0; bra LATCH;\n"
      "DONE: st.global.u32 [%rd0], %r5;");
}

TEST_F(Control, LanesConvergeBehindALoopWhoseEndComesFirst) {
  // Lanes go round as often as their number says, in two nested loops.
  expectWholeWarps(
      "mov.u32 %r4, %r0; bra OUTER;\n"
      "DONE: activemask.b32 %r3; st.global.u32 [%rd0], %r3; exit;\n"
      "NEXT: add.s32 %r4, %r4, -1;\n"
      "OUTER: setp.lt.s32 %p0, %r4, 0; @%p0 bra DONE;\n"
      "mov.u32 %r5, %r4;\n"
      "INNER: setp.eq.s32 %p1, %r5, 0; @%p1 bra NEXT;\n"
      "add.s32 %r5, %r5, -1; bra INNER;");
}

TEST_F(Control, IndexedBranch) {
  run("TARGETS: .branchtargets A, B, C;\n"
      "rem.u32 %r3, %r0, 3; brx.idx %r3, TARGETS;\n"
      "C: mov.u32 %r4, 7; bra JOIN; A: mov.u32 %r4, 5; bra JOIN;\n"
      "B: mov.u32 %r4, 6;\n JOIN: st.global.u32 [%rd0], %r4;",
      [](int i, int) { return 5 + i % 3; });
}

TEST_F(Control, IndexBehindTheTargets) {
  load(kernel("TARGETS: .branchtargets A, A;\n"
              "mov.u32 %r3, %tid.x; brx.idx %r3, TARGETS;\nA:"));
  expectFault(1, 3, {}, {"the index 2 is not below 2", "thread (2,0,0)"});
}

TEST_F(Control, ScopesHideNames) {
  run("mov.u32 %r3, 1;\n"
      "{ .reg .b32 %r3; .reg .b32 t; mov.u32 %r3, 100; L: mov.u32 t, 5; }\n"
      "{ .reg .b32 t<3>; mov.u32 t2, 7; bra L; L: add.u32 %r3, %r3, t2; }\n"
      "st.global.u32 [%rd0], %r3;",
      [](int, int) { return 8; });
}

constexpr const char *functions =
    ".func (.param .b32 r) triple(.param .b32 x) {\n"
    "  .reg .b32 %r<3>; ld.param.u32 %r1, [x]; mul.lo.s32 %r2, %r1, 3;\n"
    "  st.param.b32 [r], %r2; ret; }\n"
    ".func (.reg .b32 r) plus4(.reg .b32 x) { add.s32 r, x, 4; }\n"
    ".func (.param .align 8 .b8 r[24]) grow(.param .align 8 .b8 s[24],\n"
    "                                       .param .b32 by) {\n"
    "  .reg .b64 %rd<4>; .reg .b32 %r<2>; .reg .f64 %d<2>;\n"
    "  .local .align 8 .b8 copy[24];\n"
    "  ld.param.u32 %r1, [by]; cvt.s64.s32 %rd1, %r1;\n"
    "  ld.param.u64 %rd2, [s+8]; add.s64 %rd2, %rd2, %rd1;\n"
    "  st.local.u64 [copy+16], %rd2; ld.local.u64 %rd3, [copy+16];\n"
    "  ld.param.f64 %d1, [s]; st.param.f64 [r], %d1;\n"
    "  st.param.b64 [r+8], %rd3; st.param.b64 [r+16], 77; ret; }\n";

TEST_F(Control, CallsInDivergentCode) {
  run(
      "and.b32 %r3, %r0, 1; setp.eq.s32 %p0, %r3, 0;\n"
      "@!%p0 bra ODD;\n"
      "{ .param .b32 a; .param .b32 b; st.param.b32 [a], %r0;\n"
      "call.uni (b), triple, (a); ld.param.b32 %r4, [b]; } bra JOIN;\n"
      "ODD: call (%r4), plus4, (%r0);\n"
      "JOIN: st.global.u32 [%rd0], %r4;",
      [](int i, int) { return i % 2 ? i + 4 : 3 * i; }, functions);
}

TEST_F(Control, StructuresAsParameters) {
  run(
      "{ .param .align 8 .b8 s[24]; .param .b32 by;\n"
      ".param .align 8 .b8 r[24];\n"
      "mov.f64 %d0, 0d4008000000000000; st.param.f64 [s], %d0;\n"
      "cvt.u64.u32 %rd2, %r0; st.param.b64 [s+8], %rd2;\n"
      "st.param.b32 [by], 1000; call (r), grow, (s, by);\n"
      "ld.param.f64 %d1, [r]; ld.param.b64 %rd3, [r+8];\n"
      "ld.param.b64 %rd4, [r+16]; }\n"
      "cvt.rzi.s32.f64 %r3, %d1; cvt.u32.u64 %r4, %rd3;\n"
      "cvt.u32.u64 %r5, %rd4; add.s32 %r3, %r3, %r4; add.s32 %r3, %r3, %r5;\n"
      "st.global.u32 [%rd0], %r3;",
      [](int i, int) { return 3 + i + 1000 + 77; }, functions);
}

TEST_F(Control, IndirectCalls) {
  run(
      "PROTO: .callprototype (.param .b32 _) _ (.param .b32 _);\n"
      "and.b32 %r3, %r0, 1; setp.eq.s32 %p0, %r3, 0;\n"
      "mov.u64 %rd2, triple; ld.global.u64 %rd3, [table+8];\n"
      "selp.b64 %rd2, %rd2, %rd3, %p0;\n"
      "{ .param .b32 a; .param .b32 b; st.param.b32 [a], %r0;\n"
      "call (b), %rd2, (a), PROTO; ld.param.b32 %r4, [b]; }\n"
      "st.global.u32 [%rd0], %r4;",
      [](int i, int) { return i % 2 ? i - 1 : 3 * i; },
      std::string(functions) +
          ".func (.param .b32 r) less1(.param .b32 x) { .reg .b32 %r1;\n"
          "ld.param.u32 %r1, [x]; sub.s32 %r1, %r1, 1;\n"
          "st.param.b32 [r], %r1; ret; }\n"
          ".global .align 8 .u64 table[2] = {triple, less1};\n");
}

TEST_F(Control, CallsOfNoFunction) {
  std::string body = "PROTO: .callprototype _ (.param .b32 _);\n"
                     "ld.param.u64 %rd2, [p0];\n"
                     "{ .param .b32 a; st.param.b32 [a], 1;\n"
                     "call %rd2, (a), PROTO; }";
  load(kernel(body));
  expectFault(1, 1, {4096}, {"0x1000 is not the address of a function"});
  std::string ofFunction = body;
  ofFunction.replace(ofFunction.find("ld.param.u64 %rd2, [p0]"), 23,
                     "mov.u64 %rd2, triple");
  load(kernel(ofFunction, functions));
  expectFault(1, 1, {}, {"'triple' has other parameters"});
}

TEST_F(Control, RecursionIsToldApart) {
  load(kernel("call f;", ".func f() { .reg .pred p; setp.eq.s32 p, 1, 1;\n"
                         "@p bra L; ret; L: call f; ret; }\n"));
  expectFault(1, 1, {}, {"'f' calls itself", "function 'f', line 5"});
}

TEST_F(Control, LanesWaitForTheirMemberMask) {
  // The halves of a warp come one after the other, by different ways.
  run("and.b32 %r3, %r2, 31; setp.lt.u32 %p0, %r3, 16;\n"
      "mov.u32 %r4, %r0; @%p0 bra LOW;\n"
      "add.u32 %r4, %r4, 1000;\n"
      "LOW: and.b32 %r6, %r2, 32; setp.ne.u32 %p2, %r6, 0;\n"
      "setp.ge.u32 %p3, %r2, 64; @%p3 bra END;\n"
      "shfl.sync.bfly.b32 %r4, %r4, 16, 31, 0xffffffff;\n"
      "END: st.global.u32 [%rd0], %r4;",
      [](int i, int t) {
        auto value = [](int i, int t) { return i + (t % 32 < 16 ? 0 : 1000); };
        return t >= 64 ? value(i, t) : value(i - t + (t ^ 16), t ^ 16);
      });
}

TEST_F(Control, SubsetsOfAWarpSyncOnTheirOwn) {
  // Only lanes 0 to 7 and 8 to 15 exchange, each with a mask of their own.
  run("and.b32 %r3, %r2, 31; setp.ge.u32 %p0, %r3, 16;\n"
      "mov.u32 %r4, %r0; @%p0 bra END; setp.ge.u32 %p0, %r2, 64;\n"
      "@%p0 bra END; setp.lt.u32 %p1, %r3, 8; mov.u32 %r5, 0xff00;\n"
      "@%p1 mov.u32 %r5, 0xff;\n"
      "bar.warp.sync %r5; shfl.sync.bfly.b32 %r4, %r0, 1, 31, %r5;\n"
      "END: st.global.u32 [%rd0], %r4;",
      [](int i, int t) {
        return t % 32 >= 16 || t >= 64 ? i : i - t + (t ^ 1);
      });
}

TEST_F(Control, ThreadOutsideItsMemberMask) {
  load(kernel("bar.warp.sync 0xfffffffd;"));
  expectFault(1, 32, {},
              {"not in its own member mask 0xfffffffd", "thread (1,0,0)"});
}

TEST_F(Control, WaitingForLanesThatWentElsewhere) {
  load(kernel("mov.u32 %r0, %tid.x; setp.lt.u32 %p0, %r0, 4;\n"
              "@%p0 bra L; bar.warp.sync 0xffffffff; bra END;\n"
              "L: bar.warp.sync 0xffffffff;\nEND:"));
  expectFault(1, 32, {},
              {"deadlock", "for lanes 0xf of their warp",
               "'bar.warp.sync 0xffffffff'"});
}

TEST_F(Control, ExitedLanesAreNotWaitedFor) {
  load(kernel(std::string(threadIndex) +
              "setp.ge.u32 %p0, %r2, 20; @%p0 bra LATER;\n"
              "bar.warp.sync 0xffffffff; st.global.u32 [%rd0], %r2; ret;\n"
              "LATER: exit;"));
  uint64_t out = upload(std::vector<int>(32, -1));
  launch(1, 32, {out});
  std::vector<int> found = download<int>(out, 32);
  for (int i = 0; i < 32; ++i)
    EXPECT_EQ(found[i], i < 20 ? i : -1);
}

TEST_F(Control, ALockInsideAWarpIsHandedOn) {
  // Lowest pc first alone would spin at the lock forever.
  load(kernel("ld.param.u64 %rd0, [p0];\n"
              "SPIN: atom.shared.cas.b32 %r1, [lock], 0, 1;\n"
              "setp.ne.u32 %p0, %r1, 0; @%p0 bra SPIN;\n"
              "ld.global.u32 %r2, [%rd0]; add.u32 %r2, %r2, 1;\n"
              "st.global.u32 [%rd0], %r2; membar.cta;\n"
              "atom.shared.exch.b32 %r1, [lock], 0;",
              ".shared .u32 lock;\n"));
  uint64_t out = upload(std::vector<int>(1));
  launch(1, 64, {out});
  EXPECT_EQ(download<int>(out, 1)[0], 64);
}

TEST_F(Control, WarpsTakeTurnsWithoutABarrier) {
  // Warp 0 waits for a flag that warp 1 sets.
  load(kernel("ld.param.u64 %rd0, [p0]; mov.u32 %r0, %tid.x;\n"
              "setp.ge.u32 %p0, %r0, 32; @%p0 bra SET;\n"
              "SPIN: ld.volatile.shared.u32 %r1, [flag];\n"
              "setp.ne.u32 %p1, %r1, 1; @%p1 bra SPIN;\n"
              "st.global.u32 [%rd0], %r1; bra END;\n"
              "SET: st.volatile.shared.u32 [flag], 1;\nEND:",
              ".shared .u32 flag;\n"));
  uint64_t out = upload(std::vector<int>(1));
  launch(1, 64, {out});
  EXPECT_EQ(download<int>(out, 1)[0], 1);
}

TEST_F(Control, EndlessLoopsAreStopped) {
  load(kernel("L: bra L;"));
  setenv("LACUNA_EMULATOR_STEPS", "100000", 1);
  expectFault(4, 64, {},
              {"has run 100000 instructions", "LACUNA_EMULATOR_STEPS",
               "block (0,0,0)"});
  setenv("LACUNA_EMULATOR_STEPS", "many", 1);
  EXPECT_EQ(tryLaunch(1, 1, {}), LACUNA_ERROR_ARGUMENT);
  EXPECT_NE(error().find("LACUNA_EMULATOR_STEPS is 'many'"), std::string::npos);
  unsetenv("LACUNA_EMULATOR_STEPS");
}

TEST_F(Control, Trap) {
  load(kernel("mov.u32 %r0, %tid.x; setp.eq.u32 %p0, %r0, 37; @%p0 trap;"));
  expectFault(1, 64, {}, {"ran into a trap", "thread (37,0,0)"});
}

TEST_F(Control, CountsInstructionsOfThreads) {
  // 4 for all of 40 threads, 1 for the half of them, ret.
  load(kernel("mov.u32 %r0, %tid.x; and.b32 %r1, %r0, 1;\n"
              "setp.eq.u32 %p0, %r1, 0; mov.u32 %r2, 1;\n"
              "@%p0 mov.u32 %r3, 1;"));
  table.counters_reset(device);
  launch(2, 40, {});
  EXPECT_EQ(counter("instructions"), 2u * (5 * 40 + 20));
}
} // namespace
