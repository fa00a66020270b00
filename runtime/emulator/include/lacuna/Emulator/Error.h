// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How the emulator fails inside: LoadError when a module cannot be taken,
// Fault when a kernel does something wrong. The device table turns both into a
// status and a message; no exception leaves the library.

#ifndef LACUNA_EMULATOR_ERROR_H
#define LACUNA_EMULATOR_ERROR_H

#include <stdexcept>
#include <string>
#include <string_view>

namespace lacuna::emulator {

/// A module that is not PTX, or uses what the emulator does not have.
/// what(): "line 12: 'wgmma.fence.sync.aligned': ...".
class LoadError : public std::runtime_error {
public:
  LoadError(unsigned line, std::string_view text, std::string_view reason);
  unsigned line() const { return lineNumber; }

private:
  unsigned lineNumber;
};

/// A launch that was stopped. what() names kernel, line, text and thread.
class Fault : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// `text` fit for a message: one line, printable, at most `limit` characters.
std::string excerpt(std::string_view text, size_t limit = 120);

} // namespace lacuna::emulator

#endif // LACUNA_EMULATOR_ERROR_H
