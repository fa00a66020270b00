// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the two files of liblacuna_mgpu share: the device and how to fail.
//
// Upstream's functions (mlir/lib/ExecutionEngine/CudaRuntimeWrappers.cpp) take
// no context and return no error. So there is one device in the process, and a
// failure prints one line and ends it.

#ifndef LACUNA_RUNTIME_MGPU_MGPU_H
#define LACUNA_RUNTIME_MGPU_MGPU_H

#include "lacuna/DeviceABI.h"

#define LACUNA_MGPU extern "C" __attribute__((visibility("default")))

namespace lacuna::mgpu {

struct Device {
  const lacuna_device_table *table = nullptr;
  lacuna_device *handle = nullptr;
};

/// What LACUNA_DEVICE names, else cuda where it is present, else the emulator.
/// Opened by the first call that needs it, and never closed: the program's
/// destructors may come later than ours.
const Device &getDevice(const char *function);

/// Prints "lacuna: FUNCTION: MESSAGE" to stderr and ends the process.
[[noreturn]] void fail(const char *function, const char *message);

/// Fails with the device's reason unless the status is LACUNA_OK.
void check(const char *function, lacuna_status status);

} // namespace lacuna::mgpu

#endif // LACUNA_RUNTIME_MGPU_MGPU_H
