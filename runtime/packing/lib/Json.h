// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Private to the packing library: JSON from files that nobody vouches for.

#ifndef LACUNA_PACKING_LIB_JSON_H
#define LACUNA_PACKING_LIB_JSON_H

#include "lacuna/Packing/Tensor.h"

#include <nlohmann/json.hpp>

namespace lacuna::packing {

using Json = nlohmann::json;

/// Parses a JSON document whose outermost value is an object. Duplicate keys
/// in an object, nesting deeper than any of our formats, and whatever is not
/// JSON are errors that name the place.
Result<Json> parseJsonObject(std::string_view text);

/// Takes a member of an object; false ends the reading.
using MemberFn = std::function<bool(std::string &&key, Json &&value)>;

/// Calls `member` for each member of the object that `text` is, in its order;
/// but for the member named `inner`, if that is an object, `innerMember` for
/// each of its own. So the document may be large: one value at a time is built.
/// Errors are as above, but for duplicates among these keys, which are the
/// callers' to find (see duplicateKey).
Status forEachMember(std::string_view text,
                     std::optional<std::string_view> inner,
                     const MemberFn &member, const MemberFn &innerMember);

/// The error of a key that occurs twice.
Status duplicateKey(std::string_view key);

/// The member `key` of an object, or null.
const Json *findMember(const Json &object, const char *key);

/// "an array", "a string", ...: for errors.
std::string describeType(const Json &value);

/// The dimensions of an array of integers >= 0 that fit into int64_t.
Result<Shape> parseShape(const Json &value);

/// `text` as a JSON string, quotes included; an error when it is not UTF-8,
/// which JSON cannot hold.
Result<std::string> printJsonString(const std::string &text);

} // namespace lacuna::packing

#endif // LACUNA_PACKING_LIB_JSON_H
