// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rounding f32 weights to the type that a kernel computes on. All in integer
// arithmetic, so that neither the compiler's options nor the processor's
// rounding mode have a say in it, and the loops vectorize.

#include "lacuna/Packing/Convert.h"
#include "ForRanges.h"

#include <cstring>

using namespace lacuna::packing;

std::string_view lacuna::packing::getName(Precision precision) {
  switch (precision) {
  case Precision::F16:
    return "f16";
  case Precision::BF16:
    return "bf16";
  default:
    return "tf32";
  }
}

std::optional<Precision>
lacuna::packing::parsePrecision(std::string_view name) {
  for (Precision precision : {Precision::F16, Precision::BF16, Precision::TF32})
    if (getName(precision) == name)
      return precision;
  return std::nullopt;
}

ElementType lacuna::packing::getElementType(Precision precision) {
  switch (precision) {
  case Precision::F16:
    return ElementType::F16;
  case Precision::BF16:
    return ElementType::BF16;
  default:
    return ElementType::F32;
  }
}

static constexpr uint32_t infinity = 0x7f800000;

/// The upper 16 bits, rounded. A carry out of the significand raises the
/// exponent, as it should, up to infinity. A NaN gets its quiet bit, for the
/// bits that are kept may all be 0.
static uint16_t toBF16(uint32_t bits) {
  uint32_t rounded = bits + 0x7fff + ((bits >> 16) & 1);
  bool isNaN = (bits & 0x7fffffff) > infinity;
  return static_cast<uint16_t>((isNaN ? bits | 0x400000 : rounded) >> 16);
}

static uint32_t toTF32(uint32_t bits) {
  uint32_t magnitude = bits & 0x7fffffff;
  uint32_t rounded = magnitude >= infinity
                         ? bits | (magnitude > infinity ? 0x400000 : 0)
                         : bits + 0x1000;
  return rounded & ~uint32_t(0x1fff);
}

static uint16_t toF16(uint32_t bits) {
  uint32_t sign = (bits >> 16) & 0x8000, magnitude = bits & 0x7fffffff;
  // 2^-14, the smallest normal f16; below, the unit in the last place stays
  // 2^-24, so the significand is shifted until that is its last bit.
  constexpr uint32_t smallestNormal = 113u << 23;
  uint32_t exponent = magnitude >> 23;
  uint32_t shift = magnitude >= smallestNormal ? 13 : 126 - exponent;
  shift = shift > 31 ? 31 : shift;
  uint32_t significand = magnitude >= smallestNormal
                             ? magnitude - (112u << 23)
                             : (magnitude & 0x7fffff) | 0x800000;
  uint32_t result =
      (significand + (1u << (shift - 1)) - 1 + ((significand >> shift) & 1)) >>
      shift;
  // 65520 lies halfway between the largest number and what would follow it.
  if (magnitude >= 0x477ff000)
    result = 0x7c00;
  if (magnitude > infinity)
    result = 0x7e00 | ((magnitude >> 13) & 0x3ff);
  return static_cast<uint16_t>(sign | result);
}

template <typename Target, typename Round>
static void roundRange(ConstBytes source, MutableBytes target, Round round) {
  uint64_t count = source.size / sizeof(uint32_t);
  for (uint64_t i = 0; i < count; ++i) {
    uint32_t bits;
    std::memcpy(&bits, source.data + i * sizeof(bits), sizeof(bits));
    Target result = round(bits);
    std::memcpy(target.data + i * sizeof(result), &result, sizeof(result));
  }
}

Result<Tensor> lacuna::packing::convert(const Tensor &source,
                                        Precision precision,
                                        const ParallelFor &parallel) {
  ElementType type = getElementType(precision);
  if (source.type == type && precision != Precision::TF32)
    return source;
  if (source.type != ElementType::F32)
    return Status::error(
        "a weight of " + std::string(getName(source.type)) +
        " cannot be rounded to " + std::string(getName(precision)) +
        "; expected f32: compile the model without this precision");
  Result<uint64_t> size = getByteSize(ElementType::F32, source.shape);
  if (!size.ok())
    return size.status();
  if (source.bytes.size != *size)
    return Status::error("a weight of f32 " + toString(source.shape) + " has " +
                         std::to_string(source.bytes.size) +
                         " bytes; expected " + std::to_string(*size));
  unsigned width = getByteWidth(type);
  uint64_t count = *size / sizeof(uint32_t);
  Result<Buffer> buffer = Buffer::allocate(count * width);
  if (!buffer.ok())
    return buffer.status();
  Status status = forRanges(count, parallel, [&](uint64_t begin, uint64_t end) {
    ConstBytes from = slice(source.bytes, begin, end, sizeof(uint32_t));
    MutableBytes to = slice(buffer->bytes(), begin, end, width);
    if (precision == Precision::F16)
      roundRange<uint16_t>(from, to, toF16);
    else if (precision == Precision::BF16)
      roundRange<uint16_t>(from, to, toBF16);
    else
      roundRange<uint32_t>(from, to, toTF32);
    return Status();
  });
  if (!status.ok())
    return status;
  return Tensor{type, source.shape, buffer->bytes(), buffer->owner()};
}

Result<PackedWeight> lacuna::packing::convert(const PackedWeight &source,
                                              Precision precision,
                                              const ParallelFor &parallel) {
  Result<Tensor> values = convert(source.values, precision, parallel);
  if (!values.ok())
    return values.status();
  Result<NMGeometry> geometry = NMGeometry::get(
      source.geometry.layout, values->type, source.geometry.shape);
  if (!geometry.ok())
    return geometry.status();
  return PackedWeight{std::move(*geometry), std::move(*values),
                      source.coordinates};
}
