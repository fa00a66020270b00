// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What "cvt" computes (PTX ISA, "Data Movement and Conversion Instructions:
// cvt"), one lane at a time, on bits.

#ifndef LACUNA_EMULATOR_ISA_CONVERSIONSEMANTICS_H
#define LACUNA_EMULATOR_ISA_CONVERSIONSEMANTICS_H

#include "Formats.h"

namespace lacuna::emulator::isa {

/// The integer types: how many bits, and whether signed.
struct IntegerType {
  unsigned bits;
  bool isSigned;
};

/// The low bits of `value` as a number; a u64 needs 128 bits.
inline __int128 readInteger(IntegerType type, uint64_t value) {
  unsigned unused = 64 - type.bits;
  if (type.isSigned)
    return __int128(int64_t(value << unused) >> unused);
  return __int128(value << unused >> unused);
}
inline __int128 leastOf(IntegerType type) {
  return type.isSigned ? -(__int128(1) << (type.bits - 1)) : 0;
}
inline __int128 greatestOf(IntegerType type) {
  return (__int128(1) << (type.bits - type.isSigned)) - 1;
}
inline __int128 clampTo(IntegerType type, __int128 value) {
  if (value < leastOf(type))
    return leastOf(type);
  return value > greatestOf(type) ? greatestOf(type) : value;
}
/// The value in 64 bits, extended by its type: cvt to a register wider than
/// the type extends, and a narrower register cuts.
inline uint64_t writeInteger(IntegerType type, __int128 value) {
  return uint64_t(readInteger(type, uint64_t(value)));
}

inline uint64_t integerToInteger(IntegerType to, IntegerType from, bool sat,
                                 uint64_t value) {
  __int128 number = readInteger(from, value);
  return writeInteger(to, sat ? clampTo(to, number) : number);
}

/// .sat of a float: [0, 1], NaN becomes +0.
inline uint64_t saturateFloat(const Format &format, uint64_t bits) {
  uint64_t one = convert(format, F64, bitCast<uint64_t>(1.0));
  if (isNaN(format, bits) || bits & format.signBit())
    return 0;
  return bits > one ? one : bits;
}

inline uint64_t integerToFloat(const Format &to, IntegerType from,
                               Rounding mode, bool sat, uint64_t value) {
  __int128 number = readInteger(from, value);
  bool negative = number < 0;
  Number n = {number ? Number::Finite : Number::Zero, negative, false,
              uint64_t(negative ? -number : number), 0};
  uint64_t bits = pack(to, n, mode);
  return sat ? saturateFloat(to, bits) : bits;
}

/// The magnitude of `n` rounded to an integer; below 2^64 or all ones.
inline unsigned __int128 integralMagnitude(const Number &n, Rounding mode) {
  if (n.exponent >= 0) {
    if (n.exponent > 64)
      return ~(unsigned __int128)0 >> 1;
    return (unsigned __int128)n.significand << n.exponent;
  }
  unsigned drop = unsigned(-n.exponent);
  uint64_t kept = drop < 64 ? n.significand >> drop : 0;
  bool half = drop <= 64 && (n.significand >> (drop - 1) & 1);
  uint64_t below = drop <= 64
                       ? n.significand & ((uint64_t(1) << (drop - 1)) - 1)
                       : n.significand;
  return (unsigned __int128)kept +
         roundsUp(mode, n.negative, kept & 1, half, below != 0);
}

/// Clamped to the destination's range always. A NaN gives 0, or the upper bit
/// alone when the source is f64 or the destination has 64 bits.
inline uint64_t floatToInteger(IntegerType to, const Format &from,
                               Rounding mode, bool ftz, uint64_t bits) {
  Number n = unpack(from, ftz ? flush(from, bits) : bits);
  switch (n.kind) {
  case Number::NaN:
    if (&from != &F64 && to.bits != 64)
      return 0;
    return writeInteger(to, __int128(1) << (to.bits - 1));
  case Number::Infinite:
    return writeInteger(to, n.negative ? leastOf(to) : greatestOf(to));
  case Number::Zero:
    return 0;
  case Number::Finite:
    break;
  }
  __int128 magnitude = __int128(integralMagnitude(n, mode));
  return writeInteger(to, clampTo(to, n.negative ? -magnitude : magnitude));
}

/// .rni and its like between floats: to an integral value of the same format.
inline uint64_t roundToIntegral(const Format &format, Rounding mode,
                                uint64_t bits) {
  Number n = unpack(format, bits);
  if (n.kind != Number::Finite || n.exponent >= 0)
    return n.kind == Number::NaN ? format.nan : bits;
  n.significand = uint64_t(integralMagnitude(n, mode));
  n.exponent = 0;
  return pack(format, n, mode);
}

struct FloatConversion {
  Rounding mode = Rounding::Nearest;
  bool integral = false; ///< The mode is one of .rni, .rzi, .rmi, .rpi.
  bool ftz = false;
  bool sat = false;
  bool relu = false;
  bool satfinite = false; ///< Largest finite value instead of infinities.
};

inline uint64_t floatToFloat(const Format &to, const Format &from,
                             const FloatConversion &how, uint64_t bits) {
  // .ftz concerns f32 only, whether source or destination.
  if (how.ftz && &from == &F32)
    bits = flush(from, bits);
  if (how.integral)
    bits = roundToIntegral(from, how.mode, bits);
  bits = convert(to, from, bits, how.mode);
  if (how.ftz && &to == &F32)
    bits = flush(to, bits);
  if (how.sat)
    bits = saturateFloat(to, bits);
  if (how.satfinite && (bits & (to.signBit() - 1)) == to.infinity())
    bits = (bits & to.signBit()) | to.largest();
  if (how.relu && bits & to.signBit() && !isNaN(to, bits))
    bits = 0;
  return bits;
}

} // namespace lacuna::emulator::isa

#endif // LACUNA_EMULATOR_ISA_CONVERSIONSEMANTICS_H
