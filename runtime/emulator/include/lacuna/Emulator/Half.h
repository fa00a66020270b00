// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// binary16 and bfloat16 as bits, to and from float. Exact one way, round to
// nearest even the other; NaN becomes the canonical NaN 0x7FFF, as PTX's cvt
// does (PTX ISA, "cvt").

#ifndef LACUNA_EMULATOR_HALF_H
#define LACUNA_EMULATOR_HALF_H

#include "lacuna/Emulator/Lanes.h"

namespace lacuna::emulator {

inline float halfToFloat(uint16_t half) {
  // The exponent is rebiased by a multiplication, which normalizes too.
  uint32_t magnitude = uint32_t(half & 0x7FFF) << 13;
  float scaled = fromBits<float>(magnitude) * 0x1p112f;
  uint32_t bits = static_cast<uint32_t>(toBits(scaled));
  if ((half & 0x7C00) == 0x7C00)
    bits = 0x7F800000u | magnitude;
  return fromBits<float>(bits | uint32_t(half & 0x8000) << 16);
}

inline uint16_t floatToHalf(float value) {
  uint32_t bits = static_cast<uint32_t>(toBits(value));
  uint16_t sign = static_cast<uint16_t>(bits >> 16 & 0x8000);
  bits &= 0x7FFFFFFF;
  if (bits > 0x7F800000)
    return 0x7FFF;
  if (bits >= 0x477FF000) // 65520 and above round to infinity.
    return sign | 0x7C00;
  if (bits < 0x38800000) { // Subnormal: the sum has its unit in bit 0.
    float sum = fromBits<float>(bits) + 0.5f;
    return sign | static_cast<uint16_t>(toBits(sum) - 0x3F000000);
  }
  bits += 0xC8000FFF + (bits >> 13 & 1); // -112 << 23, and half a unit less.
  return sign | static_cast<uint16_t>(bits >> 13);
}

inline float bfloatToFloat(uint16_t bfloat) {
  return fromBits<float>(uint32_t(bfloat) << 16);
}

inline uint16_t floatToBfloat(float value) {
  uint32_t bits = static_cast<uint32_t>(toBits(value));
  if ((bits & 0x7FFFFFFF) > 0x7F800000)
    return 0x7FFF;
  return static_cast<uint16_t>((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
}

} // namespace lacuna::emulator

#endif // LACUNA_EMULATOR_HALF_H
