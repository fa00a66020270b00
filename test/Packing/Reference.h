// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A naive second opinion on n:m tensors for the tests: elements are decoded
// into numbers, places are multi-indices, and nothing of the library's code is
// used but its types. Random data comes with a seed that failures print.

#ifndef LACUNA_TEST_PACKING_REFERENCE_H
#define LACUNA_TEST_PACKING_REFERENCE_H

#include "lacuna/Packing/NM.h"

#include <random>

namespace reference {

using lacuna::packing::ElementType;
using lacuna::packing::NMLayout;
using lacuna::packing::Shape;
using Bytes = std::vector<uint8_t>;

inline constexpr ElementType allTypes[] = {
    ElementType::F64,    ElementType::F32, ElementType::F16,
    ElementType::BF16,   ElementType::I64, ElementType::I32,
    ElementType::I16,    ElementType::I8,  ElementType::U8,
    ElementType::Bool,   ElementType::U64, ElementType::U32,
    ElementType::F8E4M3, ElementType::U16, ElementType::F8E5M2};

/// The number that an element stands for; exact for every type.
long double decode(ElementType type, const uint8_t *element);

inline bool isZero(ElementType type, const uint8_t *element) {
  return decode(type, element) == 0; // False for NaN.
}

struct Packed {
  Shape shape;
  Bytes values;
  Bytes coordinates;
};

/// Nothing when the tensor does not keep to the layout; `offender` is then the
/// multi-index of the first nonzero too many.
std::optional<Packed> pack(NMLayout layout, ElementType type,
                           const Shape &shape, const Bytes &dense,
                           Shape *offender = nullptr);

Bytes prune(NMLayout layout, ElementType type, const Shape &shape, Bytes dense);

/// A fresh seed; LACUNA_TEST_SEED repeats a run.
uint64_t seed();

/// Random elements, with zeros of both signs, infinities and NaNs among them
/// (any byte pattern, but 0 and 1 for bool).
Bytes randomDense(ElementType type, uint64_t count, double zeros,
                  std::mt19937_64 &random);

inline lacuna::packing::ConstBytes view(const Bytes &bytes) {
  return {bytes.data(), bytes.size()};
}
inline lacuna::packing::MutableBytes view(Bytes &bytes) {
  return {bytes.data(), bytes.size()};
}

} // namespace reference

#endif // LACUNA_TEST_PACKING_REFERENCE_H
