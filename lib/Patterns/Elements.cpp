// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Conversion to f32 by loops of sixteen, which compilers vectorize.

#include "Elements.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

using namespace lacuna;
using packing::ElementType;

static float fromBits(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

/// IEEE binary16; infinity and NaN become infinity.
static float fromHalf(uint16_t bits) {
  // The exponent moves by the difference of the biases, subnormals included.
  float magnitude = fromBits(uint32_t(bits & 0x7fff) << 13) * 0x1p112f;
  uint32_t result;
  std::memcpy(&result, &magnitude, sizeof(result));
  result = (bits & 0x7c00) == 0x7c00 ? 0x7f800000 : result;
  return fromBits(result | uint32_t(bits & 0x8000) << 16);
}

/// Keeps what is not 0 from becoming it.
static float fromDouble(double value, double scale) {
  float scaled = static_cast<float>(value * scale);
  return scaled == 0 && value != 0 ? std::copysign(0x1p-149f, float(value))
                                   : scaled;
}

/// An 8-bit float of so many bits of significand. OCP 8-bit Floating Point
/// Specification, section 5: E4M3 has no infinity and one NaN, E5M2 is as IEEE.
static float fromFloat8(unsigned bits, unsigned significandBits, int bias) {
  unsigned exponent = (bits & 0x7f) >> significandBits;
  unsigned significand = bits & ((1u << significandBits) - 1);
  float sign = bits & 0x80 ? -1.0f : 1.0f;
  bool isSpecial =
      significandBits == 3 ? (bits & 0x7f) == 0x7f : exponent == 31;
  if (isSpecial)
    return sign * INFINITY;
  float fraction = float(significand) / float(1u << significandBits);
  return sign * (exponent ? std::ldexp(1 + fraction, int(exponent) - bias)
                          : std::ldexp(fraction, 1 - bias));
}

static std::array<float, 256> makeFloat8Table(unsigned significandBits,
                                              int bias) {
  std::array<float, 256> table;
  for (unsigned i = 0; i < 256; ++i)
    table[i] = fromFloat8(i, significandBits, bias);
  return table;
}

template <typename Element, typename ConvertFn>
static void load(const uint8_t *bytes, int64_t count, float *tiles,
                 int64_t stride, ConvertFn convert) {
  for (int64_t begin = 0; begin < count; begin += 16, tiles += stride) {
    Element elements[16];
    int64_t size = std::min<int64_t>(16, count - begin);
    if (size == 16) {
      std::memcpy(elements, bytes + begin * sizeof(Element), sizeof(elements));
      for (unsigned i = 0; i < 16; ++i)
        tiles[i] = convert(elements[i]);
      continue;
    }
    std::memcpy(elements, bytes + begin * sizeof(Element),
                size * sizeof(Element));
    for (unsigned i = 0; i < 16; ++i)
      tiles[i] = i < size ? convert(elements[i]) : 0.0f;
  }
}

void lacuna::patterns::loadElements(ElementType type, const uint8_t *bytes,
                                    int64_t count, int exponent, float *tiles,
                                    int64_t stride) {
  auto cast = [](auto value) { return static_cast<float>(value); };
  switch (type) {
  case ElementType::F64:
    return load<double>(bytes, count, tiles, stride,
                        [scale = std::ldexp(1.0, -exponent)](double value) {
                          return fromDouble(value, scale);
                        });
  case ElementType::F32:
    return load<float>(bytes, count, tiles, stride, cast);
  case ElementType::F16:
    return load<uint16_t>(bytes, count, tiles, stride, fromHalf);
  case ElementType::BF16:
    return load<uint16_t>(bytes, count, tiles, stride, [](uint16_t bits) {
      return fromBits(uint32_t(bits) << 16);
    });
  case ElementType::F8E4M3: {
    static const std::array<float, 256> table = makeFloat8Table(3, 7);
    return load<uint8_t>(bytes, count, tiles, stride,
                         [](uint8_t bits) { return table[bits]; });
  }
  case ElementType::F8E5M2: {
    static const std::array<float, 256> table = makeFloat8Table(2, 15);
    return load<uint8_t>(bytes, count, tiles, stride,
                         [](uint8_t bits) { return table[bits]; });
  }
  case ElementType::I64:
    return load<int64_t>(bytes, count, tiles, stride, cast);
  case ElementType::I32:
    return load<int32_t>(bytes, count, tiles, stride, cast);
  case ElementType::I16:
    return load<int16_t>(bytes, count, tiles, stride, cast);
  case ElementType::I8:
    return load<int8_t>(bytes, count, tiles, stride, cast);
  case ElementType::U64:
    return load<uint64_t>(bytes, count, tiles, stride, cast);
  case ElementType::U32:
    return load<uint32_t>(bytes, count, tiles, stride, cast);
  case ElementType::U16:
    return load<uint16_t>(bytes, count, tiles, stride, cast);
  case ElementType::U8:
  case ElementType::Bool:
    return load<uint8_t>(bytes, count, tiles, stride, cast);
  }
}

double lacuna::patterns::findLargest(const uint8_t *bytes, int64_t count) {
  double most = 0;
  for (int64_t i = 0; i < count; ++i) {
    double value;
    std::memcpy(&value, bytes + i * sizeof(value), sizeof(value));
    double magnitude = std::fabs(value);
    if (std::isfinite(magnitude))
      most = std::max(most, magnitude);
  }
  return most;
}
