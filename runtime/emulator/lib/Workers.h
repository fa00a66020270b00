// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The host threads that run blocks. They start with the first launch that has
// use for them and end with the device.

#ifndef LACUNA_EMULATOR_LIB_WORKERS_H
#define LACUNA_EMULATOR_LIB_WORKERS_H

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace lacuna::emulator {

class Workers {
public:
  /// `threads` includes the caller's.
  explicit Workers(unsigned threads) : count(threads ? threads : 1) {}
  ~Workers();
  Workers(const Workers &) = delete;

  /// Calls `body` on the calling thread and on up to `most - 1` others, and
  /// waits for all. `body` throws nothing. When another launch has the threads
  /// the caller is alone.
  void run(uint64_t most, const std::function<void()> &body);

private:
  void work();

  const unsigned count;
  std::mutex busy;
  std::mutex mutex;
  std::condition_variable wake, done;
  std::vector<std::thread> threads;
  const std::function<void()> *job = nullptr;
  /// Of the job: calls still to begin, and calls that run.
  unsigned wanted = 0, running = 0;
  bool stop = false;
};

/// LACUNA_THREADS, else what the hardware has.
unsigned workerThreads();

} // namespace lacuna::emulator

#endif // LACUNA_EMULATOR_LIB_WORKERS_H
