// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Bodies of functions: scopes, labels, instructions, operands (PTX ISA,
// "Instruction Operands").

#include "Parser.h"
#include "lacuna/Emulator/Error.h"

using namespace lacuna::emulator;
using namespace lacuna::emulator::ptx;

void Parser::parseBody(Function &function) {
  function.hasBody = true;
  function.scopes.emplace_back();
  // Parameters are names of the outermost scope.
  for (auto *list : {&function.results, &function.params})
    for (const Variable &param : *list) {
      function.variables.push_back(param);
      declare(function, 0);
    }
  expect("{");
  std::vector<unsigned> open = {0};
  while (!open.empty()) {
    if (token.kind == Token::Kind::End)
      unexpected("'}' of the function");
    if (take("}")) {
      open.pop_back();
      continue;
    }
    if (take("{")) {
      Scope inner;
      inner.parent = open.back();
      open.push_back(static_cast<unsigned>(function.scopes.size()));
      function.scopes.push_back(std::move(inner));
      if (open.size() > 32)
        error("nested too deeply");
      if (++scopes > (size_t(1) << 20))
        error("more than 2^20 pairs of braces");
      continue;
    }
    parseStatement(function, open.back());
  }
}

/// Enters the variable declared last into the scope.
void Parser::declare(Function &function, unsigned scope) {
  auto index = static_cast<unsigned>(function.variables.size() - 1);
  std::string_view name = function.variables[index].name;
  if (name == "_")
    return;
  if (!function.scopes[scope].variables.emplace(name, index).second)
    error("'" + excerpt(name) + "' is declared twice");
}

void Parser::parseStatement(Function &function, unsigned scope) {
  if (token.kind == Token::Kind::Directive) {
    if (skipDebug())
      return;
    std::vector<Variable> variables;
    if (at(".reg") || at(".local") || at(".shared") || at(".param") ||
        at(".global") || at(".const")) {
      parseVariables(Linkage(), variables);
    } else if (take(".extern")) {
      Linkage linkage;
      linkage.isExtern = true;
      parseVariables(linkage, variables);
    } else {
      error("the emulator does not have the directive '" +
            excerpt(token.text, 40) + "' here");
    }
    for (Variable &variable : variables) {
      function.variables.push_back(std::move(variable));
      declare(function, scope);
    }
    return;
  }
  if (take(";"))
    return;
  if (token.kind == Token::Kind::Identifier) {
    Lexer ahead = lexer;
    if (ahead.next().is(":")) {
      std::string_view name = identifier("a label");
      expect(":");
      return parseLabel(function, scope, name);
    }
  }
  if (at("@") && skipDebug())
    return;
  parseInstruction(function, scope);
}

void Parser::parseLabel(Function &function, unsigned scope,
                        std::string_view name) {
  Scope &names = function.scopes[scope];
  auto isNew = [&](bool inserted) {
    if (!inserted)
      error("the label '" + excerpt(name) + "' is declared twice");
  };
  if (take(".branchtargets") || take(".calltargets")) {
    std::vector<std::string_view> targets;
    do
      targets.push_back(identifier("a label"));
    while (take(","));
    expect(";");
    isNew(names.targets.emplace(name, std::move(targets)).second);
    return;
  }
  if (take(".callprototype")) {
    Prototype prototype;
    if (at("("))
      prototype.results = parseParams();
    identifier("'_'");
    if (at("("))
      prototype.params = parseParams();
    while (!take(";")) {
      if (!take(".noreturn"))
        unexpected("';'");
    }
    isNew(names.prototypes
              .emplace(name, static_cast<unsigned>(function.prototypes.size()))
              .second);
    function.prototypes.push_back(std::move(prototype));
    return;
  }
  isNew(names.labels.emplace(name, static_cast<unsigned>(function.body.size()))
            .second);
}

void Parser::parseInstruction(Function &function, unsigned scope) {
  if (++instructions > (size_t(1) << 21))
    error("more than 2^21 instructions");
  Instruction instruction;
  instruction.line = token.line;
  instruction.scope = scope;
  const char *begin = token.text.data();
  if (take("@")) {
    instruction.guardNegated = take("!");
    instruction.guard = identifier("a predicate");
  }
  instruction.opcode = identifier("an instruction");
  while (token.kind == Token::Kind::Directive) {
    instruction.modifiers.push_back(token.text.substr(1));
    advance();
  }
  if (!at(";"))
    instruction.operands = parseList(";", instruction.opcode == "call");
  instruction.text =
      std::string_view(begin, static_cast<size_t>(token.text.data() - begin));
  expect(";");
  while (!instruction.text.empty() && instruction.text.back() <= ' ')
    instruction.text.remove_suffix(1);
  function.body.push_back(std::move(instruction));
}

/// Operands up to `close`, which is not taken.
std::vector<Operand> Parser::parseList(std::string_view close, bool isCall) {
  std::vector<Operand> list;
  if (at(close))
    return list;
  do
    list.push_back(parseOperand(isCall));
  while (take(","));
  if (!at(close))
    unexpected("',' or '" + std::string(close) + "'");
  return list;
}

Operand Parser::parseOperand(bool isCall) {
  Nested nested(*this);
  Operand operand;
  if (at("!")) {
    // A negated predicate; of a number it is part of an expression.
    Lexer ahead = lexer;
    if (ahead.next().kind == Token::Kind::Identifier) {
      advance();
      operand = parseName();
      operand.negated = true;
      return operand;
    }
  }
  if (take("{")) {
    operand.kind = Operand::Kind::Vector;
    operand.elements = parseList("}", isCall);
    expect("}");
    return operand;
  }
  if (at("["))
    return parseAddress();
  if (at("(") && isCall) {
    advance();
    operand.kind = Operand::Kind::List;
    operand.elements = parseList(")", isCall);
    expect(")");
    return operand;
  }
  bool minus = false;
  if (at("-")) {
    Token next = Lexer(lexer).next();
    if (next.kind == Token::Kind::Float ||
        (next.kind == Token::Kind::Identifier && !next.is("WARP_SZ"))) {
      minus = true;
      advance();
    }
  }
  if (token.kind == Token::Kind::Float) {
    operand.kind = Operand::Kind::Float;
    operand.real = minus ? -token.real : token.real;
    operand.single = token.single;
    // Bits as written, so that a NaN keeps its payload.
    operand.integer = static_cast<int64_t>(token.integer);
    if (minus)
      operand.integer ^= token.single ? int64_t(1) << 31 : INT64_MIN;
    advance();
    return operand;
  }
  if (token.kind == Token::Kind::Identifier && !at("WARP_SZ")) {
    operand = parseName();
    operand.minus = minus;
    return operand;
  }
  operand.kind = Operand::Kind::Integer;
  operand.integer = parseExpression();
  return operand;
}

/// name, name.x, name + 4, name | name, _
Operand Parser::parseName() {
  Nested nested(*this);
  Operand operand;
  Token first = token;
  std::string_view name = identifier("a name");
  if (name == "_" && !at("|"))
    return operand;
  // %tid.x and the like, written without a space.
  if (token.kind == Token::Kind::Directive &&
      token.text.data() == name.data() + name.size()) {
    name = std::string_view(name.data(), name.size() + token.text.size());
    advance();
  }
  operand.kind = Operand::Kind::Name;
  operand.name = name;
  if (name == "_")
    operand = Operand();
  if (at("|")) {
    advance();
    Operand pair;
    pair.kind = Operand::Kind::Pair;
    bool negated = take("!");
    Operand second = parseName();
    second.negated = negated;
    if (second.kind == Operand::Kind::Pair)
      error("expected two registers, found more");
    pair.elements.push_back(std::move(operand));
    pair.elements.push_back(std::move(second));
    return pair;
  }
  if (at("[")) {
    token = first;
    error("the emulator does not have 'name[index]': write the address");
  }
  if (at("+") || at("-"))
    operand.integer = parseExpression();
  return operand;
}

/// [name], [name + 4], [16], and further parts after commas.
Operand Parser::parseAddress() {
  Operand operand;
  operand.kind = Operand::Kind::Address;
  expect("[");
  if (token.kind == Token::Kind::Identifier && !at("WARP_SZ")) {
    Operand base = parseName();
    if (base.kind != Operand::Kind::Name)
      unexpected("a register or a variable");
    operand.name = base.name;
    operand.integer = base.integer;
  } else {
    operand.integer = parseExpression();
  }
  while (take(","))
    operand.elements.push_back(parseOperand(false));
  expect("]");
  return operand;
}
