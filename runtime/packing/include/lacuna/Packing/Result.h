// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How the packing library reports failure: a Status, or a Result that holds a
// value or the failed Status. No exception crosses these headers, so users
// may be compiled with or without exceptions.

#ifndef LACUNA_PACKING_RESULT_H
#define LACUNA_PACKING_RESULT_H

#include <cstdlib>
#include <optional>
#include <string>
#include <utility>

namespace lacuna::packing {

/// Success, or a message for the user: what was found, what was expected and
/// how to mend it.
class [[nodiscard]] Status {
public:
  /// Success.
  Status() = default;

  static Status error(std::string message) {
    Status status;
    status.text = std::move(message);
    return status;
  }

  bool ok() const { return !text; }

  /// The message; empty on success.
  std::string message() const { return text ? *text : std::string(); }

  /// Puts "CONTEXT: " before the message of a failure; success is unchanged.
  Status withContext(const std::string &context) const {
    return ok() ? Status() : error(context + ": " + *text);
  }

  /// Puts HINT behind the message of a failure; success is unchanged.
  Status withHint(const std::string &hint) const {
    return ok() ? Status() : error(*text + hint);
  }

private:
  std::optional<std::string> text;
};

/// A value, or the reason why there is none. Test with ok() before reading
/// the value with `*` or `->`.
template <typename T> class [[nodiscard]] Result {
public:
  Result(T value) : held(std::move(value)) {}
  Result(Status status) : failure(std::move(status)) {
    if (failure.ok()) // A Result without a value and without a reason.
      std::abort();
  }

  bool ok() const { return held.has_value(); }
  const Status &status() const { return failure; }
  std::string message() const { return failure.message(); }

  T &operator*() { return *held; }
  const T &operator*() const { return *held; }
  T *operator->() { return &*held; }
  const T *operator->() const { return &*held; }

private:
  std::optional<T> held;
  Status failure;
};

} // namespace lacuna::packing

#endif // LACUNA_PACKING_RESULT_H
