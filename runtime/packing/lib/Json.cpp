// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// JSON from files that nobody vouches for: what a document parser would let
// through or not explain (duplicate keys, depth, the place of an error) is
// checked while values are built, and large objects are never whole in memory.

#include "Json.h"
#include "Text.h"

using namespace lacuna::packing;

Status lacuna::packing::duplicateKey(std::string_view key) {
  return Status::error("the key " + quote(key) +
                       " occurs twice in an object; expected each key once");
}

namespace {
class MemberReader : public nlohmann::json_sax<Json> {
public:
  MemberReader(std::optional<std::string_view> inner, const MemberFn &member,
               const MemberFn &innerMember)
      : inner(inner), member(member), innerMember(innerMember) {}

  /// Empty where all was read, or a callback wanted no more.
  std::string problem;

  bool null() override { return take(nullptr); }
  bool boolean(bool value) override { return take(value); }
  bool number_integer(number_integer_t value) override { return take(value); }
  bool number_unsigned(number_unsigned_t value) override { return take(value); }
  bool number_float(number_float_t value, const string_t &) override {
    return take(value);
  }
  bool string(string_t &value) override { return take(std::move(value)); }
  bool binary(binary_t &) override { return false; } // None in JSON text.

  bool start_object(std::size_t) override {
    if (!enter())
      return false;
    if (depth == 1)
      return true;
    if (depth == 2 && outerKey == inner) {
      if (hasInner)
        problem = duplicateKey(outerKey).message();
      isInner = true;
      return !std::exchange(hasInner, true);
    }
    open.push_back({Json::object(), {}});
    return true;
  }

  bool end_object() override {
    --depth;
    if (open.empty()) { // A large one.
      isInner = false;
      return true;
    }
    return close();
  }

  bool start_array(std::size_t) override {
    if (depth == 0)
      return take(Json::array());
    open.push_back({Json::array(), {}});
    return enter();
  }

  bool end_array() override {
    --depth;
    return close();
  }

  bool key(string_t &name) override {
    if (open.empty()) {
      (isInner ? innerKey : outerKey) = std::move(name);
      return true;
    }
    if (open.back().value.contains(name)) {
      problem = duplicateKey(name).message();
      return false;
    }
    open.back().key = std::move(name);
    return true;
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
  /// A value that is not complete, and, of an object, the key of what follows.
  struct Open {
    Json value;
    std::string key;
  };

  bool enter() {
    constexpr size_t deepest = 16;
    if (++depth <= deepest)
      return true;
    problem = "JSON nested deeper than " + std::to_string(deepest) +
              " levels; expected a file of this format";
    return false;
  }

  bool close() {
    Json value = std::move(open.back().value);
    open.pop_back();
    return take(std::move(value));
  }

  /// A complete value goes to what is around it.
  bool take(Json &&value) {
    if (depth == 0) {
      problem = "the JSON is " + describeType(value) + "; expected an object";
      return false;
    }
    if (open.empty())
      return isInner ? innerMember(std::move(innerKey), std::move(value))
                     : member(std::move(outerKey), std::move(value));
    Open &around = open.back();
    if (around.value.is_array())
      around.value.push_back(std::move(value));
    else
      around.value[around.key] = std::move(value);
    return true;
  }

  std::optional<std::string_view> inner;
  const MemberFn &member, &innerMember;
  std::vector<Open> open;
  size_t depth = 0;
  bool isInner = false, hasInner = false;
  std::string outerKey, innerKey;
};
} // namespace

Status lacuna::packing::forEachMember(std::string_view text,
                                      std::optional<std::string_view> inner,
                                      const MemberFn &member,
                                      const MemberFn &innerMember) {
  MemberReader reader(inner, member, innerMember);
  if (Json::sax_parse(text.begin(), text.end(), &reader) ||
      reader.problem.empty())
    return Status();
  return Status::error(reader.problem);
}

Result<Json> lacuna::packing::parseJsonObject(std::string_view text) {
  Json object = Json::object();
  Status duplicate;
  auto add = [&](std::string &&key, Json &&value) {
    if (object.contains(key))
      duplicate = duplicateKey(key);
    else
      object[key] = std::move(value);
    return duplicate.ok();
  };
  Status status = forEachMember(text, std::nullopt, add, add);
  if (!status.ok() || !duplicate.ok())
    return status.ok() ? duplicate : status;
  return object;
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
