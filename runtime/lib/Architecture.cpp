// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compatibility of GPU architectures.

#include "Architecture.h"

using namespace lacuna::runtime;

namespace {
int rank(char suffix) { return suffix == 'a' ? 2 : suffix == 'f' ? 1 : 0; }
} // namespace

std::optional<Architecture> Architecture::parse(std::string_view name) {
  if (name.substr(0, 3) != "sm_")
    return std::nullopt;
  name.remove_prefix(3);
  Architecture result;
  if (!name.empty() && (name.back() == 'a' || name.back() == 'f')) {
    result.suffix = name.back();
    name.remove_suffix(1);
  }
  if (name.size() < 2 || name.size() > 4 || name[0] == '0')
    return std::nullopt;
  for (char digit : name) {
    if (digit < '0' || digit > '9')
      return std::nullopt;
    result.number = result.number * 10 + unsigned(digit - '0');
  }
  return result;
}

std::string Architecture::name() const {
  std::string text = "sm_" + std::to_string(number);
  if (suffix)
    text += suffix;
  return text;
}

bool Architecture::ptxRunsOn(const Architecture &device) const {
  if (suffix == 0)
    return number <= device.number;
  if (suffix == 'f')
    return major() == device.major() && number <= device.number &&
           device.suffix != 0;
  return number == device.number && device.suffix == suffix;
}

bool Architecture::cubinRunsOn(const Architecture &device) const {
  return major() == device.major() && ptxRunsOn(device);
}

bool Architecture::operator<(const Architecture &other) const {
  if (number != other.number)
    return number < other.number;
  return rank(suffix) < rank(other.suffix);
}
