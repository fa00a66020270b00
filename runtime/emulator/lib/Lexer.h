// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PTX text to tokens, one at a time (PTX ISA, "Syntax").

#ifndef LACUNA_EMULATOR_LIB_LEXER_H
#define LACUNA_EMULATOR_LIB_LEXER_H

#include <cstdint>
#include <string_view>

namespace lacuna::emulator::ptx {

struct Token {
  enum class Kind : uint8_t {
    End,
    /// add, %r1, $L__BB0_1, _
    Identifier,
    /// .global, .L2::128B: a dot, a name, and what is joined to it by `::`.
    Directive,
    Integer,
    Float,
    String,
    /// One of { } [ ] ( ) < > , ; : = + - * / % & | ^ ~ ! ? @, or `<<`, `>>`,
    /// `<=`, `>=`, `==`, `!=`, `&&`, `||`: see text.
    Punctuation
  };
  Kind kind = Kind::End;
  std::string_view text;
  unsigned line = 1;
  /// Of an Integer.
  uint64_t integer = 0;
  /// Of a Float; `single` when written 0f.
  double real = 0;
  bool single = false;

  bool is(std::string_view expected) const {
    return text == expected && kind != Kind::String;
  }
};

class Lexer {
public:
  explicit Lexer(std::string_view text) : text(text) {}

  /// The next token; throws LoadError at what is none.
  Token next();
  /// Goes on behind the end of the line of the token that came last.
  void skipLine();
  /// The whole line that `line` is, for messages.
  std::string_view lineOf(const Token &token) const;

private:
  void skipSpace();
  Token number(size_t begin);
  Token take(Token::Kind kind, size_t begin, size_t end);
  [[noreturn]] void error(size_t begin, std::string_view reason) const;

  std::string_view text;
  size_t position = 0;
  unsigned line = 1;
};

} // namespace lacuna::emulator::ptx

#endif // LACUNA_EMULATOR_LIB_LEXER_H
