// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Lexer.h"
#include "lacuna/Emulator/Error.h"
#include "lacuna/Emulator/Lanes.h"

#include <cstdlib>
#include <string>

using namespace lacuna::emulator;
using namespace lacuna::emulator::ptx;

namespace {
// Not those of <cctype>: these know no locale.
bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool isWord(char c) {
  return isDigit(c) || isLetter(c) || c == '_' || c == '$';
}

int hexDigit(char c) {
  if (isDigit(c))
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  if (c >= 'A' && c <= 'F')
    return c - 'A' + 10;
  return -1;
}

std::string_view lineAt(std::string_view text, size_t position) {
  size_t begin = text.rfind('\n', position ? position - 1 : 0);
  begin = position == 0 || begin == std::string_view::npos ? 0 : begin + 1;
  size_t end = text.find('\n', position);
  return text.substr(begin, end == std::string_view::npos ? end : end - begin);
}
} // namespace

void Lexer::error(size_t begin, std::string_view reason) const {
  throw LoadError(line, lineAt(text, begin), reason);
}

std::string_view Lexer::lineOf(const Token &token) const {
  return lineAt(text, static_cast<size_t>(token.text.data() - text.data()));
}

void Lexer::skipSpace() {
  while (position < text.size()) {
    char c = text[position];
    if (c == '\n') {
      ++line;
      ++position;
    } else if (c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v') {
      ++position;
    } else if (c == '/' && text.substr(position, 2) == "//") {
      position = std::min(text.find('\n', position), text.size());
    } else if (c == '/' && text.substr(position, 2) == "/*") {
      size_t end = text.find("*/", position + 2);
      if (end == std::string_view::npos)
        error(position, "a comment begins here and never ends");
      for (; position < end + 2; ++position)
        line += text[position] == '\n';
    } else {
      break;
    }
  }
}

void Lexer::skipLine() {
  position = std::min(text.find('\n', position), text.size());
}

Token Lexer::take(Token::Kind kind, size_t begin, size_t end) {
  Token token;
  token.kind = kind;
  token.text = text.substr(begin, end - begin);
  token.line = line;
  position = end;
  return token;
}

Token Lexer::number(size_t begin) {
  auto at = [&](size_t i) { return i < text.size() ? text[i] : '\0'; };
  char second = at(begin + 1);
  size_t end = begin + 2;
  uint64_t value = 0;
  // 0f and 0d are bit patterns: 8 and 16 hexadecimal digits.
  if (text[begin] == '0' &&
      (second == 'f' || second == 'F' || second == 'd' || second == 'D')) {
    bool single = second == 'f' || second == 'F';
    for (; hexDigit(at(end)) >= 0; ++end)
      value = value << 4 | static_cast<uint64_t>(hexDigit(at(end)));
    if (end - begin != (single ? 10u : 18u) || isWord(at(end)))
      error(begin, single ? "expected 8 hexadecimal digits after 0f"
                          : "expected 16 hexadecimal digits after 0d");
    Token token = take(Token::Kind::Float, begin, end);
    token.single = single;
    token.integer = value;
    token.real =
        single ? double(fromBits<float>(value)) : fromBits<double>(value);
    return token;
  }
  unsigned base = 10;
  end = begin;
  if (text[begin] == '0' && (second == 'x' || second == 'X'))
    base = 16;
  else if (text[begin] == '0' && (second == 'b' || second == 'B'))
    base = 2;
  else if (text[begin] == '0' && isDigit(second))
    base = 8;
  if (base == 16 || base == 2)
    end += 2;
  size_t digits = end;
  bool overflow = false;
  for (; isWord(at(end)); ++end) {
    int digit = hexDigit(at(end));
    if (digit < 0 || unsigned(digit) >= base)
      break;
    overflow |= __builtin_mul_overflow(value, uint64_t(base), &value);
    overflow |= __builtin_add_overflow(value, uint64_t(digit), &value);
  }
  bool isReal =
      base == 10 && (at(end) == '.' || at(end) == 'e' || at(end) == 'E');
  // "0.5" begins like an octal number only when a digit follows the 0.
  if (isReal && !(at(end) == '.' && !isDigit(at(end + 1)))) {
    if (at(end) == '.')
      for (++end; isDigit(at(end)); ++end)
        ;
    if (at(end) == 'e' || at(end) == 'E') {
      ++end;
      if (at(end) == '+' || at(end) == '-')
        ++end;
      if (!isDigit(at(end)))
        error(begin, "expected the digits of an exponent");
      for (; isDigit(at(end)); ++end)
        ;
    }
    if (isWord(at(end)) || end - begin > 400)
      error(begin, "expected a number");
    Token token = take(Token::Kind::Float, begin, end);
    token.real = std::strtod(std::string(token.text).c_str(), nullptr);
    return token;
  }
  if (end == digits)
    error(begin, "expected digits");
  if (overflow)
    error(begin, "a number that needs more than 64 bits");
  if (at(end) == 'U' || at(end) == 'u')
    ++end;
  if (isWord(at(end)))
    error(begin, "expected a number");
  Token token = take(Token::Kind::Integer, begin, end);
  token.integer = value;
  return token;
}

Token Lexer::next() {
  skipSpace();
  size_t begin = position;
  if (begin >= text.size())
    return take(Token::Kind::End, text.size(), text.size());
  auto at = [&](size_t i) { return i < text.size() ? text[i] : '\0'; };
  char c = text[begin];
  if (isDigit(c))
    return number(begin);
  if (isLetter(c) || c == '_' || c == '$' ||
      (c == '%' && isWord(at(begin + 1)) && !isDigit(at(begin + 1)))) {
    size_t end = begin + 1;
    while (isWord(at(end)))
      ++end;
    return take(Token::Kind::Identifier, begin, end);
  }
  if (c == '.') {
    size_t end = begin + 1;
    while (isWord(at(end)) ||
           (at(end) == ':' && at(end + 1) == ':' && isWord(at(end + 2))))
      end += at(end) == ':' ? 2 : 1;
    if (end == begin + 1)
      error(begin, "expected a name after '.'");
    return take(Token::Kind::Directive, begin, end);
  }
  if (c == '"') {
    size_t end = begin + 1;
    while (at(end) != '"') {
      if (end >= text.size() || at(end) == '\n')
        error(begin, "a string begins here and never ends");
      end += at(end) == '\\' ? 2 : 1;
    }
    return take(Token::Kind::String, begin, end + 1);
  }
  static constexpr std::string_view pairs[] = {
      "<<", ">>", "<=", ">=", "==", "!=", "&&", "||"};
  for (std::string_view pair : pairs)
    if (text.substr(begin, 2) == pair)
      return take(Token::Kind::Punctuation, begin, begin + 2);
  static constexpr std::string_view singles = "{}[]()<>,;:=+-*/%&|^~!?@";
  if (singles.find(c) != std::string_view::npos)
    return take(Token::Kind::Punctuation, begin, begin + 1);
  error(begin, "not PTX: an unexpected character");
}
