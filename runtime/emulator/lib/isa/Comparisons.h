// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The comparison operators of setp and set: PTX ISA, "Comparison and Selection
// Instructions" and "Comparisons" (integer, floating point).

#ifndef LACUNA_EMULATOR_ISA_COMPARISONS_H
#define LACUNA_EMULATOR_ISA_COMPARISONS_H

#include <cstdint>

namespace lacuna::emulator::isa {

/// The unordered ones (from Equ on) are true if an operand is a NaN; Num and
/// Nan ask for just that. lo, ls, hi, hs are lt, le, gt, ge of unsigned types.
enum class Comparison : uint8_t {
  Eq,
  Ne,
  Lt,
  Le,
  Gt,
  Ge,
  Equ,
  Neu,
  Ltu,
  Leu,
  Gtu,
  Geu,
  Num,
  Nan
};

/// The ordered operators are false on a NaN, "ne" too.
template <Comparison how, class T> inline bool compare(T a, T b) {
  bool unordered = a != a || b != b;
  switch (how) {
  case Comparison::Eq:
    return a == b;
  case Comparison::Ne:
    return !unordered && a != b;
  case Comparison::Lt:
    return a < b;
  case Comparison::Le:
    return a <= b;
  case Comparison::Gt:
    return a > b;
  case Comparison::Ge:
    return a >= b;
  case Comparison::Equ:
    return unordered || a == b;
  case Comparison::Neu:
    return a != b;
  case Comparison::Ltu:
    return !(a >= b);
  case Comparison::Leu:
    return !(a > b);
  case Comparison::Gtu:
    return !(a <= b);
  case Comparison::Geu:
    return !(a < b);
  case Comparison::Num:
    return !unordered;
  case Comparison::Nan:
    return unordered;
  }
  return false;
}

} // namespace lacuna::emulator::isa

#endif // LACUNA_EMULATOR_ISA_COMPARISONS_H
