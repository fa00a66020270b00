// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the instruction files of this folder share: executors made from the
// functions of a lane, and the usual shapes of operands.

#ifndef LACUNA_EMULATOR_ISA_SUPPORT_H
#define LACUNA_EMULATOR_ISA_SUPPORT_H

#include "lacuna/Emulator/Decoder.h"
#include "lacuna/Emulator/Warp.h"

namespace lacuna::emulator::isa {

template <class T> struct Tag {
  using type = T;
};

/// The executor op[0] = function(op[1], op[2], ...), by the function's
/// parameter types.
template <auto function> struct PerLane;
template <class R, class... A, R (*function)(A...)> struct PerLane<function> {
  static void execute(Warp &warp, const Instruction &i, LaneMask mask) {
    mapLanes<A...>(warp, i, mask, [](A... a) { return function(a...); });
  }
};

/// As mapLanes, for functions that call into libraries: without the demand
/// that the loop be vectorized.
template <class... From, class F>
inline void mapLanesSerial(Warp &warp, const Instruction &instruction,
                           LaneMask mask, F f) {
  const Lanes *sources[sizeof...(From)];
  for (size_t i = 0; i < sizeof...(From); ++i)
    sources[i] = &warp.read(instruction.op[1 + i]);
  Lanes &target = warp.write(instruction.op[0]);
  forEachLaneSerial(mask, [&](unsigned lane) {
    target.lane[lane] = toBits(detail::applyLane<From...>(
        sources, lane, f, std::index_sequence_for<From...>()));
  });
}
template <auto function> struct PerLaneSerial;
template <class R, class... A, R (*function)(A...)>
struct PerLaneSerial<function> {
  static void execute(Warp &warp, const Instruction &i, LaneMask mask) {
    mapLanesSerial<A...>(warp, i, mask, [](A... a) { return function(a...); });
  }
};

/// make(Tag<T>()) with the C++ type of an integer type of 16, 32 or 64 bits;
/// null for other types. `bits` takes .b16 and so on, too, as unsigned.
template <class F> Execute byInteger(Type type, F make, bool bits = false) {
  switch (type) {
  case Type::U16:
    return make(Tag<uint16_t>());
  case Type::U32:
    return make(Tag<uint32_t>());
  case Type::U64:
    return make(Tag<uint64_t>());
  case Type::S16:
    return make(Tag<int16_t>());
  case Type::S32:
    return make(Tag<int32_t>());
  case Type::S64:
    return make(Tag<int64_t>());
  case Type::B16:
    return bits ? make(Tag<uint16_t>()) : nullptr;
  case Type::B32:
    return bits ? make(Tag<uint32_t>()) : nullptr;
  case Type::B64:
    return bits ? make(Tag<uint64_t>()) : nullptr;
  default:
    return nullptr;
  }
}
/// As byInteger, of the bit types alone.
template <class F> Execute byBits(Type type, F make) {
  bool isBits = type == Type::B16 || type == Type::B32 || type == Type::B64;
  return isBits ? byInteger(type, make, true) : nullptr;
}

/// d, then the sources, all of one type. Returns whether there is an executor.
inline bool finish(Decoder &d, Instruction &out, Execute execute, Type to,
                   std::initializer_list<Type> from) {
  if (!execute)
    return false;
  d.expectOperands(1 + from.size());
  out.op[0] = d.write(0, to);
  size_t i = 1;
  for (Type type : from) {
    out.op[i] = d.read(i, type);
    ++i;
  }
  out.execute = execute;
  return true;
}

/// LACUNA_PER_TYPE(add): a `make` for byInteger, of PerLane<add<T>>.
#define LACUNA_PER_TYPE(function)                                              \
  [](auto tag) -> Execute {                                                    \
    return PerLane<function<typename decltype(tag)::type>>::execute;           \
  }

} // namespace lacuna::emulator::isa

#endif // LACUNA_EMULATOR_ISA_SUPPORT_H
