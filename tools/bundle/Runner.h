// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The three parts of a run. Each writes what it found to the report and prints
// a line for each thing that it does.

#ifndef LACUNA_BUNDLE_RUNNER_H
#define LACUNA_BUNDLE_RUNNER_H

#include "Bundle.h"
#include "Device.h"

#include <nlohmann/json.hpp>

namespace lacuna::bundle {

/// What the parts share.
struct Run {
  const Options &options;
  const Bundle &bundle;
  Device &device;
  uint64_t seed;
  nlohmann::json report;
  unsigned failed = 0, passed = 0;

  bool wanted(const std::string &name) const {
    return name.find(options.filter) != std::string::npos;
  }
  /// Prints the line, counts it and adds it to report[part].
  void add(const char *part, nlohmann::json entry);
};

/// Artifacts against references in float64.
void runTests(Run &run);
/// Single instructions against the emulator and their definitions; writes the
/// golden vectors.
void runProbes(Run &run);
/// Times of contractions, and of NVIDIA's libraries where they are.
void runBenchmarks(Run &run);

nlohmann::json toJSON(const Times &times);

/// Writes the PTX of every probe to `folder`, for make.py.
void writeProbes(const std::string &folder);
/// The names of all probes.
std::vector<std::string> listProbes();

} // namespace lacuna::bundle

#endif // LACUNA_BUNDLE_RUNNER_H
