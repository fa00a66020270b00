// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The dictionary in an npy header. It is Python, of which just the few forms
// are read that NumPy writes.

#include "NpyHeader.h"
#include "Text.h"

using namespace lacuna::packing;

namespace {
struct TypeName {
  ElementType type;
  std::string_view descr; ///< Without the byte order.
};
constexpr TypeName typeNames[] = {
    {ElementType::F64, "f8"}, {ElementType::F32, "f4"},
    {ElementType::F16, "f2"}, {ElementType::I64, "i8"},
    {ElementType::I32, "i4"}, {ElementType::I16, "i2"},
    {ElementType::I8, "i1"},  {ElementType::U64, "u8"},
    {ElementType::U32, "u4"}, {ElementType::U16, "u2"},
    {ElementType::U8, "u1"},  {ElementType::Bool, "b1"},
};

Result<ElementType> parseDescr(std::string_view descr) {
  std::string found = "type " + quote(descr);
  char order = descr.empty() ? '\0' : descr[0];
  std::string_view name = descr.substr(descr.empty() ? 0 : 1);
  for (const TypeName &entry : typeNames) {
    if (entry.descr != name)
      continue;
    bool isByte = getByteWidth(entry.type) == 1;
    if (order == '<' || order == '=' || (order == '|' && isByte) ||
        (order == '>' && isByte))
      return entry.type;
    if (order == '>')
      return Status::error(found +
                           " is big-endian; expected little-endian: "
                           "convert it with astype('<" +
                           std::string(name) + "')");
  }
  std::string expected =
      "; expected f8, f4, f2, i8, i4, i2, i1, u8, u4, u2, u1 or b1, "
      "little-endian";
  if (name == "V2")
    return Status::error(found + " is raw bytes of width 2, perhaps bfloat16, "
                                 "which npy has no name for; use safetensors, "
                                 "or convert it with astype('<f4')");
  if (name == "O")
    return Status::error(found + " is Python objects" + expected);
  return Status::error(found + " is not supported" + expected +
                       ": convert it with astype");
}

class HeaderParser {
public:
  explicit HeaderParser(std::string_view text) : text(text) {}

  Result<NpyHeader> parse() {
    expect('{');
    while (good() && !accept('}')) {
      parseEntry();
      if (good() && !accept(',')) {
        expect('}');
        break;
      }
    }
    skipBlanks();
    if (good() && position != text.size())
      fail("the end of the header");
    for (size_t i = 0; i < 3 && good(); ++i)
      if (!seen[i])
        status = Status::error("the header lacks the key '" +
                               std::string(keys[i]) + "'" + hint);
    if (!good())
      return status;
    return header;
  }

private:
  static constexpr std::string_view keys[] = {"descr", "fortran_order",
                                              "shape"};
  static constexpr char hint[] = "; write the file with numpy.save";

  bool good() const { return status.ok(); }

  void fail(const std::string &expected) {
    if (good())
      status =
          Status::error("header " + quote(text) + ": expected " + expected +
                        " at column " + std::to_string(position + 1) + hint);
  }

  void skipBlanks() {
    while (position < text.size() &&
           (text[position] == ' ' || text[position] == '\n'))
      ++position;
  }

  bool accept(char token) {
    skipBlanks();
    bool found = good() && position < text.size() && text[position] == token;
    position += found;
    return found;
  }

  void expect(char token) {
    if (!accept(token))
      fail("'" + std::string(1, token) + "'");
  }

  bool acceptWord(std::string_view word) {
    skipBlanks();
    bool found = good() && text.substr(position, word.size()) == word;
    position += found ? word.size() : 0;
    return found;
  }

  std::string_view parseString() {
    skipBlanks();
    char delimiter = position < text.size() ? text[position] : '\0';
    size_t end = delimiter == '\'' || delimiter == '"'
                     ? text.find(delimiter, position + 1)
                     : std::string_view::npos;
    if (end == std::string_view::npos) {
      fail("a string");
      return "";
    }
    std::string_view content = text.substr(position + 1, end - position - 1);
    position = end + 1;
    return content;
  }

  void parseEntry() {
    std::string_view key = parseString();
    expect(':');
    if (!good())
      return;
    size_t which = 0;
    while (which < 3 && keys[which] != key)
      ++which;
    if (which == 3 || seen[which]) {
      status = Status::error(
          "the header has the key " + quote(key) +
          (which == 3 ? "; expected 'descr', 'fortran_order' and 'shape'"
                      : " twice; expected it once") +
          hint);
      return;
    }
    seen[which] = true;
    if (which == 0)
      parseType();
    else if (which == 1)
      parseOrder();
    else
      parseShape();
  }

  void parseType() {
    skipBlanks();
    if (position < text.size() && text[position] == '[') {
      status = Status::error("the file holds records (fields with names); "
                             "expected plain elements: save each field as an "
                             "array of its own");
      return;
    }
    std::string_view descr = parseString();
    if (!good())
      return;
    Result<ElementType> type = parseDescr(descr);
    if (type.ok())
      header.type = *type;
    else
      status = type.status();
  }

  void parseOrder() {
    if (acceptWord("True"))
      header.fortranOrder = true;
    else if (!acceptWord("False"))
      fail("True or False");
  }

  void parseShape() {
    expect('(');
    while (good() && !accept(')')) {
      parseSize();
      if (!accept(',')) {
        // (3) without a comma is a number in Python, not a tuple.
        if (header.shape.size() == 1)
          fail("','");
        expect(')');
        return;
      }
    }
  }

  void parseSize() {
    skipBlanks();
    size_t start = position;
    int64_t size = 0;
    bool fits = true;
    while (position < text.size() && text[position] >= '0' &&
           text[position] <= '9') {
      fits &= !__builtin_mul_overflow(size, 10, &size) &&
              !__builtin_add_overflow(size, text[position] - '0', &size);
      ++position;
    }
    if (position == start || !fits) {
      position = start;
      fail("a size from 0 to 2^63 - 1");
    }
    header.shape.push_back(size);
  }

  std::string_view text;
  size_t position = 0;
  Status status;
  bool seen[3] = {false, false, false};
  NpyHeader header;
};
} // namespace

Result<NpyHeader> lacuna::packing::parseNpyHeader(std::string_view text) {
  return HeaderParser(text).parse();
}

Result<std::string> lacuna::packing::printNpyHeader(ElementType type,
                                                    const Shape &shape) {
  for (const TypeName &entry : typeNames) {
    if (entry.type != type)
      continue;
    std::string sizes = toString(shape);
    sizes = sizes.substr(1, sizes.size() - 2);
    char order = getByteWidth(type) == 1 ? '|' : '<';
    return "{'descr': '" + std::string(1, order) + std::string(entry.descr) +
           "', 'fortran_order': False, 'shape': (" + sizes +
           (shape.size() == 1 ? ",), }" : "), }");
  }
  return Status::error("npy has no type " + std::string(getName(type)) +
                       "; write safetensors, or convert it to f32");
}
