// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Entering compiled code and leaving it on failure; memory of a call.

#include "Call.h"

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

void *Call::allocate(uint64_t bytes) noexcept {
  Block *block = memory.take(bytes);
  if (!block)
    return nullptr;
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
  Block *block = Block::of(pointer);
  {
    std::lock_guard<std::mutex> lock(mutex);
    if (block->next)
      block->next->previous = block->previous;
    (block->previous ? block->previous->next : blocks) = block->next;
  }
  memory.give(block);
}

Call::~Call() {
  while (Block *block = blocks) {
    blocks = block->next;
    memory.give(block);
  }
  memory.trim();
}
