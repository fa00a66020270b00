// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs with everything in a GPU's memory: timed by its events, or captured into
// a graph and replayed.

#ifndef LACUNA_RUN_DEVICETIMING_H
#define LACUNA_RUN_DEVICETIMING_H

#include "KernelProfile.h"

namespace lacuna::run {

/// Runs one function on copies of the tensors in the device's memory. Throws
/// a Failure.
class DeviceTiming {
public:
  DeviceTiming(lacuna_session *session, const char *function,
               const std::vector<DLTensor> &inputs,
               const std::vector<DLTensor> &outputs);
  DeviceTiming(const DeviceTiming &) = delete;
  ~DeviceTiming();

  /// False on the CPU.
  static bool isFor(const lacuna_session *session);

  /// Records the run; from here on run() replays it.
  void capture();
  /// The kernels of one more run.
  std::vector<KernelRecord> profile();
  /// Microseconds from the run's first kernel to its last.
  double run();
  /// Brings the outputs to tensors in the host's memory.
  void fetch(const std::vector<DLTensor> &outputs);

private:
  std::vector<DLTensor> place(const std::vector<DLTensor> &tensors,
                              bool copied);
  void check(lacuna_status status) const;
  void *allocate(uint64_t bytes);
  void runOn(const lacuna_run_options &options);

  lacuna_session *session;
  std::string function;
  const lacuna_device_table *table = nullptr;
  lacuna_device *device = nullptr;
  DLDevice where = {};
  void *stream = nullptr, *begin = nullptr, *end = nullptr;
  lacuna_graph *graph = nullptr;
  std::vector<void *> memory;
  std::vector<DLTensor> in, out;
};

} // namespace lacuna::run

#endif // LACUNA_RUN_DEVICETIMING_H
