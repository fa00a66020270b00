// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// cvt between all integer and floating-point types, every rounding and
// modifier, into registers of the type's width and wider; PTX ISA, "Data
// Movement and Conversion Instructions: cvt". Which forms exist is the ISA's
// too (and ptxas', see isa-forms.test).

#include "Exact.h"

using namespace lacuna::emulator;
using namespace lacuna::emulator::test;

namespace {
struct IntType {
  std::string name;
  unsigned width;
  bool isSigned;
};
const IntType ints[] = {{"u8", 8, false},   {"s8", 8, true},
                        {"u16", 16, false}, {"s16", 16, true},
                        {"u32", 32, false}, {"s32", 32, true},
                        {"u64", 64, false}, {"s64", 64, true}};
struct FloatType {
  std::string name;
  FloatKind kind;
  Layout layout;
};
const FloatType floats[] = {{"f16", FloatKind::F16, layoutF16},
                            {"bf16", FloatKind::BF16, layoutBF16},
                            {"f32", FloatKind::F32, layoutF32},
                            {"f64", FloatKind::F64, layoutF64}};
const char *const roundingNames[] = {"rn", "rz", "rm", "rp"};
const Mode modes[] = {Mode::Nearest, Mode::Zero, Mode::Down, Mode::Up};

/// Widths of registers that hold a type: its own and wider ones.
std::vector<unsigned> registersOf(unsigned width) {
  std::vector<unsigned> result;
  for (unsigned r : {16u, 32u, 64u})
    if (r >= width)
      result.push_back(r);
  return result;
}
__int128 number(uint64_t bits, const IntType &t) {
  __int128 value = bits & (t.width == 64 ? ~0ull : (1ull << t.width) - 1);
  if (t.isSigned && (value >> (t.width - 1) & 1))
    value -= (__int128)1 << t.width;
  return value;
}
__int128 least(const IntType &t) {
  return t.isSigned ? -((__int128)1 << (t.width - 1)) : 0;
}
__int128 greatest(const IntType &t) {
  return ((__int128)1 << (t.width - t.isSigned)) - 1;
}
/// In a register of `width` bits: extended by the type.
uint64_t inRegister(__int128 value, const IntType &t, unsigned width) {
  uint64_t bits = uint64_t(number(uint64_t(value), t));
  return width == 64 ? bits : bits & ((1ull << width) - 1);
}

TEST(Conversion, IntegerToInteger) {
  for (const IntType &to : ints)
    for (const IntType &from : ints)
      for (bool sat : {false, true}) {
        if (sat && least(to) <= least(from) && greatest(to) >= greatest(from))
          continue; // .sat would have nothing to do
        for (unsigned target : registersOf(to.width))
          for (unsigned source : registersOf(from.width))
            check(std::string("cvt") + (sat ? ".sat." : ".") + to.name + "." +
                      from.name,
                  target, {source}, integerCases({source}), [&](const Case &c) {
                    __int128 value = number(c[0], from);
                    if (sat)
                      value =
                          std::min(std::max(value, least(to)), greatest(to));
                    return inRegister(value, to, target);
                  });
      }
}

/// Floats around the ends of every integer type, halves, and all the rest.
std::vector<Case> floatsForIntegers(const FloatType &f) {
  std::vector<Case> cases = floatCases(f.kind, 1, 1000);
  for (int e : {0, 1, 7, 8, 15, 16, 31, 32, 63, 64})
    for (double sign : {1.0, -1.0})
      for (double off : {-1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.5}) {
        double value = sign * (std::ldexp(1.0, e) + off);
        Exact exact;
        int exponent;
        double m = std::frexp(std::fabs(value), &exponent);
        exact.add(value < 0, uint64_t(std::ldexp(m, 53)), exponent - 53);
        cases.push_back({exact.round(f.layout, Mode::Nearest)});
      }
  return cases;
}

double roundTo(double value, int mode) {
  return mode == 0   ? std::nearbyint(value)
         : mode == 1 ? std::trunc(value)
         : mode == 2 ? std::floor(value)
                     : std::ceil(value);
}

TEST(Conversion, FloatToInteger) {
  for (const FloatType &from : floats)
    for (const IntType &to : ints)
      for (int mode = 0; mode < 4; ++mode)
        for (bool ftz : {false, true})
          for (bool sat : {false, true}) {
            if ((ftz && from.name != "f32") ||
                (from.name == "bf16" && (sat || to.width == 8)))
              continue;
            for (unsigned target : registersOf(to.width))
              check(std::string("cvt.") + roundingNames[mode] + "i" +
                        (ftz ? ".ftz" : "") + (sat ? ".sat" : "") + "." +
                        to.name + "." + from.name,
                    target, {from.layout.width()}, floatsForIntegers(from),
                    [&](const Case &c) {
                      const Layout &l = from.layout;
                      // NaN: 0 where neither side has 64 bits, else the
                      // upper bit alone.
                      if (l.isNaN(c[0])) {
                        bool zero = from.name != "f64" && to.width != 64;
                        return inRegister(zero ? 0
                                               : (__int128)1 << (to.width - 1),
                                          to, target);
                      }
                      double value = valueOf(l, ftz ? l.flush(c[0]) : c[0]);
                      value = roundTo(value, mode);
                      __int128 result = value <= -0x1p65  ? least(to)
                                        : value >= 0x1p65 ? greatest(to)
                                                          : (__int128)value;
                      result =
                          std::min(std::max(result, least(to)), greatest(to));
                      return inRegister(result, to, target);
                    });
          }
}

uint64_t saturate(const Layout &l, uint64_t bits) {
  uint64_t one = uint64_t(l.bias()) << l.fractionBits;
  return l.isNaN(bits) || bits & l.sign() ? 0 : std::min(bits, one);
}

TEST(Conversion, IntegerToFloat) {
  for (const FloatType &to : floats)
    for (const IntType &from : ints)
      for (int mode = 0; mode < 4; ++mode)
        for (bool sat : {false, true}) {
          if (to.name == "bf16" && (sat || from.width == 8))
            continue;
          for (unsigned target : registersOf(to.layout.width()))
            check(std::string("cvt.") + roundingNames[mode] +
                      (sat ? ".sat" : "") + "." + to.name + "." + from.name,
                  target, {std::max(16u, from.width)},
                  integerCases({std::max(16u, from.width)}, 1000),
                  [&](const Case &c) {
                    __int128 value = number(c[0], from);
                    uint64_t bits =
                        Exact()
                            .add(value < 0, value < 0 ? -value : value, 0)
                            .round(to.layout, modes[mode]);
                    return sat ? saturate(to.layout, bits) : bits;
                  });
        }
}

uint64_t converted(const Layout &to, const Layout &from, uint64_t bits,
                   Mode m) {
  uint64_t sign = bits & from.sign() ? to.sign() : 0;
  if (from.isNaN(bits))
    return nanOf(to);
  if (from.isInf(bits))
    return sign | to.infinity();
  return Exact().add(from, bits).round(to, m, sign);
}
bool exactlyHolds(const Layout &to, const Layout &from) {
  return to.exponentBits >= from.exponentBits &&
         to.fractionBits >= from.fractionBits;
}

TEST(Conversion, FloatToFloat) {
  for (const FloatType &to : floats)
    for (const FloatType &from : floats) {
      if (to.name == from.name)
        continue;
      bool widens = exactlyHolds(to.layout, from.layout);
      bool single = to.name == "f32" || from.name == "f32";
      bool half = to.layout.width() == 16;
      for (int mode = 0; mode < (widens ? 1 : 4); ++mode)
        for (int form = 0; form < 16; ++form) {
          bool ftz = form & 1, sat = form & 2, relu = form & 4,
               finite = form & 8;
          if ((sat && (to.name == "bf16" || from.name == "bf16")) ||
              (ftz && !single) ||
              ((relu || finite) &&
               (!half || mode > 1 || from.name != "f32" || ftz || sat)))
            continue;
          std::string op =
              std::string("cvt") +
              (widens ? "" : std::string(".") + roundingNames[mode]) +
              (ftz ? ".ftz" : "") + (sat ? ".sat" : "") +
              (relu ? ".relu" : "") + (finite ? ".satfinite" : "");
          auto cases = floatCases(from.kind, 1, 3000);
          check(
              op + "." + to.name + "." + from.name, to.layout.width(),
              {from.layout.width()}, cases,
              [&](const Case &c) {
                uint64_t bits = c[0];
                if (ftz && from.name == "f32")
                  bits = from.layout.flush(bits);
                bits = converted(to.layout, from.layout, bits, modes[mode]);
                if (ftz && to.name == "f32")
                  bits = to.layout.flush(bits);
                if (sat)
                  bits = saturate(to.layout, bits);
                if (finite && to.layout.isInf(bits))
                  --bits; // the greatest finite of its sign
                if (relu && !to.layout.isNaN(bits) && bits & to.layout.sign())
                  bits = 0;
                return bits;
              },
              [&](uint64_t got, uint64_t want, const Case &) {
                return sameNumber(to.layout, got, want);
              });
        }
    }
}

/// Same type: integral roundings, .ftz, .sat.
TEST(Conversion, FloatToIntegral) {
  for (const FloatType &t : floats) {
    if (t.name == "bf16")
      continue;
    for (int mode = -1; mode < 4; ++mode)
      for (bool ftz : {false, true})
        for (bool sat : {false, true}) {
          if (ftz && t.name != "f32")
            continue;
          check(
              std::string("cvt") +
                  (mode < 0 ? ""
                            : std::string(".") + roundingNames[mode] + "i") +
                  (ftz ? ".ftz" : "") + (sat ? ".sat" : "") + "." + t.name +
                  "." + t.name,
              t.layout.width(), {t.layout.width()}, floatsForIntegers(t),
              [&](const Case &c) {
                uint64_t bits = ftz ? t.layout.flush(c[0]) : c[0];
                if (!t.layout.isNaN(bits) && mode >= 0 &&
                    !t.layout.isInf(bits)) {
                  double value = roundTo(valueOf(t.layout, bits), mode);
                  int exponent;
                  double m = std::frexp(std::fabs(value), &exponent);
                  bits = Exact()
                             .add(value < 0, uint64_t(std::ldexp(m, 53)),
                                  exponent - 53)
                             .round(t.layout, Mode::Nearest,
                                    bits & t.layout.sign());
                }
                return sat ? saturate(t.layout, bits) : bits;
              },
              [&](uint64_t got, uint64_t want, const Case &) {
                return sameNumber(t.layout, got, want);
              });
        }
  }
}

/// cvt.{rna,rn,rz}{.satfinite}{.relu}.tf32.f32: the low 13 bits are zero.
TEST(Conversion, TF32) {
  struct {
    std::string name;
    Mode mode;
  } roundings[] = {
      {"rna", Mode::NearestAway}, {"rn", Mode::Nearest}, {"rz", Mode::Zero}};
  for (auto &r : roundings)
    for (bool relu : {false, true})
      for (bool finite : {false, true}) {
        if (relu && r.name == "rna")
          continue;
        check("cvt." + r.name + (finite ? ".satfinite" : "") +
                  (relu ? ".relu" : "") + ".tf32.f32",
              32, {32}, floatCases(FloatKind::F32, 1, 5000),
              [&](const Case &c) -> uint64_t {
                const Layout &l = layoutTF32;
                uint64_t bits = converted(l, layoutF32, c[0], r.mode);
                if (l.isNaN(bits))
                  return 0x7fffffff;
                if (finite && l.isInf(bits))
                  --bits;
                if (relu && bits & l.sign())
                  bits = 0;
                return bits << 13;
              });
      }
}

/// cvt.{rn,rz}{.relu}{.satfinite}.{f16x2,bf16x2}.f32 d, a, b: a is the upper
/// half.
TEST(Conversion, PackedHalves) {
  for (const FloatType &t : floats) {
    if (t.layout.width() != 16)
      continue;
    for (int mode : {0, 1})
      for (bool relu : {false, true})
        for (bool finite : {false, true})
          check(std::string("cvt.") + roundingNames[mode] +
                    (relu ? ".relu" : "") + (finite ? ".satfinite" : "") + "." +
                    t.name + "x2.f32",
                32, {32, 32}, floatCases(FloatKind::F32, 2, 4000),
                [&](const Case &c) {
                  auto one = [&](uint64_t bits) -> uint64_t {
                    const Layout &l = t.layout;
                    bits = converted(l, layoutF32, bits, modes[mode]);
                    if (l.isNaN(bits))
                      return 0x7fff;
                    if (finite && l.isInf(bits))
                      --bits;
                    return relu && bits & l.sign() ? 0 : bits;
                  };
                  return one(c[0]) << 16 | one(c[1]);
                });
  }
}

/// "cvt.pack": a is the upper, b the lower part; c above them for 8 bits.
TEST(Conversion, Pack) {
  for (const IntType &t : ints) {
    if (t.width > 16)
      continue;
    bool third = t.width == 8;
    auto clamped = [&](uint64_t bits) {
      __int128 value = int32_t(bits);
      value = std::min(std::max(value, least(t)), greatest(t));
      return uint64_t(value) & ((1ull << t.width) - 1);
    };
    check("cvt.pack.sat." + t.name + ".s32" + (third ? ".b32" : ""), 32,
          third ? std::vector<unsigned>{32, 32, 32}
                : std::vector<unsigned>{32, 32},
          integerCases({32, 32, 32}, 1000), [&](const Case &c) {
            uint64_t both = clamped(c[0]) << t.width | clamped(c[1]);
            return third ? (both | c[2] << 16) & 0xffffffff : both;
          });
  }
}

TEST(Conversion, Refused) {
  for (const char *text : {"cvt.rn.u32.u16 r0, h1",
                           "cvt.f32.s32 r0, r1",
                           "cvt.rni.f32.s32 r0, r1",
                           "cvt.s32.f32 r0, r1",
                           "cvt.rn.s32.f32 r0, r1",
                           "cvt.f32.f64 r0, d1",
                           "cvt.rn.f64.f32 d0, r1",
                           "cvt.rn.f32.f32 r0, r1",
                           "cvt.rna.f32.f64 r0, d1",
                           "cvt.rn.ftz.f16.f64 h0, d1",
                           "cvt.rn.relu.f32.f64 r0, d1",
                           "cvt.f16.f32 h0, r1",
                           "cvt.rm.tf32.f32 r0, r1",
                           "cvt.rna.relu.tf32.f32 r0, r1",
                           "cvt.rn.f32.tf32 r0, r1",
                           "cvt.rm.f16x2.f32 r0, r1, r2",
                           "cvt.rn.f16x2.f32 r0, r1",
                           "cvt.rn.satfinite.e4m3x2.f32 h0, r1, r2",
                           "cvt.rn.f16x2.e4m3x2 r0, h1",
                           "cvt.rs.f16x2.f32 r0, r1, r2, r3",
                           "cvt.pack.sat.u4.s32.b32 r0, r1, r2, r3",
                           "cvt.pack.u8.s32.b32 r0, r1, r2, r3",
                           "cvt.u32.b32 r0, r1",
                           "cvt.u32.u64 r0, r1",
                           "cvt.u64.u32 r0, r1",
                           "cvt.u32.pred r0, p1",
                           "cvt.sat.u32.u16 r0, h1",
                           "cvt.rn.sat.bf16.f32 h0, r1",
                           "cvt.rn.bf16.s8 h0, h1"})
    expectRefused(text);
}
} // namespace
