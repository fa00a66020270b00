// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PTX ISA, "Half Precision Floating Point Instructions": f16 and bf16, alone
// and in pairs. (set and setp are in ComparisonInstructions.cpp.)

#include "../Families.h"
#include "FloatSemantics.h"
#include "Support.h"

namespace lacuna::emulator::isa {
namespace {

/// Calls f on 16 bits, or on both halves of 32.
template <bool pair, class F, class... U> uint32_t halves(F f, U... operands) {
  uint32_t low = f(uint16_t(operands)...);
  if (!pair)
    return low;
  return low | uint32_t(f(uint16_t(operands >> 16)...)) << 16;
}

/// mod: ftz, sat, relu.
HalfModifiers modifiersOf(const Instruction &i) {
  return {i.mod[0] != 0, i.mod[1] != 0, i.mod[2] != 0};
}

template <uint16_t (*function)(uint16_t, uint16_t, HalfModifiers), bool pair>
void binaryLanes(Warp &w, const Instruction &i, LaneMask mask) {
  HalfModifiers m = modifiersOf(i);
  mapLanesSerial<uint32_t, uint32_t>(w, i, mask, [m](uint32_t a, uint32_t b) {
    return halves<pair>(
        [m](uint16_t x, uint16_t y) { return function(x, y, m); }, a, b);
  });
}
template <const Format &format, bool pair>
void fmaLanes(Warp &w, const Instruction &i, LaneMask mask) {
  HalfModifiers m = modifiersOf(i);
  mapLanesSerial<uint32_t, uint32_t, uint32_t>(
      w, i, mask, [m](uint32_t a, uint32_t b, uint32_t c) {
        return halves<pair>(
            [m](uint16_t x, uint16_t y, uint16_t z) {
              return fmaHalf<format>(x, y, z, m);
            },
            a, b, c);
      });
}

/// choose<F16, false> and so on, by the type.
template <class F> Execute byHalf(Type type, F make) {
  switch (type) {
  case Type::F16:
    return make(Tag<std::integral_constant<const Format *, &F16>>(),
                std::false_type());
  case Type::F16x2:
    return make(Tag<std::integral_constant<const Format *, &F16>>(),
                std::true_type());
  case Type::BF16:
    return make(Tag<std::integral_constant<const Format *, &BF16>>(),
                std::false_type());
  case Type::BF16x2:
    return make(Tag<std::integral_constant<const Format *, &BF16>>(),
                std::true_type());
  default:
    return nullptr;
  }
}
#define LACUNA_FORMAT(tag) (*decltype(tag)::type::value)
#define LACUNA_PAIR(pair) decltype(pair)::value

bool isBfloat(Type type) { return type == Type::BF16 || type == Type::BF16x2; }

enum class Sum { Add, Subtract, Multiply };

template <Sum sum> bool decodeSum(Decoder &d, Modifiers &m, Instruction &out) {
  m.take("rn"); // the only rounding, and the default
  out.mod[0] = m.take("ftz");
  out.mod[1] = m.take("sat");
  auto type = m.takeType();
  if (!type || (isBfloat(*type) && (out.mod[0] || out.mod[1])))
    return false;
  Execute execute = byHalf(*type, [](auto tag, auto pair) -> Execute {
    constexpr const Format &f = LACUNA_FORMAT(tag);
    constexpr bool p = LACUNA_PAIR(pair);
    if constexpr (sum == Sum::Add)
      return binaryLanes<addHalf<f>, p>;
    else if constexpr (sum == Sum::Subtract)
      return binaryLanes<subtractHalf<f>, p>;
    else
      return binaryLanes<multiplyHalf<f>, p>;
  });
  return finish(d, out, execute, *type, {*type, *type});
}

bool decodeFma(Decoder &d, Modifiers &m, Instruction &out) {
  bool rounding = m.take("rn");
  out.mod[0] = m.take("ftz");
  out.mod[1] = m.take("sat");
  out.mod[2] = m.take("relu");
  auto type = m.takeType();
  if (!type || !rounding || (out.mod[1] && out.mod[2]) ||
      (isBfloat(*type) && (out.mod[0] || out.mod[1])))
    return false;
  Execute execute = byHalf(*type, [](auto tag, auto pair) -> Execute {
    return fmaLanes<LACUNA_FORMAT(tag), LACUNA_PAIR(pair)>;
  });
  return finish(d, out, execute, *type, {*type, *type, *type});
}

//===----------------------------------------------------------------------===//
// Signs, extrema
//===----------------------------------------------------------------------===//

/// mod[0]: ftz.
template <const Format &format, bool pair, bool negate>
void signLanes(Warp &w, const Instruction &i, LaneMask mask) {
  bool ftz = i.mod[0];
  mapLanesSerial<uint32_t>(w, i, mask, [ftz](uint32_t a) {
    return halves<pair>(
        [ftz](uint16_t x) {
          if (ftz)
            x = uint16_t(flush(format, x));
          return uint16_t(negate ? x ^ 0x8000 : x & 0x7fff);
        },
        a);
  });
}
template <bool negate>
bool decodeSign(Decoder &d, Modifiers &m, Instruction &out) {
  out.mod[0] = m.take("ftz");
  auto type = m.takeType();
  if (!type || (isBfloat(*type) && out.mod[0]))
    return false;
  Execute execute = byHalf(*type, [](auto tag, auto pair) -> Execute {
    return signLanes<LACUNA_FORMAT(tag), LACUNA_PAIR(pair), negate>;
  });
  return finish(d, out, execute, *type, {*type});
}

/// mod: ftz, .NaN, .xorsign.abs.
template <const Format &format, bool pair, bool maximum>
void extremumLanes(Warp &w, const Instruction &i, LaneMask mask) {
  bool ftz = i.mod[0], propagate = i.mod[1], xorSign = i.mod[2];
  mapLanesSerial<uint32_t, uint32_t>(w, i, mask, [=](uint32_t a, uint32_t b) {
    return halves<pair>(
        [=](uint16_t x, uint16_t y) {
          return extremumHalf<format>(x, y, maximum, ftz, propagate, xorSign);
        },
        a, b);
  });
}
template <bool maximum>
bool decodeExtremum(Decoder &d, Modifiers &m, Instruction &out) {
  out.mod[0] = m.take("ftz");
  out.mod[1] = m.take("NaN");
  out.mod[2] = m.take("xorsign");
  if ((out.mod[2] != 0) != m.take("abs"))
    return false;
  auto type = m.takeType();
  if (!type || (isBfloat(*type) && out.mod[0]))
    return false;
  Execute execute = byHalf(*type, [](auto tag, auto pair) -> Execute {
    return extremumLanes<LACUNA_FORMAT(tag), LACUNA_PAIR(pair), maximum>;
  });
  return finish(d, out, execute, *type, {*type, *type});
}

//===----------------------------------------------------------------------===//
// Approximations
//===----------------------------------------------------------------------===//

/// mod[0]: ftz.
template <const Format &format, bool pair, Approximation what>
void approximateLanes(Warp &w, const Instruction &i, LaneMask mask) {
  bool ftz = i.mod[0];
  mapLanesSerial<uint32_t>(w, i, mask, [ftz](uint32_t a) {
    return halves<pair>(
        [ftz](uint16_t x) { return approximateHalf<format>(what, x, ftz); }, a);
  });
}
/// ex2.approx.{f16, f16x2} and ex2.approx.ftz.{bf16, bf16x2}; tanh without
/// .ftz.
template <Approximation what>
bool decodeApproximation(Decoder &d, Modifiers &m, Instruction &out) {
  bool approx = m.take("approx"), ftz = m.take("ftz");
  auto type = m.takeType();
  if (!type || !approx ||
      ftz != (what == Approximation::Exp2 && isBfloat(*type)))
    return false;
  out.mod[0] = ftz;
  Execute execute = byHalf(*type, [](auto tag, auto pair) -> Execute {
    return approximateLanes<LACUNA_FORMAT(tag), LACUNA_PAIR(pair), what>;
  });
  return finish(d, out, execute, *type, {*type});
}

} // namespace
} // namespace lacuna::emulator::isa

void lacuna::emulator::registerHalfInstructions(Registry &r) {
  using namespace isa;
  r.add("add", decodeSum<Sum::Add>);
  r.add("sub", decodeSum<Sum::Subtract>);
  r.add("mul", decodeSum<Sum::Multiply>);
  r.add("fma", decodeFma);
  r.add("abs", decodeSign<false>);
  r.add("neg", decodeSign<true>);
  r.add("min", decodeExtremum<false>);
  r.add("max", decodeExtremum<true>);
  r.add("ex2", decodeApproximation<Approximation::Exp2>);
  r.add("tanh", decodeApproximation<Approximation::Tanh>);
}
