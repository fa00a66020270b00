// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Exact arithmetic for expected values: sums of integers times powers of two in
// a fixed-point number wide enough for every product of two doubles, and their
// rounding to a format by comparing with the two neighbours. It shares nothing
// with the emulator.

#ifndef LACUNA_TEST_EMULATOR_ISA_EXACT_H
#define LACUNA_TEST_EMULATOR_ISA_EXACT_H

#include "Harness.h"

#include <array>
#include <cmath>
#include <cstring>

namespace lacuna::emulator::test {

struct Layout {
  unsigned exponentBits, fractionBits;

  unsigned width() const { return 1 + exponentBits + fractionBits; }
  int bias() const { return (1 << (exponentBits - 1)) - 1; }
  uint64_t infinity() const {
    return ((uint64_t(1) << exponentBits) - 1) << fractionBits;
  }
  uint64_t sign() const { return uint64_t(1) << (width() - 1); }
  bool isNaN(uint64_t bits) const { return (bits & ~sign()) > infinity(); }
  bool isInf(uint64_t bits) const { return (bits & ~sign()) == infinity(); }
  bool isZero(uint64_t bits) const { return (bits & ~sign()) == 0; }
  bool isSubnormal(uint64_t bits) const {
    return !isZero(bits) && (bits & infinity()) == 0;
  }
  /// The finite value is significand * 2^exponent.
  uint64_t significand(uint64_t bits) const {
    uint64_t fraction = bits & ((uint64_t(1) << fractionBits) - 1);
    return bits & infinity() ? fraction | uint64_t(1) << fractionBits
                             : fraction;
  }
  int exponent(uint64_t bits) const {
    int field = int((bits & infinity()) >> fractionBits);
    return (field ? field : 1) - bias() - int(fractionBits);
  }
  uint64_t flush(uint64_t bits) const {
    return isSubnormal(bits) ? bits & sign() : bits;
  }
};
inline constexpr Layout layoutF16 = {5, 10};
inline constexpr Layout layoutBF16 = {8, 7};
inline constexpr Layout layoutTF32 = {8, 10}; // in the upper 19 of 32 bits
inline constexpr Layout layoutF32 = {8, 23};
inline constexpr Layout layoutF64 = {11, 52};

enum class Mode { Nearest, Zero, Down, Up, NearestAway };

class Exact {
public:
  /// Adds (-1)^negative * value * 2^exponent.
  Exact &add(bool negative, unsigned __int128 value, int exponent) {
    int at = exponent + unit;
    auto &side = negative ? minus : plus;
    // 32 bits at a time, each with its carries.
    for (; value; value >>= 32, at += 32)
      addAt(side, uint32_t(value), at);
    return *this;
  }
  Exact &add(const Layout &l, uint64_t bits, bool negate = false) {
    return add(((bits & l.sign()) != 0) != negate, l.significand(bits),
               l.exponent(bits));
  }
  /// Adds the product of two finite numbers.
  Exact &addProduct(const Layout &l, uint64_t a, uint64_t b) {
    return add(((a ^ b) & l.sign()) != 0,
               (unsigned __int128)l.significand(a) * l.significand(b),
               l.exponent(a) + l.exponent(b));
  }
  /// -1, 0, 1
  int sign() const { return order(plus, minus); }

  /// The encoding nearest in the mode's sense; `zero` is what an exact zero
  /// gives.
  uint64_t round(const Layout &l, Mode mode, uint64_t zero = 0) const {
    int s = sign();
    if (s == 0)
      return zero;
    // By bisection over magnitudes: the greatest finite that is not above.
    uint64_t low = 0, high = l.infinity();
    while (high - low > 1) {
      uint64_t middle = low + (high - low) / 2;
      (compareMagnitude(l, middle, 0) >= 0 ? low : high) = middle;
    }
    bool negative = s < 0, up = false;
    if (compareMagnitude(l, low, 0) != 0) {
      // The neighbour above; for the greatest, where the next would lie.
      int half = compareMagnitude(l, low, 1); // against the midpoint
      switch (mode) {
      case Mode::Nearest:
        up = half > 0 || (half == 0 && (low & 1));
        break;
      case Mode::NearestAway:
        up = half >= 0;
        break;
      case Mode::Down:
        up = negative;
        break;
      case Mode::Up:
        up = !negative;
        break;
      case Mode::Zero:
        break;
      }
    }
    return (low + up) | (negative ? l.sign() : 0);
  }

private:
  // Bit 0 has the weight 2^-unit.
  static constexpr int unit = 2300;
  using Words = std::array<uint32_t, 150>;

  static void addAt(Words &words, uint32_t value, int at) {
    uint64_t shifted = uint64_t(value) << (at % 32);
    uint64_t carry = 0;
    for (size_t w = size_t(at / 32); w < words.size() && (shifted || carry);
         ++w, shifted >>= 32) {
      uint64_t sum = uint64_t(words[w]) + uint32_t(shifted) + carry;
      words[w] = uint32_t(sum);
      carry = sum >> 32;
    }
  }
  static int order(const Words &a, const Words &b) {
    for (size_t w = a.size(); w--;)
      if (a[w] != b[w])
        return a[w] < b[w] ? -1 : 1;
    return 0;
  }
  /// The sign of |this| - (magnitude + halves/2 units in its last place).
  int compareMagnitude(const Layout &l, uint64_t magnitude, int halves) const {
    bool negative = sign() < 0;
    Words left = negative ? minus : plus, right = negative ? plus : minus;
    uint64_t twice = 2 * l.significand(magnitude) + unsigned(halves);
    int at = l.exponent(magnitude) - 1 + unit;
    addAt(right, uint32_t(twice), at);
    addAt(right, uint32_t(twice >> 32), at + 32);
    return order(left, right);
  }

  Words plus = {}, minus = {};
};

//===----------------------------------------------------------------------===//
// IEEE 754 operations on encodings. A NaN is returned as l.infinity() + 1 or
// so: compare with sameNumber.
//===----------------------------------------------------------------------===//

inline uint64_t nanOf(const Layout &l) {
  return l.infinity() | l.infinity() >> 1; // quiet, whatever else
}
inline uint64_t exactSum(const Layout &l, uint64_t a, uint64_t b, Mode mode) {
  if (l.isNaN(a) || l.isNaN(b) || (l.isInf(a) && l.isInf(b) && a != b))
    return nanOf(l);
  if (l.isInf(a) || l.isInf(b))
    return l.isInf(a) ? a : b;
  uint64_t zero = l.isZero(a) && a == b ? a : mode == Mode::Down ? l.sign() : 0;
  return Exact().add(l, a).add(l, b).round(l, mode, zero);
}
inline uint64_t exactFma(const Layout &l, uint64_t a, uint64_t b, uint64_t c,
                         Mode mode) {
  uint64_t sign = (a ^ b) & l.sign();
  if (l.isNaN(a) || l.isNaN(b) || l.isNaN(c) || (l.isInf(a) && l.isZero(b)) ||
      (l.isZero(a) && l.isInf(b)))
    return nanOf(l);
  if (l.isInf(a) || l.isInf(b)) {
    bool opposite = l.isInf(c) && (c & l.sign()) != sign;
    return opposite ? nanOf(l) : l.infinity() | sign;
  }
  if (l.isInf(c))
    return c;
  bool zeroProduct = l.isZero(a) || l.isZero(b);
  uint64_t zero = zeroProduct && l.isZero(c) && sign == (c & l.sign()) ? sign
                  : mode == Mode::Down ? l.sign()
                                       : 0;
  return Exact().addProduct(l, a, b).add(l, c).round(l, mode, zero);
}
inline uint64_t exactProduct(const Layout &l, uint64_t a, uint64_t b,
                             Mode mode) {
  uint64_t sign = (a ^ b) & l.sign();
  if (l.isNaN(a) || l.isNaN(b) || (l.isInf(a) && l.isZero(b)) ||
      (l.isZero(a) && l.isInf(b)))
    return nanOf(l);
  if (l.isInf(a) || l.isInf(b))
    return l.infinity() | sign;
  return Exact().addProduct(l, a, b).round(l, mode, sign);
}
inline uint64_t exactQuotient(const Layout &l, uint64_t a, uint64_t b,
                              Mode mode) {
  uint64_t sign = (a ^ b) & l.sign();
  if (l.isNaN(a) || l.isNaN(b) || (l.isInf(a) && l.isInf(b)) ||
      (l.isZero(a) && l.isZero(b)))
    return nanOf(l);
  if (l.isInf(a) || l.isZero(b))
    return l.infinity() | sign;
  if (l.isInf(b) || l.isZero(a))
    return sign;
  // At least 64 digits of the quotient; one more stands for what is left.
  unsigned __int128 dividend = (unsigned __int128)l.significand(a) << 64;
  int exponent = l.exponent(a) - l.exponent(b) - 64;
  uint64_t divisor = l.significand(b);
  while (dividend >> 120 == 0) {
    dividend <<= 1;
    --exponent;
  }
  unsigned __int128 quotient = dividend / divisor;
  bool rest = dividend % divisor != 0;
  return Exact()
      .add(sign != 0, quotient << 1 | rest, exponent - 1)
      .round(l, mode, sign);
}
inline uint64_t exactRoot(const Layout &l, uint64_t a, Mode mode) {
  if (l.isZero(a))
    return a;
  if (l.isNaN(a) || a & l.sign())
    return nanOf(l);
  if (l.isInf(a))
    return a;
  unsigned __int128 square = l.significand(a);
  int exponent = l.exponent(a);
  while (square >> 120 == 0 || exponent % 2) {
    square <<= 1;
    --exponent;
  }
  unsigned __int128 root = 0;
  for (int bit = 63; bit >= 0; --bit) {
    unsigned __int128 larger = root | (unsigned __int128)1 << bit;
    if (larger * larger <= square)
      root = larger;
  }
  bool rest = root * root != square;
  return Exact().add(false, root << 1 | rest, exponent / 2 - 1).round(l, mode);
}

/// Equal bits, and for a NaN the canonical one of the format: 0x7fffffff in
/// f32, 0x7fff in the 16-bit formats (PTX ISA, "Floating Point Instructions").
/// In f64 any quiet NaN.
inline bool sameNumber(const Layout &l, uint64_t got, uint64_t want) {
  if (!l.isNaN(want))
    return got == want;
  if (l.width() == 64)
    return l.isNaN(got) && (got >> (l.fractionBits - 1) & 1);
  return got == l.sign() - 1;
}

template <class T> inline T asFloat(uint64_t bits) {
  T value;
  std::memcpy(&value, &bits, sizeof(T)); // little endian
  return value;
}
template <class T> inline uint64_t asBits(T value) {
  uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof(T));
  return bits;
}
/// The value of an encoding; exact for 16-bit formats, f32 and f64.
inline double valueOf(const Layout &l, uint64_t bits) {
  double sign = bits & l.sign() ? -1 : 1;
  if (l.isNaN(bits))
    return std::nan("");
  if (l.isInf(bits))
    return sign * HUGE_VAL;
  return sign * std::ldexp(double(l.significand(bits)), l.exponent(bits));
}

} // namespace lacuna::emulator::test

#endif // LACUNA_TEST_EMULATOR_ISA_EXACT_H
