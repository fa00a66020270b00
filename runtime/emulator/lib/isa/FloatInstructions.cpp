// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PTX ISA, "Floating Point Instructions" of f32 and f64 that are exact or
// correctly rounded: add, sub, mul, fma, mad, div, rcp, sqrt, abs, neg, min,
// max, testp, copysign; add, sub, mul, fma of .f32x2. Approximations are in
// ApproximationInstructions.cpp.

#include "../Families.h"
#include "FloatSemantics.h"
#include "Support.h"

namespace lacuna::emulator::isa {
namespace {

struct Add {
  static constexpr unsigned sources = 2;
  template <class T> static T nearest(T a, T b) { return a + b; }
  template <class T> static T rounded(Rounding r, T a, T b) {
    return addRounded(a, b, r);
  }
};
struct Subtract {
  static constexpr unsigned sources = 2;
  template <class T> static T nearest(T a, T b) { return a - b; }
  template <class T> static T rounded(Rounding r, T a, T b) {
    return addRounded(a, -b, r);
  }
};
struct Multiply {
  static constexpr unsigned sources = 2;
  template <class T> static T nearest(T a, T b) { return a * b; }
  template <class T> static T rounded(Rounding r, T a, T b) {
    return multiplyRounded(a, b, r);
  }
};
struct Fma {
  static constexpr unsigned sources = 3;
  template <class T> static T nearest(T a, T b, T c) {
    return std::fma(a, b, c);
  }
  template <class T> static T rounded(Rounding r, T a, T b, T c) {
    return fmaRounded(a, b, c, r);
  }
};
struct Divide {
  static constexpr unsigned sources = 2;
  template <class T> static T nearest(T a, T b) { return a / b; }
  template <class T> static T rounded(Rounding r, T a, T b) {
    return divideRounded(a, b, r);
  }
};
struct Reciprocal {
  static constexpr unsigned sources = 1;
  template <class T> static T nearest(T a) { return 1 / a; }
  template <class T> static T rounded(Rounding r, T a) {
    return divideRounded(T(1), a, r);
  }
};
struct SquareRoot {
  static constexpr unsigned sources = 1;
  template <class T> static T nearest(T a) { return std::sqrt(a); }
  template <class T> static T rounded(Rounding r, T a) {
    return sqrtRounded(a, r);
  }
};

template <class T, bool ftz> T input(T a) { return ftz ? flushed(a) : a; }
template <class T, bool ftz, bool sat> Bits<T> result(T a) {
  if (ftz)
    a = flushed(a);
  return sat ? bitCast<Bits<T>>(saturated(a)) : canonical(a);
}

/// Rounding to nearest: the loops that programs spend their time in.
template <class Op, class T, bool ftz, bool sat>
inline void nearestLanes(Warp &w, const Instruction &i, LaneMask mask) {
  if constexpr (Op::sources == 1)
    mapLanes<T>(w, i, mask, [](T a) {
      return result<T, ftz, sat>(Op::nearest(input<T, ftz>(a)));
    });
  else if constexpr (Op::sources == 2)
    mapLanes<T, T>(w, i, mask, [](T a, T b) {
      return result<T, ftz, sat>(
          Op::nearest(input<T, ftz>(a), input<T, ftz>(b)));
    });
  else
    mapLanesSerial<T, T, T>(w, i, mask, [](T a, T b, T c) {
      return result<T, ftz, sat>(
          Op::nearest(input<T, ftz>(a), input<T, ftz>(b), input<T, ftz>(c)));
    });
}

// The same with the processor's wide vectors and its fma, where it has them:
// results do not differ, std::fma rounds once either way.
#if defined(__x86_64__)
bool hasWide() {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}
template <class Op, class T, bool ftz, bool sat>
__attribute__((target("avx2,fma"))) void
wideLanes(Warp &w, const Instruction &i, LaneMask mask) {
  if (mask != allLanes) {
    nearestLanes<Op, T, ftz, sat>(w, i, mask);
    return;
  }
  // All results are there before the target is written: it may be a source.
  const Lanes *from[Op::sources];
  for (unsigned s = 0; s < Op::sources; ++s)
    from[s] = &w.read(i.op[1 + s]);
  alignas(64) Bits<T> results[warpSize];
  for (unsigned lane = 0; lane < warpSize; ++lane) {
    T in[Op::sources];
    for (unsigned s = 0; s < Op::sources; ++s)
      in[s] = input<T, ftz>(fromBits<T>(from[s]->lane[lane]));
    T value;
    if constexpr (Op::sources == 1)
      value = Op::nearest(in[0]);
    else if constexpr (Op::sources == 2)
      value = Op::nearest(in[0], in[1]);
    else
      value = Op::nearest(in[0], in[1], in[2]);
    results[lane] = result<T, ftz, sat>(value);
  }
  Lanes &target = w.write(i.op[0]);
  for (unsigned lane = 0; lane < warpSize; ++lane)
    target.lane[lane] = results[lane];
}
#else
bool hasWide() { return false; }
template <class Op, class T, bool ftz, bool sat>
constexpr auto wideLanes = nearestLanes<Op, T, ftz, sat>;
#endif

/// mod[0]: the rounding.
template <class Op, class T, bool ftz, bool sat>
void directedLanes(Warp &w, const Instruction &i, LaneMask mask) {
  Rounding r = Rounding(i.mod[0]);
  if constexpr (Op::sources == 1)
    mapLanesSerial<T>(w, i, mask, [r](T a) {
      return result<T, ftz, sat>(Op::rounded(r, input<T, ftz>(a)));
    });
  else if constexpr (Op::sources == 2)
    mapLanesSerial<T, T>(w, i, mask, [r](T a, T b) {
      return result<T, ftz, sat>(
          Op::rounded(r, input<T, ftz>(a), input<T, ftz>(b)));
    });
  else
    mapLanesSerial<T, T, T>(w, i, mask, [r](T a, T b, T c) {
      return result<T, ftz, sat>(
          Op::rounded(r, input<T, ftz>(a), input<T, ftz>(b), input<T, ftz>(c)));
    });
}

/// Two f32 in a 64-bit register.
template <class Op, bool ftz>
void pairLanes(Warp &w, const Instruction &i, LaneMask mask) {
  Rounding r = Rounding(i.mod[0]);
  auto pair = [r](auto... operands) {
    auto half = [&](unsigned shift) {
      return uint64_t(result<float, ftz, false>(Op::rounded(
          r,
          input<float, ftz>(bitCast<float>(uint32_t(operands >> shift)))...)));
    };
    return half(0) | half(32) << 32;
  };
  using U = uint64_t;
  if constexpr (Op::sources == 2)
    mapLanesSerial<U, U>(w, i, mask, pair);
  else if constexpr (Op::sources == 3)
    mapLanesSerial<U, U, U>(w, i, mask, pair);
}

template <class Op, class T, bool ftz, bool sat>
Execute withRounding(Rounding r) {
  if (r != Rounding::Nearest)
    return directedLanes<Op, T, ftz, sat>;
  static const bool wide = hasWide();
  return wide ? Execute(wideLanes<Op, T, ftz, sat>)
              : Execute(nearestLanes<Op, T, ftz, sat>);
}

struct Form {
  bool mayFlush = true;
  bool maySaturate = false;
  bool mayPair = false;
  bool needsRounding = false;
};

template <class Op>
bool decodeRounded(Decoder &d, Modifiers &m, Instruction &out, Form form) {
  int rounding = m.takeOneOf({"rn", "rz", "rm", "rp"});
  bool ftz = m.take("ftz"), sat = m.take("sat");
  auto type = m.takeType();
  if (!type || (sat && !form.maySaturate) ||
      (rounding < 0 && form.needsRounding))
    return false;
  Rounding r = rounding < 0 ? Rounding::Nearest : Rounding(rounding);
  Execute execute = nullptr;
  if (type == Type::F64 && !ftz && !sat)
    execute = withRounding<Op, double, false, false>(r);
  else if (type == Type::F32 && ftz)
    execute = sat ? withRounding<Op, float, true, true>(r)
                  : withRounding<Op, float, true, false>(r);
  else if (type == Type::F32)
    execute = sat ? withRounding<Op, float, false, true>(r)
                  : withRounding<Op, float, false, false>(r);
  else if (type == Type::F32x2 && form.mayPair && !sat)
    execute = ftz ? pairLanes<Op, true> : pairLanes<Op, false>;
  if (!execute)
    return false;
  out.mod[0] = uint8_t(r);
  Type t = *type;
  return Op::sources == 1   ? finish(d, out, execute, t, {t})
         : Op::sources == 2 ? finish(d, out, execute, t, {t, t})
                            : finish(d, out, execute, t, {t, t, t});
}

template <class Op> bool decodeSum(Decoder &d, Modifiers &m, Instruction &out) {
  return decodeRounded<Op>(d, m, out, {true, true, true, false});
}
bool decodeFma(Decoder &d, Modifiers &m, Instruction &out) {
  return decodeRounded<Fma>(d, m, out, {true, true, true, true});
}
bool decodeMad(Decoder &d, Modifiers &m, Instruction &out) {
  return decodeRounded<Fma>(d, m, out, {true, true, false, true});
}
/// div, rcp, sqrt with a rounding; those without are approximations.
template <class Op>
bool decodeQuotient(Decoder &d, Modifiers &m, Instruction &out) {
  return decodeRounded<Op>(d, m, out, {true, false, false, true});
}

//===----------------------------------------------------------------------===//
// Signs, extrema, tests
//===----------------------------------------------------------------------===//

template <class T, bool ftz> Bits<T> absolute(T a) {
  return bitCast<Bits<T>>(std::fabs(input<T, ftz>(a)));
}
template <class T, bool ftz> Bits<T> negative(T a) {
  return bitCast<Bits<T>>(-input<T, ftz>(a));
}

bool decodeAbs(Decoder &d, Modifiers &m, Instruction &out) {
  bool ftz = m.take("ftz");
  auto type = m.takeType();
  if (type == Type::F32)
    return finish(d, out,
                  ftz ? PerLane<absolute<float, true>>::execute
                      : PerLane<absolute<float, false>>::execute,
                  *type, {*type});
  return type == Type::F64 && !ftz &&
         finish(d, out, PerLane<absolute<double, false>>::execute, *type,
                {*type});
}
bool decodeNeg(Decoder &d, Modifiers &m, Instruction &out) {
  bool ftz = m.take("ftz");
  auto type = m.takeType();
  if (type == Type::F32)
    return finish(d, out,
                  ftz ? PerLane<negative<float, true>>::execute
                      : PerLane<negative<float, false>>::execute,
                  *type, {*type});
  return type == Type::F64 && !ftz &&
         finish(d, out, PerLane<negative<double, false>>::execute, *type,
                {*type});
}

/// mod: ftz, .NaN, .xorsign.abs.
template <class T, bool maximum>
void extremumLanes(Warp &w, const Instruction &i, LaneMask mask) {
  bool ftz = i.mod[0], propagate = i.mod[1], xorSign = i.mod[2];
  mapLanesSerial<T, T>(w, i, mask, [=](T a, T b) {
    if (ftz) {
      a = flushed(a);
      b = flushed(b);
    }
    return extremum(a, b, maximum, propagate, xorSign);
  });
}
template <bool maximum>
bool decodeExtremum(Decoder &d, Modifiers &m, Instruction &out) {
  bool ftz = m.take("ftz"), propagate = m.take("NaN");
  bool xorSign = m.take("xorsign");
  if (xorSign != m.take("abs"))
    return false;
  auto type = m.takeType();
  bool isSingle = type == Type::F32;
  if (!isSingle && (type != Type::F64 || ftz || propagate || xorSign))
    return false;
  out.mod[0] = ftz;
  out.mod[1] = propagate;
  out.mod[2] = xorSign;
  return finish(d, out,
                isSingle ? extremumLanes<float, maximum>
                         : extremumLanes<double, maximum>,
                *type, {*type, *type});
}

template <class T> Bits<T> copySign(T sign, T value) {
  return bitCast<Bits<T>>(std::copysign(value, sign));
}
bool decodeCopysign(Decoder &d, Modifiers &m, Instruction &out) {
  auto type = m.takeType();
  return (type == Type::F32 || type == Type::F64) &&
         finish(d, out,
                type == Type::F32 ? PerLane<copySign<float>>::execute
                                  : PerLane<copySign<double>>::execute,
                *type, {*type, *type});
}

/// mod[0]: the test.
template <class T>
void testLanesOf(Warp &w, const Instruction &i, LaneMask mask) {
  FloatTest what = FloatTest(i.mod[0]);
  LaneMask passed = testLanes<Bits<T>>(
      w, i, mask, 1, [=](Bits<T> a) { return test(formatOf<T>, a, what); });
  w.setPredicate(i.op[0], mask, passed);
}
bool decodeTestp(Decoder &d, Modifiers &m, Instruction &out) {
  int what = m.takeOneOf(
      {"finite", "infinite", "number", "notanumber", "normal", "subnormal"});
  auto type = m.takeType();
  if (what < 0 || (type != Type::F32 && type != Type::F64))
    return false;
  out.mod[0] = uint8_t(what);
  return finish(d, out,
                type == Type::F32 ? testLanesOf<float> : testLanesOf<double>,
                Type::Pred, {*type});
}

} // namespace
} // namespace lacuna::emulator::isa

void lacuna::emulator::registerFloatInstructions(Registry &r) {
  using namespace isa;
  r.add("add", decodeSum<Add>);
  r.add("sub", decodeSum<Subtract>);
  r.add("mul", decodeSum<Multiply>);
  r.add("fma", decodeFma);
  r.add("mad", decodeMad);
  r.add("div", decodeQuotient<Divide>);
  r.add("rcp", decodeQuotient<Reciprocal>);
  r.add("sqrt", decodeQuotient<SquareRoot>);
  r.add("abs", decodeAbs);
  r.add("neg", decodeNeg);
  r.add("min", decodeExtremum<false>);
  r.add("max", decodeExtremum<true>);
  r.add("copysign", decodeCopysign);
  r.add("testp", decodeTestp);
}
