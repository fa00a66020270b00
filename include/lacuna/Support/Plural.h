// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Numbers with their nouns, for reports and messages.

#ifndef LACUNA_SUPPORT_PLURAL_H
#define LACUNA_SUPPORT_PLURAL_H

#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <string>

namespace lacuna {

/// "1 launch", "2 launches", "16 columns". `noun` is in the singular.
inline std::string countNoun(int64_t number, llvm::StringRef noun) {
  return std::to_string(number) + " " + noun.str() +
         (number == 1            ? ""
          : noun.ends_with("ch") ? "es"
                                 : "s");
}

} // namespace lacuna

#endif // LACUNA_SUPPORT_PLURAL_H
