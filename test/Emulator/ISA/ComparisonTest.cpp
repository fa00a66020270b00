// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// setp, set, selp, slct of every type and operator; PTX ISA, "Comparison and
// Selection Instructions", "Integer Comparisons", "Floating Point Comparisons".

#include "Exact.h"

using namespace lacuna::emulator;
using namespace lacuna::emulator::test;

namespace {
/// -1, 0, 1, or 2 for unordered.
using Order = std::function<int(uint64_t, uint64_t)>;

/// The tables of the ISA: which orders make an operator true.
bool holds(const std::string &op, int order) {
  bool less = order == -1, equal = order == 0, greater = order == 1,
       unordered = order == 2;
  std::string o = op;
  if (o == "lo" || o == "ls" || o == "hi" || o == "hs")
    o = o == "lo" ? "lt" : o == "ls" ? "le" : o == "hi" ? "gt" : "ge";
  if (o == "num")
    return !unordered;
  if (o == "nan")
    return unordered;
  if (o.size() == 3) { // equ, neu, ...
    if (unordered)
      return true;
    o.pop_back();
  }
  return o == "eq"   ? equal
         : o == "ne" ? less || greater
         : o == "lt" ? less
         : o == "le" ? less || equal
         : o == "gt" ? greater
                     : greater || equal;
}

struct Compared {
  std::string type;
  unsigned width;
  std::vector<std::string> operators;
  Order order;
  std::vector<Case> cases;
};

int orderOf(__int128 a, __int128 b) { return a < b ? -1 : a > b; }

std::vector<Compared> comparisons() {
  std::vector<Compared> list;
  for (unsigned width : {16u, 32u, 64u}) {
    auto cases = integerCases({width, width});
    Order isUnsigned = [](uint64_t a, uint64_t b) { return orderOf(a, b); };
    Order isSigned = [=](uint64_t a, uint64_t b) {
      unsigned shift = 64 - width;
      return orderOf(int64_t(a << shift), int64_t(b << shift));
    };
    std::string w = std::to_string(width);
    list.push_back({"b" + w, width, {"eq", "ne"}, isUnsigned, cases});
    list.push_back(
        {"u" + w,
         width,
         {"eq", "ne", "lt", "le", "gt", "ge", "lo", "ls", "hi", "hs"},
         isUnsigned,
         cases});
    list.push_back({"s" + w,
                    width,
                    {"eq", "ne", "lt", "le", "gt", "ge"},
                    isSigned,
                    cases});
  }
  std::vector<std::string> ops = {"eq",  "ne",  "lt",  "le",  "gt",
                                  "ge",  "equ", "neu", "ltu", "leu",
                                  "gtu", "geu", "num", "nan"};
  struct {
    std::string type;
    FloatKind kind;
    Layout layout;
    bool ftz;
  } floats[] = {{"f32", FloatKind::F32, layoutF32, false},
                {"f32", FloatKind::F32, layoutF32, true},
                {"f64", FloatKind::F64, layoutF64, false},
                {"f16", FloatKind::F16, layoutF16, false},
                {"f16", FloatKind::F16, layoutF16, true},
                {"bf16", FloatKind::BF16, layoutBF16, false}};
  for (auto &f : floats) {
    Layout l = f.layout;
    bool ftz = f.ftz;
    Order order = [=](uint64_t a, uint64_t b) {
      if (l.isNaN(a) || l.isNaN(b))
        return 2;
      double x = valueOf(l, ftz ? l.flush(a) : a);
      double y = valueOf(l, ftz ? l.flush(b) : b);
      return x < y ? -1 : int(x > y);
    };
    list.push_back({(ftz ? "ftz." : "") + f.type, l.width(), ops, order,
                    floatCases(f.kind, 2)});
  }
  return list;
}

TEST(Comparison, Setp) {
  for (const Compared &c : comparisons())
    for (const std::string &op : c.operators)
      checkPredicate(
          "setp." + op + "." + c.type, {c.width, c.width}, c.cases,
          [&](const Case &v) { return holds(op, c.order(v[0], v[1])); });
}

/// setp.CmpOp.BoolOp.type p|q, a, b, {!}c: p = (a op b) bool c, q = !(a op b)
/// bool c.
TEST(Comparison, SetpBoolean) {
  TestWarp w;
  for (int round = 0; round < 40; ++round) {
    LaneMask less = 0, c = LaneMask(engine()()),
             mask = LaneMask(engine()()) | 1;
    LaneMask before = LaneMask(engine()());
    for (unsigned lane = 0; lane < warpSize; ++lane) {
      int32_t a = int32_t(engine()() % 5) - 2, b = int32_t(engine()() % 5) - 2;
      w.reg("r1").lane[lane] = uint32_t(a);
      w.reg("r2").lane[lane] = uint32_t(b);
      less |= LaneMask(a < b) << lane;
    }
    for (bool negated : {false, true})
      for (const char *op : {"and", "or", "xor"}) {
        w.pred("p0") = w.pred("p1") = before;
        w.pred("p2") = c;
        LaneMask third = negated ? ~c : c;
        auto apply = [&](LaneMask t) {
          return *op == 'a' ? t & third : *op == 'o' ? t | third : t ^ third;
        };
        run(w,
            std::string("setp.lt.") + op + ".s32 p0|p1, r1, r2, " +
                (negated ? "!p2" : "p2"),
            mask);
        EXPECT_EQ(w.pred("p0"), (apply(less) & mask) | (before & ~mask)) << op;
        EXPECT_EQ(w.pred("p1"), (apply(~less) & mask) | (before & ~mask)) << op;
        // The third operand may be the result.
        w.pred("p2") = c;
        run(w,
            std::string("setp.lt.") + op + ".s32 p2, r1, r2, " +
                (negated ? "!p2" : "p2"),
            mask);
        EXPECT_EQ(w.pred("p2"), (apply(less) & mask) | (c & ~mask)) << op;
      }
    w.pred("p0") = w.pred("p1") = before;
    run(w, "setp.lt.s32 p0|p1, r1, r2", mask);
    EXPECT_EQ(w.pred("p1"), (~less & mask) | (before & ~mask));
  }
}

/// "setp" of half precision: p for the lower, q for the upper half.
TEST(Comparison, SetpPairs) {
  struct {
    std::string type;
    FloatKind kind;
    Layout l;
  } types[] = {{"f16x2", FloatKind::F16, layoutF16},
               {"bf16x2", FloatKind::BF16, layoutBF16}};
  for (auto &t : types) {
    auto low = floatCases(t.kind, 2), high = low;
    std::shuffle(high.begin(), high.end(), engine());
    for (const std::string op : {"lt", "geu", "eq", "nan"}) {
      TestWarp w;
      for (size_t begin = 0; begin + 32 <= low.size(); begin += 32) {
        LaneMask want[2] = {0, 0}, c = LaneMask(engine()());
        w.pred("p2") = c;
        for (unsigned lane = 0; lane < 32; ++lane) {
          const Case &x = low[begin + lane], &y = high[begin + lane];
          w.reg("r1").lane[lane] = x[0] | y[0] << 16;
          w.reg("r2").lane[lane] = x[1] | y[1] << 16;
          for (int half : {0, 1}) {
            const Case &v = half ? y : x;
            int order = 2;
            if (!t.l.isNaN(v[0]) && !t.l.isNaN(v[1])) {
              double a = valueOf(t.l, v[0]), b = valueOf(t.l, v[1]);
              order = a < b ? -1 : int(a > b);
            }
            want[half] |= LaneMask(holds(op, order)) << lane;
          }
        }
        run(w, "setp." + op + "." + t.type + " p0|p1, r1, r2");
        ASSERT_EQ(w.pred("p0"), want[0]) << op;
        ASSERT_EQ(w.pred("p1"), want[1]) << op;
        run(w, "setp." + op + ".and." + t.type + " p0|p1, r1, r2, p2");
        ASSERT_EQ(w.pred("p0"), want[0] & c) << op;
        ASSERT_EQ(w.pred("p1"), want[1] & c) << op;
        run(w, "set." + op + "." + t.type + "." + t.type + " r0, r1, r2");
        uint64_t one = uint64_t(t.l.bias()) << t.l.fractionBits;
        for (unsigned lane = 0; lane < 32; ++lane)
          ASSERT_EQ(w.reg("r0").lane[lane],
                    (want[0] >> lane & 1) * one |
                        (want[1] >> lane & 1) * (one << 16));
        run(w, "set." + op + ".u32." + t.type + " r0, r1, r2");
        for (unsigned lane = 0; lane < 32; ++lane)
          ASSERT_EQ(w.reg("r0").lane[lane],
                    (want[0] >> lane & 1) * 0xffffu |
                        (want[1] >> lane & 1) * 0xffff0000u);
      }
    }
  }
}

/// "set": all ones or 1.0 for true, 0 otherwise.
TEST(Comparison, Set) {
  for (const Compared &c : comparisons()) {
    struct Target {
      std::string type;
      unsigned width;
      uint64_t yes;
    };
    std::vector<Target> targets = {{"u32", 32, 0xffffffff},
                                   {"s32", 32, 0xffffffff}};
    bool f16 = c.type.find("f16") != std::string::npos;
    bool bf16 = c.type.find("bf16") != std::string::npos;
    if (!f16)
      targets.push_back({"f32", 32, 0x3f800000});
    if (f16)
      targets.push_back({"u16", 16, 0xffff});
    if (!bf16)
      targets.push_back({"f16", 16, 0x3c00});
    if (bf16)
      targets.push_back({"bf16", 16, 0x3f80});
    std::string ftz = c.type.substr(0, 4) == "ftz." ? ".ftz" : "";
    std::string type = ftz.empty() ? c.type : c.type.substr(4);
    for (const Target &t : targets)
      for (const std::string &op : c.operators) {
        if (!ftz.empty() && t.type == "bf16")
          continue;
        check("set." + op + ftz + "." + t.type + "." + type, t.width,
              {c.width, c.width}, c.cases, [&](const Case &v) {
                return holds(op, c.order(v[0], v[1])) ? t.yes : 0;
              });
      }
  }
  TestWarp w;
  w.pred("p1") = 1;
  w.reg("r1").lane[0] = w.reg("r1").lane[1] = 5;
  run(w, "set.eq.and.u32.u32 r0, r1, 5, p1", 3);
  EXPECT_EQ(w.reg("r0").lane[0], 0xffffffffu);
  EXPECT_EQ(w.reg("r0").lane[1], 0u);
}

TEST(Comparison, SelpSlct) {
  for (const char *type : {"b16", "b32", "b64", "u16", "u32", "u64", "s16",
                           "s32", "s64", "f32", "f64"}) {
    unsigned width = unsigned(std::stoul(type + 1));
    TestWarp w;
    std::string bank = width == 16 ? "h" : width == 32 ? "r" : "d";
    LaneMask p = LaneMask(engine()()), mask = LaneMask(engine()()) | 1;
    for (unsigned lane = 0; lane < 32; ++lane) {
      w.reg(bank + "0").lane[lane] = 1000 + lane;
      w.reg(bank + "1").lane[lane] = 2000 + lane;
      w.reg(bank + "2").lane[lane] = 3000 + lane;
    }
    w.pred("p3") = p;
    run(w,
        std::string("selp.") + type + " " + bank + "0, " + bank + "1, " + bank +
            "2, p3",
        mask);
    for (unsigned lane = 0; lane < 32; ++lane)
      EXPECT_EQ(w.reg(bank + "0").lane[lane], lane + (!(mask >> lane & 1) ? 1000
                                                      : p >> lane & 1 ? 2000
                                                                      : 3000));
    // "slct": a where c >= 0; a NaN selects b, -0 selects a.
    std::string s = std::string("slct.") + type;
    check(s + ".s32", width, {width, width, 32},
          integerCases({width, width, 32}),
          [](const Case &c) { return int32_t(c[2]) >= 0 ? c[0] : c[1]; });
    std::vector<Case> cases;
    for (const Case &c : floatCases(FloatKind::F32, 1))
      cases.push_back({1, 2, c[0]});
    for (const char *f : {".f32", ".ftz.f32"}) {
      std::string op = std::string("slct") +
                       (f[1] == 'f' && f[2] == 't' ? ".ftz" : "") + "." + type +
                       ".f32";
      bool ftz = op.find("ftz") != std::string::npos;
      check(op, width, {width, width, 32}, cases, [=](const Case &c) {
        uint64_t bits = ftz ? layoutF32.flush(c[2]) : c[2];
        bool first = !layoutF32.isNaN(bits) &&
                     (layoutF32.isZero(bits) || !(bits & 0x80000000));
        return first ? c[0] : c[1];
      });
    }
  }
}

TEST(Comparison, Refused) {
  for (const char *text :
       {"setp.lt.b32 p0, r1, r2", "setp.lo.s32 p0, r1, r2",
        "setp.ltu.s32 p0, r1, r2", "setp.eq.u8 p0, h1, h2",
        "setp.eq.s32 r0, r1, r2", "setp.s32 p0, r1, r2",
        "setp.eq.and.s32 p0, r1, r2", "setp.eq.s32 p0, r1, r2, p3",
        "setp.eq.ftz.f64 p0, d1, d2", "setp.eq.ftz.bf16 p0, h1, h2",
        "setp.eq.f16x2 p0, r1, r2", "setp.eq.f16 p0|p3, h1, h2",
        "set.eq.u64.s32 d0, r1, r2", "selp.pred p0, p1, p2, p3",
        "selp.b32 r0, r1, r2, r3", "slct.b32.u32 r0, r1, r2, r3",
        "slct.ftz.b32.s32 r0, r1, r2, r3"})
    expectRefused(text);
}
} // namespace
