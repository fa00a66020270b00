// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Private to the packing library: text for messages.

#ifndef LACUNA_PACKING_LIB_TEXT_H
#define LACUNA_PACKING_LIB_TEXT_H

#include <string>
#include <string_view>

namespace lacuna::packing {

/// The text in single quotes. Names come out of files that anybody may have
/// written: control characters and bytes that are not ASCII are escaped, and
/// what is very long is cut.
std::string quote(std::string_view text);

} // namespace lacuna::packing

#endif // LACUNA_PACKING_LIB_TEXT_H
