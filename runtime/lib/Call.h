// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A running call of a model: its memory, its threads, its kernels, and how a
// failure in compiled code gets out of it.
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
#include <unordered_set>

namespace lacuna::runtime {

class Kernels;
class ThreadPool;

/// Why a call failed. Plain memory, since it is written right before a jump.
struct Failure {
  lacuna_status status = LACUNA_OK;
  char message[2048] = {};

  void set(lacuna_status code, const char *text) noexcept;
};

class Call {
public:
  Call(MemoryPool &memory, ThreadPool &threads)
      : memory(memory), pool(threads) {}
  /// On a GPU: memory and kernels are the device's, in order on `stream`.
  Call(MemoryPool &memory, ThreadPool &threads, Kernels *kernels,
       const lacuna_run_options &options)
      : memory(memory), pool(threads), kernels(kernels), stream(options.stream),
        onKernel(options.on_kernel), user(options.user) {}
  Call(const Call &) = delete;
  ~Call();

  // What compiled code asks for; false, or null, with the failure set.

  /// Memory that lives as long as the call.
  void *allocate(int64_t bytes, Failure &failure) noexcept;
  void free(void *pointer) noexcept;
  bool launch(int32_t kernel, const int64_t *sizes, void **params,
              int32_t numParams, Failure &failure) noexcept;
  /// Between two places of the call's memory.
  bool copy(void *target, const void *source, int64_t bytes,
            Failure &failure) noexcept;

  /// Tells the observer of the call, if there is one.
  void observe(const char *kernel, int after) noexcept {
    if (onKernel)
      onKernel(user, kernel, after);
  }

  ThreadPool &threads() { return pool; }

private:
  void *allocateOnDevice(uint64_t bytes);

  MemoryPool &memory;
  ThreadPool &pool;
  Kernels *kernels = nullptr; ///< Null on the CPU.
  void *stream = nullptr;
  void (*onKernel)(void *user, const char *kernel, int after) = nullptr;
  void *user = nullptr;
  std::mutex mutex;
  Block *blocks = nullptr;
  std::unordered_set<void *> deviceBlocks;
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
