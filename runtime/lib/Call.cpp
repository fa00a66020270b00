// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Entering compiled code and leaving it on failure; memory of a call.

#include "Call.h"

#include "Error.h"
#include "Kernels.h"

#include <cstdio>
#include <cstring>
#include <exception>
#include <new>

using namespace lacuna::runtime;

namespace {
thread_local Frame *innermost = nullptr;
} // namespace

Frame *lacuna::runtime::currentFrame() noexcept { return innermost; }

void Failure::set(lacuna_status code, const char *text) noexcept {
  status = code;
  size_t size = strnlen(text, sizeof(message) - 1);
  memcpy(message, text, size);
  message[size] = 0;
}

// Not inlined, so that no local of a caller lives in a register across the
// second return of setjmp.
__attribute__((noinline)) bool
lacuna::runtime::execute(Frame &frame, void (*code)(void *),
                         void *argument) noexcept {
  frame.outer = innermost;
  innermost = &frame;
  if (_setjmp(frame.exit) == 0) {
    try {
      code(argument);
    } catch (const std::bad_alloc &) {
      frame.failure.set(LACUNA_ERROR_MEMORY, "out of memory");
    } catch (const std::exception &error) {
      frame.failure.set(LACUNA_ERROR_FAILED, error.what());
    } catch (...) {
      frame.failure.set(LACUNA_ERROR_FAILED, "an exception of unknown type");
    }
  }
  innermost = frame.outer;
  return frame.failure.status == LACUNA_OK;
}

void lacuna::runtime::fail(lacuna_status status, const char *message) noexcept {
  innermost->failure.set(status, message);
  _longjmp(innermost->exit, 1);
}

namespace {
/// Runs `body`; what it throws becomes the failure.
template <typename Body> bool attempt(Failure &failure, Body &&body) noexcept {
  try {
    body();
    return true;
  } catch (const Error &error) {
    failure.set(error.status(), error.what());
  } catch (const std::bad_alloc &) {
    failure.set(LACUNA_ERROR_MEMORY, "out of memory");
  } catch (const std::exception &error) {
    failure.set(LACUNA_ERROR_INTERNAL, error.what());
  }
  return false;
}
} // namespace

void *Call::allocateOnDevice(uint64_t bytes) {
  std::lock_guard<std::mutex> lock(mutex);
  void *memory = kernels->device().allocate(bytes, stream);
  try {
    deviceBlocks.insert(memory);
  } catch (...) {
    kernels->device().release(memory, stream);
    throw;
  }
  return memory;
}

void *Call::allocate(int64_t bytes, Failure &failure) noexcept {
  if (kernels && bytes >= 0) {
    void *memory = nullptr;
    attempt(failure,
            [&] { memory = allocateOnDevice(static_cast<uint64_t>(bytes)); });
    return memory;
  }
  Block *block = bytes < 0 ? nullptr : memory.take(uint64_t(bytes));
  if (!block) {
    std::snprintf(failure.message, sizeof(failure.message),
                  "out of memory: the model asked for %lld bytes of scratch "
                  "memory",
                  static_cast<long long>(bytes));
    failure.status = LACUNA_ERROR_MEMORY;
    return nullptr;
  }
  std::lock_guard<std::mutex> lock(mutex);
  block->previous = nullptr;
  block->next = blocks;
  if (blocks)
    blocks->previous = block;
  blocks = block;
  return block->memory();
}

void Call::free(void *pointer) noexcept {
  if (!pointer)
    return;
  if (kernels) {
    std::lock_guard<std::mutex> lock(mutex);
    if (deviceBlocks.erase(pointer) != 0)
      kernels->device().release(pointer, stream);
    return;
  }
  Block *block = Block::of(pointer);
  {
    std::lock_guard<std::mutex> lock(mutex);
    if (block->next)
      block->next->previous = block->previous;
    (block->previous ? block->previous->next : blocks) = block->next;
  }
  memory.give(block);
}

bool Call::launch(int32_t kernel, const int64_t *sizes, void **params,
                  int32_t numParams, Failure &failure) noexcept {
  if (!kernels) {
    failure.set(LACUNA_ERROR_FAILED,
                "the model launches kernels, but its target is the CPU");
    return false;
  }
  return attempt(failure, [&] {
    const char *name = kernels->name(kernel).c_str();
    observe(name, /*after=*/0);
    kernels->launch(kernel, sizes, params, numParams, stream);
    observe(name, /*after=*/1);
  });
}

bool Call::copy(void *target, const void *source, int64_t bytes,
                Failure &failure) noexcept {
  if (bytes < 0) {
    failure.set(LACUNA_ERROR_FAILED,
                "the model copies a negative number of bytes");
    return false;
  }
  if (!kernels) {
    if (bytes != 0)
      std::memmove(target, source, static_cast<size_t>(bytes));
    return true;
  }
  return attempt(failure, [&] {
    kernels->device().copy(target, source, static_cast<uint64_t>(bytes),
                           LACUNA_COPY_ON_DEVICE, stream);
  });
}

Call::~Call() {
  for (void *pointer : deviceBlocks)
    kernels->device().release(pointer, stream);
  while (Block *block = blocks) {
    blocks = block->next;
    memory.give(block);
  }
  memory.trim();
}
