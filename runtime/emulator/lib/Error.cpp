// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lacuna/Emulator/Error.h"

using namespace lacuna::emulator;

std::string lacuna::emulator::excerpt(std::string_view text, size_t limit) {
  std::string result;
  bool space = false;
  for (char c : text) {
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      space = !result.empty();
      continue;
    }
    if (space)
      result += ' ';
    space = false;
    result += c > ' ' && c < 127 ? c : '?';
    if (result.size() >= limit) {
      result.resize(limit);
      return result + "...";
    }
  }
  return result;
}

LoadError::LoadError(unsigned line, std::string_view text,
                     std::string_view reason)
    : std::runtime_error(
          "line " + std::to_string(line) + ": " +
          (text.empty() ? std::string() : "'" + excerpt(text) + "': ") +
          std::string(reason)),
      lineNumber(line) {}
