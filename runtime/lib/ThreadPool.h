// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The threads of a session, and parallel loops over them.
//
// How a loop is cut into pieces depends on its size alone, never on the number
// of threads or on who is idle: this makes results bit-identical. Only which
// thread takes which piece differs.

#ifndef LACUNA_RUNTIME_LIB_THREADPOOL_H
#define LACUNA_RUNTIME_LIB_THREADPOOL_H

#include "Call.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <thread>
#include <vector>

namespace lacuna::runtime {

/// [0, count) cut into pieces.
struct Pieces {
  static constexpr int64_t most = 512;

  Pieces(int64_t count, int64_t grain) : count(std::max<int64_t>(count, 0)) {
    grain = std::min(std::max<int64_t>(grain, 1), std::max<int64_t>(count, 1));
    // Pieces start at multiples of the grain; more than enough of them only
    // cost time.
    int64_t grains = this->count / grain + (this->count % grain != 0);
    size = grain * ((grains + most - 1) / most);
    number = size == 0 ? 0 : this->count / size + (this->count % size != 0);
  }

  int64_t begin(int64_t piece) const { return piece * size; }
  int64_t end(int64_t piece) const {
    return piece + 1 == number ? count : (piece + 1) * size;
  }

  int64_t count;
  int64_t size;
  int64_t number;
};

using LoopBody = void (*)(void *context, int64_t begin, int64_t end);

class ThreadPool {
public:
  /// `threads` counts the thread that runs a loop, so one less is started.
  explicit ThreadPool(int threads);
  ThreadPool(const ThreadPool &) = delete;
  ~ThreadPool();

  int size() const { return static_cast<int>(workers.size()) + 1; }

  /// Runs all pieces and returns when no thread is in the loop any more. After
  /// a failure no further piece is begun, and `failure` is set. Any number of
  /// threads may call it at the same time: free workers join the loop that
  /// has the fewest.
  void run(Call &call, LoopBody body, void *context, Pieces pieces,
           Failure &failure);

private:
  struct Loop;
  void work();
  void waitForWork(std::unique_lock<std::mutex> &lock);
  Loop *findLoop();
  void finish(Loop &loop);
  void stopAll();
  static void execute(Loop &loop) noexcept;

  std::mutex mutex;
  std::condition_variable wake; ///< A loop was posted, or the pool stops.
  std::condition_variable left; ///< The last helper left a loop.
  std::vector<Loop *> loops;
  std::atomic<uint64_t> posted{0};
  int sleeping = 0;
  bool stopping = false;
  int spins; ///< How long to look for work before sleeping.
  std::vector<std::thread> workers;
};

/// The number of threads for `requested`, where 0 means LACUNA_THREADS or else
/// the hardware's. Throws when it is out of range.
int chooseThreads(int requested);

} // namespace lacuna::runtime

#endif // LACUNA_RUNTIME_LIB_THREADPOOL_H
