// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Numbers of the tensor cores' types for tests: encoded and decoded by
// definition, in double, with no code of the emulator.

#ifndef LACUNA_TEST_EMULATOR_TENSOR_VALUES_H
#define LACUNA_TEST_EMULATOR_TENSOR_VALUES_H

#include "WarpProgram.h"

#include <cmath>

namespace lacuna::emulator::test {

inline bool isInteger(const std::string &type) {
  return type[0] == 's' || type[0] == 'u';
}

inline unsigned bitsOfType(const std::string &type) {
  return static_cast<unsigned>(
      std::stoul(type.substr(type.find_first_of("0123456789"))));
}

/// Encoding by parts: 1 sign, `exponent` and `fraction` bits.
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

inline double decodeValue(const std::string &type, uint64_t bits) {
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
  unsigned width = bitsOfType(type);
  uint64_t value = bits & ((uint64_t(1) << width) - 1);
  if (type[0] == 's' && value >> (width - 1))
    return double(int64_t(value) - (int64_t(1) << width));
  return double(value);
}

/// The bits of a small whole number, which every type has exactly.
inline uint64_t encodeWhole(const std::string &type, int value) {
  if (isInteger(type))
    return uint64_t(int64_t(value)) & ((uint64_t(1) << bitsOfType(type)) - 1);
  if (value == 0)
    return 0;
  unsigned exponent = type == "f16" ? 5 : type == "f64" ? 11 : 8;
  unsigned fraction = type == "f16"    ? 10
                      : type == "bf16" ? 7
                      : type == "tf32" ? 10
                      : type == "f64"  ? 52
                                       : 23;
  int power = std::ilogb(std::abs(value));
  auto part = static_cast<uint64_t>(std::ldexp(
      std::abs(value) - std::ldexp(1.0, power), int(fraction) - power));
  uint64_t bits = (uint64_t(value < 0) << (exponent + fraction)) |
                  (uint64_t(power + (1 << (exponent - 1)) - 1) << fraction) |
                  part;
  return type == "tf32" ? bits << 13 : bits;
}

/// Random bits: any integer; floats between 2^-4 and 2^4 of either sign. The
/// low bits of tf32 are random, too.
inline uint64_t randomValue(const std::string &type) {
  uint64_t bits = engine()();
  if (isInteger(type))
    return bits & ((uint64_t(1) << bitsOfType(type)) - 1);
  unsigned exponent = type == "f16" ? 5 : type == "f64" ? 11 : 8;
  unsigned total = type == "f16" || type == "bf16" ? 16
                   : type == "f64"                 ? 64
                                                   : 32;
  unsigned fraction = total - 1 - exponent;
  uint64_t field = (1 << (exponent - 1)) - 1 - 4 + engine()() % 8;
  return (bits & ((uint64_t(1) << fraction) - 1)) | field << fraction |
         (bits >> 63) << (total - 1);
}

/// A matrix of encoded values.
struct Matrix {
  Matrix(unsigned rows, unsigned columns)
      : columns(columns), bits(size_t(rows) * columns) {}
  uint64_t &at(unsigned row, unsigned column) {
    return bits[size_t(row) * columns + column];
  }
  uint64_t at(unsigned row, unsigned column) const {
    return bits[size_t(row) * columns + column];
  }
  void randomize(const std::string &type) {
    for (uint64_t &value : bits)
      value = randomValue(type);
  }

  unsigned columns;
  std::vector<uint64_t> bits;
};

} // namespace lacuna::emulator::test

#endif // LACUNA_TEST_EMULATOR_TENSOR_VALUES_H
