// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the integer instructions compute, one lane at a time, as functions of
// plain integers; the names in comments are sections of the PTX ISA. The
// executors that loop over a warp's lanes are in the files of this folder that
// end in "Instructions".

#ifndef LACUNA_EMULATOR_ISA_INTEGERSEMANTICS_H
#define LACUNA_EMULATOR_ISA_INTEGERSEMANTICS_H

#include <cstdint>
#include <limits>
#include <type_traits>

namespace lacuna::emulator::isa {

template <class T> using Unsigned = std::make_unsigned_t<T>;
template <class T> inline constexpr unsigned widthOf = sizeof(T) * 8;

//===----------------------------------------------------------------------===//
// Integer Arithmetic Instructions
//===----------------------------------------------------------------------===//

template <class T> inline T add(T a, T b) {
  return T(uint64_t(a) + uint64_t(b));
}
template <class T> inline T subtract(T a, T b) {
  return T(uint64_t(a) - uint64_t(b));
}
/// The low half of the product ("mul", .lo).
template <class T> inline T multiplyLow(T a, T b) {
  return T(uint64_t(a) * uint64_t(b));
}
/// "mul", .hi: the upper half of the product.
template <class T> inline T multiplyHigh(T a, T b) {
  using Wide =
      std::conditional_t<std::is_signed_v<T>, __int128, unsigned __int128>;
  return T(Wide(a) * Wide(b) >> widthOf<T>);
}

/// A sum limited to the range of s32 ("add", "sub", "mad": .sat).
inline int32_t saturate(int64_t value) {
  if (value > INT32_MAX)
    return INT32_MAX;
  return value < INT32_MIN ? INT32_MIN : int32_t(value);
}

/// "mul24": the low 24 bits of the operands.
template <class T> inline int64_t product24(T a, T b) {
  if constexpr (std::is_signed_v<T>)
    return int64_t(int32_t(uint32_t(a) << 8) >> 8) *
           (int32_t(uint32_t(b) << 8) >> 8);
  else
    return int64_t(a & 0xffffff) * int64_t(b & 0xffffff);
}
template <class T> inline T multiply24Low(T a, T b) {
  return T(uint32_t(uint64_t(product24(a, b))));
}
/// Bits 47..16 of the 48-bit product.
template <class T> inline T multiply24High(T a, T b) {
  return T(uint32_t(uint64_t(product24(a, b)) >> 16));
}

/// "div": truncates. Dividing by zero gives an unspecified value, here all
/// ones; the least number by -1 wraps.
template <class T> inline T divide(T a, T b) {
  if (b == 0)
    return T(-1);
  if (std::is_signed_v<T> && b == T(-1))
    return T(0 - Unsigned<T>(a));
  return T(a / b);
}
/// "rem": by zero the value is unspecified, here the dividend.
template <class T> inline T remainder(T a, T b) {
  if (b == 0)
    return a;
  if (std::is_signed_v<T> && b == T(-1))
    return 0;
  return T(a % b);
}

template <class T> inline T negate(T a) { return T(0 - uint64_t(a)); }
/// "abs"; the least number stays as it is.
template <class T> inline T absolute(T a) { return a < 0 ? negate(a) : a; }
template <class T> inline T minimum(T a, T b) { return b < a ? b : a; }
template <class T> inline T maximum(T a, T b) { return a < b ? b : a; }
/// "sad": c + |a - b|.
template <class T> inline T sumOfDifference(T a, T b, T c) {
  return add(c, a < b ? subtract(b, a) : subtract(a, b));
}

/// "dp4a": c + the dot product of four bytes.
template <class A, class B>
inline uint32_t dot4(uint32_t a, uint32_t b, uint32_t c) {
  for (int i = 0; i < 4; ++i)
    c += uint32_t(int32_t(A(a >> 8 * i)) * int32_t(B(b >> 8 * i)));
  return c;
}
/// "dp2a": two 16-bit parts of a with the low or high two bytes of b. A and B
/// are the types of the 16-bit and of the 8-bit parts.
template <class A, class B>
inline uint32_t dot2(uint32_t a, uint32_t b, uint32_t c, bool high) {
  b = high ? b >> 16 : b;
  for (int i = 0; i < 2; ++i)
    c += uint32_t(int32_t(A(a >> 16 * i))) * uint32_t(int32_t(B(b >> 8 * i)));
  return c;
}

/// "bfe": the low byte of `position` and of `length` count.
template <class T>
inline T extractBits(T a, uint32_t position, uint32_t length) {
  constexpr unsigned bits = widthOf<T>;
  position &= 0xff;
  length &= 0xff;
  if (length == 0)
    return 0;
  unsigned last = position + length - 1;
  if (last > bits - 1)
    last = bits - 1;
  bool sign = std::is_signed_v<T> && (Unsigned<T>(a) >> last & 1);
  Unsigned<T> field = position < bits ? Unsigned<T>(a) >> position : 0;
  // How many bits of the result come from a; the others are the sign.
  unsigned from = position < bits ? last - position + 1 : 0;
  if (from < bits) {
    Unsigned<T> rest = Unsigned<T>(~Unsigned<T>(0)) << from;
    field = sign ? field | rest : field & ~rest;
  }
  return T(field);
}
/// "bfi": the low `length` bits of a, put into b at `position`.
template <class T>
inline T insertBits(T a, T b, uint32_t position, uint32_t length) {
  constexpr unsigned bits = widthOf<T>;
  position &= 0xff;
  length &= 0xff;
  if (length == 0 || position >= bits)
    return b;
  if (length > bits - position)
    length = bits - position;
  T mask = length < bits ? T((T(1) << length) - 1) : T(-1);
  return T((b & ~(mask << position)) | (a & mask) << position);
}
/// "bfind": the position of the first bit that is not the sign, or all ones.
template <class T> inline uint32_t findBit(T a, bool shiftAmount) {
  Unsigned<T> value = Unsigned<T>(a);
  if (std::is_signed_v<T> && a < 0)
    value = Unsigned<T>(~value);
  if (value == 0)
    return ~uint32_t(0);
  uint32_t position = 63 - __builtin_clzll(uint64_t(value));
  return shiftAmount ? widthOf<T> - 1 - position : position;
}
/// "fns": the n-th set bit of the mask, counted from `base`.
inline uint32_t findNthSet(uint32_t mask, uint32_t base, int32_t offset) {
  if (base > 31)
    return ~uint32_t(0);
  if (offset == 0)
    return mask >> base & 1 ? base : ~uint32_t(0);
  int64_t count = offset < 0 ? -int64_t(offset) : offset;
  for (int64_t p = base; p >= 0 && p < 32; p += offset < 0 ? -1 : 1)
    if ((mask >> p & 1) && --count == 0)
      return uint32_t(p);
  return ~uint32_t(0);
}
inline uint32_t popCount(uint64_t a) { return __builtin_popcountll(a); }
/// "clz".
template <class T> inline uint32_t leadingZeros(T a) {
  return a ? __builtin_clzll(uint64_t(a)) - (64 - widthOf<T>) : widthOf<T>;
}
/// "brev".
template <class T> inline T reverseBits(T a) {
  return T(__builtin_bitreverse64(a) >> (64 - widthOf<T>));
}
/// "bmsk": `width` ones from bit `position` on.
inline uint32_t bitMask(uint32_t position, uint32_t width, bool clamp) {
  if (clamp && position >= 32)
    return 0;
  uint32_t first = ~uint32_t(0) << (position & 31);
  uint32_t end = (position & 31) + (width & 31);
  bool toTheTop = end >= 32 || (clamp && width >= 32);
  return toTheTop ? first : first & ~(~uint32_t(0) << end);
}
/// "szext": the low `width` bits of a, extended.
template <class T> inline T extend(T a, uint32_t width, bool clamp) {
  if (clamp && width >= 32)
    return a;
  width &= 31;
  if (width == 0)
    return 0;
  return T(T(uint32_t(a) << (32 - width)) >> (32 - width));
}

//===----------------------------------------------------------------------===//
// Extended-Precision Integer Arithmetic Instructions
//===----------------------------------------------------------------------===//

/// a + b + carry; `carry` becomes the carry out.
template <class T> inline T addCarry(T a, T b, bool &carry) {
  unsigned __int128 sum = (unsigned __int128)a + b + carry;
  carry = (sum >> widthOf<T>) != 0;
  return T(sum);
}
/// a - b - borrow; `borrow` becomes the borrow out.
template <class T> inline T subtractBorrow(T a, T b, bool &borrow) {
  unsigned __int128 right = (unsigned __int128)b + borrow;
  borrow = a < right;
  return T(a - T(right));
}

//===----------------------------------------------------------------------===//
// Logic and Shift Instructions
//===----------------------------------------------------------------------===//

/// "shl": amounts beyond the width clamp to it.
template <class T> inline T shiftLeft(T a, uint32_t amount) {
  return amount < widthOf<T> ? T(uint64_t(a) << amount) : T(0);
}
/// "shr": of a signed type, fills with the sign.
template <class T> inline T shiftRight(T a, uint32_t amount) {
  if (amount >= widthOf<T>)
    return a < 0 ? T(-1) : T(0);
  return T(a >> amount);
}
/// "shf": the 64 bits high:low shifted left or right by 0..32, of which the
/// upper or the lower half is the result.
inline uint32_t funnelShift(uint32_t low, uint32_t high, uint32_t amount,
                            bool left, bool clamp) {
  amount = clamp ? (amount < 32 ? amount : 32) : amount & 31;
  uint64_t both = uint64_t(high) << 32 | low;
  return left ? uint32_t(both << amount >> 32) : uint32_t(both >> amount);
}
/// "lop3": the bit of the table that a, b, c select.
inline uint32_t lookup3(uint32_t a, uint32_t b, uint32_t c, uint32_t table) {
  uint32_t result = 0;
  for (unsigned i = 0; i < 8; ++i)
    if (table >> i & 1)
      result |= (i & 4 ? a : ~a) & (i & 2 ? b : ~b) & (i & 1 ? c : ~c);
  return result;
}

//===----------------------------------------------------------------------===//
// Data Movement: "prmt"
//===----------------------------------------------------------------------===//

enum class Permute : uint8_t { Index, F4E, B4E, RC8, ECL, ECR, RC16 };

inline uint32_t permute(uint32_t a, uint32_t b, uint32_t control,
                        Permute mode) {
  uint64_t bytes = uint64_t(b) << 32 | a;
  uint32_t result = 0;
  for (unsigned i = 0; i < 4; ++i) {
    unsigned n = control & 3, from = 0;
    switch (mode) {
    case Permute::Index:
      from = control >> 4 * i & 15;
      break;
    case Permute::F4E:
      from = n + i;
      break;
    case Permute::B4E:
      from = (n - i) & 7;
      break;
    case Permute::RC8:
      from = n;
      break;
    case Permute::ECL:
      from = i > n ? i : n;
      break;
    case Permute::ECR:
      from = i < n ? i : n;
      break;
    case Permute::RC16:
      from = (n & 1) * 2 + (i & 1);
      break;
    }
    uint32_t byte = bytes >> 8 * (from & 7) & 0xff;
    if (from & 8) // the selected byte's sign, eight times
      byte = byte & 0x80 ? 0xff : 0;
    result |= byte << 8 * i;
  }
  return result;
}

} // namespace lacuna::emulator::isa

#endif // LACUNA_EMULATOR_ISA_INTEGERSEMANTICS_H
