// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// mgpuMem*, mgpuStream*, mgpuEvent*, and the device behind all of them.

#include "Mgpu.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <string>

using namespace lacuna::mgpu;

namespace {
std::mutex mutex;
Device device;
int32_t ordinal = 0;

/// What mgpuMemAlloc gave: a copy does not say between which sides it goes.
class Allocations {
public:
  void add(void *memory, uint64_t bytes) {
    std::lock_guard<std::mutex> lock(own);
    sizes[reinterpret_cast<uint64_t>(memory)] = bytes;
  }
  void remove(void *memory) {
    std::lock_guard<std::mutex> lock(own);
    sizes.erase(reinterpret_cast<uint64_t>(memory));
  }
  bool contain(const void *memory) {
    uint64_t address = reinterpret_cast<uint64_t>(memory);
    std::lock_guard<std::mutex> lock(own);
    auto it = sizes.upper_bound(address);
    return it != sizes.begin() && address - (--it)->first < it->second;
  }

private:
  std::mutex own;
  std::map<uint64_t, uint64_t> sizes;
};

Allocations &allocations() {
  static auto *all = new Allocations; // Calls may come from destructors.
  return *all;
}

void fill(const char *function, void *target, uint32_t value, uint32_t width,
          size_t count, void *stream) {
  const Device &gpu = getDevice(function);
  check(function,
        gpu.table->fill(gpu.handle, target, value, width, count, stream));
}
} // namespace

void lacuna::mgpu::fail(const char *function, const char *message) {
  std::fflush(nullptr); // What the program has printed comes first.
  std::fprintf(stderr, "lacuna: %s: %s\n", function, message);
  std::_Exit(1);
}

void lacuna::mgpu::check(const char *function, lacuna_status status) {
  if (status != LACUNA_OK)
    fail(function, device.table->last_error());
}

const Device &lacuna::mgpu::getDevice(const char *function) {
  std::lock_guard<std::mutex> lock(mutex);
  if (device.table)
    return device;
  std::string name = ordinal == 0 ? "" : "cuda:" + std::to_string(ordinal);
  if (lacuna_device_open(name.empty() ? nullptr : name.c_str(), &device.table,
                         &device.handle) != LACUNA_OK)
    fail(function, lacuna_last_error());
  return device;
}

LACUNA_MGPU void mgpuSetDefaultDevice(int32_t number) {
  std::lock_guard<std::mutex> lock(mutex);
  if (number < 0 || (device.table && number != ordinal))
    fail("mgpuSetDefaultDevice",
         ("found device " + std::to_string(number) +
          ", expected one that exists, before any other use of a device")
             .c_str());
  ordinal = number;
}

LACUNA_MGPU void *mgpuMemAlloc(uint64_t bytes, void *stream,
                               int8_t hostShared) {
  const Device &gpu = getDevice("mgpuMemAlloc");
  if (hostShared && gpu.table->type == kDLCUDA)
    fail("mgpuMemAlloc", "memory shared with the host (gpu.alloc host_shared) "
                         "is not supported on cuda: copy with gpu.memcpy");
  void *memory = nullptr;
  check("mgpuMemAlloc",
        gpu.table->allocate(gpu.handle, bytes, stream, &memory));
  allocations().add(memory, bytes);
  return memory;
}

LACUNA_MGPU void mgpuMemFree(void *memory, void *stream) {
  const Device &gpu = getDevice("mgpuMemFree");
  allocations().remove(memory);
  check("mgpuMemFree", gpu.table->release(gpu.handle, memory, stream));
}

LACUNA_MGPU void mgpuMemcpy(void *target, void *source, size_t bytes,
                            void *stream) {
  const Device &gpu = getDevice("mgpuMemcpy");
  bool to = allocations().contain(target);
  bool from = allocations().contain(source);
  if (!to && !from) {
    // Both are the host's: in order with the stream's work all the same.
    check("mgpuMemcpy", gpu.table->stream_synchronize(gpu.handle, stream));
    if (bytes != 0)
      std::memmove(target, source, bytes);
    return;
  }
  lacuna_copy_kind kind = !from ? LACUNA_COPY_TO_DEVICE
                          : !to ? LACUNA_COPY_TO_HOST
                                : LACUNA_COPY_ON_DEVICE;
  check("mgpuMemcpy",
        gpu.table->copy(gpu.handle, target, source, bytes, kind, stream));
}

LACUNA_MGPU void mgpuMemset32(void *target, uint32_t value, size_t count,
                              void *stream) {
  fill("mgpuMemset32", target, value, 4, count, stream);
}
LACUNA_MGPU void mgpuMemset16(void *target, uint16_t value, size_t count,
                              void *stream) {
  fill("mgpuMemset16", target, value, 2, count, stream);
}

LACUNA_MGPU void mgpuMemHostRegister(void *, uint64_t) {
  fail("mgpuMemHostRegister",
       "kernels cannot read the host's memory here (gpu.host_register): use "
       "gpu.alloc and gpu.memcpy");
}
LACUNA_MGPU void mgpuMemHostRegisterMemRef(int64_t, void *, int64_t) {
  mgpuMemHostRegister(nullptr, 0);
}
LACUNA_MGPU void mgpuMemHostUnregister(void *) {}
LACUNA_MGPU void mgpuMemHostUnregisterMemRef(int64_t, void *, int64_t) {}

LACUNA_MGPU void *mgpuStreamCreate() {
  const Device &gpu = getDevice("mgpuStreamCreate");
  void *stream = nullptr;
  check("mgpuStreamCreate", gpu.table->stream_create(gpu.handle, &stream));
  return stream;
}
LACUNA_MGPU void mgpuStreamDestroy(void *stream) {
  const Device &gpu = getDevice("mgpuStreamDestroy");
  gpu.table->stream_destroy(gpu.handle, stream);
}
LACUNA_MGPU void mgpuStreamSynchronize(void *stream) {
  const Device &gpu = getDevice("mgpuStreamSynchronize");
  check("mgpuStreamSynchronize",
        gpu.table->stream_synchronize(gpu.handle, stream));
}
LACUNA_MGPU void mgpuStreamWaitEvent(void *stream, void *event) {
  const Device &gpu = getDevice("mgpuStreamWaitEvent");
  check("mgpuStreamWaitEvent",
        gpu.table->stream_wait_event(gpu.handle, stream, event));
}

LACUNA_MGPU void *mgpuEventCreate() {
  const Device &gpu = getDevice("mgpuEventCreate");
  void *event = nullptr;
  check("mgpuEventCreate", gpu.table->event_create(gpu.handle, &event));
  return event;
}
LACUNA_MGPU void mgpuEventDestroy(void *event) {
  const Device &gpu = getDevice("mgpuEventDestroy");
  gpu.table->event_destroy(gpu.handle, event);
}
LACUNA_MGPU void mgpuEventRecord(void *event, void *stream) {
  const Device &gpu = getDevice("mgpuEventRecord");
  check("mgpuEventRecord", gpu.table->event_record(gpu.handle, event, stream));
}
LACUNA_MGPU void mgpuEventSynchronize(void *event) {
  const Device &gpu = getDevice("mgpuEventSynchronize");
  check("mgpuEventSynchronize",
        gpu.table->event_synchronize(gpu.handle, event));
}
