// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Modules, functions and variables (PTX ISA, "Directives").

#include "Parser.h"
#include "lacuna/Emulator/Error.h"
#include "lacuna/Emulator/Lanes.h"

#include <algorithm>

using namespace lacuna::emulator;
using namespace lacuna::emulator::ptx;

namespace {
/// Text that is longer is no program. The tree takes up to 30 times of it.
constexpr size_t mostText = size_t(1) << 25;
constexpr size_t mostData = size_t(1) << 28;
constexpr unsigned mostNesting = 200;
/// Sizes of variables: what an address of the space can reach, and for global
/// memory more than any device has.
constexpr uint64_t mostBytes = uint64_t(1) << 40;
} // namespace

Module lacuna::emulator::ptx::parse(std::string_view text) {
  if (text.size() > mostText)
    throw LoadError(1, "", "the text is longer than 32 MiB");
  Module module;
  // Images end with a 0; nothing that follows one is PTX.
  module.text =
      std::make_shared<const std::string>(text.substr(0, text.find('\0')));
  Parser(*module.text, module).parseModule();
  return module;
}

Parser::Parser(std::string_view text, Module &module)
    : lexer(text), module(module) {}

Parser::Nested::Nested(Parser &parser) : parser(parser) {
  if (++parser.depth > mostNesting) {
    --parser.depth;
    parser.error("nested too deeply");
  }
}

void Parser::error(std::string_view reason) const {
  throw LoadError(token.line, lexer.lineOf(token), reason);
}

void Parser::unexpected(std::string_view expected) const {
  std::string found = token.kind == Token::Kind::End
                          ? "the end of the text"
                          : "'" + excerpt(token.text, 40) + "'";
  error("expected " + std::string(expected) + ", found " + found);
}

bool Parser::take(std::string_view text) {
  if (!at(text))
    return false;
  advance();
  return true;
}

void Parser::expect(std::string_view text) {
  if (!take(text))
    unexpected("'" + std::string(text) + "'");
}

std::string_view Parser::identifier(std::string_view what) {
  if (token.kind != Token::Kind::Identifier)
    unexpected(what);
  std::string_view name = token.text;
  advance();
  return name;
}

uint64_t Parser::unsignedInteger(std::string_view what, uint64_t most) {
  int64_t value = parseExpression();
  if (value < 0 || static_cast<uint64_t>(value) > most)
    error(std::string(what) + " is " + std::to_string(value) +
          ", expected 0 to " + std::to_string(most));
  return static_cast<uint64_t>(value);
}

void Parser::parseModule() {
  advance();
  parseHeader();
  while (token.kind != Token::Kind::End)
    parseTopLevel();
}

/// .version and .target begin every module.
void Parser::parseHeader() {
  if (!take(".version"))
    unexpected("'.version', with which PTX begins");
  size_t dot = token.text.find('.');
  if (token.kind != Token::Kind::Float || token.text.size() > 5 ||
      dot == std::string_view::npos || token.text.size() != dot + 2 ||
      token.single)
    unexpected("a version such as 8.5");
  for (char c : token.text)
    if (c != '.')
      module.version = module.version * 10 + static_cast<unsigned>(c - '0');
  advance();
  if (!take(".target"))
    unexpected("'.target'");
  module.target = std::string(identifier("an architecture such as sm_90a"));
  while (take(",")) {
    // debug says that there is debug information; others change meanings.
    if (!at("debug"))
      error("expected 'debug' or nothing after the architecture");
    advance();
  }
}

void Parser::parseTopLevel() {
  if (skipDebug())
    return;
  if (take(".address_size")) {
    if (unsignedInteger(".address_size", 64) != 64)
      error("expected 64-bit addresses");
    return;
  }
  if (take(";"))
    return;
  Linkage linkage;
  for (;;) {
    if (take(".extern"))
      linkage.isExtern = true;
    else if (take(".visible"))
      linkage.isVisible = true;
    else if (take(".weak") || take(".common"))
      linkage.isWeak = true;
    else
      break;
  }
  if (at(".entry") || at(".func"))
    return parseFunction(linkage);
  if (at(".global") || at(".const") || at(".shared"))
    return parseVariables(linkage, module.variables);
  if (token.kind == Token::Kind::Directive)
    error("the emulator does not have the directive '" +
          excerpt(token.text, 40) + "' here");
  unexpected("a directive");
}

/// Directives that only debuggers and optimizers read.
bool Parser::skipDebug() {
  if (at(".loc") || at(".file") || at("@")) {
    // '@@DWARF' lines of old; a guard never follows another '@'.
    if (at("@")) {
      Lexer ahead = lexer;
      if (!ahead.next().is("@"))
        return false;
    }
    lexer.skipLine();
    advance();
    return true;
  }
  if (take(".section")) {
    if (token.kind == Token::Kind::End)
      unexpected("the name of a section");
    advance();
    skipBraces();
    return true;
  }
  if (take(".pragma")) {
    do {
      if (token.kind != Token::Kind::String)
        unexpected("a string");
      advance();
    } while (take(","));
    expect(";");
    return true;
  }
  return false;
}

void Parser::skipBraces() {
  expect("{");
  for (unsigned open = 1; open; advance()) {
    if (token.kind == Token::Kind::End)
      unexpected("'}'");
    open += at("{");
    open -= at("}");
  }
}

void Parser::skipParentheses() {
  expect("(");
  for (unsigned open = 1; open; advance()) {
    if (token.kind == Token::Kind::End)
      unexpected("')'");
    open += at("(");
    open -= at(")");
  }
}

Space Parser::parseSpace() {
  constexpr std::pair<std::string_view, Space> spaces[] = {
      {".reg", Space::Register},  {".global", Space::Global},
      {".shared", Space::Shared}, {".local", Space::Local},
      {".const", Space::Const},   {".param", Space::Param}};
  for (auto [name, space] : spaces)
    if (take(name))
      return space;
  unexpected("a state space");
}

/// [.align N] [.ptr ...] [.attribute(...)] [.v2] .type, in any order.
void Parser::parseTypeAndAlign(Variable &variable) {
  bool typed = false;
  uint64_t align = 0;
  while (token.kind == Token::Kind::Directive) {
    if (take(".align")) {
      align = unsignedInteger(".align", uint64_t(1) << 20);
      if (align == 0 || (align & (align - 1)))
        error("an alignment must be a power of two");
    } else if (take(".ptr")) {
      take(".global") || take(".shared") || take(".local") || take(".const");
      // The alignment of what it points to.
      if (take(".align"))
        unsignedInteger(".align", uint64_t(1) << 20);
    } else if (take(".attribute")) {
      skipParentheses();
    } else if (take(".v2")) {
      variable.vector = 2;
    } else if (take(".v4")) {
      variable.vector = 4;
    } else if (auto type = parseType(token.text.substr(1)); type && !typed) {
      variable.type = *type;
      typed = true;
      advance();
    } else {
      error("the emulator does not have variables of '" +
            excerpt(token.text, 40) + "'");
    }
  }
  if (!typed)
    unexpected("a type");
  if (variable.space == Space::Register) {
    if (variable.vector != 1)
      error("the emulator does not have vector registers: declare one for "
            "each element");
    return;
  }
  if (variable.type == Type::Pred)
    error("a predicate has no place in memory");
  variable.bytes = bitsOf(variable.type) / 8 * variable.vector;
  variable.align = align ? align : variable.bytes;
}

/// [4][8], [] or nothing: the dimensions.
std::vector<uint64_t> Parser::parseArray(Variable &variable) {
  std::vector<uint64_t> dimensions;
  while (take("[")) {
    variable.isArray = true;
    if (take("]")) {
      if (!dimensions.empty())
        error("only the first dimension may be left open");
      variable.isUnsized = true;
      dimensions.push_back(0);
      continue;
    }
    uint64_t size = unsignedInteger("the size of an array", mostBytes);
    if (dimensions.size() >= 16)
      error("an array of more than 16 dimensions");
    dimensions.push_back(size);
    if (!variable.isUnsized || dimensions.size() > 1) {
      // Both factors are at most 2^40, so look before multiplying.
      if (size && variable.bytes > mostBytes / size)
        error("an array of more than 2^40 bytes");
      variable.bytes *= size;
    }
    expect("]");
  }
  if (variable.isUnsized && dimensions.size() == 1)
    variable.bytes = 0;
  return dimensions;
}

Variable Parser::parseParam() {
  Variable variable;
  variable.line = token.line;
  variable.space = parseSpace();
  if (variable.space != Space::Param && variable.space != Space::Register)
    error("expected a parameter in '.param' or '.reg'");
  parseTypeAndAlign(variable);
  variable.name = identifier("the name of a parameter");
  parseArray(variable);
  if (variable.bytes > (1 << 20))
    error("a parameter of more than 1 MiB");
  if (variable.isUnsized)
    error("the emulator does not have parameters of open size");
  return variable;
}

std::vector<Variable> Parser::parseParams() {
  std::vector<Variable> params;
  expect("(");
  if (take(")"))
    return params;
  do
    params.push_back(parseParam());
  while (take(","));
  expect(")");
  return params;
}

void Parser::parseDimensions(uint32_t (&sizes)[3]) {
  sizes[0] = sizes[1] = sizes[2] = 1;
  unsigned i = 0;
  do {
    if (i == 3)
      error("expected at most 3 dimensions");
    sizes[i++] =
        static_cast<uint32_t>(unsignedInteger("a dimension", UINT32_MAX));
  } while (take(","));
}

void Parser::parsePerformanceDirectives(Function &function) {
  for (;;) {
    if (take(".maxntid"))
      parseDimensions(function.maxThreads);
    else if (take(".reqntid"))
      parseDimensions(function.requiredThreads);
    else if (take(".reqnctapercluster"))
      parseDimensions(function.requiredCluster);
    else if (take(".minnctapersm") || take(".maxnctapersm") ||
             take(".maxnreg") || take(".maxclusterrank"))
      unsignedInteger("the directive's value", UINT32_MAX);
    else if (take(".noreturn"))
      function.noReturn = true;
    else if (!skipDebug())
      return;
  }
}

void Parser::parseFunction(const Linkage &linkage) {
  Function function;
  function.line = token.line;
  function.isEntry = at(".entry");
  function.isExtern = linkage.isExtern;
  function.isVisible = linkage.isVisible;
  function.isWeak = linkage.isWeak;
  advance();
  if (take(".attribute"))
    skipParentheses();
  if (!function.isEntry && at("("))
    function.results = parseParams();
  function.name = identifier("the name of a function");
  if (at("("))
    function.params = parseParams();
  parsePerformanceDirectives(function);
  for (const Variable &param : function.params)
    if (function.isEntry && param.space != Space::Param)
      error("the parameters of a kernel are in '.param'");
  if (at("{")) {
    parseBody(function);
  } else if (!take(";")) {
    if (token.kind == Token::Kind::Directive)
      error("the emulator does not have the directive '" +
            excerpt(token.text, 40) + "' here");
    unexpected("the body of the function or ';'");
  }
  module.functions.push_back(std::move(function));
}

/// .space type name [array] [= initializer], name ...;
void Parser::parseVariables(const Linkage &linkage,
                            std::vector<Variable> &out) {
  Variable prototype;
  prototype.space = parseSpace();
  prototype.isExtern = linkage.isExtern;
  prototype.isVisible = linkage.isVisible;
  prototype.isWeak = linkage.isWeak;
  // .const[2] of old chooses a bank.
  if (prototype.space == Space::Const && at("["))
    error("the emulator does not have constant banks");
  parseTypeAndAlign(prototype);
  do {
    Variable variable = prototype;
    variable.line = token.line;
    variable.name = identifier("the name of a variable");
    if (variable.space == Space::Register && take("<")) {
      // Not an expression: '>' ends it.
      if (token.kind != Token::Kind::Integer || token.integer > UINT32_MAX)
        unexpected("the number of registers");
      variable.range = token.integer;
      advance();
      if (variable.range == 0)
        error("expected at least one register");
      expect(">");
    }
    std::vector<uint64_t> dimensions = parseArray(variable);
    if (variable.space == Space::Register && variable.isArray)
      error("registers are no arrays");
    if (take("="))
      parseInitializer(variable, dimensions);
    if (variable.isUnsized && variable.bytes == 0 && !variable.isExtern)
      error("an array of open size must be '.extern' or have an initializer");
    out.push_back(std::move(variable));
  } while (take(","));
  expect(";");
}

void Parser::parseInitializer(Variable &variable,
                              std::vector<uint64_t> &dimensions) {
  if (variable.space != Space::Global && variable.space != Space::Const)
    error("only variables in '.global' and '.const' have initializers");
  if (variable.vector > 1)
    dimensions.push_back(variable.vector);
  if (!at("{")) {
    if (!dimensions.empty())
      unexpected("'{'");
    parseInitializerValue(variable);
    return;
  }
  if (dimensions.empty())
    dimensions.push_back(1);
  parseInitializerList(variable, dimensions, 0);
  if (!variable.isUnsized)
    return;
  // The initializer tells the open dimension.
  uint64_t row = bitsOf(variable.type) / 8;
  for (size_t i = 1; i < dimensions.size(); ++i)
    row *= dimensions[i];
  if (row == 0 || row > mostBytes)
    error("an array with rows of " + std::to_string(row) + " bytes");
  variable.bytes = (variable.data.size() + row - 1) / row * row;
}

void Parser::parseInitializerList(Variable &variable,
                                  const std::vector<uint64_t> &dimensions,
                                  size_t level) {
  Nested nested(*this);
  uint64_t below = bitsOf(variable.type) / 8;
  for (size_t i = level + 1; i < dimensions.size(); ++i)
    if (__builtin_mul_overflow(below, dimensions[i], &below))
      error("an array of more than 2^40 bytes");
  size_t begin = variable.data.size();
  bool open = level == 0 && variable.isUnsized;
  uint64_t most = 0;
  if (!open && __builtin_mul_overflow(below, dimensions[level], &most))
    error("an array of more than 2^40 bytes");
  expect("{");
  while (!at("}")) {
    if (at("{")) {
      if (level + 1 >= dimensions.size())
        error("more braces than the array has dimensions");
      size_t row = variable.data.size();
      parseInitializerList(variable, dimensions, level + 1);
      // Elements that a row leaves out are 0.
      if (below > mostData || row + below > mostData)
        error("an initializer of more than 2^28 bytes");
      variable.data.resize(row + below);
    } else {
      parseInitializerValue(variable);
    }
    if (!open && variable.data.size() - begin > most)
      error("more initializers than the array has elements");
    if (!take(","))
      break;
  }
  expect("}");
}

void Parser::append(Variable &variable, uint64_t bits) {
  if (variable.data.size() >= mostData)
    error("an initializer of more than 2^28 bytes");
  for (unsigned i = 0; i < bitsOf(variable.type) / 8; ++i)
    variable.data.push_back(i < 8 ? uint8_t(bits >> (8 * i)) : 0);
}

/// symbol, generic(symbol), with an addend.
void Parser::parseInitializerSymbol(Variable &variable, unsigned shift) {
  Relocation relocation;
  relocation.offset = variable.data.size();
  relocation.bytes = bitsOf(variable.type) / 8;
  relocation.shift = shift;
  relocation.symbol = identifier("a symbol");
  if (relocation.symbol == "generic" && take("(")) {
    relocation.generic = true;
    relocation.symbol = identifier("a symbol");
    expect(")");
  }
  if (at("+") || at("-"))
    relocation.addend = parseExpression();
  variable.relocations.push_back(relocation);
  append(variable, 0);
}

void Parser::parseInitializerValue(Variable &variable) {
  if (token.kind == Token::Kind::Identifier && !at("WARP_SZ"))
    return parseInitializerSymbol(variable, 0);
  Lexer ahead = lexer;
  bool minus = at("-") && ahead.next().kind == Token::Kind::Float;
  if (minus)
    advance();
  if (token.kind == Token::Kind::Float) {
    double real = minus ? -token.real : token.real;
    if (variable.type == Type::F32)
      append(variable, token.single && !minus
                           ? token.integer
                           : toBits(static_cast<float>(real)));
    else if (variable.type == Type::F64)
      append(variable, toBits(real));
    else
      error("expected an integer");
    advance();
    return;
  }
  if (token.kind == Token::Kind::Integer) {
    // 0xFF00(symbol): one byte of an address.
    Token mask = token;
    if (ahead = lexer; ahead.next().is("(")) {
      advance();
      advance();
      unsigned shift = mask.integer ? __builtin_ctzll(mask.integer) : 0;
      if (shift % 8 || mask.integer >> shift != 0xFF)
        error("expected a mask of one byte, such as 0xFF00");
      parseInitializerSymbol(variable, shift);
      expect(")");
      return;
    }
  }
  int64_t integer = parseExpression();
  if (variable.type == Type::F32)
    append(variable, toBits(static_cast<float>(integer)));
  else if (variable.type == Type::F64)
    append(variable, toBits(static_cast<double>(integer)));
  else
    append(variable, static_cast<uint64_t>(integer));
}
