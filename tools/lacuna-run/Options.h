// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The command line of lacuna-run.

#ifndef LACUNA_RUN_OPTIONS_H
#define LACUNA_RUN_OPTIONS_H

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace lacuna::run {

/// What the process ends with; --help lists them.
enum ExitCode {
  Success = 0,
  BadUse = 1,    ///< Arguments, files, weights or tensors.
  Mismatch = 2,  ///< An --expect that does not hold.
  RunFailed = 3, ///< The model failed while it ran.
};

struct Failure : std::runtime_error {
  explicit Failure(const std::string &message, ExitCode code = BadUse)
      : std::runtime_error(message), code(code) {}
  ExitCode code;
};

/// NAME=WHAT; the name may be left out where there is one tensor only.
struct Assignment {
  std::string name;
  std::string value;
};

struct Options {
  std::string model;
  std::vector<std::string> params;
  std::string parametersFile;
  std::optional<std::string> function;
  std::vector<Assignment> inputs, outputs, expected;
  double rtol = 1e-5, atol = 1e-5;
  std::optional<int64_t> iterations; ///< --benchmark
  int64_t warmup = 5;
  std::optional<int64_t> steps;
  std::string stateIn, stateOut;
  int threads = 0;
  std::optional<std::string> device;
  std::optional<uint64_t> seed;
  bool counters = false, profile = false, graph = false, info = false,
       help = false, version = false;
};

/// Throws a Failure.
Options parseOptions(int argc, char **argv);
const char *usage();

} // namespace lacuna::run

#endif // LACUNA_RUN_OPTIONS_H
