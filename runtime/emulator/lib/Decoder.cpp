// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What decoders of families use and that needs no program.

#include "lacuna/Emulator/Decoder.h"
#include "lacuna/Emulator/Error.h"

#include <algorithm>

using namespace lacuna::emulator;

bool Modifiers::take(std::string_view name) {
  auto it = std::find(left.begin(), left.end(), name);
  if (it == left.end())
    return false;
  left.erase(it);
  return true;
}

std::optional<Type> Modifiers::takeType() {
  for (auto it = left.begin(); it != left.end(); ++it)
    if (auto type = parseType(*it)) {
      left.erase(it);
      return type;
    }
  return std::nullopt;
}

int Modifiers::takeOneOf(std::initializer_list<std::string_view> names) {
  for (auto it = left.begin(); it != left.end(); ++it) {
    auto name = std::find(names.begin(), names.end(), *it);
    if (name == names.end())
      continue;
    left.erase(it);
    return static_cast<int>(name - names.begin());
  }
  return -1;
}

std::string_view Modifiers::takeNext() {
  if (left.empty())
    return "";
  std::string_view name = left.front();
  left.erase(left.begin());
  return name;
}

Space Modifiers::takeSpace() {
  switch (takeOneOf({"global", "shared", "shared::cta", "local", "const",
                     "param", "param::entry", "param::func"})) {
  case 0:
    return Space::Global;
  case 1:
  case 2:
    return Space::Shared;
  case 3:
    return Space::Local;
  case 4:
    return Space::Const;
  case 5:
  case 6:
  case 7:
    return Space::Param;
  default:
    return Space::Generic;
  }
}

void Decoder::error(std::string_view reason) const {
  throw LoadError(current->line, current->text, reason);
}

const ptx::Operand &Decoder::operand(size_t i) const {
  if (i >= current->operands.size())
    error("expected at least " + std::to_string(i + 1) + " operands, found " +
          std::to_string(current->operands.size()));
  return current->operands[i];
}

void Decoder::expectOperands(size_t least, size_t most) const {
  size_t count = current->operands.size();
  if (count >= least && count <= most)
    return;
  std::string range = std::to_string(least);
  if (most != least)
    range += " to " + std::to_string(most);
  error("expected " + range + " operands, found " + std::to_string(count));
}

static void expectElements(const Decoder &decoder, size_t found, size_t count) {
  if (found != count)
    decoder.error("expected a vector of " + std::to_string(count) +
                  " registers, found " + std::to_string(found));
}

void Decoder::readVector(size_t i, Type type, size_t count,
                         std::vector<Operand> &out) {
  const ptx::Operand &vector = operand(i);
  if (vector.kind != ptx::Operand::Kind::Vector) {
    expectElements(*this, 1, count);
    out.push_back(read(vector, type));
    return;
  }
  expectElements(*this, vector.elements.size(), count);
  for (const ptx::Operand &element : vector.elements)
    out.push_back(read(element, type));
}

void Decoder::writeVector(size_t i, Type type, size_t count,
                          std::vector<Operand> &out) {
  const ptx::Operand &vector = operand(i);
  if (vector.kind != ptx::Operand::Kind::Vector) {
    expectElements(*this, 1, count);
    out.push_back(write(vector, type));
    return;
  }
  expectElements(*this, vector.elements.size(), count);
  for (const ptx::Operand &element : vector.elements)
    out.push_back(write(element, type));
}

uint64_t Decoder::literal(size_t i, uint64_t most) const {
  const ptx::Operand &value = operand(i);
  if (value.kind != ptx::Operand::Kind::Integer)
    error("operand " + std::to_string(i + 1) + " must be a literal");
  uint64_t bits = static_cast<uint64_t>(value.integer);
  if (bits > most)
    error("operand " + std::to_string(i + 1) + " is " +
          std::to_string(value.integer) + ", expected 0 to " +
          std::to_string(most));
  return bits;
}
