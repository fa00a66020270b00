// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// shfl.sync, vote.sync, match.sync, redux.sync, activemask, elect.sync; PTX
// ISA, "Data Movement: shfl.sync" and "Parallel Synchronization and
// Communication Instructions".

#include "Harness.h"

#include <set>

using namespace lacuna::emulator;
using namespace lacuna::emulator::test;

namespace {
LaneMask anyMask() {
  switch (engine()() % 4) {
  case 0:
    return allLanes;
  case 1:
    return LaneMask(1) << engine()() % 32;
  default:
    return LaneMask(engine()()) | 1;
  }
}

TEST(Warp, Shuffle) {
  TestWarp w;
  const char *modes[] = {"up", "down", "bfly", "idx"};
  for (int round = 0; round < 2000; ++round) {
    int mode = round % 4;
    LaneMask mask = anyMask(), before = LaneMask(engine()());
    // As CUDA's __shfl makes c for segments of 2^k, and any c at all.
    unsigned width = 1u << engine()() % 6;
    uint32_t c = round % 3 ? (32 - width) << 8 | (mode == 0 ? 0 : 31)
                           : uint32_t(engine()());
    uint64_t values[32];
    for (unsigned lane = 0; lane < 32; ++lane) {
      values[lane] = engine()() & 0xffffffff;
      w.reg("r1").lane[lane] = values[lane];
      w.reg("r0").lane[lane] = 77;
      w.reg("r2").lane[lane] =
          round % 2 ? engine()() & 0xffffffff : engine()() % 32;
      w.reg("r3").lane[lane] = c;
    }
    Lanes amounts = w.reg("r2");
    w.pred("p0") = before;
    bool inPlace = round % 5 == 0;
    std::string d = inPlace ? "r1" : "r0";
    run(w,
        std::string("shfl.sync.") + modes[mode] + ".b32 " + d +
            "|p0, r1, r2, r3, 0xffffffff",
        mask);
    for (int lane = 0; lane < 32; ++lane) {
      uint64_t got = w.reg(d).lane[lane];
      if (!(mask >> lane & 1)) {
        ASSERT_EQ(got, inPlace ? values[lane] : 77u);
        ASSERT_EQ(w.pred("p0") >> lane & 1, before >> lane & 1);
        continue;
      }
      // The section's pseudocode.
      int bval = int(amounts.lane[lane] & 31), cval = int(c & 31),
          segment = int(c >> 8 & 31), j = 0;
      int maxLane = (lane & segment) | (cval & ~segment);
      int minLane = lane & segment;
      bool pval = false;
      if (mode == 0) {
        j = lane - bval;
        pval = j >= maxLane;
      } else if (mode == 1) {
        j = lane + bval;
        pval = j <= maxLane;
      } else if (mode == 2) {
        j = lane ^ bval;
        pval = j <= maxLane;
      } else {
        j = minLane | (bval & ~segment);
        pval = j <= maxLane;
      }
      if (!pval)
        j = lane;
      ASSERT_EQ(got, values[j]) << modes[mode] << " lane " << lane;
      ASSERT_EQ(w.pred("p0") >> lane & 1, pval);
    }
  }
  // A known case: reduction steps within segments of 8.
  for (unsigned lane = 0; lane < 32; ++lane)
    w.reg("r1").lane[lane] = lane;
  run(w, "shfl.sync.down.b32 r0, r1, 4, 0x181f, -1");
  EXPECT_EQ(w.reg("r0").lane[3], 7u);
  EXPECT_EQ(w.reg("r0").lane[4], 4u); // out of its segment: its own value
  EXPECT_EQ(w.reg("r0").lane[31], 31u);
}

TEST(Warp, Vote) {
  TestWarp w;
  for (int round = 0; round < 500; ++round) {
    LaneMask mask = anyMask(), before = LaneMask(engine()());
    LaneMask p = round % 4 == 0   ? 0
                 : round % 4 == 1 ? allLanes
                                  : LaneMask(engine()());
    bool negated = round & 1;
    LaneMask yes = (negated ? ~p : p) & mask;
    struct {
      const char *mode;
      bool want;
    } forms[] = {{"all", yes == mask},
                 {"any", yes != 0},
                 {"uni", yes == 0 || yes == mask}};
    std::string source = negated ? "!p1" : "p1";
    for (auto &form : forms) {
      w.pred("p0") = before;
      w.pred("p1") = p;
      run(w,
          std::string("vote.sync.") + form.mode + ".pred p0, " + source +
              ", -1",
          mask);
      ASSERT_EQ(w.pred("p0"), (form.want ? mask : 0) | (before & ~mask));
    }
    w.reg("r0") = Lanes();
    run(w, "vote.sync.ballot.b32 r0, " + source + ", -1", mask);
    for (unsigned lane = 0; lane < 32; ++lane)
      ASSERT_EQ(w.reg("r0").lane[lane], mask >> lane & 1 ? yes : 0u);
  }
}

TEST(Warp, Match) {
  TestWarp w;
  for (int round = 0; round < 500; ++round) {
    bool wide = round & 1;
    std::string reg = wide ? "d1" : "r1", type = wide ? ".b64" : ".b32";
    LaneMask mask = anyMask();
    uint64_t kinds = 1 + engine()() % 3, values[32];
    for (unsigned lane = 0; lane < 32; ++lane) {
      values[lane] = engine()() % kinds * (wide ? 0x100000001 : 1);
      w.reg(reg).lane[lane] = values[lane];
    }
    run(w, "match.any.sync" + type + " r0, " + reg + ", -1", mask);
    std::set<uint64_t> seen;
    for (unsigned lane = 0; lane < 32; ++lane) {
      if (!(mask >> lane & 1))
        continue;
      seen.insert(values[lane]);
      LaneMask want = 0;
      for (unsigned other = 0; other < 32; ++other)
        if (mask >> other & 1 && values[other] == values[lane])
          want |= LaneMask(1) << other;
      ASSERT_EQ(w.reg("r0").lane[lane], want);
    }
    w.pred("p0") = 0;
    run(w, "match.all.sync" + type + " r0|p0, " + reg + ", -1", mask);
    bool all = seen.size() == 1;
    ASSERT_EQ(w.pred("p0") & mask, all ? mask : 0u);
    for (unsigned lane = 0; lane < 32; ++lane)
      if (mask >> lane & 1)
        ASSERT_EQ(w.reg("r0").lane[lane], all ? mask : 0u);
  }
}

TEST(Warp, Redux) {
  TestWarp w;
  struct {
    const char *op;
    bool isSigned;
    std::function<int64_t(int64_t, int64_t)> f;
  } forms[] = {
      {"add.u32", false, [](int64_t a, int64_t b) { return a + b; }},
      {"add.s32", true, [](int64_t a, int64_t b) { return a + b; }},
      {"min.u32", false, [](int64_t a, int64_t b) { return std::min(a, b); }},
      {"min.s32", true, [](int64_t a, int64_t b) { return std::min(a, b); }},
      {"max.u32", false, [](int64_t a, int64_t b) { return std::max(a, b); }},
      {"max.s32", true, [](int64_t a, int64_t b) { return std::max(a, b); }},
      {"and.b32", false, [](int64_t a, int64_t b) { return a & b; }},
      {"or.b32", false, [](int64_t a, int64_t b) { return a | b; }},
      {"xor.b32", false, [](int64_t a, int64_t b) { return a ^ b; }}};
  for (auto &form : forms)
    for (int round = 0; round < 100; ++round) {
      LaneMask mask = anyMask();
      bool first = true;
      int64_t want = 0;
      for (unsigned lane = 0; lane < 32; ++lane) {
        uint32_t bits = uint32_t(engine()()) | (round & 1 ? 0xff000000 : 0);
        w.reg("r1").lane[lane] = bits;
        w.reg("r0").lane[lane] = 77;
        if (!(mask >> lane & 1))
          continue;
        int64_t value = form.isSigned ? int64_t(int32_t(bits)) : int64_t(bits);
        want = first ? value : form.f(want, value);
        first = false;
      }
      run(w, std::string("redux.sync.") + form.op + " r0, r1, -1", mask);
      for (unsigned lane = 0; lane < 32; ++lane)
        ASSERT_EQ(w.reg("r0").lane[lane],
                  mask >> lane & 1 ? uint32_t(want) : 77u)
            << form.op;
    }
}

TEST(Warp, ActivemaskElect) {
  TestWarp w;
  for (int round = 0; round < 200; ++round) {
    LaneMask mask = anyMask();
    run(w, "activemask.b32 r0", mask);
    w.pred("p0") = ~mask;
    run(w, "elect.sync r1|p0, -1", mask);
    // One leader, known to all.
    LaneMask leaders = w.pred("p0") & mask;
    ASSERT_EQ(__builtin_popcount(leaders), 1);
    ASSERT_EQ(w.pred("p0") & ~mask, ~mask);
    for (unsigned lane = 0; lane < 32; ++lane)
      if (mask >> lane & 1) {
        ASSERT_EQ(w.reg("r0").lane[lane], mask);
        ASSERT_EQ(w.reg("r1").lane[lane], unsigned(__builtin_ctz(leaders)));
      }
    w.pred("p0") = 0;
    run(w, "elect.sync _|p0, -1", mask);
    ASSERT_EQ(w.pred("p0"), leaders) << "the same leader for the same lanes";
  }
}

/// Instructions with a member mask tell the machine to wait for it.
TEST(Warp, LanesMeet) {
  TestWarp w;
  w.reg("r7").lane[0] = 0xf0;
  for (const char *text :
       {"shfl.sync.idx.b32 r0, r1, r2, r3, r7",
        "vote.sync.ballot.b32 r0, p1, r7", "match.any.sync.b32 r0, r1, r7",
        "redux.sync.add.u32 r0, r1, r7", "elect.sync r0|p0, r7"}) {
    Decoded d = decodeText(w, text);
    ASSERT_EQ(d.error, "") << text;
    EXPECT_EQ(d.instruction.sync, Sync::Members) << text;
    EXPECT_EQ(w.read<uint32_t>(d.instruction.syncMask, 0), 0xf0u) << text;
  }
}

TEST(Warp, Refused) {
  for (const char *text :
       {"shfl.idx.b32 r0, r1, r2, r3", "shfl.sync.idx.b64 d0, d1, r2, r3, r4",
        "shfl.sync.b32 r0, r1, r2, r3, r4", "vote.all.pred p0, p1",
        "vote.ballot.b32 r0, p1", "vote.sync.ballot.pred p0, p1, r2",
        "match.any.sync.b32 r0|p0, r1, r2", "match.any.b32 r0, r1, r2",
        "redux.sync.add.f32 r0, r1, r2", "redux.sync.min.abs.f32 r0, r1, r2",
        "redux.sync.and.u32 r0, r1, r2", "activemask.u32 r0",
        "elect.sync r0, r1"})
    expectRefused(text);
  TestWarp w;
  EXPECT_NE(decodeText(w, "shfl.idx.b32 r0, r1, r2, r3").error.find(".sync"),
            std::string::npos);
}
} // namespace
