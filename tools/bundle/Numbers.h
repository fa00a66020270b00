// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Elements of every type as doubles, by the definition of the type; and the
// generator of random data, which make.py repeats in NumPy.

#ifndef LACUNA_BUNDLE_NUMBERS_H
#define LACUNA_BUNDLE_NUMBERS_H

#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>

namespace lacuna::bundle {

/// One sign bit, then `exponent` and `fraction` bits.
inline double decodeFloat(uint64_t bits, unsigned exponent, unsigned fraction) {
  uint64_t field = bits >> fraction & ((uint64_t(1) << exponent) - 1);
  double part = double(bits & ((uint64_t(1) << fraction) - 1));
  int bias = (1 << (exponent - 1)) - 1;
  double value;
  if (field == (uint64_t(1) << exponent) - 1)
    value = part != 0 ? NAN : INFINITY;
  else if (field == 0)
    value = std::ldexp(part, 1 - bias - int(fraction));
  else
    value = std::ldexp(part + std::ldexp(1.0, int(fraction)),
                       int(field) - bias - int(fraction));
  return bits >> (exponent + fraction) & 1 ? -value : value;
}

inline bool isInteger(const std::string &type) {
  return type[0] == 's' || type[0] == 'u' || type[0] == 'i';
}
/// 16 for "bf16", "s16" and "i16"; tf32 has 32.
inline unsigned bitsOf(const std::string &type) {
  return unsigned(std::stoul(type.substr(type.find_first_of("0123456789"))));
}

/// The value that the low bits of `bits` stand for: "f16", "bf16", "tf32",
/// "f32", "f64", "s8", "u4", "i64".
inline double decode(const std::string &type, uint64_t bits) {
  if (type == "f16")
    return decodeFloat(bits & 0xFFFF, 5, 10);
  if (type == "bf16")
    return decodeFloat(bits & 0xFFFF, 8, 7);
  if (type == "tf32") // The low 13 bits are not looked at.
    return decodeFloat((bits & 0xFFFFFFFF) >> 13, 8, 10);
  if (type == "f32")
    return decodeFloat(bits & 0xFFFFFFFF, 8, 23);
  if (type == "f64")
    return decodeFloat(bits, 11, 52);
  unsigned width = bitsOf(type);
  if (width == 64)
    return type[0] == 'u' ? double(bits) : double(int64_t(bits));
  uint64_t value = bits & ((uint64_t(1) << width) - 1);
  if (type[0] != 'u' && value >> (width - 1))
    return double(int64_t(value) - (int64_t(1) << width));
  return double(value);
}

/// Element `index` of an array of `type`, whose elements are whole bytes.
inline uint64_t loadBits(const uint8_t *data, uint64_t index, unsigned bytes) {
  uint64_t bits = 0;
  std::memcpy(&bits, data + index * bytes, bytes);
  return bits;
}

/// The number `index` of the stream `seed`: splitmix64, by its counter, so that
/// any element is made alone.
inline uint64_t randomBits(uint64_t seed, uint64_t index) {
  uint64_t z = seed + (index + 1) * 0x9E3779B97F4A7C15;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}
/// In [-1, 1), of 53 bits.
inline double randomReal(uint64_t seed, uint64_t index) {
  return std::ldexp(double(randomBits(seed, index) >> 11), -52) - 1;
}

/// The bits of `value` in an element type of tensors, to nearest even.
inline uint64_t encode(const std::string &type, double value) {
  if (isInteger(type))
    return uint64_t(int64_t(std::nearbyint(value)));
  uint64_t bits = 0;
  if (type == "f64") {
    std::memcpy(&bits, &value, 8);
    return bits;
  }
  float single = float(value);
  std::memcpy(&bits, &single, 4);
  if (type == "f32")
    return bits;
  if (type == "bf16") // Of finite numbers.
    return (bits + 0x7FFF + (bits >> 16 & 1)) >> 16;
  // f16: the number is scaled so that its last bit is a whole number.
  int exponent = value == 0 ? -14 : std::max(std::ilogb(value), -14);
  double unit = std::ldexp(1.0, exponent - 10);
  double rounded = std::nearbyint(std::fabs(value) / unit);
  uint64_t whole = uint64_t(rounded);
  uint64_t magnitude = (uint64_t(exponent + 14) << 10) + whole;
  return magnitude | uint64_t(std::signbit(value)) << 15;
}

} // namespace lacuna::bundle

#endif // LACUNA_BUNDLE_NUMBERS_H
