// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lacuna/CostModel/JSON.h"

using namespace llvm;

static constexpr unsigned kDeepest = 16;

Expected<json::Value> lacuna::parseJSON(StringRef text) {
  unsigned depth = 0;
  bool inString = false;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (inString) {
      if (c == '\\')
        ++i;
      else if (c == '"')
        inString = false;
    } else if (c == '"') {
      inString = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kDeepest)
        return createStringError("nested deeper than " + Twine(kDeepest) +
                                 " levels");
    } else if ((c == ']' || c == '}') && depth) {
      --depth;
    }
  }
  return json::parse(text);
}
