// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Global memory of the device: host memory, and the exact table of what is
// allocated in it. What was released is remembered and not given out again
// soon, so that its use is told from other wild addresses.

#ifndef LACUNA_EMULATOR_LIB_MEMORY_H
#define LACUNA_EMULATOR_LIB_MEMORY_H

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace lacuna::emulator {

struct Allocation {
  uint64_t begin = 0;
  uint64_t bytes = 0;
  /// A .const variable: only loads.
  bool isConstant = false;
  /// Frees the memory with the last launch or table that has it.
  std::shared_ptr<void> memory;
};

/// What was allocated when a launch began, sorted; immutable.
class MemoryMap {
public:
  explicit MemoryMap(std::vector<Allocation> allocations)
      : allocations(std::move(allocations)) {}
  /// The allocation that has all of `bytes` at `address`.
  const Allocation *find(uint64_t address, uint64_t bytes) const;

private:
  std::vector<Allocation> allocations;
};

/// What the environment's LACUNA_EMULATOR_MEMORY says, at most machineBytes().
uint64_t deviceBytes();

class GlobalMemory {
public:
  /// At least 256-byte aligned; throws std::bad_alloc.
  uint64_t allocate(uint64_t bytes, bool isConstant = false);
  /// False when nothing that is allocated begins there.
  bool release(uint64_t address);
  /// Whether all of it lies in one allocation.
  bool contains(uint64_t address, uint64_t bytes) const;
  std::shared_ptr<const MemoryMap> snapshot() const;
  /// "16 bytes behind the 64 bytes allocated at 0x...", for messages.
  std::string describe(uint64_t address, uint64_t bytes) const;
  /// Bytes that there are, and those that are not allocated.
  uint64_t totalBytes() const { return capacity; }
  uint64_t freeBytes() const;

private:
  struct Range {
    uint64_t begin, bytes;
  };
  void trim();

  mutable std::mutex mutex;
  std::map<uint64_t, Allocation> live;
  mutable std::shared_ptr<const MemoryMap> map;
  uint64_t liveBytes = 0;
  const uint64_t capacity = deviceBytes();
  /// Released, and their memory kept.
  std::deque<Allocation> quarantine;
  uint64_t quarantineBytes = 0;
  /// Released, the newest last.
  std::deque<Range> released;
};

/// More than this the machine cannot have.
uint64_t machineBytes();
/// "0x7f0012345600"
std::string hex(uint64_t value);

} // namespace lacuna::emulator

#endif // LACUNA_EMULATOR_LIB_MEMORY_H
