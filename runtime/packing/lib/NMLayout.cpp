// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The n:m layout itself: its text, its constraints nm_c1 to nm_c3, and the
// sizes that follow from putting it on a tensor.

#include "lacuna/Packing/NM.h"

#include <algorithm>

using namespace lacuna::packing;

namespace {
/// Reads the text of a layout from left to right; remembers only the first
/// thing that was missing.
class Scanner {
public:
  explicit Scanner(std::string_view text) : text(text) {}

  void expect(std::string_view token) {
    skipBlanks();
    if (text.substr(position, token.size()) == token)
      position += token.size();
    else
      fail("'" + std::string(token) + "'");
  }

  bool accept(char token) {
    skipBlanks();
    bool found = position < text.size() && text[position] == token;
    position += found;
    return found;
  }

  unsigned number() {
    skipBlanks();
    unsigned value = 0;
    size_t start = position;
    while (position < text.size() && text[position] >= '0' &&
           text[position] <= '9') {
      // Far beyond what any field may be, and far from overflow.
      value = std::min(value * 10 + (text[position] - '0'), 1000000u);
      ++position;
    }
    if (position == start)
      fail("a number");
    return value;
  }

  void expectEnd() {
    skipBlanks();
    if (position != text.size())
      fail("the end");
  }

  /// Empty while everything was there.
  std::string missing;

private:
  void skipBlanks() {
    while (position < text.size() &&
           (text[position] == ' ' || text[position] == '\t'))
      ++position;
  }

  void fail(const std::string &what) {
    if (missing.empty())
      missing = what + " at column " + std::to_string(position + 1);
    position = text.size(); // Nothing that follows is looked at.
  }

  std::string_view text;
  size_t position = 0;
};

/// What can be said without the tensor: nm_c1 and nm_c2.
Status checkNumbers(const NMLayout &layout) {
  std::string hint = "; choose such numbers, as in 'nm<2:4, dim = 1>'";
  if (layout.n == 0 || layout.n >= layout.m)
    return Status::error("nm_c1: expected 0 < n < m, found " + layout.str() +
                         hint);
  if (layout.m > 64)
    return Status::error("nm_c2: expected m <= 64, found " + layout.str() +
                         hint);
  return Status();
}
} // namespace

Result<NMLayout> NMLayout::parse(std::string_view text,
                                 std::optional<unsigned> defaultDim) {
  NMLayout layout;
  Scanner scanner(text);
  scanner.expect("nm");
  scanner.expect("<");
  layout.n = scanner.number();
  scanner.expect(":");
  layout.m = scanner.number();
  bool hasDim = scanner.accept(',');
  if (hasDim) {
    scanner.expect("dim");
    scanner.expect("=");
    layout.dim = scanner.number();
  }
  scanner.expect(">");
  scanner.expectEnd();
  std::string quoted = "'" + std::string(text.substr(0, 80)) + "'";
  if (!scanner.missing.empty())
    return Status::error(quoted + " is not a layout: expected " +
                         scanner.missing +
                         "; a layout is written as in 'nm<2:4, dim = 1>'");
  if (!hasDim && !defaultDim)
    return Status::error(quoted + " does not say along which dimension; write "
                                  "it as in 'nm<2:4, dim = 1>'");
  if (!hasDim)
    layout.dim = *defaultDim;
  Status status = checkNumbers(layout);
  if (!status.ok())
    return status;
  return layout;
}

std::string NMLayout::str() const {
  return "nm<" + std::to_string(n) + ":" + std::to_string(m) +
         ", dim = " + std::to_string(dim) + ">";
}

Result<NMGeometry> NMGeometry::get(const NMLayout &layout, ElementType type,
                                   const Shape &shape) {
  Status status = checkNumbers(layout);
  if (!status.ok())
    return status;
  if (layout.dim >= shape.size())
    return Status::error("nm_c3: expected dim < " +
                         std::to_string(shape.size()) + ", found " +
                         layout.str() + " on shape " + toString(shape) +
                         "; name one of its dimensions");
  Result<uint64_t> denseBytes = getByteSize(type, shape);
  if (!denseBytes.ok())
    return denseBytes.status();

  NMGeometry geometry;
  geometry.layout = layout;
  geometry.type = type;
  geometry.shape = shape;
  geometry.denseBytes = *denseBytes;
  geometry.extent = shape[layout.dim];
  // Written so that it cannot overflow.
  geometry.groups =
      geometry.extent / layout.m + (geometry.extent % layout.m != 0);
  geometry.outer = geometry.inner = 1;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (i == layout.dim)
      continue;
    (i < layout.dim ? geometry.outer : geometry.inner) *= shape[i];
    geometry.packedShape.push_back(shape[i]);
  }
  geometry.rows = geometry.outer * geometry.inner;
  geometry.packedShape.push_back(geometry.groups);
  geometry.packedShape.push_back(layout.n);

  Result<uint64_t> valuesBytes = getByteSize(type, geometry.packedShape);
  if (!valuesBytes.ok())
    return valuesBytes.status().withContext("the packed form of " +
                                            toString(shape));
  geometry.valuesBytes = *valuesBytes;
  geometry.coordinatesBytes = *valuesBytes / getByteWidth(type);
  return geometry;
}

uint64_t NMGeometry::rowValuesBytes() const {
  return rowCoordinatesBytes() * getByteWidth(type);
}
