// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Names of GPU architectures, and which code runs on which. Used to choose a
// model's target and an image of a fatbin; it knows neither of them.

#ifndef LACUNA_RUNTIME_LIB_ARCHITECTURE_H
#define LACUNA_RUNTIME_LIB_ARCHITECTURE_H

#include <optional>
#include <string>
#include <string_view>

namespace lacuna::runtime {

/// sm_90a: number 90, suffix 'a'.
struct Architecture {
  unsigned number = 0; ///< Ten times the major number plus the minor one.
  char suffix = 0;     ///< 0, 'a' (this one only) or 'f' (its family).

  /// "sm_80", "sm_90a", "sm_100f"; nothing for any other text.
  static std::optional<Architecture> parse(std::string_view name);
  std::string name() const;

  unsigned major() const { return number / 10; }

  /// Whether `device` takes PTX, and so a target, for this architecture: PTX
  /// without suffix runs on all later ones, with 'a' on this one only, with
  /// 'f' on later ones of its major number (PTX ISA, .target). A device has
  /// the features of its own if it is called by its name with 'a'.
  bool ptxRunsOn(const Architecture &device) const;

  /// The same for machine code, which stays within its major number.
  bool cubinRunsOn(const Architecture &device) const;

  bool operator==(const Architecture &other) const {
    return number == other.number && suffix == other.suffix;
  }
  /// Which is the better one where both run: the later, then the narrower.
  bool operator<(const Architecture &other) const;
};

} // namespace lacuna::runtime

#endif // LACUNA_RUNTIME_LIB_ARCHITECTURE_H
