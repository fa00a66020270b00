// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Loops over independent ranges with one deterministic failure.

#include "ForRanges.h"

#include <mutex>

using namespace lacuna::packing;

Status lacuna::packing::forRanges(
    uint64_t count, const ParallelFor &parallel,
    const std::function<Status(uint64_t, uint64_t)> &body) {
  if (!parallel)
    return body(0, count);
  std::mutex mutex;
  uint64_t first = UINT64_MAX;
  Status failure;
  parallel(count, [&](uint64_t begin, uint64_t end) {
    Status status = body(begin, end);
    if (status.ok())
      return;
    std::lock_guard<std::mutex> lock(mutex);
    if (begin < first) {
      first = begin;
      failure = status;
    }
  });
  return failure;
}
