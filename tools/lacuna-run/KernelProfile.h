// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What each kernel of a run took: time by the device's events, and what the
// device counts; on the CPU what each region took by the host's clock. Also
// used by the runner of the GPU bundle.

#ifndef LACUNA_RUN_KERNELPROFILE_H
#define LACUNA_RUN_KERNELPROFILE_H

#include "lacuna/DeviceABI.h"

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace lacuna::run {

/// The launches of one kernel in a run.
struct KernelRecord {
  std::string name;
  uint64_t launches = 0;
  /// From before the first to after the last instruction, and on an idle GPU
  /// also the launch itself, some microseconds.
  double microseconds = 0;
  std::map<std::string, uint64_t> counters;
};

class KernelProfile {
public:
  /// Without a table: of the CPU.
  explicit KernelProfile(const lacuna_device_table *table = nullptr,
                         lacuna_device *device = nullptr)
      : table(table), device(device) {}
  KernelProfile(const KernelProfile &) = delete;
  ~KernelProfile();

  /// Makes the run with these options report to this, which outlives it.
  void observe(lacuna_run_options &options);

  /// The kernels since the last time, in order of their first launch. Waits
  /// for them. Throws a std::runtime_error with the device's words.
  std::vector<KernelRecord> finish();

private:
  struct Launch {
    const char *kernel = nullptr;
    void *begin = nullptr, *end = nullptr; ///< Events, which are used again.
    std::chrono::steady_clock::time_point began, ended; ///< On the CPU.
    std::map<std::string, uint64_t> before, after;
  };
  void note(const char *kernel, bool after);
  std::map<std::string, uint64_t> count();
  void check(lacuna_status status) const;

  const lacuna_device_table *table;
  lacuna_device *device;
  void *stream = nullptr;
  std::vector<Launch> launches;
  size_t used = 0;
  std::string error; ///< The first of an observed run.
};

} // namespace lacuna::run

#endif // LACUNA_RUN_KERNELPROFILE_H
