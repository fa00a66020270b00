// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The command line of the bundle's runner, and how it fails.

#ifndef LACUNA_BUNDLE_OPTIONS_H
#define LACUNA_BUNDLE_OPTIONS_H

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>

namespace lacuna::bundle {

/// What the process ends with; --help lists them.
enum ExitCode {
  Success = 0,
  Failed = 1,        ///< A test, probe or benchmark failed.
  BadUse = 2,        ///< Arguments, or a bundle that is not whole.
  NoGPU = 3,         ///< No driver, or no GPU behind it.
  UnsuitableGPU = 4, ///< A driver that is too old, or a GPU before sm_80.
};

struct Failure : std::runtime_error {
  explicit Failure(const std::string &message, ExitCode code = BadUse)
      : std::runtime_error(message), code(code) {}
  ExitCode code;
};

struct Options {
  std::string bundle = ".";
  std::string device = "cuda";
  /// Where the report and the golden vectors go; "" : BUNDLE/results/DEVICE.
  std::string out;
  /// Only what has this in its name.
  std::string filter;
  bool tests = true, probes = true, benchmarks = true;
  /// By --only; else the emulator, which predicts no time, leaves them out.
  bool benchmarksAsked = false;
  /// Sweeps that a time is the median of.
  unsigned samples = 30;
  /// Bytes that a sweep touches, more than a GPU's second-level cache.
  uint64_t rotation = uint64_t(256) << 20;
  std::optional<uint64_t> seed;
  /// Only writes the PTX of the probes to this folder.
  std::string writeProbes;
  bool list = false, help = false;

  bool isEmulator() const { return device.rfind("emulator", 0) == 0; }
};

/// Throws a Failure.
Options parseOptions(int argc, char **argv);
const char *usage();

} // namespace lacuna::bundle

#endif // LACUNA_BUNDLE_OPTIONS_H
