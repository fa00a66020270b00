// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How the runtime fails inside: an exception with a status code, which the C
// functions turn into their result and the thread's message.

#ifndef LACUNA_RUNTIME_LIB_ERROR_H
#define LACUNA_RUNTIME_LIB_ERROR_H

#include "lacuna/Packing/Result.h"
#include "lacuna/Runtime.h"

#include <exception>
#include <string>
#include <vector>

namespace lacuna::runtime {

class Error : public std::exception {
public:
  Error(lacuna_status status, std::string message)
      : code(status), text(std::move(message)) {}

  const char *what() const noexcept override { return text.c_str(); }
  lacuna_status status() const { return code; }

private:
  lacuna_status code;
  std::string text;
};

/// The value of a packing result; a failure is thrown with `code`.
template <typename T> T take(packing::Result<T> result, lacuna_status code) {
  if (!result.ok())
    throw Error(code, result.message());
  return std::move(*result);
}

/// Makes `message` what lacuna_last_error() returns on this thread.
void setLastError(const char *message) noexcept;

/// Called in a catch block: stores the message of the exception in flight and
/// returns its status.
lacuna_status describeException() noexcept;

/// Runs `body`, letting no exception out.
template <typename Body> lacuna_status guard(Body &&body) noexcept {
  try {
    body();
    return LACUNA_OK;
  } catch (...) {
    return describeException();
  }
}

/// "'a', 'b' and 'c'".
std::string quoteAll(const std::vector<std::string> &names);

} // namespace lacuna::runtime

#endif // LACUNA_RUNTIME_LIB_ERROR_H
