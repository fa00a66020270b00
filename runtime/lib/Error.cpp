// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Status names and the message of each thread.

#include "Error.h"

#include <cstring>
#include <new>

using namespace lacuna::runtime;

namespace {
// Fixed memory: reporting that memory ran out must not allocate.
constexpr size_t maxMessage = 8192;
thread_local char lastError[maxMessage];
} // namespace

void lacuna::runtime::setLastError(const char *message) noexcept {
  size_t size = strnlen(message, maxMessage - 1);
  memmove(lastError, message, size);
  lastError[size] = 0;
}

lacuna_status lacuna::runtime::describeException() noexcept {
  try {
    throw;
  } catch (const Error &error) {
    setLastError(error.what());
    return error.status();
  } catch (const std::bad_alloc &) {
    setLastError("out of memory");
    return LACUNA_ERROR_MEMORY;
  } catch (const std::exception &error) {
    setLastError(error.what());
    return LACUNA_ERROR_INTERNAL;
  } catch (...) {
    setLastError("an exception of unknown type");
    return LACUNA_ERROR_INTERNAL;
  }
}

std::string lacuna::runtime::quoteAll(const std::vector<std::string> &names) {
  std::string text;
  for (size_t i = 0; i < names.size(); ++i) {
    if (i != 0)
      text += i + 1 == names.size() ? " and " : ", ";
    text += "'" + names[i] + "'";
  }
  return text;
}

const char *lacuna_last_error(void) { return lastError; }

const char *lacuna_status_name(lacuna_status status) {
  switch (status) {
  case LACUNA_OK:
    return "LACUNA_OK";
  case LACUNA_ERROR_ARGUMENT:
    return "LACUNA_ERROR_ARGUMENT";
  case LACUNA_ERROR_FILE:
    return "LACUNA_ERROR_FILE";
  case LACUNA_ERROR_ARTIFACT:
    return "LACUNA_ERROR_ARTIFACT";
  case LACUNA_ERROR_UNSUPPORTED:
    return "LACUNA_ERROR_UNSUPPORTED";
  case LACUNA_ERROR_WEIGHTS:
    return "LACUNA_ERROR_WEIGHTS";
  case LACUNA_ERROR_TENSOR:
    return "LACUNA_ERROR_TENSOR";
  case LACUNA_ERROR_FAILED:
    return "LACUNA_ERROR_FAILED";
  case LACUNA_ERROR_MEMORY:
    return "LACUNA_ERROR_MEMORY";
  case LACUNA_ERROR_INTERNAL:
    return "LACUNA_ERROR_INTERNAL";
  }
  return "an unknown lacuna_status";
}
