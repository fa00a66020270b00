// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A register of a warp, and how its values are read as C++ types.
//
// Each lane has 64 bits. A value narrower than that is zero-extended (also a
// signed one: the s32 value -1 is 0x00000000FFFFFFFF), f16 and bf16 are their
// bits. Predicates are not Lanes but masks with a bit per lane.

#ifndef LACUNA_EMULATOR_LANES_H
#define LACUNA_EMULATOR_LANES_H

#include <cstdint>
#include <cstring>
#include <type_traits>

namespace lacuna::emulator {

inline constexpr unsigned warpSize = 32;

/// Bit i: lane i.
using LaneMask = uint32_t;
inline constexpr LaneMask allLanes = 0xFFFFFFFFu;

struct alignas(64) Lanes {
  uint64_t lane[warpSize];
};

/// The low bits of a register as a T: an integer of any width, float, double.
template <typename T> inline T fromBits(uint64_t bits) {
  static_assert(std::is_arithmetic_v<T> && sizeof(T) <= 8);
  if constexpr (std::is_integral_v<T>) {
    return static_cast<T>(bits);
  } else if constexpr (sizeof(T) == 4) {
    uint32_t low = static_cast<uint32_t>(bits);
    T value;
    std::memcpy(&value, &low, 4);
    return value;
  } else {
    T value;
    std::memcpy(&value, &bits, 8);
    return value;
  }
}

/// The inverse: zero-extended.
template <typename T> inline uint64_t toBits(T value) {
  static_assert(std::is_arithmetic_v<T> && sizeof(T) <= 8);
  if constexpr (std::is_integral_v<T>) {
    return static_cast<std::make_unsigned_t<T>>(value);
  } else if constexpr (sizeof(T) == 4) {
    uint32_t low;
    std::memcpy(&low, &value, 4);
    return low;
  } else {
    uint64_t bits;
    std::memcpy(&bits, &value, 8);
    return bits;
  }
}

#if defined(__clang__)
#define LACUNA_VECTORIZE                                                       \
  _Pragma("clang loop vectorize(assume_safety) interleave(enable)")
#else
#define LACUNA_VECTORIZE _Pragma("GCC ivdep")
#endif

/// Calls f(lane) for each lane of the mask, in order. Lanes must not depend on
/// each other: with a full mask the loop vectorizes. For anything that throws
/// or calls far, use forEachLaneSerial.
template <typename F> inline void forEachLane(LaneMask mask, F &&f) {
  if (mask == allLanes) {
    LACUNA_VECTORIZE
    for (unsigned i = 0; i < warpSize; ++i)
      f(i);
  } else {
    for (; mask; mask &= mask - 1)
      f(static_cast<unsigned>(__builtin_ctz(mask)));
  }
}

template <typename F> inline void forEachLaneSerial(LaneMask mask, F &&f) {
  for (; mask; mask &= mask - 1)
    f(static_cast<unsigned>(__builtin_ctz(mask)));
}

} // namespace lacuna::emulator

#endif // LACUNA_EMULATOR_LANES_H
