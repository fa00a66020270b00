// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PTX ISA, "Comparison and Selection Instructions" and their half-precision
// forms: setp, set, selp, slct. Operands of setp and set: op[0], op[1] are the
// results, op[2], op[3] what is compared, op[4] the predicate of a boolean
// operator.

#include "../Families.h"
#include "Comparisons.h"
#include "FloatSemantics.h"
#include "Support.h"

namespace lacuna::emulator::isa {
namespace {

// How an operand is read: as U (its bits), and as what it means.
template <class T> struct Plain {
  using U = T;
  static T value(T bits) { return bits; }
};
struct FlushedSingle {
  using U = float;
  static float value(float bits) { return flushed(bits); }
};
template <const Format &format, bool ftz, bool upper> struct HalfOf {
  using U = uint32_t;
  static float value(uint32_t bits) {
    uint16_t h = uint16_t(upper ? bits >> 16 : bits);
    return float(half<format>(ftz ? uint16_t(flush(format, h)) : h));
  }
};

template <class Reader, Comparison how>
LaneMask testOf(const Warp &w, const Instruction &i, LaneMask mask) {
  using U = typename Reader::U;
  return testLanes<U, U>(w, i, mask, 2, [](U a, U b) {
    return compare<how>(Reader::value(a), Reader::value(b));
  });
}

enum class Boolean : uint8_t { None, And, Or, Xor };

/// `result` combined with operand c by the instruction's boolean operator.
/// mod[0]: the operator.
LaneMask combine(const Warp &w, const Instruction &i, LaneMask result) {
  switch (Boolean(i.mod[0])) {
  case Boolean::And:
    return result & w.predicate(i.op[4]);
  case Boolean::Or:
    return result | w.predicate(i.op[4]);
  case Boolean::Xor:
    return result ^ w.predicate(i.op[4]);
  case Boolean::None:
    break;
  }
  return result;
}

/// mod[1]: whether there is a second result.
template <class Reader, Comparison how>
void setPredicates(Warp &w, const Instruction &i, LaneMask mask) {
  LaneMask result = testOf<Reader, how>(w, i, mask);
  LaneMask first = combine(w, i, result), second = combine(w, i, ~result);
  w.setPredicate(i.op[0], mask, first);
  if (i.mod[1])
    w.setPredicate(i.op[1], mask, second);
}
/// setp.f16x2, setp.bf16x2: the results of the lower and the upper half.
template <class Low, class High, Comparison how>
void setPredicatePair(Warp &w, const Instruction &i, LaneMask mask) {
  LaneMask low = combine(w, i, testOf<Low, how>(w, i, mask));
  LaneMask high = combine(w, i, testOf<High, how>(w, i, mask));
  w.setPredicate(i.op[0], mask, low);
  w.setPredicate(i.op[1], mask, high);
}

/// set: imm is the value that stands for true.
template <class Reader, Comparison how>
void setValues(Warp &w, const Instruction &i, LaneMask mask) {
  LaneMask result = combine(w, i, testOf<Reader, how>(w, i, mask));
  uint64_t yes = uint64_t(i.imm);
  Lanes &target = w.write(i.op[0]);
  forEachLane(mask, [&](unsigned lane) {
    target.lane[lane] = result >> lane & 1 ? yes : 0;
  });
}
/// set of pairs: imm stands for true in the lower half.
template <class Low, class High, Comparison how>
void setValuePair(Warp &w, const Instruction &i, LaneMask mask) {
  LaneMask low = combine(w, i, testOf<Low, how>(w, i, mask));
  LaneMask high = combine(w, i, testOf<High, how>(w, i, mask));
  uint64_t yes = uint64_t(i.imm);
  Lanes &target = w.write(i.op[0]);
  forEachLane(mask, [&](unsigned lane) {
    target.lane[lane] =
        (low >> lane & 1 ? yes : 0) | (high >> lane & 1 ? yes << 16 : 0);
  });
}

//===----------------------------------------------------------------------===//
// Tables by comparison
//===----------------------------------------------------------------------===//

constexpr size_t numComparisons = size_t(Comparison::Nan) + 1;
constexpr size_t numIntegerComparisons = size_t(Comparison::Ge) + 1;

struct Executors {
  Execute predicates = nullptr;
  Execute values = nullptr;
};

template <class Reader, size_t... how>
Executors pick(size_t index, std::index_sequence<how...>) {
  static constexpr Executors table[] = {
      {setPredicates<Reader, Comparison(how)>,
       setValues<Reader, Comparison(how)>}...};
  return index < sizeof...(how) ? table[index] : Executors();
}
template <class Low, class High, size_t... how>
Executors pickPair(size_t index, std::index_sequence<how...>) {
  static constexpr Executors table[] = {
      {setPredicatePair<Low, High, Comparison(how)>,
       setValuePair<Low, High, Comparison(how)>}...};
  return index < sizeof...(how) ? table[index] : Executors();
}
template <class T> Executors integers(size_t index) {
  return pick<Plain<T>>(index,
                        std::make_index_sequence<numIntegerComparisons>());
}
template <class Reader> Executors floats(size_t index) {
  return pick<Reader>(index, std::make_index_sequence<numComparisons>());
}
template <const Format &f, bool ftz> Executors halfPairs(size_t index) {
  return pickPair<HalfOf<f, ftz, false>, HalfOf<f, ftz, true>>(
      index, std::make_index_sequence<numComparisons>());
}

/// The executors for a type of the source; empty if it has no such comparison.
/// `isUnsignedName`: written lo, ls, hi or hs.
Executors executors(Type type, size_t how, bool ftz, bool isUnsignedName) {
  bool isUnsigned = type == Type::U16 || type == Type::U32 || type == Type::U64;
  if ((isUnsignedName && !isUnsigned) ||
      (ftz && type != Type::F32 && type != Type::F16 && type != Type::F16x2))
    return {};
  bool isEquality = how <= size_t(Comparison::Ne);
  switch (type) {
  case Type::B16:
    return isEquality ? integers<uint16_t>(how) : Executors();
  case Type::B32:
    return isEquality ? integers<uint32_t>(how) : Executors();
  case Type::B64:
    return isEquality ? integers<uint64_t>(how) : Executors();
  case Type::U16:
    return integers<uint16_t>(how);
  case Type::U32:
    return integers<uint32_t>(how);
  case Type::U64:
    return integers<uint64_t>(how);
  case Type::S16:
    return integers<int16_t>(how);
  case Type::S32:
    return integers<int32_t>(how);
  case Type::S64:
    return integers<int64_t>(how);
  case Type::F32:
    return ftz ? floats<FlushedSingle>(how) : floats<Plain<float>>(how);
  case Type::F64:
    return floats<Plain<double>>(how);
  case Type::F16:
    return ftz ? floats<HalfOf<F16, true, false>>(how)
               : floats<HalfOf<F16, false, false>>(how);
  case Type::BF16:
    return floats<HalfOf<BF16, false, false>>(how);
  case Type::F16x2:
    return ftz ? halfPairs<F16, true>(how) : halfPairs<F16, false>(how);
  case Type::BF16x2:
    return halfPairs<BF16, false>(how);
  default:
    return {};
  }
}

/// The modifiers that setp and set share: .CmpOp{.BoolOp}{.ftz}.
struct Operators {
  int comparison;
  bool isUnsignedName;
  bool ftz;
};
Operators takeOperators(Modifiers &m, Instruction &out) {
  int how =
      m.takeOneOf({"eq", "ne", "lt", "le", "gt", "ge", "equ", "neu", "ltu",
                   "leu", "gtu", "geu", "num", "nan", "lo", "ls", "hi", "hs"});
  out.mod[0] = uint8_t(m.takeOneOf({"and", "or", "xor"}) + 1);
  bool ftz = m.take("ftz");
  bool isUnsignedName = how > int(Comparison::Nan);
  if (isUnsignedName) // lo is where lt is, and so on
    how = how - int(Comparison::Nan) - 1 + int(Comparison::Lt);
  return {how, isUnsignedName, ftz};
}

/// a, b and the predicate c, at their places of the text.
void readOperands(Decoder &d, Type type, Instruction &out) {
  bool withPredicate = out.mod[0] != 0;
  d.expectOperands(withPredicate ? 4 : 3);
  out.op[2] = d.read(1, type);
  out.op[3] = d.read(2, type);
  if (withPredicate)
    out.op[4] = d.read(3, Type::Pred);
}

bool isPair(Type type) { return type == Type::F16x2 || type == Type::BF16x2; }

bool decodeSetp(Decoder &d, Modifiers &m, Instruction &out) {
  Operators ops = takeOperators(m, out);
  auto type = m.takeType();
  if (!type || ops.comparison < 0)
    return false;
  out.execute =
      executors(*type, size_t(ops.comparison), ops.ftz, ops.isUnsignedName)
          .predicates;
  if (!out.execute)
    return false;
  readOperands(d, *type, out);
  const ptx::Operand &target = d.operand(0);
  bool hasTwo = target.kind == ptx::Operand::Kind::Pair;
  bool isHalf = type == Type::F16 || type == Type::BF16;
  if (isPair(*type) ? !hasTwo : hasTwo && isHalf)
    d.error(isHalf ? "expected one result" : "expected two results p|q");
  out.mod[1] = hasTwo;
  if (hasTwo) {
    out.op[0] = d.write(target.elements.at(0), Type::Pred);
    out.op[1] = d.write(target.elements.at(1), Type::Pred);
  } else {
    out.op[0] = d.write(0, Type::Pred);
  }
  return true;
}

/// What set writes for true: all ones, or the number one.
std::optional<uint64_t> valueOfTrue(Type to, Type from) {
  bool isHalf = from == Type::F16 || from == Type::BF16;
  switch (to) {
  case Type::U32:
  case Type::S32:
    return 0xffffffff;
  case Type::F32:
    return isHalf ? std::nullopt : std::optional<uint64_t>(0x3f800000);
  case Type::U16:
  case Type::S16:
    return isHalf ? std::optional<uint64_t>(0xffff) : std::nullopt;
  case Type::F16:
    return from == Type::BF16 ? std::nullopt : std::optional<uint64_t>(0x3c00);
  case Type::BF16:
    return from == Type::F16 ? std::nullopt : std::optional<uint64_t>(0x3f80);
  default:
    return std::nullopt;
  }
}

bool decodeSet(Decoder &d, Modifiers &m, Instruction &out) {
  Operators ops = takeOperators(m, out);
  auto to = m.takeType(), from = m.takeType();
  if (!to || !from || ops.comparison < 0 || (ops.ftz && to == Type::BF16))
    return false;
  std::optional<uint64_t> yes;
  if (!isPair(*from))
    yes = valueOfTrue(*to, *from);
  else if (*to == *from)
    yes = from == Type::F16x2 ? 0x3c00 : 0x3f80;
  else if (*to == Type::U32 || *to == Type::S32)
    yes = 0xffff;
  out.execute =
      executors(*from, size_t(ops.comparison), ops.ftz, ops.isUnsignedName)
          .values;
  if (!yes || !out.execute)
    return false;
  readOperands(d, *from, out);
  out.imm = int64_t(*yes);
  out.op[0] = d.write(0, *to);
  return true;
}

//===----------------------------------------------------------------------===//
// Selection
//===----------------------------------------------------------------------===//

/// Where `chosen` has a bit op[1], elsewhere op[2].
void selectLanes(Warp &w, const Instruction &i, LaneMask mask,
                 LaneMask chosen) {
  const Lanes &a = w.read(i.op[1]), &b = w.read(i.op[2]);
  Lanes &target = w.write(i.op[0]);
  forEachLane(mask, [&](unsigned lane) {
    target.lane[lane] = chosen >> lane & 1 ? a.lane[lane] : b.lane[lane];
  });
}

void selp(Warp &w, const Instruction &i, LaneMask mask) {
  selectLanes(w, i, mask, w.predicate(i.op[3]));
}
bool isSelectable(Type type) {
  switch (type) {
  case Type::B16:
  case Type::B32:
  case Type::B64:
  case Type::U16:
  case Type::U32:
  case Type::U64:
  case Type::S16:
  case Type::S32:
  case Type::S64:
  case Type::F32:
  case Type::F64:
    return true;
  default:
    return false;
  }
}
bool decodeSelp(Decoder &d, Modifiers &m, Instruction &out) {
  auto type = m.takeType();
  return type && isSelectable(*type) &&
         finish(d, out, selp, *type, {*type, *type, Type::Pred});
}

/// slct: op[1] where c >= 0; a NaN is not, -0 is.
template <class T, bool ftz>
void slct(Warp &w, const Instruction &i, LaneMask mask) {
  selectLanes(w, i, mask, testLanes<T>(w, i, mask, 3, [](T c) {
                if constexpr (ftz)
                  c = flushed(c);
                return c >= 0;
              }));
}
bool decodeSlct(Decoder &d, Modifiers &m, Instruction &out) {
  bool ftz = m.take("ftz");
  auto type = m.takeType(), condition = m.takeType();
  if (!type || !condition || !isSelectable(*type))
    return false;
  Execute execute = nullptr;
  if (condition == Type::F32)
    execute = ftz ? slct<float, true> : slct<float, false>;
  else if (condition == Type::S32 && !ftz)
    execute = slct<int32_t, false>;
  return finish(d, out, execute, *type, {*type, *type, *condition});
}

} // namespace
} // namespace lacuna::emulator::isa

void lacuna::emulator::registerComparisonInstructions(Registry &r) {
  using namespace isa;
  r.add("setp", decodeSetp);
  r.add("set", decodeSet);
  r.add("selp", decodeSelp);
  r.add("slct", decodeSlct);
}
