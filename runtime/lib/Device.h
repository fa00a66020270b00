// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The table of devices. A device is a name and what the rest of the runtime
// asks of it; a model's host code launches its own kernels.

#ifndef LACUNA_RUNTIME_LIB_DEVICE_H
#define LACUNA_RUNTIME_LIB_DEVICE_H

#include "lacuna/Runtime.h"

#include <string>

namespace lacuna::runtime {

struct Device {
  /// What options and manifests call it.
  const char *name;

  /// The DLPack device of inputs and outputs.
  DLDeviceType type;

  /// Kernels read the host's memory: weights are used where they are mapped.
  bool readsHostMemory;

  /// Memory for weights, aligned to at least 64 bytes; null when there is
  /// none.
  void *(*allocate)(uint64_t bytes);
  void (*release)(void *memory);

  /// Copies from the host to memory of the device; false when it failed.
  bool (*upload)(void *target, const void *source, uint64_t bytes);

  /// Whether `stream` may be passed to lacuna_session_run, or why not.
  bool (*acceptsStream)(void *stream, std::string &why);
};

/// Null when there is no device of that name.
const Device *findDevice(const std::string &name);

/// "'cpu'", for errors.
std::string describeDevices();

} // namespace lacuna::runtime

#endif // LACUNA_RUNTIME_LIB_DEVICE_H
