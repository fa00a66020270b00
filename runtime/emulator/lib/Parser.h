// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The parser: recursive descent over one token of lookahead. Declarations are
// in Parser.cpp, statements and operands in ParserBody.cpp, constant
// expressions in ParserExpression.cpp.

#ifndef LACUNA_EMULATOR_LIB_PARSER_H
#define LACUNA_EMULATOR_LIB_PARSER_H

#include "Lexer.h"
#include "lacuna/Emulator/PTX.h"

#include <string>

namespace lacuna::emulator::ptx {

class Parser {
public:
  Parser(std::string_view text, Module &module);
  void parseModule();

private:
  /// What stands before a declaration.
  struct Linkage {
    bool isExtern = false;
    bool isVisible = false;
    bool isWeak = false;
  };

  // Tokens.
  void advance() { token = lexer.next(); }
  bool at(std::string_view text) const { return token.is(text); }
  bool take(std::string_view text);
  void expect(std::string_view text);
  std::string_view identifier(std::string_view what);
  uint64_t unsignedInteger(std::string_view what, uint64_t most);
  [[noreturn]] void error(std::string_view reason) const;
  [[noreturn]] void unexpected(std::string_view expected) const;

  // Declarations.
  void parseHeader();
  void parseTopLevel();
  void parseFunction(const Linkage &linkage);
  void parsePerformanceDirectives(Function &function);
  void parseDimensions(uint32_t (&sizes)[3]);
  std::vector<Variable> parseParams();
  Variable parseParam();
  void parseVariables(const Linkage &linkage, std::vector<Variable> &out);
  void parseTypeAndAlign(Variable &variable);
  std::vector<uint64_t> parseArray(Variable &variable);
  void parseInitializer(Variable &variable, std::vector<uint64_t> &dimensions);
  void parseInitializerList(Variable &variable,
                            const std::vector<uint64_t> &dimensions,
                            size_t depth);
  void parseInitializerValue(Variable &variable);
  void parseInitializerSymbol(Variable &variable, unsigned shift);
  void append(Variable &variable, uint64_t bits);
  Space parseSpace();
  bool skipDebug();
  void skipBraces();
  void skipParentheses();

  // Statements.
  void parseBody(Function &function);
  void parseStatement(Function &function, unsigned scope);
  void parseLabel(Function &function, unsigned scope, std::string_view name);
  void declare(Function &function, unsigned scope);
  void parseInstruction(Function &function, unsigned scope);
  Operand parseOperand(bool isCall);
  Operand parseName();
  Operand parseAddress();
  std::vector<Operand> parseList(std::string_view close, bool isCall);

  // Constant expressions.
  int64_t parseExpression() { return parseConditional(); }
  int64_t parseConditional();
  int64_t parseBinary(unsigned precedence);
  int64_t parseUnary();

  Lexer lexer;
  Token token;
  Module &module;
  unsigned depth = 0;
  /// What was made of the text so far, which is bounded.
  size_t instructions = 0;
  size_t scopes = 0;
  /// Counts nesting, which recursion follows; refuses too much of it.
  struct Nested {
    explicit Nested(Parser &parser);
    ~Nested() { --parser.depth; }
    Parser &parser;
  };
};

} // namespace lacuna::emulator::ptx

#endif // LACUNA_EMULATOR_LIB_PARSER_H
