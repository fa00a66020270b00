// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The naive n:m implementation that the packing tests compare against.

#include "Reference.h"

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>

using namespace reference;

namespace {
template <typename T> T read(const uint8_t *element) {
  T value;
  std::memcpy(&value, element, sizeof(T));
  return value;
}

/// An IEEE-like float from its fields; `finite`: no infinities, and only the
/// pattern of all ones is NaN.
long double decodeFloat(uint32_t bits, int exponentBits, int mantissaBits,
                        bool finite = false) {
  bool negative = bits >> (exponentBits + mantissaBits);
  int exponent = bits >> mantissaBits & ((1 << exponentBits) - 1);
  int mantissa = bits & ((1 << mantissaBits) - 1);
  int bias = (1 << (exponentBits - 1)) - 1;
  bool top = exponent == (1 << exponentBits) - 1;
  long double value;
  if (top && finite && mantissa == (1 << mantissaBits) - 1)
    value = std::numeric_limits<long double>::quiet_NaN();
  else if (top && !finite)
    value = mantissa ? std::numeric_limits<long double>::quiet_NaN()
                     : std::numeric_limits<long double>::infinity();
  else if (exponent == 0)
    value = std::ldexp((long double)mantissa, 1 - bias - mantissaBits);
  else
    value = std::ldexp((long double)(mantissa + (1 << mantissaBits)),
                       exponent - bias - mantissaBits);
  return negative ? -value : value;
}

uint64_t flatten(const Shape &shape, const Shape &index) {
  uint64_t flat = 0;
  for (size_t i = 0; i < shape.size(); ++i)
    flat = flat * shape[i] + index[i];
  return flat;
}

/// Every index of `shape`, in row-major order.
std::vector<Shape> allIndices(const Shape &shape) {
  std::vector<Shape> indices = {{}};
  for (int64_t size : shape) {
    std::vector<Shape> longer;
    for (const Shape &index : indices) {
      for (int64_t i = 0; i < size; ++i) {
        longer.push_back(index);
        longer.back().push_back(i);
      }
    }
    indices = std::move(longer);
  }
  return indices;
}

/// Calls body(rest, group, places) for every group, `places` being the flat
/// positions of its elements inside the tensor, in the packed form's order.
template <typename Body>
void forEachGroup(NMLayout layout, const Shape &shape, Body body) {
  Shape rest = shape;
  rest.erase(rest.begin() + layout.dim);
  for (const Shape &row : allIndices(rest)) {
    for (int64_t start = 0; start < shape[layout.dim]; start += layout.m) {
      std::vector<Shape> places;
      for (int64_t i = start;
           i < std::min<int64_t>(start + layout.m, shape[layout.dim]); ++i) {
        places.push_back(row);
        places.back().insert(places.back().begin() + layout.dim, i);
      }
      body(places);
    }
  }
}
} // namespace

long double reference::decode(ElementType type, const uint8_t *element) {
  switch (type) {
  case ElementType::F64:
    return read<double>(element);
  case ElementType::F32:
    return read<float>(element);
  case ElementType::F16:
    return decodeFloat(read<uint16_t>(element), 5, 10);
  case ElementType::BF16:
    return decodeFloat(read<uint16_t>(element), 8, 7);
  case ElementType::F8E4M3:
    return decodeFloat(*element, 4, 3, /*finite=*/true);
  case ElementType::F8E5M2:
    return decodeFloat(*element, 5, 2);
  case ElementType::I64:
    return read<int64_t>(element);
  case ElementType::I32:
    return read<int32_t>(element);
  case ElementType::I16:
    return read<int16_t>(element);
  case ElementType::I8:
    return read<int8_t>(element);
  case ElementType::U64:
    return read<uint64_t>(element);
  case ElementType::U32:
    return read<uint32_t>(element);
  case ElementType::U16:
    return read<uint16_t>(element);
  case ElementType::U8:
  case ElementType::Bool:
    return *element;
  }
  std::abort();
}

std::optional<Packed> reference::pack(NMLayout layout, ElementType type,
                                      const Shape &shape, const Bytes &dense,
                                      Shape *offender) {
  unsigned width = lacuna::packing::getByteWidth(type);
  Packed packed;
  packed.shape = shape;
  packed.shape.erase(packed.shape.begin() + layout.dim);
  packed.shape.push_back((shape[layout.dim] + layout.m - 1) / layout.m);
  packed.shape.push_back(layout.n);
  bool good = true;
  forEachGroup(layout, shape, [&](const std::vector<Shape> &places) {
    std::vector<bool> used(layout.m, false);
    unsigned count = 0;
    for (size_t j = 0; j < places.size(); ++j) {
      if (isZero(type, &dense[flatten(shape, places[j]) * width]))
        continue;
      used[j] = true;
      if (++count > layout.n && good) {
        good = false;
        if (offender)
          *offender = places[j];
      }
    }
    for (unsigned j = 0; count < layout.n; ++j) {
      count += !used[j];
      used[j] = true;
    }
    for (unsigned j = 0; j < layout.m; ++j) {
      if (!used[j])
        continue;
      packed.coordinates.push_back(j);
      for (unsigned b = 0; b < width; ++b)
        packed.values.push_back(
            j < places.size() ? dense[flatten(shape, places[j]) * width + b]
                              : 0);
    }
  });
  if (!good)
    return std::nullopt;
  return packed;
}

Bytes reference::prune(NMLayout layout, ElementType type, const Shape &shape,
                       Bytes dense) {
  unsigned width = lacuna::packing::getByteWidth(type);
  const Bytes source = dense;
  forEachGroup(layout, shape, [&](const std::vector<Shape> &places) {
    auto magnitude = [&](size_t j) {
      return std::fabs(
          decode(type, &source[flatten(shape, places[j]) * width]));
    };
    for (size_t j = 0; j < places.size(); ++j) {
      // Kept when fewer than n elements of the group come before it.
      unsigned before = 0;
      for (size_t i = 0; i < places.size(); ++i) {
        long double mine = magnitude(j), other = magnitude(i);
        bool equal = std::isnan(mine) ? std::isnan(other) : mine == other;
        bool larger = std::isnan(other) ? !std::isnan(mine) : other > mine;
        before += larger || (equal && i < j);
      }
      if (before >= layout.n)
        std::memset(&dense[flatten(shape, places[j]) * width], 0, width);
    }
  });
  return dense;
}

uint64_t reference::seed() {
  if (const char *text = std::getenv("LACUNA_TEST_SEED"))
    return std::strtoull(text, nullptr, 0);
  return std::random_device()();
}

Bytes reference::randomDense(ElementType type, uint64_t count, double zeros,
                             std::mt19937_64 &random) {
  unsigned width = lacuna::packing::getByteWidth(type);
  bool isFloat =
      lacuna::packing::getName(type)[0] == 'f' || type == ElementType::BF16;
  Bytes dense(count * width);
  std::uniform_real_distribution<double> uniform(0, 1);
  for (uint64_t i = 0; i < count; ++i) {
    uint8_t *element = &dense[i * width];
    bool zero = uniform(random) < zeros;
    for (unsigned b = 0; b < width && !zero; ++b)
      element[b] = type == ElementType::Bool ? random() % 2 : random();
    if (zero && isFloat && random() % 2)
      element[width - 1] = 0x80; // -0.0
    if (!zero && random() % 4 == 0 && type != ElementType::Bool) {
      std::memset(element, 0, width); // Small numbers: ties in magnitude.
      element[width - 1] = isFloat ? 0x40 | (random() % 2 << 7) : 0;
      element[0] |= isFloat ? 0 : random() % 3;
    }
    if (!zero && random() % 8 == 0 && isFloat) {
      std::memset(element, 0xff, width); // NaN, of either sign.
      element[width - 1] = 0x7f | (random() % 2 << 7);
    }
  }
  return dense;
}
