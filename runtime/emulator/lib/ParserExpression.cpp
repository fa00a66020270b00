// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Constant expressions (PTX ISA, "Constant Expressions"), in 64 bits.

#include "Parser.h"

using namespace lacuna::emulator::ptx;

namespace {
struct Operator {
  std::string_view text;
  unsigned precedence;
};
constexpr Operator operators[] = {
    {"||", 1}, {"&&", 2}, {"|", 3},  {"^", 4},  {"&", 5},  {"==", 6},
    {"!=", 6}, {"<", 7},  {"<=", 7}, {">", 7},  {">=", 7}, {"<<", 8},
    {">>", 8}, {"+", 9},  {"-", 9},  {"*", 10}, {"/", 10}, {"%", 10}};

const Operator *findOperator(std::string_view text) {
  for (const Operator &op : operators)
    if (op.text == text)
      return &op;
  return nullptr;
}

int64_t apply(std::string_view op, int64_t a, int64_t b) {
  auto ua = static_cast<uint64_t>(a), ub = static_cast<uint64_t>(b);
  if (op == "||")
    return a || b;
  if (op == "&&")
    return a && b;
  if (op == "|")
    return a | b;
  if (op == "^")
    return a ^ b;
  if (op == "&")
    return a & b;
  if (op == "==")
    return a == b;
  if (op == "!=")
    return a != b;
  if (op == "<")
    return a < b;
  if (op == "<=")
    return a <= b;
  if (op == ">")
    return a > b;
  if (op == ">=")
    return a >= b;
  if (op == "<<")
    return ub < 64 ? static_cast<int64_t>(ua << ub) : 0;
  if (op == ">>")
    return a >> (ub < 63 ? ub : 63);
  if (op == "+")
    return static_cast<int64_t>(ua + ub);
  if (op == "-")
    return static_cast<int64_t>(ua - ub);
  if (op == "*")
    return static_cast<int64_t>(ua * ub);
  // The quotient of the smallest number by -1 has no value of its own.
  if (b == -1)
    return op == "/" ? static_cast<int64_t>(0 - ua) : 0;
  return op == "/" ? a / b : a % b;
}
} // namespace

int64_t Parser::parseUnary() {
  Nested nested(*this);
  if (take("-"))
    return static_cast<int64_t>(0 - static_cast<uint64_t>(parseUnary()));
  if (take("+"))
    return parseUnary();
  if (take("~"))
    return ~parseUnary();
  if (take("!"))
    return !parseUnary();
  if (take("(")) {
    // A cast keeps the bits: (.s64) and (.u64).
    if (take(".s64") || take(".u64")) {
      expect(")");
      return parseUnary();
    }
    int64_t value = parseExpression();
    expect(")");
    return value;
  }
  if (take("WARP_SZ"))
    return 32;
  if (token.kind != Token::Kind::Integer)
    unexpected("a constant");
  auto value = static_cast<int64_t>(token.integer);
  advance();
  return value;
}

int64_t Parser::parseBinary(unsigned precedence) {
  Nested nested(*this);
  int64_t value = parseUnary();
  while (token.kind == Token::Kind::Punctuation) {
    const Operator *op = findOperator(token.text);
    if (!op || op->precedence < precedence)
      break;
    advance();
    int64_t right = parseBinary(op->precedence + 1);
    if (right == 0 && op->precedence == 10 && op->text != "*")
      error("a constant is divided by 0");
    value = apply(op->text, value, right);
  }
  return value;
}

int64_t Parser::parseConditional() {
  Nested nested(*this);
  int64_t value = parseBinary(1);
  if (!take("?"))
    return value;
  int64_t yes = parseConditional();
  expect(":");
  int64_t no = parseConditional();
  return value ? yes : no;
}
