// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// JSON that people write: target files and rules.

#ifndef LACUNA_COSTMODEL_JSON_H
#define LACUNA_COSTMODEL_JSON_H

#include "llvm/Support/Error.h"
#include "llvm/Support/JSON.h"

namespace lacuna {

/// As llvm::json::parse, which descends recursively and keeps the last of equal
/// keys: what is nested deeper than a file of ours ever is, and a key given
/// twice, is an error.
llvm::Expected<llvm::json::Value> parseJSON(llvm::StringRef text);

} // namespace lacuna

#endif // LACUNA_COSTMODEL_JSON_H
