// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the floating-point instructions compute, one lane at a time; the names
// in comments are sections of the PTX ISA. Values travel as their bits, so that
// no conversion of the host's touches a NaN.

#ifndef LACUNA_EMULATOR_ISA_FLOATSEMANTICS_H
#define LACUNA_EMULATOR_ISA_FLOATSEMANTICS_H

#include "Directed.h"
#include "Formats.h"
#include "lacuna/Emulator/Half.h"

#include <type_traits>

namespace lacuna::emulator::isa {

/// The bits of T, and its format.
template <class T>
using Bits = std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t>;
template <class T> inline constexpr const Format &formatOf = F64;
template <> inline constexpr const Format &formatOf<float> = F32;

/// .ftz: subnormal numbers become zeros of their sign.
template <class T> inline T flushed(T a) {
  constexpr T least = sizeof(T) == 4 ? T(0x1p-126) : T(0x1p-1022);
  return std::fabs(a) < least ? std::copysign(T(0), a) : a;
}
/// What an operation returns: the canonical NaN for any NaN.
template <class T> inline Bits<T> canonical(T a) {
  return a != a ? Bits<T>(formatOf<T>.nan) : bitCast<Bits<T>>(a);
}
/// .sat: [0, 1], and NaN becomes +0.
template <class T> inline T saturated(T a) {
  if (!(a > 0))
    return T(0);
  return a > 1 ? T(1) : a;
}

//===----------------------------------------------------------------------===//
// Floating Point Instructions: f32 and f64
//===----------------------------------------------------------------------===//

/// "min", "max": a NaN loses against a number; -0 is less than +0.
/// `propagate` is .NaN, `xorSign` .xorsign.abs.
template <class T>
inline Bits<T> extremum(T a, T b, bool maximum, bool propagate = false,
                        bool xorSign = false) {
  if (a != a || b != b) {
    if (propagate || (a != a && b != b))
      return Bits<T>(formatOf<T>.nan);
    if (!xorSign)
      return bitCast<Bits<T>>(a != a ? b : a);
  }
  if (xorSign) {
    bool negative = std::signbit(a) != std::signbit(b);
    T x = std::fabs(a), y = std::fabs(b);
    T magnitude = a != a ? y : b != b ? x : (x < y) == maximum ? y : x;
    return bitCast<Bits<T>>(std::copysign(magnitude, negative ? T(-1) : T(1)));
  }
  bool less = a < b || (a == b && std::signbit(a) && !std::signbit(b));
  return bitCast<Bits<T>>(less == maximum ? b : a);
}

enum class FloatTest : uint8_t {
  Finite,
  Infinite,
  Number,
  NotANumber,
  Normal,
  Subnormal
};

/// "testp".
inline bool test(const Format &format, uint64_t bits, FloatTest test) {
  uint64_t magnitude = bits & (format.signBit() - 1);
  uint64_t infinity = format.infinity();
  bool subnormal = magnitude != 0 && flush(format, magnitude) == 0;
  switch (test) {
  case FloatTest::Finite:
    return magnitude < infinity;
  case FloatTest::Infinite:
    return magnitude == infinity;
  case FloatTest::Number:
    return magnitude <= infinity;
  case FloatTest::NotANumber:
    return magnitude > infinity;
  case FloatTest::Normal:
    return magnitude < infinity && magnitude != 0 && !subnormal;
  case FloatTest::Subnormal:
    return subnormal;
  }
  return false;
}

//===----------------------------------------------------------------------===//
// Approximations of f32 and f64. Each is computed in double and rounded once,
// within the errors that PTX documents; that a GPU's last bits differ is to be
// expected.
//===----------------------------------------------------------------------===//

enum class Approximation : uint8_t {
  Reciprocal,
  SquareRoot,
  ReciprocalSquareRoot,
  Exp2,
  Log2,
  Sine,
  Cosine,
  Tanh
};

/// The value in double. Outside their domains these are NaN, as PTX has it:
/// sqrt, rsqrt and lg2 of negative numbers, sin and cos of infinities;
/// rsqrt(-0) is -infinity.
inline double approximate(Approximation what, double a) {
  switch (what) {
  case Approximation::Reciprocal:
    return 1 / a;
  case Approximation::SquareRoot:
    return std::sqrt(a);
  case Approximation::ReciprocalSquareRoot:
    return 1 / std::sqrt(a);
  case Approximation::Exp2:
    return std::exp2(a);
  case Approximation::Log2:
    return std::log2(a);
  case Approximation::Sine:
    return std::sin(a);
  case Approximation::Cosine:
    return std::cos(a);
  case Approximation::Tanh:
    return std::tanh(a);
  }
  return 0;
}

/// "rcp.approx.ftz.f64", "rsqrt.approx.ftz.f64": 20 bits of significand; only
/// the upper half of the operand counts and the lower half of the result is 0.
inline uint64_t approximateUpper(Approximation what, uint64_t bits, bool ftz) {
  double a = bitCast<double>(bits & 0xffffffff00000000);
  if (ftz)
    a = flushed(a);
  double result = approximate(what, a);
  if (ftz)
    result = flushed(result);
  if (result != result)
    return F64.nan;
  // Rounded at bit 32; a carry into the exponent is right, infinity has none.
  uint64_t r = bitCast<uint64_t>(result);
  return std::isfinite(result) ? (r + 0x80000000) & 0xffffffff00000000 : r;
}

/// "div", .approx: for divisors above 2^126 the result is zero, or NaN when
/// the dividend is infinite.
inline float divideApproximately(float a, float b) {
  if (std::fabs(b) > 0x1p126f && std::isfinite(b)) {
    if (!std::isfinite(a))
      return std::nanf("");
    return std::copysign(0.0f,
                         std::signbit(a) != std::signbit(b) ? -1.0f : 1.0f);
  }
  return a / b;
}

//===----------------------------------------------------------------------===//
// Half Precision Floating Point Instructions: f16 and bf16
//===----------------------------------------------------------------------===//

/// A 16-bit float as a double, exactly.
template <const Format &format> inline double half(uint16_t bits) {
  if constexpr (&format == &F16)
    return halfToFloat(bits);
  else
    return bfloatToFloat(bits);
}

/// The nearest 16-bit float, ties to even; as pack(), and faster.
template <const Format &format> inline uint16_t nearestHalf(double value) {
  constexpr int drop = 53 - format.precision;
  // Its last place is that of the format's subnormal numbers.
  constexpr uint64_t magic =
      uint64_t(1023 + format.minExponent - format.precision + 1 + 52) << 52;
  uint64_t bits = bitCast<uint64_t>(value);
  uint16_t sign = uint16_t(bits >> 63 << 15);
  bits &= ~uint64_t(0) >> 1;
  if (bits > F64.infinity())
    return uint16_t(format.nan);
  if (bits < uint64_t(1023 + format.minExponent) << 52) {
    double sum = bitCast<double>(bits) + bitCast<double>(magic);
    return uint16_t(sign | (bitCast<uint64_t>(sum) - magic));
  }
  bits += (uint64_t(1) << (drop - 1)) - 1 + (bits >> drop & 1);
  bits >>= drop;
  bits -= uint64_t(1022 + format.minExponent) << (format.precision - 1);
  return uint16_t(sign | (bits < format.infinity() ? bits : format.infinity()));
}

struct HalfModifiers {
  bool ftz;
  bool sat;
  bool relu;
};

template <const Format &format>
inline uint16_t finishHalf(double exactOrOdd, HalfModifiers modifiers) {
  uint64_t bits = nearestHalf<format>(exactOrOdd);
  if (modifiers.ftz)
    bits = flush(format, bits);
  bool nan = isNaN(format, bits), negative = bits & format.signBit();
  if (modifiers.sat) {
    uint64_t one = convert(format, F64, bitCast<uint64_t>(1.0));
    bits = nan || negative ? 0 : bits > one ? one : bits;
  }
  if (modifiers.relu && negative && !nan)
    bits = 0;
  return uint16_t(bits);
}

template <const Format &format>
inline double halfInput(uint16_t bits, HalfModifiers modifiers) {
  return half<format>(modifiers.ftz ? uint16_t(flush(format, bits)) : bits);
}

/// "add", "sub", "mul", "fma" of half precision: rounded once, to nearest.
template <const Format &format>
inline uint16_t addHalf(uint16_t a, uint16_t b, HalfModifiers m) {
  return finishHalf<format>(
      addOdd(halfInput<format>(a, m), halfInput<format>(b, m)), m);
}
template <const Format &format>
inline uint16_t subtractHalf(uint16_t a, uint16_t b, HalfModifiers m) {
  return finishHalf<format>(
      addOdd(halfInput<format>(a, m), -halfInput<format>(b, m)), m);
}
template <const Format &format>
inline uint16_t multiplyHalf(uint16_t a, uint16_t b, HalfModifiers m) {
  return finishHalf<format>(halfInput<format>(a, m) * halfInput<format>(b, m),
                            m);
}
template <const Format &format>
inline uint16_t fmaHalf(uint16_t a, uint16_t b, uint16_t c, HalfModifiers m) {
  // The product of two 11-bit significands is exact in double.
  double product = halfInput<format>(a, m) * halfInput<format>(b, m);
  return finishHalf<format>(addOdd(product, halfInput<format>(c, m)), m);
}

/// "min", "max" of half precision.
template <const Format &format>
inline uint16_t extremumHalf(uint16_t a, uint16_t b, bool maximum, bool ftz,
                             bool propagate, bool xorSign) {
  if (ftz) {
    a = uint16_t(flush(format, a));
    b = uint16_t(flush(format, b));
  }
  uint64_t bits =
      extremum(half<format>(a), half<format>(b), maximum, propagate, xorSign);
  return nearestHalf<format>(bitCast<double>(bits));
}

/// "ex2", "tanh" of half precision; subnormal numbers are supported, .ftz
/// flushes.
template <const Format &format>
inline uint16_t approximateHalf(Approximation what, uint16_t a, bool ftz) {
  HalfModifiers m = {ftz, false, false};
  return finishHalf<format>(approximate(what, halfInput<format>(a, m)), m);
}

} // namespace lacuna::emulator::isa

#endif // LACUNA_EMULATOR_ISA_FLOATSEMANTICS_H
