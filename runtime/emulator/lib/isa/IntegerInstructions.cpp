// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PTX ISA, "Integer Arithmetic Instructions": add to bfi's neighbours, with
// the forms on packed 16-bit integers. Carries are in CarryInstructions.cpp,
// bit fields in BitInstructions.cpp.

#include "../Families.h"
#include "IntegerSemantics.h"
#include "Support.h"

namespace lacuna::emulator::isa {
namespace {

int32_t addSaturated(int32_t a, int32_t b) { return saturate(int64_t(a) + b); }
int32_t subtractSaturated(int32_t a, int32_t b) {
  return saturate(int64_t(a) - b);
}
template <class T> T multiplyAddLow(T a, T b, T c) {
  return add(multiplyLow(a, b), c);
}
template <class T> T multiplyAddHigh(T a, T b, T c) {
  return add(multiplyHigh(a, b), c);
}
int32_t multiplyAddHighSaturated(int32_t a, int32_t b, int32_t c) {
  return saturate(int64_t(multiplyHigh(a, b)) + c);
}
template <class T> T multiplyAdd24Low(T a, T b, T c) {
  return add(multiply24Low(a, b), c);
}
template <class T> T multiplyAdd24High(T a, T b, T c) {
  return add(multiply24High(a, b), c);
}
int32_t multiplyAdd24HighSaturated(int32_t a, int32_t b, int32_t c) {
  return saturate(int64_t(multiply24High(a, b)) + c);
}
template <class T, class Wide> Wide multiplyWide(T a, T b) {
  return multiplyLow(Wide(a), Wide(b));
}
template <class T, class Wide> Wide multiplyAddWide(T a, T b, Wide c) {
  return add(multiplyLow(Wide(a), Wide(b)), c);
}

/// Two 16-bit integers in a register.
template <class T, T (*function)(T, T)> uint32_t both(uint32_t a, uint32_t b) {
  return uint32_t(uint16_t(function(T(a), T(b)))) |
         uint32_t(uint16_t(function(T(a >> 16), T(b >> 16)))) << 16;
}
template <class T> T relu(T a) { return a < 0 ? T(0) : a; }
template <class T> T minimumRelu(T a, T b) { return relu(minimum(a, b)); }
template <class T> T maximumRelu(T a, T b) { return relu(maximum(a, b)); }

bool isPacked(Type type) { return type == Type::U16x2 || type == Type::S16x2; }

/// An executor for .u16x2 and .s16x2.
#define LACUNA_PACKED(function, type)                                          \
  ((type) == Type::U16x2                                                       \
       ? Execute(PerLane<both<uint16_t, function<uint16_t>>>::execute)         \
       : Execute(PerLane<both<int16_t, function<int16_t>>>::execute))

bool binary(Decoder &d, Instruction &out, Type type, Execute execute) {
  return finish(d, out, execute, type, {type, type});
}

bool decodeAdd(Decoder &d, Modifiers &m, Instruction &out) {
  bool sat = m.take("sat");
  auto type = m.takeType();
  if (!type || (sat && type != Type::S32))
    return false;
  if (isPacked(*type))
    return binary(d, out, *type, LACUNA_PACKED(add, *type));
  return binary(d, out, *type,
                sat ? PerLane<addSaturated>::execute
                    : byInteger(*type, LACUNA_PER_TYPE(add)));
}

bool decodeSub(Decoder &d, Modifiers &m, Instruction &out) {
  bool sat = m.take("sat");
  auto type = m.takeType();
  if (!type || (sat && type != Type::S32))
    return false;
  return binary(d, out, *type,
                sat ? PerLane<subtractSaturated>::execute
                    : byInteger(*type, LACUNA_PER_TYPE(subtract)));
}

/// The type of twice the width; nothing for 64 bits.
std::optional<Type> widened(Type type) {
  switch (type) {
  case Type::U16:
    return Type::U32;
  case Type::S16:
    return Type::S32;
  case Type::U32:
    return Type::U64;
  case Type::S32:
    return Type::S64;
  default:
    return std::nullopt;
  }
}

template <class T, class Wide> Execute wide(bool accumulate) {
  return accumulate ? Execute(PerLane<multiplyAddWide<T, Wide>>::execute)
                    : Execute(PerLane<multiplyWide<T, Wide>>::execute);
}
Execute wideExecutor(Type type, bool accumulate) {
  switch (type) {
  case Type::U16:
    return wide<uint16_t, uint32_t>(accumulate);
  case Type::S16:
    return wide<int16_t, int32_t>(accumulate);
  case Type::U32:
    return wide<uint32_t, uint64_t>(accumulate);
  case Type::S32:
    return wide<int32_t, int64_t>(accumulate);
  default:
    return nullptr;
  }
}

bool decodeMul(Decoder &d, Modifiers &m, Instruction &out) {
  int part = m.takeOneOf({"lo", "hi", "wide"});
  auto type = m.takeType();
  if (!type || part < 0)
    return false;
  if (part == 2) {
    auto to = widened(*type);
    return to &&
           finish(d, out, wideExecutor(*type, false), *to, {*type, *type});
  }
  return binary(d, out, *type,
                part == 0 ? byInteger(*type, LACUNA_PER_TYPE(multiplyLow))
                          : byInteger(*type, LACUNA_PER_TYPE(multiplyHigh)));
}

bool decodeMad(Decoder &d, Modifiers &m, Instruction &out) {
  int part = m.takeOneOf({"lo", "hi", "wide"});
  bool sat = m.take("sat");
  auto type = m.takeType();
  if (!type || part < 0 || (sat && (part != 1 || type != Type::S32)))
    return false;
  if (part == 2) {
    auto to = widened(*type);
    return to &&
           finish(d, out, wideExecutor(*type, true), *to, {*type, *type, *to});
  }
  Execute execute = sat ? PerLane<multiplyAddHighSaturated>::execute
                    : part == 0
                        ? byInteger(*type, LACUNA_PER_TYPE(multiplyAddLow))
                        : byInteger(*type, LACUNA_PER_TYPE(multiplyAddHigh));
  return finish(d, out, execute, *type, {*type, *type, *type});
}

bool is32(Type type) { return type == Type::U32 || type == Type::S32; }

bool decodeMul24(Decoder &d, Modifiers &m, Instruction &out) {
  int part = m.takeOneOf({"lo", "hi"});
  auto type = m.takeType();
  if (!type || part < 0 || !is32(*type))
    return false;
  return binary(d, out, *type,
                part == 0 ? byInteger(*type, LACUNA_PER_TYPE(multiply24Low))
                          : byInteger(*type, LACUNA_PER_TYPE(multiply24High)));
}

bool decodeMad24(Decoder &d, Modifiers &m, Instruction &out) {
  int part = m.takeOneOf({"lo", "hi"});
  bool sat = m.take("sat");
  auto type = m.takeType();
  if (!type || part < 0 || !is32(*type) ||
      (sat && (part != 1 || type != Type::S32)))
    return false;
  Execute execute = sat ? PerLane<multiplyAdd24HighSaturated>::execute
                    : part == 0
                        ? byInteger(*type, LACUNA_PER_TYPE(multiplyAdd24Low))
                        : byInteger(*type, LACUNA_PER_TYPE(multiplyAdd24High));
  return finish(d, out, execute, *type, {*type, *type, *type});
}

bool decodeDiv(Decoder &d, Modifiers &m, Instruction &out) {
  auto type = m.takeType();
  return type &&
         binary(d, out, *type, byInteger(*type, [](auto tag) -> Execute {
                  using T = typename decltype(tag)::type;
                  return PerLaneSerial<divide<T>>::execute;
                }));
}
bool decodeRem(Decoder &d, Modifiers &m, Instruction &out) {
  auto type = m.takeType();
  return type &&
         binary(d, out, *type, byInteger(*type, [](auto tag) -> Execute {
                  using T = typename decltype(tag)::type;
                  return PerLaneSerial<isa::remainder<T>>::execute;
                }));
}

/// abs and neg have the signed types only.
bool decodeAbs(Decoder &d, Modifiers &m, Instruction &out) {
  auto type = m.takeType();
  return type && isSignedInteger(*type) &&
         finish(d, out, byInteger(*type, LACUNA_PER_TYPE(absolute)), *type,
                {*type});
}
bool decodeNeg(Decoder &d, Modifiers &m, Instruction &out) {
  auto type = m.takeType();
  return type && isSignedInteger(*type) &&
         finish(d, out, byInteger(*type, LACUNA_PER_TYPE(negate)), *type,
                {*type});
}

bool decodeExtremum(Decoder &d, Modifiers &m, Instruction &out, bool max) {
  bool withRelu = m.take("relu");
  auto type = m.takeType();
  if (!type)
    return false;
  if (withRelu) {
    if (type == Type::S32)
      return binary(d, out, *type,
                    max ? PerLane<maximumRelu<int32_t>>::execute
                        : PerLane<minimumRelu<int32_t>>::execute);
    if (type == Type::S16x2)
      return binary(d, out, *type,
                    max ? LACUNA_PACKED(maximumRelu, *type)
                        : LACUNA_PACKED(minimumRelu, *type));
    return false;
  }
  if (isPacked(*type))
    return binary(d, out, *type,
                  max ? LACUNA_PACKED(maximum, *type)
                      : LACUNA_PACKED(minimum, *type));
  return binary(d, out, *type,
                max ? byInteger(*type, LACUNA_PER_TYPE(maximum))
                    : byInteger(*type, LACUNA_PER_TYPE(minimum)));
}
bool decodeMin(Decoder &d, Modifiers &m, Instruction &out) {
  return decodeExtremum(d, m, out, false);
}
bool decodeMax(Decoder &d, Modifiers &m, Instruction &out) {
  return decodeExtremum(d, m, out, true);
}

bool decodeSad(Decoder &d, Modifiers &m, Instruction &out) {
  auto type = m.takeType();
  return type &&
         finish(d, out, byInteger(*type, LACUNA_PER_TYPE(sumOfDifference)),
                *type, {*type, *type, *type});
}

template <class A, class B, bool high>
uint32_t dot2Part(uint32_t a, uint32_t b, uint32_t c) {
  return dot2<A, B>(a, b, c, high);
}
template <class A, class B> Execute dot2Executor(bool high) {
  return high ? Execute(PerLane<dot2Part<A, B, true>>::execute)
              : Execute(PerLane<dot2Part<A, B, false>>::execute);
}

/// dp4a.atype.btype, dp2a.mode.atype.btype: both types are .u32 or .s32.
bool decodeDp4a(Decoder &d, Modifiers &m, Instruction &out) {
  auto a = m.takeType(), b = m.takeType();
  if (!a || !b || !is32(*a) || !is32(*b))
    return false;
  bool sa = *a == Type::S32, sb = *b == Type::S32;
  Execute execute = sa ? (sb ? PerLane<dot4<int8_t, int8_t>>::execute
                             : PerLane<dot4<int8_t, uint8_t>>::execute)
                       : (sb ? PerLane<dot4<uint8_t, int8_t>>::execute
                             : PerLane<dot4<uint8_t, uint8_t>>::execute);
  return finish(d, out, execute, Type::B32, {*a, *b, Type::B32});
}
bool decodeDp2a(Decoder &d, Modifiers &m, Instruction &out) {
  int part = m.takeOneOf({"lo", "hi"});
  auto a = m.takeType(), b = m.takeType();
  if (part < 0 || !a || !b || !is32(*a) || !is32(*b))
    return false;
  bool sa = *a == Type::S32, sb = *b == Type::S32;
  Execute execute = sa ? (sb ? dot2Executor<int16_t, int8_t>(part)
                             : dot2Executor<int16_t, uint8_t>(part))
                       : (sb ? dot2Executor<uint16_t, int8_t>(part)
                             : dot2Executor<uint16_t, uint8_t>(part));
  return finish(d, out, execute, Type::B32, {*a, *b, Type::B32});
}

} // namespace

} // namespace lacuna::emulator::isa

void lacuna::emulator::registerIntegerInstructions(Registry &r) {
  using namespace isa;
  r.add("add", decodeAdd);
  r.add("sub", decodeSub);
  r.add("mul", decodeMul);
  r.add("mad", decodeMad);
  r.add("mul24", decodeMul24);
  r.add("mad24", decodeMad24);
  r.add("div", decodeDiv);
  r.add("rem", decodeRem);
  r.add("abs", decodeAbs);
  r.add("neg", decodeNeg);
  r.add("min", decodeMin);
  r.add("max", decodeMax);
  r.add("sad", decodeSad);
  r.add("dp4a", decodeDp4a);
  r.add("dp2a", decodeDp2a);
}
