// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From the tree to what runs: what a family's decoder works with, and the
// table of families.
//
// To add an instruction:
//   1. Write what it does: an Execute function, usually one mapLanes call.
//   2. Write how it is decoded: take the modifiers, resolve the operands,
//      choose the Execute function. Return false for a form that the family
//      does not have; the loader then refuses the module with line and text.
//      Modifiers that stay untaken are refused in the same way.
//   3. Enter the decoder in a register function (Registry::add), and that
//      function in lib/Families.cpp.
//   4. Test it in test/Emulator with expected values from the PTX ISA.
//
//   static void absS32(Warp &w, const Instruction &i, LaneMask m) {
//     mapLanes<int32_t>(w, i, m, [](int32_t a) {
//       return a < 0 ? 0u - uint32_t(a) : uint32_t(a);
//     });
//   }
//   static bool decodeAbs(Decoder &d, Modifiers &m, Instruction &out) {
//     if (m.takeType() != Type::S32)
//       return false;
//     d.expectOperands(2);
//     out.op[0] = d.write(0, Type::S32);
//     out.op[1] = d.read(1, Type::S32);
//     out.execute = absS32;
//     return true;
//   }
//   void registerAbs(Registry &r) { r.add("abs", decodeAbs); }
//
// lib/Move.cpp (mov, cvta) is a worked family.

#ifndef LACUNA_EMULATOR_DECODER_H
#define LACUNA_EMULATOR_DECODER_H

#include "lacuna/Emulator/Instruction.h"
#include "lacuna/Emulator/PTX.h"

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace lacuna::emulator {

/// The modifiers of an instruction, each taken once.
class Modifiers {
public:
  explicit Modifiers(const ptx::Instruction &instruction)
      : left(instruction.modifiers) {}

  /// Whether it is there; takes it.
  bool take(std::string_view name);
  /// The first modifier left that is a type; takes it.
  std::optional<Type> takeType();
  /// The index in `names` of the first modifier left that is one of them, -1
  /// without; takes it.
  int takeOneOf(std::initializer_list<std::string_view> names);
  /// The first modifier left; takes it. Empty without.
  std::string_view takeNext();
  /// .global, .shared, .shared::cta, ...; Generic without.
  Space takeSpace();

  bool empty() const { return left.empty(); }
  std::string_view front() const { return left.empty() ? "" : left.front(); }

private:
  std::vector<std::string_view> left;
};

/// Operand that is a place in memory: a register or the address of a variable
/// (a constant), and what is added to it.
struct MemoryOperand {
  Operand base;
  int64_t offset = 0;
  /// Of a variable: where it lies. Of a register: Generic.
  Space space = Space::Generic;
};

/// Resolves the operands of one instruction after the other. Whatever is wrong
/// throws a LoadError with the instruction's line and text.
class Decoder {
public:
  virtual ~Decoder() = default;

  const ptx::Instruction &instruction() const { return *current; }
  size_t operands() const { return current->operands.size(); }
  /// Operand i as parsed; an error when there is none.
  const ptx::Operand &operand(size_t i) const;
  /// An error unless there are `count` operands, or `least` to `most`.
  void expectOperands(size_t count) const { expectOperands(count, count); }
  void expectOperands(size_t least, size_t most) const;

  /// A source: a register of bitsOf(type) bits, an immediate (converted to
  /// `type`), or a special register; for Type::Pred a predicate, `!` allowed.
  Operand read(size_t i, Type type) { return read(operand(i), type); }
  virtual Operand read(const ptx::Operand &operand, Type type) = 0;
  /// As read, of a register that may be wider than the type (st, cvt).
  virtual Operand readWide(const ptx::Operand &operand, Type type) = 0;
  /// As read, of the address of a variable or function, too (mov, cvta).
  virtual Operand readAddress(const ptx::Operand &operand, Type type) = 0;
  /// A destination: a register of bitsOf(type) bits or `_`.
  Operand write(size_t i, Type type) { return write(operand(i), type); }
  virtual Operand write(const ptx::Operand &operand, Type type) = 0;
  /// As write, of a register that may be wider than the type: look at its
  /// `bits` and extend (ld, cvt).
  virtual Operand writeWide(const ptx::Operand &operand, Type type) = 0;

  /// The elements of a vector operand ({a, b}; a lone register is a vector of
  /// one), which must be `count`, appended to `out`. finishList makes `out` the
  /// instruction's list.
  void readVector(size_t i, Type type, size_t count, std::vector<Operand> &out);
  void writeVector(size_t i, Type type, size_t count,
                   std::vector<Operand> &out);
  virtual void finishList(const std::vector<Operand> &operands,
                          Instruction &out) = 0;

  /// [register + offset], [variable + offset] or [offset]. Register addresses
  /// have 32 or 64 bits: read().lane[i] + offset is the address, to be cut to
  /// 32 bits only in .shared, .local and .param.
  MemoryOperand address(size_t i) { return address(operand(i)); }
  virtual MemoryOperand address(const ptx::Operand &operand) = 0;

  /// An immediate 0 .. most, not a register.
  uint64_t literal(size_t i, uint64_t most) const;
  bool isLiteral(size_t i) const {
    return operand(i).kind == ptx::Operand::Kind::Integer;
  }
  /// Whether operand i is a predicate register (with `!` or without).
  virtual bool isPredicate(const ptx::Operand &operand) = 0;
  /// An immediate of its own, the same in all lanes.
  virtual Operand constant(uint64_t bits, uint8_t width) = 0;

  /// The module's .version, 85 for 8.5.
  unsigned version() const { return ptxVersion; }

  [[noreturn]] void error(std::string_view reason) const;

protected:
  const ptx::Instruction *current = nullptr;
  unsigned ptxVersion = 0;
};

/// Fills `out`, or returns false when this form is not of the family.
using Decode = bool (*)(Decoder &decoder, Modifiers &modifiers,
                        Instruction &out);

/// The families by opcode. An opcode may have several decoders (cp.async and
/// cp.async.bulk are both `cp`): the first that does not return false is it.
class Registry {
public:
  void add(std::string_view opcode, Decode decode) {
    table[opcode].push_back(decode);
  }
  const std::vector<Decode> *find(std::string_view opcode) const {
    auto it = table.find(opcode);
    return it == table.end() ? nullptr : &it->second;
  }
  /// All families of lib/Families.cpp.
  static const Registry &get();

private:
  std::unordered_map<std::string_view, std::vector<Decode>> table;
};

} // namespace lacuna::emulator

#endif // LACUNA_EMULATOR_DECODER_H
