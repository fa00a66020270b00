// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The pool of scratch blocks: free lists by size class.

#include "Memory.h"

#include <algorithm>
#include <cstdlib>
#include <sys/mman.h>
#include <sys/sysinfo.h>

using namespace lacuna::runtime;

namespace {
constexpr uint64_t hugePage = 2 << 20;
constexpr uint64_t idleCalls = 64;

/// More than this the machine cannot have. Asking for it may succeed all the
/// same where memory is overcommitted, and then kills the process later.
uint64_t machineBytes() {
  static const uint64_t bytes = [] {
    struct sysinfo info;
    if (sysinfo(&info) != 0)
      return UINT64_MAX / 2;
    return uint64_t(info.totalram + info.totalswap) * info.mem_unit;
  }();
  return bytes;
}

Block *allocateBlock(uint64_t capacity) {
  return static_cast<Block *>(allocatePages(capacity + sizeof(Block)));
}
} // namespace

void *lacuna::runtime::allocatePages(uint64_t bytes) noexcept {
  uint64_t alignment = bytes >= 2 * hugePage ? hugePage : alignof(Block);
  if (bytes > UINT64_MAX - alignment)
    return nullptr;
  bytes = (bytes + alignment - 1) / alignment * alignment;
  void *memory = std::aligned_alloc(alignment, bytes);
  if (memory && alignment == hugePage)
    madvise(memory, bytes, MADV_HUGEPAGE); // Only a hint: may be refused.
  return memory;
}

unsigned MemoryPool::classOf(uint64_t bytes, uint64_t &capacity) {
  bytes = std::max<uint64_t>(bytes, 512);
  unsigned exponent = 63 - __builtin_clzll(bytes);
  uint64_t step = uint64_t(1) << (exponent - 3);
  capacity = (bytes + step - 1) / step * step;
  exponent = 63 - __builtin_clzll(capacity);
  return exponent * 8 + ((capacity >> (exponent - 3)) & 7);
}

Block *MemoryPool::take(uint64_t bytes) noexcept {
  if (bytes > machineBytes())
    return nullptr;
  uint64_t capacity;
  unsigned index = classOf(bytes, capacity);
  std::lock_guard<std::mutex> lock(mutex);
  Block *block = lists[index];
  if (block) {
    lists[index] = block->next;
    kept -= capacity;
  } else {
    block = allocateBlock(capacity);
    if (!block && kept != 0) {
      release([](const Block &) { return true; });
      block = allocateBlock(capacity);
    }
    if (!block)
      return nullptr;
    block->capacity = capacity;
  }
  used += capacity;
  peak = std::max(peak, used);
  return block;
}

void MemoryPool::give(Block *block) noexcept {
  std::lock_guard<std::mutex> lock(mutex);
  uint64_t capacity;
  unsigned index = classOf(block->capacity, capacity);
  used -= capacity;
  kept += capacity;
  block->lastUse = calls;
  block->next = lists[index];
  lists[index] = block;
}

template <typename Predicate>
void MemoryPool::release(Predicate &&unwanted) noexcept {
  for (Block *&list : lists) {
    Block **link = &list;
    while (Block *block = *link) {
      if (!unwanted(*block)) {
        link = &block->next;
        continue;
      }
      *link = block->next;
      kept -= block->capacity;
      std::free(block);
    }
  }
}

void MemoryPool::trim() noexcept {
  std::lock_guard<std::mutex> lock(mutex);
  ++calls;
  if (kept > peak || calls % (idleCalls / 4) == 0)
    release([&](const Block &b) { return b.lastUse + idleCalls < calls; });
  // Calls of different shapes left blocks of too many sizes: older ones first.
  if (kept > peak)
    release(
        [&](const Block &b) { return kept > peak && b.lastUse + 1 < calls; });
  if (kept > peak)
    release([&](const Block &) { return kept > peak; });
}

uint64_t MemoryPool::keptBytes() const {
  std::lock_guard<std::mutex> lock(mutex);
  return kept;
}

MemoryPool::~MemoryPool() {
  release([](const Block &) { return true; });
}
