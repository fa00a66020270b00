// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Scratch memory of a session's calls. Blocks that a call gives back are kept
// for the next one, since fresh pages cost more than most kernels.

#ifndef LACUNA_RUNTIME_LIB_MEMORY_H
#define LACUNA_RUNTIME_LIB_MEMORY_H

#include <cstddef>
#include <cstdint>
#include <mutex>

namespace lacuna::runtime {

/// Memory in pages as large as the system gives for so many bytes, or null;
/// std::free releases it. Programs that read much memory wait for translations
/// of small pages as long as for the memory itself.
void *allocatePages(uint64_t bytes) noexcept;

/// Header of a block; the memory follows it. While a call uses the block it is
/// in the call's list, afterwards in a list of the pool.
struct alignas(64) Block {
  Block *next;
  Block *previous;
  uint64_t capacity; ///< Bytes after the header.
  uint64_t lastUse;  ///< Number of the call that gave it back.

  void *memory() { return this + 1; }
  static Block *of(void *memory) { return static_cast<Block *>(memory) - 1; }
};
static_assert(sizeof(Block) == 64);

/// Thread-safe. What is kept never exceeds the most that was in use at one
/// time, and a block that no call wanted for a while goes back to the system.
class MemoryPool {
public:
  MemoryPool() = default;
  MemoryPool(const MemoryPool &) = delete;
  ~MemoryPool();

  /// A block for `bytes`, or null when there is no memory for it.
  Block *take(uint64_t bytes) noexcept;
  void give(Block *block) noexcept;

  /// A call ended: returns what is not worth keeping.
  void trim() noexcept;

  uint64_t keptBytes() const;

private:
  /// Eight sizes per power of two: at most an eighth is wasted.
  static constexpr unsigned numClasses = 64 * 8;
  static unsigned classOf(uint64_t bytes, uint64_t &capacity);
  template <typename Predicate> void release(Predicate &&unwanted) noexcept;

  mutable std::mutex mutex;
  Block *lists[numClasses] = {};
  uint64_t kept = 0;
  uint64_t used = 0;
  uint64_t peak = 0;
  uint64_t calls = 0;
};

} // namespace lacuna::runtime

#endif // LACUNA_RUNTIME_LIB_MEMORY_H
