// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The registered devices: the CPU.

#include "Device.h"

#include "Error.h"

#include <cstdlib>
#include <cstring>

using namespace lacuna::runtime;

namespace {
void *allocateOnCpu(uint64_t bytes) {
  constexpr uint64_t alignment = 64;
  if (bytes > UINT64_MAX - alignment)
    return nullptr;
  bytes = (bytes + alignment) / alignment * alignment;
  return std::aligned_alloc(alignment, bytes);
}

bool uploadToCpu(void *target, const void *source, uint64_t bytes) {
  if (bytes != 0)
    std::memcpy(target, source, bytes);
  return true;
}

bool cpuAcceptsStream(void *stream, std::string &why) {
  why = "a stream was given, but the device 'cpu' has none: pass NULL";
  return stream == nullptr;
}

constexpr Device devices[] = {
    {"cpu", kDLCPU, /*readsHostMemory=*/true, allocateOnCpu, std::free,
     uploadToCpu, cpuAcceptsStream},
};
} // namespace

const Device *lacuna::runtime::findDevice(const std::string &name) {
  for (const Device &device : devices)
    if (name == device.name)
      return &device;
  return nullptr;
}

std::string lacuna::runtime::describeDevices() {
  std::vector<std::string> names;
  for (const Device &device : devices)
    names.push_back(device.name);
  return quoteAll(names);
}
