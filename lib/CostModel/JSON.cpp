// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lacuna/CostModel/JSON.h"

#include "llvm/ADT/StringSet.h"

using namespace llvm;

static constexpr unsigned kDeepest = 16;

namespace {
/// An object or a list that has begun.
struct Open {
  bool isObject;
  unsigned line;
  StringSet<> keys;
};
} // namespace

/// What llvm::json::parse takes, overflows at, or says little of.
static Error check(StringRef text) {
  if (text.trim().empty())
    return createStringError("the file is empty; expected an object");
  std::vector<Open> open;
  unsigned line = 1;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    line += c == '\n';
    if (c == '"') {
      size_t begin = i + 1;
      for (++i; i < text.size() && text[i] != '"'; ++i)
        i += text[i] == '\\';
      StringRef word = text.slice(begin, i);
      bool isKey = !open.empty() && open.back().isObject &&
                   text.substr(i + 1).ltrim().starts_with(":");
      if (isKey && !open.back().keys.insert(word).second)
        return createStringError("line " + Twine(line) + " gives '" + word +
                                 "' a second time; expected each key once in "
                                 "the object that line " +
                                 Twine(open.back().line) + " begins");
    } else if (c == '[' || c == '{') {
      open.push_back({c == '{', line, {}});
      if (open.size() > kDeepest)
        return createStringError("nested deeper than " + Twine(kDeepest) +
                                 " levels");
    } else if ((c == ']' || c == '}') && !open.empty()) {
      open.pop_back();
    }
  }
  if (!open.empty())
    return createStringError(
        "the file ends in line " + Twine(line) + " inside of the " +
        (open.back().isObject ? "object" : "list") + " that line " +
        Twine(open.back().line) + " begins; expected it whole, not cut off");
  return Error::success();
}

Expected<json::Value> lacuna::parseJSON(StringRef text) {
  if (Error error = check(text))
    return std::move(error);
  return json::parse(text);
}
