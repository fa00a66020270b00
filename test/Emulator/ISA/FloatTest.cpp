// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// f32 and f64 arithmetic under every rounding, .ftz and .sat, against exact
// arithmetic; PTX ISA, "Floating Point Instructions".

#include "Exact.h"

using namespace lacuna::emulator;
using namespace lacuna::emulator::test;

namespace {
struct Rounded {
  std::string name;
  Mode mode;
};
const std::vector<Rounded> roundings = {{".rn", Mode::Nearest},
                                        {".rz", Mode::Zero},
                                        {".rm", Mode::Down},
                                        {".rp", Mode::Up}};

uint64_t one(const Layout &l) { return uint64_t(l.bias()) << l.fractionBits; }
/// ".sat": clamps to [0.0, 1.0]; NaN results are flushed to +0.0f.
uint64_t saturate(const Layout &l, uint64_t bits) {
  if (l.isNaN(bits) || bits & l.sign())
    return 0;
  return std::min(bits, one(l));
}

using Op = std::function<uint64_t(const Layout &, const Case &, Mode)>;

/// All of op{.rnd}{.ftz}{.sat}.f32 and op{.rnd}.f64.
void checkRounded(const std::string &op, unsigned sources, const Op &oracle,
                  bool maySaturate, bool needsRounding) {
  auto names = roundings;
  if (!needsRounding)
    names.push_back({"", Mode::Nearest});
  for (const Rounded &r : names) {
    check(
        op + r.name + ".f64", 64, std::vector<unsigned>(sources, 64),
        floatCases(FloatKind::F64, sources),
        [&](const Case &c) { return oracle(layoutF64, c, r.mode); },
        [](uint64_t got, uint64_t want, const Case &) {
          return sameNumber(layoutF64, got, want);
        });
    for (bool ftz : {false, true})
      for (bool sat : {false, true}) {
        if (sat && !maySaturate)
          continue;
        const Layout &l = layoutF32;
        check(
            op + r.name + (ftz ? ".ftz" : "") + (sat ? ".sat" : "") + ".f32",
            32, std::vector<unsigned>(sources, 32),
            floatCases(FloatKind::F32, sources),
            [&](const Case &c) {
              Case inputs = c;
              if (ftz)
                for (uint64_t &bits : inputs)
                  bits = l.flush(bits);
              uint64_t result = oracle(l, inputs, r.mode);
              if (ftz)
                result = l.flush(result);
              return sat ? saturate(l, result) : result;
            },
            [&](uint64_t got, uint64_t want, const Case &) {
              return sameNumber(l, got, want);
            });
      }
  }
}

const Op sum = [](const Layout &l, const Case &c, Mode m) {
  return exactSum(l, c[0], c[1], m);
};
const Op difference = [](const Layout &l, const Case &c, Mode m) {
  return l.isNaN(c[1]) ? nanOf(l) : exactSum(l, c[0], c[1] ^ l.sign(), m);
};
const Op product = [](const Layout &l, const Case &c, Mode m) {
  return exactProduct(l, c[0], c[1], m);
};
const Op fused = [](const Layout &l, const Case &c, Mode m) {
  return exactFma(l, c[0], c[1], c[2], m);
};
const Op quotient = [](const Layout &l, const Case &c, Mode m) {
  return exactQuotient(l, c[0], c[1], m);
};
const Op reciprocal = [](const Layout &l, const Case &c, Mode m) {
  return exactQuotient(l, one(l), c[0], m);
};
const Op root = [](const Layout &l, const Case &c, Mode m) {
  return exactRoot(l, c[0], m);
};

/// The oracle itself, against the processor.
TEST(Float, OracleAgreesWithTheProcessor) {
  for (const Case &c : floatCases(FloatKind::F64, 3, 3000)) {
    double x = asFloat<double>(c[0]), y = asFloat<double>(c[1]),
           z = asFloat<double>(c[2]);
    const Layout &l = layoutF64;
    auto same = [&](double want, uint64_t got) {
      return std::isnan(want) ? l.isNaN(got) : got == asBits(want);
    };
    ASSERT_TRUE(same(x + y, sum(l, c, Mode::Nearest))) << x << " + " << y;
    ASSERT_TRUE(same(x * y, product(l, c, Mode::Nearest))) << x << " * " << y;
    ASSERT_TRUE(same(x / y, quotient(l, c, Mode::Nearest))) << x << " / " << y;
    ASSERT_TRUE(same(std::fma(x, y, z), fused(l, c, Mode::Nearest)));
    ASSERT_TRUE(same(std::sqrt(x), root(l, c, Mode::Nearest))) << x;
  }
}

TEST(Float, Add) { checkRounded("add", 2, sum, true, false); }
TEST(Float, Sub) { checkRounded("sub", 2, difference, true, false); }
TEST(Float, Mul) { checkRounded("mul", 2, product, true, false); }
TEST(Float, Fma) { checkRounded("fma", 3, fused, true, true); }
TEST(Float, Mad) { checkRounded("mad", 3, fused, true, true); }
TEST(Float, Div) { checkRounded("div", 2, quotient, false, true); }
TEST(Float, Rcp) { checkRounded("rcp", 1, reciprocal, false, true); }
TEST(Float, Sqrt) { checkRounded("sqrt", 1, root, false, true); }

TEST(Float, Pairs) {
  struct {
    const char *op;
    unsigned sources;
    Op oracle;
  } forms[] = {{"add", 2, sum}, {"mul", 2, product}, {"fma", 3, fused}};
  const Layout &l = layoutF32;
  for (auto &form : forms)
    for (const Rounded &r : roundings)
      for (bool ftz : {false, true}) {
        auto low = floatCases(FloatKind::F32, form.sources);
        auto high = floatCases(FloatKind::F32, form.sources);
        std::shuffle(high.begin(), high.end(), engine());
        std::vector<Case> cases = low;
        for (size_t i = 0; i < cases.size(); ++i)
          for (size_t s = 0; s < form.sources; ++s)
            cases[i][s] |= high[i][s] << 32;
        auto of = [&](const Case &c, unsigned shift) {
          Case half;
          for (uint64_t bits : c) {
            bits = bits >> shift & 0xffffffff;
            half.push_back(ftz ? l.flush(bits) : bits);
          }
          uint64_t result = form.oracle(l, half, r.mode);
          return ftz ? l.flush(result) : result;
        };
        check(
            std::string(form.op) + r.name + (ftz ? ".ftz" : "") + ".f32x2", 64,
            std::vector<unsigned>(form.sources, 64), cases,
            [&](const Case &c) { return of(c, 0) | of(c, 32) << 32; },
            [&](uint64_t got, uint64_t want, const Case &) {
              return sameNumber(l, got & 0xffffffff, want & 0xffffffff) &&
                     sameNumber(l, got >> 32, want >> 32);
            });
      }
}

TEST(Float, AbsNegCopysign) {
  for (bool ftz : {false, true}) {
    std::string f = ftz ? ".ftz.f32" : ".f32";
    auto in = [=](uint64_t bits) { return ftz ? layoutF32.flush(bits) : bits; };
    auto cases = floatCases(FloatKind::F32, 1);
    // "abs", "neg": of a NaN any NaN.
    auto equal = [](uint64_t got, uint64_t want, const Case &) {
      return layoutF32.isNaN(want) ? layoutF32.isNaN(got) : got == want;
    };
    check(
        "abs" + f, 32, {32}, cases,
        [&](const Case &c) { return in(c[0]) & 0x7fffffff; }, equal);
    check(
        "neg" + f, 32, {32}, cases,
        [&](const Case &c) { return in(c[0]) ^ 0x80000000; }, equal);
  }
  auto cases = floatCases(FloatKind::F64, 1);
  auto equal = [](uint64_t got, uint64_t want, const Case &) {
    return layoutF64.isNaN(want) ? layoutF64.isNaN(got) : got == want;
  };
  uint64_t sign = layoutF64.sign();
  check(
      "abs.f64", 64, {64}, cases, [=](const Case &c) { return c[0] & ~sign; },
      equal);
  check(
      "neg.f64", 64, {64}, cases, [=](const Case &c) { return c[0] ^ sign; },
      equal);
  // "copysign": the sign of a, the value of b.
  check("copysign.f64", 64, {64, 64}, floatCases(FloatKind::F64, 2),
        [=](const Case &c) { return (c[0] & sign) | (c[1] & ~sign); });
  check(
      "copysign.f32", 32, {32, 32}, floatCases(FloatKind::F32, 2),
      [=](const Case &c) { return (c[0] & 0x80000000) | (c[1] & 0x7fffffff); });
}

/// "min", "max": +0.0 > -0.0; NaN only when both are, or with .NaN one is.
/// With .xorsign.abs: the sign is the exclusive or, the rest of |a| and |b|.
uint64_t extremum(const Layout &l, uint64_t a, uint64_t b, bool max, bool nan,
                  bool xorsign) {
  uint64_t sign = l.sign(), negative = (a ^ b) & sign;
  if (l.isNaN(a) || l.isNaN(b)) {
    if (nan || (l.isNaN(a) && l.isNaN(b)))
      return nanOf(l);
    uint64_t other = l.isNaN(a) ? b : a;
    return xorsign ? (other & ~sign) | negative : other;
  }
  if (xorsign) {
    a &= ~sign;
    b &= ~sign;
  }
  // Ordered as integers of sign and magnitude.
  auto key = [&](uint64_t bits) {
    __int128 magnitude = bits & ~sign;
    return bits & sign ? -magnitude - 1 : magnitude;
  };
  bool takeA = max ? key(a) >= key(b) : key(a) <= key(b);
  return (takeA ? a : b) | (xorsign ? negative : 0);
}

TEST(Float, MinMax) {
  for (bool max : {false, true}) {
    std::string op = max ? "max" : "min";
    check(
        op + ".f64", 64, {64, 64}, floatCases(FloatKind::F64, 2),
        [&](const Case &c) {
          return extremum(layoutF64, c[0], c[1], max, false, false);
        },
        [](uint64_t got, uint64_t want, const Case &) {
          return sameNumber(layoutF64, got, want);
        });
    for (bool ftz : {false, true})
      for (bool nan : {false, true})
        for (bool xorsign : {false, true})
          check(
              op + (ftz ? ".ftz" : "") + (nan ? ".NaN" : "") +
                  (xorsign ? ".xorsign.abs" : "") + ".f32",
              32, {32, 32}, floatCases(FloatKind::F32, 2),
              [&](const Case &c) {
                const Layout &l = layoutF32;
                return extremum(l, ftz ? l.flush(c[0]) : c[0],
                                ftz ? l.flush(c[1]) : c[1], max, nan, xorsign);
              },
              [](uint64_t got, uint64_t want, const Case &) {
                return sameNumber(layoutF32, got, want);
              });
  }
}

TEST(Float, Testp) {
  struct {
    const char *name;
    bool (*oracle)(const Layout &, uint64_t);
  } tests[] = {
      {".finite",
       [](const Layout &l, uint64_t a) { return !l.isNaN(a) && !l.isInf(a); }},
      {".infinite", [](const Layout &l, uint64_t a) { return l.isInf(a); }},
      {".number", [](const Layout &l, uint64_t a) { return !l.isNaN(a); }},
      {".notanumber", [](const Layout &l, uint64_t a) { return l.isNaN(a); }},
      {".normal",
       [](const Layout &l, uint64_t a) {
         return !l.isNaN(a) && !l.isInf(a) && !l.isZero(a) && !l.isSubnormal(a);
       }},
      {".subnormal",
       [](const Layout &l, uint64_t a) { return l.isSubnormal(a); }}};
  for (auto &t : tests) {
    checkPredicate(std::string("testp") + t.name + ".f32", {32},
                   floatCases(FloatKind::F32, 1),
                   [&](const Case &c) { return t.oracle(layoutF32, c[0]); });
    checkPredicate(std::string("testp") + t.name + ".f64", {64},
                   floatCases(FloatKind::F64, 1),
                   [&](const Case &c) { return t.oracle(layoutF64, c[0]); });
  }
}

TEST(Float, Refused) {
  for (const char *text :
       {"add.ftz.f64 d0, d1, d2", "add.sat.f64 d0, d1, d2",
        "fma.f32 r0, r1, r2, r3", "mad.f32 r0, r1, r2, r3",
        "div.f32 r0, r1, r2", "div.f64 d0, d1, d2", "rcp.f32 r0, r1",
        "sqrt.rn.sat.f32 r0, r1", "add.rna.f32 r0, r1, r2",
        "min.NaN.f64 d0, d1, d2", "min.xorsign.f32 r0, r1, r2",
        "max.f32 r0, r1, r2, r3", "neg.sat.f32 r0, r1", "testp.odd.f32 p0, r1",
        "copysign.ftz.f32 r0, r1, r2", "div.rn.f32x2 d0, d1, d2",
        "add.rn.f32 d0, d1, d2", "add.f32 h0, r1, r2"})
    expectRefused(text);
}
} // namespace
