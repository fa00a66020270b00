// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// See Device.h.

#include "Device.h"

#include <algorithm>

using namespace lacuna::bundle;

Device::Device(const std::string &name) : name(name) {
  if (lacuna_device_open(name.c_str(), &table, &handle) != LACUNA_OK)
    throw Failure(lacuna_last_error(), NoGPU);
  check(table->stream_create(handle, &stream));
}

Device::~Device() {
  if (stream) {
    (void)table->stream_synchronize(handle, stream);
    table->stream_destroy(handle, stream);
  }
  lacuna_device_close(handle);
}

void Device::check(lacuna_status status) const {
  if (status != LACUNA_OK)
    throw Failure(table->last_error(), Failed);
}

Memory::Memory(Device &device, uint64_t bytes) : device(&device), bytes(bytes) {
  device.check(
      device.table->allocate(device.handle, bytes, device.stream, &pointer));
  poison();
}

Memory::Memory(Memory &&other) noexcept
    : device(other.device), pointer(other.pointer), bytes(other.bytes) {
  other.pointer = nullptr;
}

Memory::~Memory() {
  if (pointer)
    (void)device->table->release(device->handle, pointer, device->stream);
}

void Memory::poison() {
  if (bytes)
    device->check(device->table->fill(device->handle, pointer, 0xFF, 1, bytes,
                                      device->stream));
}

void Memory::write(const void *data, uint64_t size) {
  if (size)
    device->check(device->table->copy(device->handle, pointer, data, size,
                                      LACUNA_COPY_TO_DEVICE, device->stream));
  device->synchronize();
}

void Memory::read(void *data, uint64_t size) const {
  if (size)
    device->check(device->table->copy(device->handle, data, pointer, size,
                                      LACUNA_COPY_TO_HOST, device->stream));
  device->synchronize();
}

Stopwatch::Stopwatch(Device &device) : device(device) {
  device.check(device.table->event_create(device.handle, &begin));
  device.check(device.table->event_create(device.handle, &end));
}

Stopwatch::~Stopwatch() {
  if (begin)
    device.table->event_destroy(device.handle, begin);
  if (end)
    device.table->event_destroy(device.handle, end);
}

void Stopwatch::start() {
  device.check(device.table->event_record(device.handle, begin, device.stream));
}

double Stopwatch::stop() {
  device.check(device.table->event_record(device.handle, end, device.stream));
  device.check(device.table->event_synchronize(device.handle, end));
  float milliseconds = 0;
  device.check(
      device.table->event_elapsed(device.handle, begin, end, &milliseconds));
  return 1e3 * milliseconds;
}

Times lacuna::bundle::summarize(std::vector<double> times) {
  std::sort(times.begin(), times.end());
  auto quantile = [&](double q) {
    return times[static_cast<size_t>(q * (times.size() - 1) + 0.5)];
  };
  return {quantile(0.5), times.front(), quantile(0.1), quantile(0.9),
          times.size()};
}
