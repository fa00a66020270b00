// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Fragments of mma and mma.sp: from the registers of a warp to small dense
// matrices and back. All figures of the PTX ISA's "Matrix Fragments for
// mma.m16n8k..." and "mma.m8n8k..." are one formula: with g = lane / 4,
// c = lane % 4, P elements in a register and the register's number r,
//
//   A (M rows)   row g + 8 (r % (M / 8)),  column P c + e + 4 P (r / (M / 8))
//   B (N = 8)    row P c + e + 4 P r,      column g
//   C, D         row g + 8 (i / 2),        column 2 c + i % 2, element i
//
// The A of mma.sp has the same places in a matrix of its kept elements.

#ifndef LACUNA_EMULATOR_LIB_FRAGMENTS_H
#define LACUNA_EMULATOR_LIB_FRAGMENTS_H

#include "lacuna/Emulator/Half.h"
#include "lacuna/Emulator/Warp.h"

#include <string_view>

namespace lacuna::emulator {

// Multiplicands. Compute is a type in which every product is exact, and the
// sum of an instruction's products as good as exact (double) or exact (small
// integers in float, below 2^24).
namespace element {
struct F16 {
  using Compute = double;
  static constexpr std::string_view name = "f16";
  static constexpr unsigned bits = 16;
  static Compute decode(uint64_t raw) {
    return halfToFloat(static_cast<uint16_t>(raw));
  }
};
struct BF16 {
  using Compute = double;
  static constexpr std::string_view name = "bf16";
  static constexpr unsigned bits = 16;
  static Compute decode(uint64_t raw) {
    return bfloatToFloat(static_cast<uint16_t>(raw));
  }
};
/// The low 13 bits of the register are not looked at.
struct TF32 {
  using Compute = double;
  static constexpr std::string_view name = "tf32";
  static constexpr unsigned bits = 32;
  static Compute decode(uint64_t raw) {
    return fromBits<float>(raw & 0xFFFFE000u);
  }
};
struct F64 {
  using Compute = double;
  static constexpr std::string_view name = "f64";
  static constexpr unsigned bits = 64;
  static Compute decode(uint64_t raw) { return fromBits<double>(raw); }
};
struct S8 {
  using Compute = float;
  static constexpr std::string_view name = "s8";
  static constexpr unsigned bits = 8;
  static Compute decode(uint64_t raw) { return static_cast<int8_t>(raw); }
};
struct U8 {
  using Compute = float;
  static constexpr std::string_view name = "u8";
  static constexpr unsigned bits = 8;
  static Compute decode(uint64_t raw) { return static_cast<uint8_t>(raw); }
};
struct S4 {
  using Compute = float;
  static constexpr std::string_view name = "s4";
  static constexpr unsigned bits = 4;
  static Compute decode(uint64_t raw) {
    return static_cast<int>((raw & 15) ^ 8) - 8;
  }
};
struct U4 {
  using Compute = float;
  static constexpr std::string_view name = "u4";
  static constexpr unsigned bits = 4;
  static Compute decode(uint64_t raw) { return static_cast<int>(raw & 15); }
};
} // namespace element

// Accumulators. Value is what C and the sum of products are added up in;
// `encode` rounds the result once.
namespace accumulator {
struct F32 {
  using Value = double;
  static constexpr std::string_view name = "f32";
  static constexpr Type type = Type::F32;
  static constexpr unsigned bits = 32;
  static Value decode(uint64_t raw) { return fromBits<float>(raw); }
  static uint64_t encode(Value value) {
    uint64_t bits = toBits(static_cast<float>(value));
    return value != value ? 0x7FFFFFFFu : bits; // The canonical NaN.
  }
};
/// By way of float: a sum within 2^-13 units in the last place of a tie may go
/// the other way.
struct F16 {
  using Value = double;
  static constexpr std::string_view name = "f16";
  static constexpr Type type = Type::B32;
  static constexpr unsigned bits = 16;
  static Value decode(uint64_t raw) {
    return halfToFloat(static_cast<uint16_t>(raw));
  }
  static uint64_t encode(Value value) {
    return floatToHalf(static_cast<float>(value));
  }
};
struct F64 {
  using Value = double;
  static constexpr std::string_view name = "f64";
  static constexpr Type type = Type::F64;
  static constexpr unsigned bits = 64;
  static Value decode(uint64_t raw) { return fromBits<double>(raw); }
  static uint64_t encode(Value value) { return toBits(value); }
};
/// Wraps around, as without .satfinite.
struct S32 {
  using Value = int64_t;
  static constexpr std::string_view name = "s32";
  static constexpr Type type = Type::S32;
  static constexpr unsigned bits = 32;
  static Value decode(uint64_t raw) { return static_cast<int32_t>(raw); }
  static uint64_t encode(Value value) { return static_cast<uint32_t>(value); }
};
struct S32Saturated : S32 {
  static uint64_t encode(Value value) {
    value = value < INT32_MIN ? INT32_MIN : value;
    value = value > INT32_MAX ? INT32_MAX : value;
    return static_cast<uint32_t>(value);
  }
};

/// The element of D.
template <typename D, typename C = D, typename Sum>
inline uint64_t finish(Sum sum, uint64_t c) {
  using Value = typename D::Value;
  if constexpr (std::is_integral_v<Value>)
    return D::encode(C::decode(c) + static_cast<int32_t>(sum));
  else
    return D::encode(C::decode(c) + static_cast<Value>(sum));
}
} // namespace accumulator

/// Elements in a register: of 32 bits, or of 64 for f64.
template <typename Element>
inline constexpr unsigned perRegister =
    Element::bits == 64 ? 1 : 32 / Element::bits;

template <typename Element>
inline constexpr uint64_t elementMask =
    Element::bits == 64 ? ~uint64_t(0)
                        : (uint64_t(1) << Element::bits % 64) - 1;

template <typename Element, unsigned M, unsigned K>
inline constexpr unsigned registersOfA = M * K / 32 / perRegister<Element>;
template <typename Element, unsigned K>
inline constexpr unsigned registersOfB = 8 * K / 32 / perRegister<Element>;
template <typename Accumulator, unsigned M>
inline constexpr unsigned registersOfC = M / 4 / perRegister<Accumulator>;

// All of this is compiled twice, see MmaDecode.h, and must be inlined for it.
#define LACUNA_INLINE inline __attribute__((always_inline))

/// What an element's bits are put into before they are decoded, all at once
/// and vectorized.
template <typename Element>
using RawBits = std::conditional_t<
    Element::bits == 64, uint64_t,
    std::conditional_t<
        Element::bits == 32, uint32_t,
        std::conditional_t<Element::bits == 16, uint16_t, uint8_t>>>;

template <typename Element, unsigned Rows, unsigned Columns>
LACUNA_INLINE void
decodeMatrix(const RawBits<Element> (&raw)[Rows][Columns],
             typename Element::Compute (&to)[Rows][Columns]) {
  const RawBits<Element> *source = raw[0];
  typename Element::Compute *target = to[0];
  for (unsigned i = 0; i < Rows * Columns; ++i)
    target[i] = Element::decode(source[i]);
}

template <typename Element, unsigned M, unsigned K>
LACUNA_INLINE void loadA(const Warp &warp, const Operand *registers,
                         typename Element::Compute (&a)[M][K]) {
  using Raw = RawBits<Element>;
  constexpr unsigned per = perRegister<Element>, halves = M / 8;
  Raw raw[M][K];
  for (unsigned r = 0; r < registersOfA<Element, M, K>; ++r) {
    const Lanes &value = warp.read(registers[r]);
    for (unsigned lane = 0; lane < warpSize; ++lane) {
      Raw *target = &raw[lane / 4 + 8 * (r % halves)]
                        [per * (lane % 4) + 4 * per * (r / halves)];
      for (unsigned e = 0; e < per; ++e)
        target[e] =
            static_cast<Raw>(value.lane[lane] >> e * (Element::bits % 64));
    }
  }
  decodeMatrix<Element>(raw, a);
}

template <typename Element, unsigned K>
LACUNA_INLINE void loadB(const Warp &warp, const Operand *registers,
                         typename Element::Compute (&b)[K][8]) {
  using Raw = RawBits<Element>;
  constexpr unsigned per = perRegister<Element>;
  Raw raw[K][8];
  for (unsigned r = 0; r < registersOfB<Element, K>; ++r) {
    const Lanes &value = warp.read(registers[r]);
    for (unsigned lane = 0; lane < warpSize; ++lane)
      for (unsigned e = 0; e < per; ++e)
        raw[per * (lane % 4) + e + 4 * per * r][lane / 4] =
            static_cast<Raw>(value.lane[lane] >> e * (Element::bits % 64));
  }
  decodeMatrix<Element>(raw, b);
}

/// A row of B or D in vector registers.
template <typename T> struct RowVector;
template <> struct RowVector<double> {
  typedef double type __attribute__((vector_size(64)));
};
template <> struct RowVector<float> {
  typedef float type __attribute__((vector_size(32)));
};

/// D = A B, where element j of row i of A stands in column column(i, j): the
/// products' sums, added up in the order of j. Some rows go side by side, for
/// an addition takes longer than it keeps the adder busy.
template <typename T, unsigned M, unsigned Kept, unsigned K, typename Column>
LACUNA_INLINE void multiply(const T (&a)[M][Kept], const T (&b)[K][8],
                            T (&d)[M][8], Column column) {
  constexpr unsigned together = 4;
  using Row = typename RowVector<T>::type;
  for (unsigned first = 0; first < M; first += together) {
    Row sums[together] = {};
    for (unsigned j = 0; j < Kept; ++j)
      for (unsigned i = 0; i < together; ++i) {
        Row other;
        std::memcpy(&other, b[column(first + i, j)], sizeof(other));
        sums[i] += other * a[first + i][j];
      }
    std::memcpy(d[first], sums, sizeof(sums));
  }
}

/// D = sums + C, by registers; D's may be those of any other operand, which
/// are not read any more, and C's register r is read before D's is written.
template <typename Accumulator, typename Compute, unsigned M>
LACUNA_INLINE void storeD(Warp &warp, const Operand *d, const Operand *c,
                          const Compute (&sums)[M][8]) {
  constexpr unsigned per = perRegister<Accumulator>;
  constexpr unsigned count = registersOfC<Accumulator, M>;
  constexpr unsigned width = Accumulator::bits % 64;
  Lanes results[count];
  for (unsigned r = 0; r < count; ++r) {
    const Lanes &source = warp.read(c[r]);
    for (unsigned lane = 0; lane < warpSize; ++lane) {
      uint64_t packed = 0;
      for (unsigned e = 0; e < per; ++e) {
        unsigned i = r * per + e;
        uint64_t element =
            source.lane[lane] >> e * width & elementMask<Accumulator>;
        packed |=
            accumulator::finish<Accumulator>(
                sums[lane / 4 + 8 * (i / 2)][2 * (lane % 4) + i % 2], element)
            << e * width;
      }
      results[r].lane[lane] = packed;
    }
  }
  for (unsigned r = 0; r < count; ++r)
    warp.write(d[r]) = results[r];
}

} // namespace lacuna::emulator

#endif // LACUNA_EMULATOR_LIB_FRAGMENTS_H
