// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A running call of a model: its memory, its threads, and how a failure in
// compiled code gets out of it.
//
// Compiled code has no exceptions. lacuna_rt_fail jumps (longjmp) to the
// innermost Frame of its thread: the call's entry, or the piece of a parallel
// loop that the thread is executing. Frames of compiled code and C are all
// that is jumped over, so no destructor is missed.

#ifndef LACUNA_RUNTIME_LIB_CALL_H
#define LACUNA_RUNTIME_LIB_CALL_H

#include "Memory.h"
#include "lacuna/Runtime.h"

#include <csetjmp>

namespace lacuna::runtime {

class ThreadPool;

class Call {
public:
  Call(MemoryPool &memory, ThreadPool &threads)
      : memory(memory), pool(threads) {}
  Call(const Call &) = delete;
  ~Call();

  /// Memory that lives as long as the call; null when there is none.
  void *allocate(uint64_t bytes) noexcept;
  void free(void *pointer) noexcept;

  ThreadPool &threads() { return pool; }

private:
  MemoryPool &memory;
  ThreadPool &pool;
  std::mutex mutex;
  Block *blocks = nullptr;
};

/// Why a call failed. Plain memory, since it is written right before a jump.
struct Failure {
  lacuna_status status = LACUNA_OK;
  char message[1024] = {};

  void set(lacuna_status code, const char *text) noexcept;
};

/// Compiled code that this thread is inside of.
struct Frame {
  explicit Frame(Call &call, bool inLoop) : call(call), inLoop(inLoop) {}

  Call &call;
  bool inLoop; ///< Executes a piece of a parallel loop.
  Failure failure;
  Frame *outer = nullptr;
  jmp_buf exit;
};

/// The innermost frame of this thread; null outside of compiled code.
Frame *currentFrame() noexcept;

/// Runs code(argument) inside `frame`. False when it failed, by `fail` or by
/// an exception (in a model written by hand); frame.failure then tells why.
bool execute(Frame &frame, void (*code)(void *), void *argument) noexcept;

/// Leaves the current frame as failed.
[[noreturn]] void fail(lacuna_status status, const char *message) noexcept;

} // namespace lacuna::runtime

#endif // LACUNA_RUNTIME_LIB_CALL_H
