// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// JSON from files that nobody vouches for: one pass checks, without building
// anything, what the document parser would let through or not explain
// (duplicate keys, depth, the place of an error); only then values are built.

#include "Json.h"
#include "Text.h"

#include <set>

using namespace lacuna::packing;

namespace {
class Checker : public nlohmann::json_sax<Json> {
public:
  std::string problem;

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t &) override { return true; }
  bool string(string_t &) override { return true; }
  bool binary(binary_t &) override { return true; }
  bool start_object(std::size_t) override { return enter(); }
  bool start_array(std::size_t) override { return enter(); }
  bool end_object() override { return leave(); }
  bool end_array() override { return leave(); }

  bool key(string_t &name) override {
    if (keys.back().insert(name).second)
      return true;
    problem = "the key " + quote(name) +
              " occurs twice in an object; expected each key once";
    return false;
  }

  bool parse_error(std::size_t position, const std::string &,
                   const nlohmann::detail::exception &error) override {
    // Drops the library's own prefix, "[json.exception.parse_error.101] ".
    std::string_view text = error.what();
    size_t bracket = text.find("] ");
    if (bracket != std::string_view::npos)
      text.remove_prefix(bracket + 2);
    problem =
        "not JSON, at byte " + std::to_string(position) + ": " + quote(text);
    return false;
  }

private:
  bool enter() {
    constexpr size_t deepest = 16;
    keys.emplace_back();
    if (keys.size() <= deepest)
      return true;
    problem = "JSON nested deeper than " + std::to_string(deepest) +
              " levels; expected a file of this format";
    return false;
  }
  bool leave() {
    keys.pop_back();
    return true;
  }

  std::vector<std::set<std::string>> keys;
};
} // namespace

Result<Json> lacuna::packing::parseJsonObject(std::string_view text) {
  Checker checker;
  if (!Json::sax_parse(text.begin(), text.end(), &checker))
    return Status::error(checker.problem);
  Json value = Json::parse(text.begin(), text.end(), /*cb=*/nullptr,
                           /*allow_exceptions=*/false);
  if (!value.is_object())
    return Status::error("the JSON is " + describeType(value) +
                         "; expected an object");
  return value;
}

const Json *lacuna::packing::findMember(const Json &object, const char *key) {
  auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}

std::string lacuna::packing::describeType(const Json &value) {
  std::string name = value.type_name();
  bool vowel = name == "array" || name == "object";
  return name == "null" ? name : (vowel ? "an " : "a ") + name;
}

Result<Shape> lacuna::packing::parseShape(const Json &value) {
  if (!value.is_array())
    return Status::error("it is " + describeType(value) +
                         "; expected an array of sizes");
  Shape shape;
  for (const Json &size : value) {
    if (!size.is_number_unsigned() ||
        size.get<uint64_t>() > uint64_t(INT64_MAX))
      return Status::error("element " + std::to_string(shape.size()) +
                           " is not an integer from 0 to 2^63 - 1");
    shape.push_back(size.get<int64_t>());
  }
  return shape;
}

Result<std::string> lacuna::packing::printJsonString(const std::string &text) {
  // What is not UTF-8 is replaced here, and then does not read back.
  std::string printed = Json(text).dump(-1, ' ', /*ensure_ascii=*/false,
                                        Json::error_handler_t::replace);
  Json back = Json::parse(printed, nullptr, /*allow_exceptions=*/false);
  if (!back.is_string() || back.get_ref<const std::string &>() != text)
    return Status::error(quote(text) + " is not UTF-8; expected text");
  return printed;
}
