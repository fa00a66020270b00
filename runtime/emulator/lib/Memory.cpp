// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Memory.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <sys/mman.h>
#include <sys/sysinfo.h>

using namespace lacuna::emulator;

namespace {
constexpr uint64_t alignment = 256;
/// From here on memory comes from the system in pages, which can be given back
/// while the addresses stay taken.
constexpr uint64_t mappedBytes = 1 << 20;
constexpr uint64_t mostQuarantine = 64 << 20;
constexpr size_t mostReleased = 4096;

std::shared_ptr<void> takeMemory(uint64_t bytes) {
  if (bytes >= mappedBytes) {
    void *memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
      throw std::bad_alloc();
    return {memory, [bytes](void *m) { munmap(m, bytes); }};
  }
  void *memory = std::aligned_alloc(alignment, bytes);
  if (!memory)
    throw std::bad_alloc();
  return {memory, std::free};
}
} // namespace

uint64_t lacuna::emulator::machineBytes() {
  static const uint64_t bytes = [] {
    struct sysinfo info;
    if (sysinfo(&info) != 0)
      return UINT64_MAX / 2;
    return uint64_t(info.totalram + info.totalswap) * info.mem_unit;
  }();
  return bytes;
}

uint64_t lacuna::emulator::deviceBytes() {
  const char *text = std::getenv("LACUNA_EMULATOR_MEMORY");
  char *end = nullptr;
  uint64_t given = text ? std::strtoull(text, &end, 10) : 0;
  bool isNumber = text && end != text && !*end;
  return isNumber ? std::min<uint64_t>(given, machineBytes()) : machineBytes();
}

std::string lacuna::emulator::hex(uint64_t value) {
  char text[24];
  std::snprintf(text, sizeof(text), "0x%llx",
                static_cast<unsigned long long>(value));
  return text;
}

const Allocation *MemoryMap::find(uint64_t address, uint64_t bytes) const {
  auto it = std::upper_bound(
      allocations.begin(), allocations.end(), address,
      [](uint64_t a, const Allocation &b) { return a < b.begin; });
  if (it == allocations.begin())
    return nullptr;
  --it;
  uint64_t offset = address - it->begin;
  if (offset > it->bytes || bytes > it->bytes - offset)
    return nullptr;
  return &*it;
}

uint64_t GlobalMemory::allocate(uint64_t bytes, bool isConstant) {
  std::lock_guard<std::mutex> lock(mutex);
  if (bytes > capacity || liveBytes > capacity - bytes)
    throw std::bad_alloc();
  // An allocation of 0 bytes has an address of its own, too.
  uint64_t taken =
      std::max((bytes + alignment - 1) / alignment * alignment, alignment);
  Allocation allocation;
  allocation.memory = takeMemory(taken);
  allocation.begin = reinterpret_cast<uint64_t>(allocation.memory.get());
  allocation.bytes = bytes;
  allocation.isConstant = isConstant;
  // The system may give out addresses again that were released for good.
  released.erase(
      std::remove_if(released.begin(), released.end(),
                     [&](const Range &range) {
                       return range.begin < allocation.begin + taken &&
                              allocation.begin < range.begin + range.bytes;
                     }),
      released.end());
  uint64_t begin = allocation.begin;
  live.emplace(begin, std::move(allocation));
  liveBytes += bytes;
  map.reset();
  return begin;
}

uint64_t GlobalMemory::freeBytes() const {
  std::lock_guard<std::mutex> lock(mutex);
  return capacity - liveBytes;
}

bool GlobalMemory::release(uint64_t address) {
  std::lock_guard<std::mutex> lock(mutex);
  auto it = live.find(address);
  if (it == live.end())
    return false;
  Allocation allocation = std::move(it->second);
  live.erase(it);
  map.reset();
  liveBytes -= allocation.bytes;
  released.push_back({allocation.begin, allocation.bytes});
  if (released.size() > mostReleased)
    released.pop_front();
  // Launches that still run on another thread have it in their map, and may
  // use it: only then its pages stay.
  if (allocation.bytes >= mappedBytes && allocation.memory.use_count() == 1)
    madvise(allocation.memory.get(), allocation.bytes, MADV_DONTNEED);
  quarantineBytes += allocation.bytes;
  quarantine.push_back(std::move(allocation));
  trim();
  return true;
}

void GlobalMemory::trim() {
  while (quarantineBytes > mostQuarantine && quarantine.size() > 1) {
    quarantineBytes -= quarantine.front().bytes;
    quarantine.pop_front();
  }
}

bool GlobalMemory::contains(uint64_t address, uint64_t bytes) const {
  return snapshot()->find(address, bytes) != nullptr;
}

std::shared_ptr<const MemoryMap> GlobalMemory::snapshot() const {
  std::lock_guard<std::mutex> lock(mutex);
  if (!map) {
    std::vector<Allocation> allocations;
    allocations.reserve(live.size());
    for (const auto &entry : live)
      allocations.push_back(entry.second);
    map = std::make_shared<const MemoryMap>(std::move(allocations));
  }
  return map;
}

std::string GlobalMemory::describe(uint64_t address, uint64_t bytes) const {
  std::lock_guard<std::mutex> lock(mutex);
  for (auto it = released.rbegin(); it != released.rend(); ++it)
    if (address >= it->begin && address - it->begin < it->bytes)
      return "in memory that was released: " + std::to_string(it->bytes) +
             " bytes at " + hex(it->begin);
  if (live.empty())
    return "nothing is allocated";
  // The nearest allocation on either side.
  auto above = live.upper_bound(address);
  const Allocation *nearest = nullptr;
  uint64_t distance = UINT64_MAX;
  if (above != live.end()) {
    nearest = &above->second;
    distance = nearest->begin - address;
  }
  if (above != live.begin()) {
    const Allocation &below = std::prev(above)->second;
    uint64_t offset = address - below.begin;
    uint64_t behind = offset >= below.bytes ? offset - below.bytes : 0;
    if (behind <= distance) {
      std::string name = std::to_string(below.bytes) + " bytes allocated at " +
                         hex(below.begin);
      if (offset < below.bytes)
        return "at offset " + std::to_string(offset) + " of the " + name +
               ", of which " + std::to_string(bytes) +
               " bytes run past the end";
      return std::to_string(behind) + " bytes behind the " + name;
    }
  }
  return std::to_string(distance) + " bytes before the " +
         std::to_string(nearest->bytes) + " bytes allocated at " +
         hex(nearest->begin);
}
