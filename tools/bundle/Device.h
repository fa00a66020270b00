// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A device of the runtime's table, with memory, streams and events that are
// given back. Errors are Failures with the device's words.

#ifndef LACUNA_BUNDLE_DEVICE_H
#define LACUNA_BUNDLE_DEVICE_H

#include "Options.h"
#include "lacuna/DeviceABI.h"

#include <memory>
#include <string>
#include <vector>

namespace lacuna::bundle {

class Device {
public:
  /// "cuda", "emulator:sm_80".
  explicit Device(const std::string &name);
  Device(const Device &) = delete;
  ~Device();

  std::string architecture() const { return table->architecture(handle); }
  std::string description() const { return table->description(handle); }
  bool isGPU() const { return table->type == kDLCUDA; }
  int ordinal() const { return table->ordinal(handle); }
  DLDevice where() const { return {table->type, table->ordinal(handle)}; }
  void check(lacuna_status status) const;
  void synchronize() const { check(table->stream_synchronize(handle, stream)); }

  std::string name;
  const lacuna_device_table *table = nullptr;
  lacuna_device *handle = nullptr;
  /// One stream for all that the runner does.
  void *stream = nullptr;
};

/// Device memory; every byte is 0xFF, NaN in every float type, until it is
/// written.
class Memory {
public:
  Memory(Device &device, uint64_t bytes);
  Memory(Memory &&other) noexcept;
  Memory(const Memory &) = delete;
  ~Memory();

  void poison();
  void write(const void *data, uint64_t size);
  void read(void *data, uint64_t size) const;

  Device *device;
  void *pointer = nullptr;
  uint64_t bytes;
};

/// Microseconds between two points of a stream.
class Stopwatch {
public:
  explicit Stopwatch(Device &device);
  Stopwatch(const Stopwatch &) = delete;
  ~Stopwatch();
  void start();
  /// Waits for the work between.
  double stop();

private:
  Device &device;
  void *begin = nullptr, *end = nullptr;
};

/// Of several times, in microseconds.
struct Times {
  double median, least, p10, p90;
  size_t samples;
};
Times summarize(std::vector<double> times);

} // namespace lacuna::bundle

#endif // LACUNA_BUNDLE_DEVICE_H
