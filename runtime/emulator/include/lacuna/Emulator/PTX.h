// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PTX text as a tree: the parser's result and the decoder's input. It follows
// the text and knows syntax only; which opcodes and modifiers there are is the
// decoder's business. Everything refers into the text that the Module owns.

#ifndef LACUNA_EMULATOR_PTX_H
#define LACUNA_EMULATOR_PTX_H

#include "lacuna/Emulator/Types.h"

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace lacuna::emulator::ptx {

struct Operand {
  enum class Kind : uint8_t {
    /// A register, variable, function, label or special register: `%r1`,
    /// `%tid.x`, `buffer`; with an offset: `buffer+4` (as in mov).
    Name,
    /// An integer literal or constant expression.
    Integer,
    /// 0f3F800000, 0d3FF0000000000000, 1.5: `real`; `single` when written 0f.
    Float,
    /// {a, b, c, d}
    Vector,
    /// [base + offset]: `name` (empty for an absolute address) and `integer`;
    /// `elements`: further parts, such as the coordinates of a tensor.
    Address,
    /// a|b
    Pair,
    /// (a, b): lists of a call.
    List,
    /// _
    Sink
  };
  Kind kind = Kind::Sink;
  /// `!%p1`
  bool negated = false;
  /// `-%r1`, as a few instructions allow.
  bool minus = false;
  bool single = false;
  std::string_view name;
  /// The value of an Integer, the offset of a Name or an Address.
  int64_t integer = 0;
  double real = 0;
  std::vector<Operand> elements;
};

struct Instruction {
  unsigned line = 0;
  /// As written, without the semicolon, guard included.
  std::string_view text;
  /// `@%p1` or `@!%p1`; empty without.
  std::string_view guard;
  bool guardNegated = false;
  /// "mma" of mma.sp::ordered_metadata.sync.aligned...
  std::string_view opcode;
  /// {"sp::ordered_metadata", "sync", "aligned", ...}, without dots.
  std::vector<std::string_view> modifiers;
  std::vector<Operand> operands;
  /// The scope that its names are looked up in: Function::scopes.
  unsigned scope = 0;
};

/// An address in an initializer.
struct Relocation {
  /// Where in Variable::data, and how many bytes it fills.
  uint64_t offset = 0;
  unsigned bytes = 8;
  /// generic(symbol): the generic address of it.
  bool generic = false;
  std::string_view symbol;
  /// Added to the address.
  int64_t addend = 0;
  /// 0xFF00(symbol) is the address shifted by 8, cut to the element.
  unsigned shift = 0;
};

struct Variable {
  unsigned line = 0;
  std::string_view name;
  Space space = Space::Register;
  Type type = Type::B32;
  /// 2 or 4 for .v2 and .v4.
  unsigned vector = 1;
  /// %r<10>: the names %r0 .. %r9. 0: one name.
  uint64_t range = 0;
  /// Bytes; 0 for `extern .shared x[]` and registers.
  uint64_t bytes = 0;
  uint64_t align = 1;
  bool isArray = false;
  /// `x[]` without a size.
  bool isUnsized = false;
  bool isExtern = false;
  bool isVisible = false;
  bool isWeak = false;
  /// What the initializer gives; bytes behind its end are 0.
  std::vector<uint8_t> data;
  std::vector<Relocation> relocations;
};

/// What stands between braces: names that shadow those outside.
struct Scope {
  /// The one around it; its own index for the outermost.
  unsigned parent = 0;
  /// Indices into Function::variables.
  std::unordered_map<std::string_view, unsigned> variables;
  /// Index of the instruction that follows the label.
  std::unordered_map<std::string_view, unsigned> labels;
  /// .branchtargets and .calltargets: names, by label.
  std::unordered_map<std::string_view, std::vector<std::string_view>> targets;
  /// .callprototype: index into Function::prototypes.
  std::unordered_map<std::string_view, unsigned> prototypes;
};

struct Prototype {
  std::vector<Variable> results;
  std::vector<Variable> params;
};

struct Function : Prototype {
  unsigned line = 0;
  std::string_view name;
  bool isEntry = false;
  bool isExtern = false;
  bool isVisible = false;
  bool isWeak = false;
  /// A declaration has none.
  bool hasBody = false;
  bool noReturn = false;
  /// .maxntid and .reqntid; 0 without. A missing y or z is 1.
  uint32_t maxThreads[3] = {0, 0, 0};
  uint32_t requiredThreads[3] = {0, 0, 0};
  /// .reqnctapercluster; 0 without.
  uint32_t requiredCluster[3] = {0, 0, 0};
  std::vector<Variable> variables;
  std::vector<Scope> scopes;
  std::vector<Prototype> prototypes;
  std::vector<Instruction> body;
};

struct Module {
  /// Owns what the views point into; never moves.
  std::shared_ptr<const std::string> text;
  /// .version 8.5: 85.
  unsigned version = 0;
  /// .target sm_90a
  std::string target;
  unsigned addressBits = 64;
  std::vector<Variable> variables;
  std::vector<Function> functions;
};

/// The module that the text is; throws LoadError.
Module parse(std::string_view text);

} // namespace lacuna::emulator::ptx

#endif // LACUNA_EMULATOR_PTX_H
