// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PTX ISA, "Extended-Precision Integer Arithmetic Instructions": add.cc, addc,
// sub.cc, subc, mad.cc, madc, through the carry flag CC.CF of each thread. For
// a subtraction the flag is the borrow.

#include "../Families.h"
#include "IntegerSemantics.h"
#include "Support.h"

namespace lacuna::emulator::isa {
namespace {

enum class Operation { Add, Subtract, MadLow, MadHigh };

template <class T, Operation operation, bool reads, bool writes>
void carryLanes(Warp &w, const Instruction &i, LaneMask mask) {
  using U = Unsigned<T>;
  LaneMask flags = w.carry();
  forEachLaneSerial(mask, [&](unsigned lane) {
    bool carry = reads && (flags >> lane & 1);
    T a = w.read<T>(i.op[1], lane), b = w.read<T>(i.op[2], lane);
    U result;
    if constexpr (operation == Operation::Add)
      result = addCarry(U(a), U(b), carry);
    else if constexpr (operation == Operation::Subtract)
      result = subtractBorrow(U(a), U(b), carry);
    else {
      T product = operation == Operation::MadLow ? multiplyLow(a, b)
                                                 : multiplyHigh(a, b);
      result = addCarry(U(product), w.read<U>(i.op[3], lane), carry);
    }
    w.write(i.op[0], lane, result);
    if (writes)
      w.carry() = (w.carry() & ~(LaneMask(1) << lane)) | LaneMask(carry)
                                                             << lane;
  });
}

template <class T, Operation operation>
Execute choose(bool reads, bool writes) {
  if (reads)
    return writes ? carryLanes<T, operation, true, true>
                  : carryLanes<T, operation, true, false>;
  return writes ? carryLanes<T, operation, false, true> : nullptr;
}
template <Operation operation>
Execute byType(Type type, bool reads, bool writes) {
  switch (type) {
  case Type::U32:
    return choose<uint32_t, operation>(reads, writes);
  case Type::S32:
    return choose<int32_t, operation>(reads, writes);
  case Type::U64:
    return choose<uint64_t, operation>(reads, writes);
  case Type::S64:
    return choose<int64_t, operation>(reads, writes);
  default:
    return nullptr;
  }
}

template <Operation operation, bool reads>
bool decodeBinary(Decoder &d, Modifiers &m, Instruction &out) {
  bool writes = m.take("cc");
  auto type = m.takeType();
  return type && finish(d, out, byType<operation>(*type, reads, writes), *type,
                        {*type, *type});
}
template <bool reads>
bool decodeMad(Decoder &d, Modifiers &m, Instruction &out) {
  int part = m.takeOneOf({"lo", "hi"});
  bool writes = m.take("cc");
  auto type = m.takeType();
  if (!type || part < 0)
    return false;
  return finish(d, out,
                part == 0 ? byType<Operation::MadLow>(*type, reads, writes)
                          : byType<Operation::MadHigh>(*type, reads, writes),
                *type, {*type, *type, *type});
}

} // namespace
} // namespace lacuna::emulator::isa

void lacuna::emulator::registerCarryInstructions(Registry &r) {
  using namespace isa;
  r.add("add", decodeBinary<Operation::Add, false>);
  r.add("addc", decodeBinary<Operation::Add, true>);
  r.add("sub", decodeBinary<Operation::Subtract, false>);
  r.add("subc", decodeBinary<Operation::Subtract, true>);
  r.add("mad", decodeMad<false>);
  r.add("madc", decodeMad<true>);
}
