// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What compiled code calls. No exception leaves these functions, and nothing
// with a destructor is alive where they jump.

#include "lacuna/ModelABI.h"

#include "Call.h"
#include "ThreadPool.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

using namespace lacuna::runtime;

namespace {

Frame &requireFrame(const char *function) {
  if (Frame *frame = currentFrame())
    return *frame;
  std::fprintf(stderr,
               "lacuna: %s was called outside of lacuna_session_run; only "
               "compiled models may call it\n",
               function);
  std::abort();
}

/// False with the failure set. Holds all that must be destroyed before fail().
bool runLoop(Frame &frame, LoopBody body, void *context, Pieces pieces,
             Failure &failure) noexcept {
  try {
    frame.call.threads().run(frame.call, body, context, pieces, failure);
  } catch (...) {
    failure.set(LACUNA_ERROR_MEMORY, "no memory to begin a parallel loop");
  }
  return failure.status == LACUNA_OK;
}

/// A ranked memref descriptor, taken apart.
struct Strided {
  char *data;
  const int64_t *sizes;
  const int64_t *strides;
};

Strided getStrided(void *unranked, int64_t &rank) {
  struct Unranked {
    int64_t rank;
    int64_t *descriptor;
  } &memref = *static_cast<Unranked *>(unranked);
  rank = memref.rank;
  const int64_t *words = memref.descriptor;
  return {reinterpret_cast<char *>(words[1]), words + 3, words + 3 + rank};
}

int64_t getOffset(void *unranked) {
  return static_cast<int64_t **>(unranked)[1][2];
}

} // namespace

void lacuna_rt_parallel_for(void (*body)(void *, int64_t, int64_t), void *ctx,
                            int64_t count, int64_t grain) {
  Frame &frame = requireFrame("lacuna_rt_parallel_for");
  Pieces pieces(count, grain);
  if (frame.inLoop || pieces.number <= 1 || frame.call.threads().size() == 1) {
    for (int64_t i = 0; i < pieces.number; ++i)
      body(ctx, pieces.begin(i), pieces.end(i));
    return;
  }
  Failure failure;
  if (!runLoop(frame, body, ctx, pieces, failure))
    fail(failure.status, failure.message);
}

int64_t lacuna_rt_threads() {
  return requireFrame("lacuna_rt_threads").call.threads().size();
}

void *lacuna_rt_alloc(int64_t bytes) {
  Frame &frame = requireFrame("lacuna_rt_alloc");
  Failure failure;
  void *memory = frame.call.allocate(bytes, failure);
  if (failure.status == LACUNA_OK || failure.status == LACUNA_ERROR_MEMORY) {
    if (memory)
      return memory;
    fail(failure.status, failure.message);
  }
  // Such as a stream that captures: what the caller can do is not to capture.
  char message[sizeof(failure.message)];
  std::snprintf(message, sizeof(message),
                "the function allocates memory while it runs, outside of its "
                "arena, since the size is not known before: %s",
                failure.message);
  fail(failure.status, message);
}

void lacuna_rt_launch(int32_t kernel, const int64_t *sizes, void **params,
                      int32_t num_params) {
  Frame &frame = requireFrame("lacuna_rt_launch");
  Failure failure;
  if (!frame.call.launch(kernel, sizes, params, num_params, failure))
    fail(failure.status, failure.message);
}

void lacuna_rt_copy(void *target, const void *source, int64_t bytes) {
  Frame &frame = requireFrame("lacuna_rt_copy");
  Failure failure;
  if (!frame.call.copy(target, source, bytes, failure))
    fail(failure.status, failure.message);
}

void lacuna_rt_free(void *memory) {
  requireFrame("lacuna_rt_free").call.free(memory);
}

void lacuna_rt_fail(const char *message) {
  requireFrame("lacuna_rt_fail");
  fail(LACUNA_ERROR_FAILED, message ? message : "the model failed");
}

void memrefCopy(int64_t element_size, void *source, void *destination) {
  // Memory of a model may be a GPU's; tests and tools copy the host's.
  Frame *frame = currentFrame();
  int64_t rank = 0;
  Strided from = getStrided(source, rank);
  Strided to = getStrided(destination, rank);
  from.data += getOffset(source) * element_size;
  to.data += getOffset(destination) * element_size;
  for (int64_t i = 0; i < rank; ++i)
    if (from.sizes[i] == 0)
      return;
  // Inner dimensions that lie alike are one piece.
  int64_t piece = element_size;
  while (rank > 0 && from.strides[rank - 1] * element_size == piece &&
         to.strides[rank - 1] * element_size == piece)
    piece *= from.sizes[--rank];
  constexpr int64_t deepest = 64;
  int64_t index[deepest] = {};
  if (rank > deepest)
    lacuna_rt_fail("a copy of a tensor with more than 64 dimensions");
  while (true) {
    if (frame)
      lacuna_rt_copy(to.data, from.data, piece);
    else
      std::memcpy(to.data, from.data, static_cast<size_t>(piece));
    int64_t axis = rank - 1;
    for (; axis >= 0; --axis) {
      from.data += from.strides[axis] * element_size;
      to.data += to.strides[axis] * element_size;
      if (++index[axis] < from.sizes[axis])
        break;
      from.data -= from.sizes[axis] * from.strides[axis] * element_size;
      to.data -= from.sizes[axis] * to.strides[axis] * element_size;
      index[axis] = 0;
    }
    if (axis < 0)
      return;
  }
}
