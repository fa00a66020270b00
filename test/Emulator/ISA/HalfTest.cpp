// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// f16 and bf16, alone and in pairs, against exact arithmetic; PTX ISA, "Half
// Precision Floating Point Instructions".

#include "Exact.h"

using namespace lacuna::emulator;
using namespace lacuna::emulator::test;

namespace {
struct HalfType {
  std::string name;
  FloatKind kind;
  Layout layout;
  bool isBfloat;
};
const HalfType halves[] = {{"f16", FloatKind::F16, layoutF16, false},
                           {"bf16", FloatKind::BF16, layoutBF16, true}};

using Op = std::function<uint64_t(const Layout &, const Case &)>;

/// Checks `op.type` and, on two cases at a time, `op.typex2`.
void checkBoth(const std::string &op, const HalfType &t, unsigned sources,
               const Op &oracle, size_t randomCount = 3000) {
  auto cases = floatCases(t.kind, sources, randomCount);
  check(
      op + "." + t.name, 16, std::vector<unsigned>(sources, 16), cases,
      [&](const Case &c) { return oracle(t.layout, c); },
      [&](uint64_t got, uint64_t want, const Case &) {
        return sameNumber(t.layout, got, want);
      });
  auto high = cases;
  std::shuffle(high.begin(), high.end(), engine());
  for (size_t i = 0; i < cases.size(); ++i)
    for (unsigned s = 0; s < sources; ++s)
      cases[i][s] |= high[i][s] << 16;
  auto part = [](const Case &c, unsigned shift) {
    Case half;
    for (uint64_t bits : c)
      half.push_back(bits >> shift & 0xffff);
    return half;
  };
  check(
      op + "." + t.name + "x2", 32, std::vector<unsigned>(sources, 32), cases,
      [&](const Case &c) {
        return oracle(t.layout, part(c, 0)) | oracle(t.layout, part(c, 16))
                                                  << 16;
      },
      [&](uint64_t got, uint64_t want, const Case &) {
        return sameNumber(t.layout, got & 0xffff, want & 0xffff) &&
               sameNumber(t.layout, got >> 16, want >> 16);
      });
}

uint64_t saturate(const Layout &l, uint64_t bits) {
  uint64_t one = uint64_t(l.bias()) << l.fractionBits;
  return l.isNaN(bits) || bits & l.sign() ? 0 : std::min(bits, one);
}
uint64_t relu(const Layout &l, uint64_t bits) {
  return !l.isNaN(bits) && bits & l.sign() ? 0 : bits;
}
Case flushed(const Layout &l, Case c) {
  for (uint64_t &bits : c)
    bits = l.flush(bits);
  return c;
}

void checkArithmetic(const std::string &op, unsigned sources, const Op &oracle,
                     bool isFma) {
  for (const HalfType &t : halves) {
    std::string rn = op + ".rn";
    checkBoth(rn, t, sources, oracle);
    if (!isFma)
      checkBoth(op, t, sources, oracle, 200);
    if (isFma)
      checkBoth(rn + ".relu", t, sources, [&](const Layout &l, const Case &c) {
        return relu(l, oracle(l, c));
      });
    if (t.isBfloat) // neither .ftz nor .sat
      continue;
    checkBoth(rn + ".ftz", t, sources, [&](const Layout &l, const Case &c) {
      return l.flush(oracle(l, flushed(l, c)));
    });
    checkBoth(rn + ".sat", t, sources, [&](const Layout &l, const Case &c) {
      return saturate(l, oracle(l, c));
    });
    checkBoth(rn + ".ftz.sat", t, sources, [&](const Layout &l, const Case &c) {
      return saturate(l, l.flush(oracle(l, flushed(l, c))));
    });
    if (isFma)
      checkBoth(rn + ".ftz.relu", t, sources,
                [&](const Layout &l, const Case &c) {
                  return relu(l, l.flush(oracle(l, flushed(l, c))));
                });
  }
}

TEST(Half, Add) {
  checkArithmetic(
      "add", 2,
      [](const Layout &l, const Case &c) {
        return exactSum(l, c[0], c[1], Mode::Nearest);
      },
      false);
}
TEST(Half, Sub) {
  checkArithmetic(
      "sub", 2,
      [](const Layout &l, const Case &c) {
        return l.isNaN(c[1])
                   ? nanOf(l)
                   : exactSum(l, c[0], c[1] ^ l.sign(), Mode::Nearest);
      },
      false);
}
TEST(Half, Mul) {
  checkArithmetic(
      "mul", 2,
      [](const Layout &l, const Case &c) {
        return exactProduct(l, c[0], c[1], Mode::Nearest);
      },
      false);
}
TEST(Half, Fma) {
  checkArithmetic(
      "fma", 3,
      [](const Layout &l, const Case &c) {
        return exactFma(l, c[0], c[1], c[2], Mode::Nearest);
      },
      true);
}

TEST(Half, AbsNeg) {
  for (const HalfType &t : halves)
    for (bool ftz : {false, true}) {
      if (ftz && t.isBfloat)
        continue;
      for (bool negate : {false, true}) {
        std::string op =
            std::string(negate ? "neg" : "abs") + (ftz ? ".ftz" : "");
        check(op + "." + t.name, 16, {16}, floatCases(t.kind, 1, 3000),
              [&](const Case &c) {
                uint64_t a = ftz ? t.layout.flush(c[0]) : c[0];
                return negate ? a ^ 0x8000 : a & 0x7fff;
              });
        check(op + "." + t.name + "x2", 32, {32}, floatCases(FloatKind::F32, 1),
              [&](const Case &c) {
                uint64_t r = 0;
                for (unsigned at : {0u, 16u}) {
                  uint64_t a = c[0] >> at & 0xffff;
                  a = ftz ? t.layout.flush(a) : a;
                  r |= (negate ? a ^ 0x8000 : a & 0x7fff) << at;
                }
                return r;
              });
      }
    }
}

TEST(Half, MinMax) {
  for (const HalfType &t : halves)
    for (int form = 0; form < 16; ++form) {
      bool max = form & 1, ftz = form & 2, nan = form & 4, xorsign = form & 8;
      if (ftz && t.isBfloat)
        continue;
      checkBoth(
          std::string(max ? "max" : "min") + (ftz ? ".ftz" : "") +
              (nan ? ".NaN" : "") + (xorsign ? ".xorsign.abs" : ""),
          t, 2,
          [=](const Layout &l, const Case &c) -> uint64_t {
            uint64_t a = ftz ? l.flush(c[0]) : c[0],
                     b = ftz ? l.flush(c[1]) : c[1];
            uint64_t sign = (a ^ b) & l.sign();
            if (l.isNaN(a) || l.isNaN(b)) {
              if (nan || (l.isNaN(a) && l.isNaN(b)))
                return nanOf(l);
              uint64_t other = l.isNaN(a) ? b : a;
              return xorsign ? (other & ~l.sign()) | sign : other;
            }
            double x = valueOf(l, a), y = valueOf(l, b);
            if (xorsign) {
              a &= ~l.sign();
              b &= ~l.sign();
              x = std::fabs(x);
              y = std::fabs(y);
            }
            bool less = x < y || (x == y && std::signbit(x) > std::signbit(y));
            return (less != max ? a : b) | (xorsign ? sign : 0);
          },
          500);
    }
}

/// "ex2", "tanh" of half precision: within the errors that PTX ISA documents,
/// for every one of the 65536 operands.
TEST(Half, Approximations) {
  std::vector<Case> all;
  for (uint64_t bits = 0; bits < 0x10000; ++bits)
    all.push_back({bits});
  struct {
    std::string op;
    HalfType type;
    bool ftz;
    bool isExp;
    double relative, absolute;
  } forms[] = {{"ex2.approx.f16", halves[0], false, true, 0x1.13p-10, 0x1p-25},
               {"ex2.approx.ftz.bf16", halves[1], true, true, 0x1p-7, 0},
               {"tanh.approx.f16", halves[0], false, false, 0, 0x1.02p-11},
               {"tanh.approx.bf16", halves[1], false, false, 0x1p-8, 0}};
  for (auto &form : forms) {
    const Layout &l = form.type.layout;
    auto exact = [&](uint64_t bits) {
      double x = valueOf(l, form.ftz ? l.flush(bits) : bits);
      return double(form.isExp ? exp2l(x) : tanhl(x));
    };
    auto equal = [&](uint64_t got, uint64_t, const Case &c) {
      double want = exact(c[0]), value = valueOf(l, got);
      if (std::isnan(want))
        return got == 0x7fff;
      double largest = valueOf(l, l.infinity() - 1);
      if (want > largest) // infinity, or the greatest where the error allows
        return l.isInf(got) ||
               (value == largest && want <= largest * (1 + form.relative));
      if (form.ftz && std::fabs(want) < std::ldexp(1.0, 1 - l.bias()))
        return l.isZero(got);
      return std::fabs(value - want) <=
             std::fabs(want) * form.relative + form.absolute;
    };
    auto none = [](const Case &) { return 0; };
    check(form.op, 16, {16}, all, none, equal);
    std::vector<Case> pairs;
    for (uint64_t bits = 0; bits < 0x10000; ++bits)
      pairs.push_back({bits << 16 | (bits * 40503 & 0xffff)});
    check(form.op + "x2", 32, {32}, pairs, none,
          [&](uint64_t got, uint64_t, const Case &c) {
            return equal(got & 0xffff, 0, {c[0] & 0xffff}) &&
                   equal(got >> 16, 0, {c[0] >> 16});
          });
  }
}

TEST(Half, Refused) {
  for (const char *text :
       {"add.rz.f16 h0, h1, h2", "add.sat.bf16 h0, h1, h2",
        "mul.ftz.bf16 h0, h1, h2", "fma.f16 h0, h1, h2, h3",
        "fma.rn.sat.relu.f16 h0, h1, h2, h3", "fma.rn.oob.f16 h0, h1, h2, h3",
        "ex2.approx.bf16 h0, h1", "ex2.f16 h0, h1",
        "tanh.approx.ftz.f16 h0, h1", "add.rn.f16x2 h0, h1, h2",
        "add.f32.f16 r0, h1, r2", "abs.ftz.bf16x2 r0, r1"})
    expectRefused(text);
}
} // namespace
