// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PTX ISA, "Logic and Shift Instructions", the bit-field instructions of
// "Integer Arithmetic Instructions", and prmt. Logic on predicates works on
// whole masks.

#include "../Families.h"
#include "IntegerSemantics.h"
#include "Support.h"

namespace lacuna::emulator::isa {
namespace {

template <class T> T logicAnd(T a, T b) { return T(a & b); }
template <class T> T logicOr(T a, T b) { return T(a | b); }
template <class T> T logicXor(T a, T b) { return T(a ^ b); }
template <class T> T logicNot(T a) { return T(~a); }
/// cnot: 1 for zero, 0 otherwise.
template <class T> T countNot(T a) { return a == 0; }

template <char how>
void predicateLogic(Warp &w, const Instruction &i, LaneMask mask) {
  LaneMask a = w.predicate(i.op[1]);
  LaneMask b = how == '~' ? 0 : w.predicate(i.op[2]);
  w.setPredicate(i.op[0], mask,
                 how == '&'   ? a & b
                 : how == '|' ? a | b
                 : how == '^' ? a ^ b
                              : ~a);
}

bool binary(Decoder &d, Instruction &out, Type type, Execute predicates,
            Execute bits) {
  return finish(d, out, type == Type::Pred ? predicates : bits, type,
                {type, type});
}
bool decodeAnd(Decoder &d, Modifiers &m, Instruction &out) {
  auto type = m.takeType();
  return type && binary(d, out, *type, predicateLogic<'&'>,
                        byBits(*type, LACUNA_PER_TYPE(logicAnd)));
}
bool decodeOr(Decoder &d, Modifiers &m, Instruction &out) {
  auto type = m.takeType();
  return type && binary(d, out, *type, predicateLogic<'|'>,
                        byBits(*type, LACUNA_PER_TYPE(logicOr)));
}
bool decodeXor(Decoder &d, Modifiers &m, Instruction &out) {
  auto type = m.takeType();
  return type && binary(d, out, *type, predicateLogic<'^'>,
                        byBits(*type, LACUNA_PER_TYPE(logicXor)));
}
bool decodeNot(Decoder &d, Modifiers &m, Instruction &out) {
  auto type = m.takeType();
  return type &&
         finish(d, out,
                type == Type::Pred ? predicateLogic<'~'>
                                   : byBits(*type, LACUNA_PER_TYPE(logicNot)),
                *type, {*type});
}
bool decodeCnot(Decoder &d, Modifiers &m, Instruction &out) {
  auto type = m.takeType();
  return type && finish(d, out, byBits(*type, LACUNA_PER_TYPE(countNot)), *type,
                        {*type});
}

bool decodeShl(Decoder &d, Modifiers &m, Instruction &out) {
  auto type = m.takeType();
  return type && finish(d, out, byBits(*type, LACUNA_PER_TYPE(shiftLeft)),
                        *type, {*type, Type::U32});
}
bool decodeShr(Decoder &d, Modifiers &m, Instruction &out) {
  auto type = m.takeType();
  return type &&
         finish(d, out, byInteger(*type, LACUNA_PER_TYPE(shiftRight), true),
                *type, {*type, Type::U32});
}

template <bool left, bool clamp>
uint32_t funnel(uint32_t low, uint32_t high, uint32_t amount) {
  return funnelShift(low, high, amount, left, clamp);
}
bool decodeShf(Decoder &d, Modifiers &m, Instruction &out) {
  int direction = m.takeOneOf({"l", "r"}),
      mode = m.takeOneOf({"clamp", "wrap"});
  if (direction < 0 || mode < 0 || m.takeType() != Type::B32)
    return false;
  static constexpr Execute table[2][2] = {
      {PerLane<funnel<true, true>>::execute,
       PerLane<funnel<true, false>>::execute},
      {PerLane<funnel<false, true>>::execute,
       PerLane<funnel<false, false>>::execute}};
  return finish(d, out, table[direction][mode], Type::B32,
                {Type::B32, Type::B32, Type::U32});
}

/// lop3: most tables that occur are two-input functions or one of a few; a
/// loop over the eight minterms serves all.
void lop3(Warp &w, const Instruction &i, LaneMask mask) {
  uint32_t table = uint32_t(i.imm);
  // Each minterm's mask is all ones or zero, so that the loop has no branch.
  uint32_t t[8];
  for (unsigned k = 0; k < 8; ++k)
    t[k] = table >> k & 1 ? ~uint32_t(0) : 0;
  mapLanes<uint32_t, uint32_t, uint32_t>(
      w, i, mask, [&](uint32_t a, uint32_t b, uint32_t c) {
        uint32_t low = (~b & ((~c & t[0]) | (c & t[1]))) |
                       (b & ((~c & t[2]) | (c & t[3])));
        uint32_t high = (~b & ((~c & t[4]) | (c & t[5]))) |
                        (b & ((~c & t[6]) | (c & t[7])));
        return (~a & low) | (a & high);
      });
}
bool decodeLop3(Decoder &d, Modifiers &m, Instruction &out) {
  if (m.takeType() != Type::B32)
    return false;
  d.expectOperands(5);
  out.op[0] = d.write(0, Type::B32);
  for (unsigned i = 1; i <= 3; ++i)
    out.op[i] = d.read(i, Type::B32);
  out.imm = int64_t(d.literal(4, 255));
  out.execute = lop3;
  return true;
}

bool is3264(Type type) {
  return type == Type::U32 || type == Type::S32 || type == Type::U64 ||
         type == Type::S64;
}

bool decodeBfe(Decoder &d, Modifiers &m, Instruction &out) {
  auto type = m.takeType();
  return type && is3264(*type) &&
         finish(d, out, byInteger(*type, LACUNA_PER_TYPE(extractBits)), *type,
                {*type, Type::U32, Type::U32});
}
bool decodeBfi(Decoder &d, Modifiers &m, Instruction &out) {
  auto type = m.takeType();
  return type && type != Type::B16 &&
         finish(d, out, byBits(*type, LACUNA_PER_TYPE(insertBits)), *type,
                {*type, *type, Type::U32, Type::U32});
}

template <class T, bool shiftAmount> uint32_t find(T a) {
  return findBit(a, shiftAmount);
}
bool decodeBfind(Decoder &d, Modifiers &m, Instruction &out) {
  bool shiftAmount = m.take("shiftamt");
  auto type = m.takeType();
  if (!type || !is3264(*type))
    return false;
  return finish(d, out,
                byInteger(*type,
                          [&](auto tag) -> Execute {
                            using T = typename decltype(tag)::type;
                            return shiftAmount
                                       ? PerLane<find<T, true>>::execute
                                       : PerLane<find<T, false>>::execute;
                          }),
                Type::U32, {*type});
}
bool decodeFns(Decoder &d, Modifiers &m, Instruction &out) {
  return m.takeType() == Type::B32 &&
         finish(d, out, PerLaneSerial<findNthSet>::execute, Type::B32,
                {Type::B32, Type::B32, Type::S32});
}

bool decodePopc(Decoder &d, Modifiers &m, Instruction &out) {
  auto type = m.takeType();
  return type && (type == Type::B32 || type == Type::B64) &&
         finish(d, out, PerLane<popCount>::execute, Type::U32, {*type});
}
bool decodeClz(Decoder &d, Modifiers &m, Instruction &out) {
  auto type = m.takeType();
  return type && type != Type::B16 &&
         finish(d, out, byBits(*type, LACUNA_PER_TYPE(leadingZeros)), Type::U32,
                {*type});
}
bool decodeBrev(Decoder &d, Modifiers &m, Instruction &out) {
  auto type = m.takeType();
  return type && type != Type::B16 &&
         finish(d, out, byBits(*type, LACUNA_PER_TYPE(reverseBits)), *type,
                {*type});
}

template <bool clamp> uint32_t mask(uint32_t position, uint32_t width) {
  return bitMask(position, width, clamp);
}
bool decodeBmsk(Decoder &d, Modifiers &m, Instruction &out) {
  int mode = m.takeOneOf({"clamp", "wrap"});
  return mode >= 0 && m.takeType() == Type::B32 &&
         finish(d, out,
                mode == 0 ? PerLane<mask<true>>::execute
                          : PerLane<mask<false>>::execute,
                Type::B32, {Type::B32, Type::B32});
}
template <class T, bool clamp> T extendBits(T a, uint32_t width) {
  return extend(a, width, clamp);
}
bool decodeSzext(Decoder &d, Modifiers &m, Instruction &out) {
  int mode = m.takeOneOf({"clamp", "wrap"});
  auto type = m.takeType();
  if (mode < 0 || (type != Type::U32 && type != Type::S32))
    return false;
  Execute execute =
      type == Type::U32
          ? (mode == 0 ? PerLane<extendBits<uint32_t, true>>::execute
                       : PerLane<extendBits<uint32_t, false>>::execute)
          : (mode == 0 ? PerLane<extendBits<int32_t, true>>::execute
                       : PerLane<extendBits<int32_t, false>>::execute);
  return finish(d, out, execute, *type, {*type, Type::U32});
}

template <Permute mode>
uint32_t permuteBytes(uint32_t a, uint32_t b, uint32_t control) {
  return permute(a, b, control, mode);
}
bool decodePrmt(Decoder &d, Modifiers &m, Instruction &out) {
  static constexpr Execute table[] = {
      PerLane<permuteBytes<Permute::Index>>::execute,
      PerLane<permuteBytes<Permute::F4E>>::execute,
      PerLane<permuteBytes<Permute::B4E>>::execute,
      PerLane<permuteBytes<Permute::RC8>>::execute,
      PerLane<permuteBytes<Permute::ECL>>::execute,
      PerLane<permuteBytes<Permute::ECR>>::execute,
      PerLane<permuteBytes<Permute::RC16>>::execute};
  if (m.takeType() != Type::B32)
    return false;
  int mode = m.takeOneOf({"f4e", "b4e", "rc8", "ecl", "ecr", "rc16"});
  return finish(d, out, table[mode + 1], Type::B32,
                {Type::B32, Type::B32, Type::B32});
}

} // namespace

} // namespace lacuna::emulator::isa

void lacuna::emulator::registerBitInstructions(Registry &r) {
  using namespace isa;
  r.add("and", decodeAnd);
  r.add("or", decodeOr);
  r.add("xor", decodeXor);
  r.add("not", decodeNot);
  r.add("cnot", decodeCnot);
  r.add("lop3", decodeLop3);
  r.add("shl", decodeShl);
  r.add("shr", decodeShr);
  r.add("shf", decodeShf);
  r.add("bfe", decodeBfe);
  r.add("bfi", decodeBfi);
  r.add("bfind", decodeBfind);
  r.add("fns", decodeFns);
  r.add("popc", decodePopc);
  r.add("clz", decodeClz);
  r.add("brev", decodeBrev);
  r.add("bmsk", decodeBmsk);
  r.add("szext", decodeSzext);
  r.add("prmt", decodePrmt);
}
