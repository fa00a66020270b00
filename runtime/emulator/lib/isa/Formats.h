// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The number formats of PTX and one correct rounding for all of them: a value
// is taken apart into sign, significand and exponent, and put together in any
// format under any rounding mode, in integer arithmetic. The conversions and
// the arithmetic of 16-bit floats stand on this file; see FloatSemantics.h for
// the operations of f32 and f64.

#ifndef LACUNA_EMULATOR_ISA_FORMATS_H
#define LACUNA_EMULATOR_ISA_FORMATS_H

#include <cmath>
#include <cstdint>
#include <cstring>

namespace lacuna::emulator::isa {

/// The rounding modifiers of PTX ISA, "Rounding Modifiers": .rn, .rz, .rm, .rp,
/// and .rna (ties away from zero), which only tf32 has. The integer roundings
/// .rni, .rzi, .rmi, .rpi are the first four.
enum class Rounding : uint8_t { Nearest, Zero, Down, Up, NearestAway };

template <class To, class From> inline To bitCast(From from) {
  static_assert(sizeof(To) == sizeof(From), "sizes differ");
  To to;
  std::memcpy(&to, &from, sizeof(to));
  return to;
}

/// A binary floating-point format. `shift` zero bits follow the significand in
/// memory, which is how tf32 lies in 32 bits.
struct Format {
  int precision; ///< Bits of the significand, the hidden one included.
  int minExponent;
  int maxExponent;
  int shift;
  uint64_t nan; ///< The NaN that operations produce.

  uint64_t infinity() const {
    return uint64_t(maxExponent - minExponent + 2) << (precision - 1) << shift;
  }
  uint64_t largest() const { return infinity() - (uint64_t(1) << shift); }
  uint64_t signBit() const {
    // 2^(exponent bits) = maxExponent - minExponent + 3, a power of two.
    return (uint64_t(maxExponent - minExponent + 3) << (precision - 1))
           << shift;
  }
};

// The canonical NaNs are those of PTX ISA, "Floating Point Comparisons" and
// "min", "max", "cvt": 0x7fffffff in f32 and tf32, 0x7fff in the 16-bit
// formats. Of f64 PTX names none.
inline constexpr Format F16 = {11, -14, 15, 0, 0x7fff};
inline constexpr Format BF16 = {8, -126, 127, 0, 0x7fff};
inline constexpr Format TF32 = {11, -126, 127, 13, 0x7fffffff};
inline constexpr Format F32 = {24, -126, 127, 0, 0x7fffffff};
inline constexpr Format F64 = {53, -1022, 1023, 0, 0x7ff8000000000000};

/// A value taken apart: (-1)^negative * significand * 2^exponent, and a bit
/// more than that (towards larger magnitude, less than one unit of the
/// significand's last place) if `sticky`.
struct Number {
  enum Kind : uint8_t { Zero, Finite, Infinite, NaN } kind;
  bool negative;
  bool sticky;
  uint64_t significand;
  int exponent;
};

inline Number unpack(const Format &format, uint64_t bits) {
  Number n = {Number::Zero, (bits & format.signBit()) != 0, false, 0, 0};
  uint64_t magnitude = (bits & (format.signBit() - 1)) >> format.shift;
  uint64_t infinity = format.infinity() >> format.shift;
  if (magnitude == 0)
    return n;
  if (magnitude >= infinity) {
    n.kind = magnitude == infinity ? Number::Infinite : Number::NaN;
    return n;
  }
  uint64_t hidden = uint64_t(1) << (format.precision - 1);
  uint64_t biased = magnitude >> (format.precision - 1);
  n.kind = Number::Finite;
  n.significand = (magnitude & (hidden - 1)) | (biased ? hidden : 0);
  n.exponent = int(biased ? biased : 1) - 1 + format.minExponent -
               (format.precision - 1);
  return n;
}

/// Whether a magnitude is rounded up, given its last kept bit, the first bit
/// dropped and whether any bit behind that is set.
inline bool roundsUp(Rounding mode, bool negative, bool odd, bool half,
                     bool rest) {
  switch (mode) {
  case Rounding::Nearest:
    return half && (rest || odd);
  case Rounding::NearestAway:
    return half;
  case Rounding::Down:
    return negative && (half || rest);
  case Rounding::Up:
    return !negative && (half || rest);
  case Rounding::Zero:
    break;
  }
  return false;
}

/// The encoding of `n` in `format`, rounded once.
inline uint64_t pack(const Format &format, const Number &n, Rounding mode) {
  uint64_t sign = n.negative ? format.signBit() : 0;
  if (n.kind == Number::NaN)
    return format.nan;
  if (n.kind == Number::Infinite)
    return sign | format.infinity();
  if (n.kind == Number::Zero || n.significand == 0)
    return sign;
  int zeros = __builtin_clzll(n.significand);
  uint64_t top = n.significand << zeros;
  int exponent = n.exponent - zeros + 63; // of the first bit
  int drop = 64 - format.precision;
  if (exponent < format.minExponent)
    drop += format.minExponent - exponent;
  uint64_t kept = drop < 64 ? top >> drop : 0;
  bool half = drop <= 64 && (top >> (drop - 1) & 1);
  uint64_t below = drop <= 64 ? top & ((uint64_t(1) << (drop - 1)) - 1) : top;
  if (roundsUp(mode, n.negative, kept & 1, half, below != 0 || n.sticky))
    ++kept;
  // A normal number's hidden bit adds one to its exponent field.
  uint64_t field = exponent > format.minExponent
                       ? uint64_t(exponent - format.minExponent)
                       : 0;
  uint64_t limit = format.infinity() >> format.shift;
  // An exponent beyond every format must not reach the shift below.
  uint64_t bits = exponent > format.maxExponent
                      ? limit
                      : (field << (format.precision - 1)) + kept;
  if (bits >= limit) {
    bool toInfinity = mode == Rounding::Nearest ||
                      mode == Rounding::NearestAway ||
                      mode == (n.negative ? Rounding::Down : Rounding::Up);
    return sign | (toInfinity ? format.infinity() : format.largest());
  }
  return sign | bits << format.shift;
}

/// From one format to another; f16 to f32 and the like are exact.
inline uint64_t convert(const Format &to, const Format &from, uint64_t bits,
                        Rounding mode = Rounding::Nearest) {
  return pack(to, unpack(from, bits), mode);
}

/// a + b, rounded to odd: a result too wide for double that still rounds
/// correctly to any format of at most 51 bits. The exponents of 16-bit operands
/// and of their products are far from the ends of double's range.
inline double addOdd(double a, double b) {
  double sum = a + b;
  if (!std::isfinite(sum))
    return sum;
  double part = sum - a;
  double error = (a - (sum - part)) + (b - part);
  uint64_t bits = bitCast<uint64_t>(sum);
  if (error != 0 && !(bits & 1)) // one step towards the exact value
    bits += (error > 0) == (sum > 0) ? 1 : -1;
  return bitCast<double>(bits);
}

inline bool isNaN(const Format &format, uint64_t bits) {
  return (bits & (format.signBit() - 1)) > format.infinity();
}

/// Sign-preserving zero for a subnormal value (.ftz).
inline uint64_t flush(const Format &format, uint64_t bits) {
  uint64_t exponents = format.infinity();
  return bits & exponents ? bits : bits & format.signBit();
}

} // namespace lacuna::emulator::isa

#endif // LACUNA_EMULATOR_ISA_FORMATS_H
