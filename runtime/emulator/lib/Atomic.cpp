// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// atom, red (PTX ISA, "Parallel Synchronization: atom, red"). Lanes act one
// after the other, from the lowest; blocks on other host threads may come in
// between, so every operation is atomic on the host, too.

#include "AccessHelpers.h"
#include "Families.h"
#include "Program.h"
#include "lacuna/Emulator/Decoder.h"
#include "lacuna/Emulator/Half.h"
#include "lacuna/Emulator/Warp.h"

#include <cmath>

using namespace lacuna::emulator;

namespace {
/// op[0]: address; list: per element its result (a sink for red), b and c.
/// mod[]: space, elements, whether it is an atom.
constexpr unsigned spaceMod = 0, countMod = 1, isAtomMod = 2;

float flush(float value) {
  return std::fpclassify(value) == FP_SUBNORMAL ? std::copysign(0.0f, value)
                                                : value;
}

// One function for each operation: old value, b, c to the new value. Only the
// low bits of the result count.
using Operation = uint64_t (*)(uint64_t old, uint64_t b, uint64_t c);

uint64_t addInteger(uint64_t a, uint64_t b, uint64_t) { return a + b; }
uint64_t andBits(uint64_t a, uint64_t b, uint64_t) { return a & b; }
uint64_t orBits(uint64_t a, uint64_t b, uint64_t) { return a | b; }
uint64_t xorBits(uint64_t a, uint64_t b, uint64_t) { return a ^ b; }
uint64_t exchange(uint64_t, uint64_t b, uint64_t) { return b; }
uint64_t compareAndSwap(uint64_t a, uint64_t b, uint64_t c) {
  return a == b ? c : a;
}
uint64_t increment(uint64_t a, uint64_t b, uint64_t) {
  return a >= b ? 0 : a + 1;
}
uint64_t decrement(uint64_t a, uint64_t b, uint64_t) {
  return a == 0 || a > b ? b : a - 1;
}
template <typename T> uint64_t minimum(uint64_t a, uint64_t b, uint64_t) {
  return toBits(fromBits<T>(b) < fromBits<T>(a) ? fromBits<T>(b)
                                                : fromBits<T>(a));
}
template <typename T> uint64_t maximum(uint64_t a, uint64_t b, uint64_t) {
  return toBits(fromBits<T>(b) > fromBits<T>(a) ? fromBits<T>(b)
                                                : fromBits<T>(a));
}
/// In shared memory subnormals are kept, in global memory flushed.
uint64_t addFloat(uint64_t a, uint64_t b, uint64_t) {
  return toBits(fromBits<float>(a) + fromBits<float>(b));
}
uint64_t addFloatFlush(uint64_t a, uint64_t b, uint64_t) {
  return toBits(flush(flush(fromBits<float>(a)) + flush(fromBits<float>(b))));
}
uint64_t addDouble(uint64_t a, uint64_t b, uint64_t) {
  return toBits(fromBits<double>(a) + fromBits<double>(b));
}
// A float holds the exact sum closely enough that rounding twice is rounding
// once: 24 >= 2 * 11 + 2.
uint64_t addHalf(uint64_t a, uint64_t b, uint64_t) {
  return floatToHalf(halfToFloat(uint16_t(a)) + halfToFloat(uint16_t(b)));
}
uint64_t addBfloat(uint64_t a, uint64_t b, uint64_t) {
  return floatToBfloat(bfloatToFloat(uint16_t(a)) + bfloatToFloat(uint16_t(b)));
}
template <Operation add> uint64_t addPair(uint64_t a, uint64_t b, uint64_t) {
  return (add(a & 0xFFFF, b & 0xFFFF, 0) & 0xFFFF) |
         (add(a >> 16 & 0xFFFF, b >> 16 & 0xFFFF, 0) & 0xFFFF) << 16;
}

/// Returns the old value.
template <typename T, Operation operation>
uint64_t apply(uint8_t *p, uint64_t b, uint64_t c) {
  T *target = reinterpret_cast<T *>(p);
  T old = __atomic_load_n(target, __ATOMIC_SEQ_CST);
  while (!__atomic_compare_exchange_n(
      target, &old, static_cast<T>(operation(old, b, c)), false,
      __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
    ;
  return old;
}

template <typename T, Operation operation, Operation inGlobal = operation>
void execute(Warp &w, const Instruction &i, LaneMask mask) {
  auto space = static_cast<Space>(i.mod[spaceMod]);
  unsigned elements = i.mod[countMod];
  unsigned bytes = sizeof(T) * elements;
  uint64_t addresses[warpSize];
  gatherAddresses(w, i, mask, space, addresses);
  forEachLaneSerial(mask, [&](unsigned lane) {
    uint64_t address = addresses[lane];
    uint8_t *p = w.memory(i, space, lane, address, bytes, Access::Atomic);
    bool isShared =
        space == Space::Shared || (address & windowMask) == sharedWindow;
    for (unsigned e = 0; e < elements; ++e) {
      const Operand *o = i.list + 3 * e;
      uint64_t b = w.read(o[1]).lane[lane], c = w.read(o[2]).lane[lane];
      uint8_t *target = p + e * sizeof(T);
      uint64_t old = isShared ? apply<T, operation>(target, b, c)
                              : apply<T, inGlobal>(target, b, c);
      w.write(o[0]).lane[lane] = old;
    }
  });
  if (i.mod[isAtomMod])
    countAccess(w, addresses, mask, space, bytes, Access::Load);
  if (!i.mod[isAtomMod] || space != Space::Shared)
    countAccess(w, addresses, mask, space, bytes, Access::Store);
}

enum Op {
  AddOp,
  AndOp,
  OrOp,
  XorOp,
  ExchOp,
  CasOp,
  IncOp,
  DecOp,
  MinOp,
  MaxOp
};

Execute chooseAdd(Type type) {
  switch (type) {
  case Type::U32:
  case Type::S32:
    return execute<uint32_t, addInteger>;
  case Type::U64:
  case Type::S64:
    return execute<uint64_t, addInteger>;
  case Type::F32:
    return execute<uint32_t, addFloat, addFloatFlush>;
  case Type::F64:
    return execute<uint64_t, addDouble>;
  case Type::F16:
    return execute<uint16_t, addHalf>;
  case Type::BF16:
    return execute<uint16_t, addBfloat>;
  case Type::F16x2:
    return execute<uint32_t, addPair<addHalf>>;
  case Type::BF16x2:
    return execute<uint32_t, addPair<addBfloat>>;
  default:
    return nullptr;
  }
}

template <Operation operation>
Execute chooseBits(Type type, bool allow16 = false) {
  if (type == Type::B32)
    return execute<uint32_t, operation>;
  if (type == Type::B64)
    return execute<uint64_t, operation>;
  if (type == Type::B16 && allow16)
    return execute<uint16_t, operation>;
  return nullptr;
}

Execute chooseExtreme(Type type, bool isMin) {
  switch (type) {
  case Type::U32:
    return isMin ? execute<uint32_t, minimum<uint32_t>>
                 : execute<uint32_t, maximum<uint32_t>>;
  case Type::S32:
    return isMin ? execute<uint32_t, minimum<int32_t>>
                 : execute<uint32_t, maximum<int32_t>>;
  case Type::U64:
    return isMin ? execute<uint64_t, minimum<uint64_t>>
                 : execute<uint64_t, maximum<uint64_t>>;
  case Type::S64:
    return isMin ? execute<uint64_t, minimum<int64_t>>
                 : execute<uint64_t, maximum<int64_t>>;
  default:
    return nullptr;
  }
}

Execute choose(Op op, Type type) {
  switch (op) {
  case AddOp:
    return chooseAdd(type);
  case AndOp:
    return chooseBits<andBits>(type);
  case OrOp:
    return chooseBits<orBits>(type);
  case XorOp:
    return chooseBits<xorBits>(type);
  case ExchOp:
    return chooseBits<exchange>(type);
  case CasOp:
    return chooseBits<compareAndSwap>(type, true);
  case IncOp:
    return type == Type::U32 ? execute<uint32_t, increment> : nullptr;
  case DecOp:
    return type == Type::U32 ? execute<uint32_t, decrement> : nullptr;
  case MinOp:
  case MaxOp:
    return chooseExtreme(type, op == MinOp);
  }
  return nullptr;
}

/// atom.op d, [a], b{, c}; red.op [a], b; each with a cache policy at the end.
bool decodeAtomic(Decoder &d, Modifiers &m, Instruction &out) {
  bool isAtom = d.instruction().opcode == "atom";
  m.takeOneOf({"relaxed", "acquire", "release", "acq_rel"});
  m.takeOneOf({"cta", "cluster", "gpu", "sys"});
  Space space = m.takeSpace();
  int op = m.takeOneOf(
      {"add", "and", "or", "xor", "exch", "cas", "inc", "dec", "min", "max"});
  bool hasPolicy = m.take("L2::cache_hint");
  int vector = m.takeOneOf({"v2", "v4", "v8"});
  auto type = m.takeType();
  if (op < 0 || !type ||
      (space != Space::Generic && space != Space::Global &&
       space != Space::Shared))
    return false;
  bool isHalf = bitsOf(*type) <= 32 && isFloat(*type) && *type != Type::F32;
  if (isHalf)
    m.take("noftz");
  bool hasC = op == CasOp;
  if (!isAtom && (op == CasOp || op == ExchOp))
    return false;
  unsigned count = vector < 0 ? 1 : 2u << vector;
  // PTX ISA: vectors only of floats, added, in global memory, at most 16 bytes.
  if (count > 1 &&
      (op != AddOp || space == Space::Shared ||
       !(isHalf || *type == Type::F32) || count * bitsOf(*type) > 128))
    return false;
  out.execute = choose(static_cast<Op>(op), *type);
  if (!out.execute)
    return false;
  size_t first = isAtom ? 1 : 0;
  d.expectOperands(first + 2 + hasC + hasPolicy);
  MemoryOperand address = d.address(first);
  if (space == Space::Generic)
    space = address.space;
  out.op[0] = address.base;
  out.imm = address.offset;
  std::vector<Operand> results, values;
  if (isAtom)
    d.writeVector(0, *type, count, results);
  d.readVector(first + 1, *type, count, values);
  Operand c = hasC ? d.read(first + 2, *type) : d.constant(0, 64);
  if (hasPolicy)
    d.read(d.operands() - 1, Type::B64);
  std::vector<Operand> list;
  for (unsigned e = 0; e < count; ++e) {
    list.push_back(isAtom ? results[e] : Operand());
    list.push_back(values[e]);
    list.push_back(c);
  }
  d.finishList(list, out);
  out.mod[spaceMod] = static_cast<uint8_t>(space);
  out.mod[countMod] = static_cast<uint8_t>(count);
  out.mod[isAtomMod] = isAtom;
  return true;
}
} // namespace

void lacuna::emulator::registerAtomic(Registry &registry) {
  registry.add("atom", decodeAtomic);
  registry.add("red", decodeAtomic);
}
