// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An opened device. The CPU is the host itself; a GPU is a table of functions
// (lacuna/DeviceABI.h) and the handle that it gave, here with C++ errors.

#ifndef LACUNA_RUNTIME_LIB_DEVICE_H
#define LACUNA_RUNTIME_LIB_DEVICE_H

#include "Architecture.h"
#include "lacuna/DeviceABI.h"

#include <memory>
#include <string>
#include <vector>

namespace lacuna::runtime {

/// A device's name taken apart: "emulator:sm_80".
struct DeviceName {
  std::string kind;   ///< "cpu", "cuda", "emulator".
  std::string option; ///< What follows the colon.

  /// Throws for names that no runtime has, with those that it has.
  static DeviceName parse(const std::string &name);
  std::string text() const {
    return option.empty() ? kind : kind + ":" + option;
  }
};

/// Thread-safe; methods throw an Error with what the device said.
class Device : public std::enable_shared_from_this<Device> {
public:
  /// A device is opened once: sessions of one process share it, its memory and
  /// its counters, and the last one closes it.
  static std::shared_ptr<const Device> open(const DeviceName &name);
  Device(const Device &) = delete;
  ~Device();

  const std::string &name() const { return label; }
  /// The DLPack device of tensors in its memory.
  DLDevice dlDevice() const { return place; }
  bool isHost() const { return !functions; }
  /// Of a GPU.
  const Architecture &architecture() const { return arch; }
  /// "" for the host.
  const char *architectureName() const;
  const char *description() const;
  bool takesCubins() const { return place.device_type == kDLCUDA; }

  /// Whether kernels may be given the tensor's memory as it is.
  bool reaches(const DLDevice &where) const;

  // Null for the host.
  const lacuna_device_table *table() const { return functions; }
  lacuna_device *handle() const { return device; }

  /// Memory that lives as long as the pointer and is there at once, such as
  /// that of weights.
  std::shared_ptr<void> allocateShared(uint64_t bytes) const;
  void upload(void *target, const void *source, uint64_t bytes) const;

  // Within its memory; on a GPU in the order of the stream.
  void move(void *target, const void *source, uint64_t bytes,
            void *stream) const;
  void clear(void *target, uint64_t bytes, void *stream) const;

  // GPUs only, ordered on the stream.
  void *allocate(uint64_t bytes, void *stream) const;
  void release(void *memory, void *stream) const noexcept;
  void copy(void *target, const void *source, uint64_t bytes,
            lacuna_copy_kind kind, void *stream) const;
  void synchronize(void *stream) const;
  void fill(void *target, uint8_t value, uint64_t bytes, void *stream) const;

  /// "1000 bytes of memory, of which 10 are free", as far as it is known.
  std::string describeMemory() const;

  /// Throws what the table's function says it failed with.
  void check(lacuna_status status, const std::string &what) const;

private:
  Device() = default;
  static std::shared_ptr<const Device> create(const DeviceName &name);

  std::string label;
  DLDevice place = {kDLCPU, 0};
  const lacuna_device_table *functions = nullptr;
  lacuna_device *device = nullptr;
  Architecture arch;
};

/// A GPU by name, or the default one; see lacuna_device_open.
std::shared_ptr<const Device> openGpu(const char *name);

/// What the environment's LACUNA_DEVICE names; null when it is not set.
const char *getDeviceFromEnvironment();

/// Host memory, pinned or not, which a GPU does not reach but copies.
bool isHostMemory(const DLDevice &where);

/// The names of devices, for errors.
std::string describeDevices();

/// The table of the plug-in library liblacuna_emulator.so.1, which is loaded
/// when it is first asked for; throws when there is none.
const lacuna_device_table &getEmulatorTable();

} // namespace lacuna::runtime

#endif // LACUNA_RUNTIME_LIB_DEVICE_H
