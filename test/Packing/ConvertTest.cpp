// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rounding of weights at load. What is expected comes from the definition:
// of all numbers of the type, the nearest one in exact arithmetic.

#include "lacuna/Packing/Convert.h"
#include "Reference.h"
#include "TestFiles.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <thread>

using namespace lacuna::packing;
using testfiles::elementsOf;
using testfiles::tensorOf;

namespace {
constexpr float inf = std::numeric_limits<float>::infinity();

/// Exact: a number of `digits` bits of significand that is not below
/// 2^smallest in its last place. long double holds every step.
long double roundTo(float value, int digits, int smallest, long double largest,
                    bool tiesAway) {
  if (value == 0 || std::isinf(value))
    return value;
  int exponent;
  std::frexp(value, &exponent);
  int unit = std::max(exponent - digits, smallest);
  long double scaled = std::ldexp(static_cast<long double>(value), -unit);
  long double rounded = tiesAway ? std::round(scaled) : std::nearbyint(scaled);
  long double result = std::ldexp(rounded, unit);
  return std::abs(result) > largest ? std::copysign(inf, value) : result;
}

long double expected(Precision precision, float value) {
  switch (precision) {
  case Precision::F16:
    return roundTo(value, 11, -24, 65504, false);
  case Precision::BF16:
    return roundTo(value, 8, -133, 0x1.fep127L, false);
  default:
    return roundTo(value, 11, -136, 0x1.ffcp127L, true);
  }
}

float floatOf(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

/// Powers of two and what lies around the middle between neighbors of every
/// type, and random bits.
std::vector<float> samples() {
  std::vector<float> values = {0,     -0.0f,     inf,   -inf,
                               65504, 65519.99f, 65520, -65520};
  for (uint32_t exponent = 0; exponent < 255; ++exponent)
    for (uint32_t significand :
         {0u, 1u, 0xfffu, 0x1000u, 0x1001u, 0x2000u, 0x3000u, 0x7fffu, 0x8000u,
          0x8001u, 0x18000u, 0x3fffffu, 0x400000u, 0x7fefffu, 0x7ff000u,
          0x7f7fffu, 0x7f8000u, 0x7fffffu})
      for (uint32_t sign : {0u, 1u})
        values.push_back(floatOf(sign << 31 | exponent << 23 | significand));
  std::mt19937_64 random(reference::seed());
  while (values.size() < 100000) {
    float value = floatOf(static_cast<uint32_t>(random()));
    if (!std::isnan(value))
      values.push_back(value);
    // Where f16 is subnormal or near its ends.
    values.push_back(std::ldexp(static_cast<float>(random()),
                                -90 + static_cast<int>(random() % 48)));
  }
  return values;
}

void expectRounded(Precision precision, const Tensor &converted,
                   const std::vector<float> &source) {
  ElementType type = getElementType(precision);
  ASSERT_EQ(converted.type, type);
  unsigned width = getByteWidth(type);
  ASSERT_EQ(converted.bytes.size, source.size() * width);
  for (size_t i = 0; i < source.size(); ++i) {
    const uint8_t *element = converted.bytes.data + i * width;
    long double found = reference::decode(type, element);
    EXPECT_EQ(found, expected(precision, source[i]))
        << getName(precision) << " of " << source[i] << " at " << i;
    EXPECT_EQ(element[width - 1] >> 7, std::signbit(source[i])) << source[i];
    if (precision == Precision::TF32) {
      EXPECT_EQ(element[0] | (element[1] & 0x1f), 0) << source[i];
    }
  }
}
constexpr Precision all[] = {Precision::F16, Precision::BF16, Precision::TF32};
} // namespace

TEST(Convert, Nearest) {
  std::vector<float> source = samples();
  Tensor tensor = tensorOf(ElementType::F32, {int64_t(source.size())}, source);
  auto threads = [](uint64_t count,
                    const std::function<void(uint64_t, uint64_t)> &body) {
    std::thread other([&] { body(count / 3, count); });
    body(0, count / 3);
    other.join();
  };
  for (Precision precision : all) {
    Result<Tensor> converted = convert(tensor, precision, threads);
    ASSERT_TRUE(converted.ok()) << converted.message();
    EXPECT_EQ(converted->shape, tensor.shape);
    expectRounded(precision, *converted, source);
  }
}

TEST(Convert, NaNStaysNaN) {
  std::vector<uint32_t> bits = {0x7f800001, 0xff800001, 0x7fc00000, 0xffffffff,
                                0x7f801fff};
  Tensor tensor = tensorOf(ElementType::F32, {5}, bits);
  for (Precision precision : all) {
    Tensor converted = *convert(tensor, precision);
    unsigned width = getByteWidth(converted.type);
    for (size_t i = 0; i < bits.size(); ++i) {
      const uint8_t *element = converted.bytes.data + i * width;
      EXPECT_TRUE(std::isnan(reference::decode(converted.type, element)));
      EXPECT_EQ(element[width - 1] >> 7, bits[i] >> 31);
    }
  }
}

TEST(Convert, PackedWeight) {
  NMGeometry geometry = *NMGeometry::get({2, 4, 0}, ElementType::F32, {6, 1});
  std::vector<float> values = {1.00390625f, -3e38f, 1e-30f, 0};
  std::vector<uint8_t> coordinates = {0, 3, 0, 1};
  PackedWeight packed = {geometry,
                         tensorOf(ElementType::F32, {1, 2, 2}, values),
                         tensorOf(ElementType::U8, {1, 2, 2}, coordinates)};
  Result<PackedWeight> half = convert(packed, Precision::F16);
  ASSERT_TRUE(half.ok()) << half.message();
  EXPECT_EQ(half->geometry.type, ElementType::F16);
  EXPECT_EQ(half->geometry.valuesBytes, 8u);
  EXPECT_EQ(half->values.shape, (Shape{1, 2, 2}));
  EXPECT_EQ(elementsOf<uint16_t>(half->values),
            (std::vector<uint16_t>{0x3c04, 0xfc00, 0, 0}));
  EXPECT_EQ(elementsOf<uint8_t>(half->coordinates), coordinates);
  // The tie goes to even, or for tf32 away from zero.
  EXPECT_EQ(elementsOf<uint16_t>(convert(packed, Precision::BF16)->values)[0],
            0x3f80);
  EXPECT_EQ(elementsOf<uint32_t>(convert(packed, Precision::TF32)->values)[0],
            0x3f808000u);
}

TEST(Convert, SameTypeIsNotCopied) {
  std::vector<uint16_t> bits = {0x3c00, 0x7e01};
  Tensor tensor = tensorOf(ElementType::F16, {2}, bits);
  EXPECT_EQ(convert(tensor, Precision::F16)->bytes.data, tensor.bytes.data);
}

TEST(Convert, Refused) {
  std::vector<uint16_t> bits = {0x3c00, 0x7e01};
  Tensor half = tensorOf(ElementType::F16, {2}, bits);
  EXPECT_EQ(convert(half, Precision::BF16).message(),
            "a weight of f16 cannot be rounded to bf16; expected f32: compile "
            "the model without this precision");
  EXPECT_FALSE(convert(half, Precision::TF32).ok());
  Tensor cut = tensorOf(ElementType::F32, {2}, bits);
  EXPECT_EQ(convert(cut, Precision::BF16).message(),
            "a weight of f32 [2] has 4 bytes; expected 8");
}

TEST(Convert, Names) {
  for (Precision precision : all)
    EXPECT_EQ(parsePrecision(getName(precision)), precision);
  EXPECT_EQ(getName(Precision::TF32), "tf32");
  EXPECT_FALSE(parsePrecision("f32"));
}
