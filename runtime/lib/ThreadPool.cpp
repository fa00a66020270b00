// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Worker threads: they look for a loop for some microseconds, then sleep.

#include "ThreadPool.h"

#include "Error.h"

#include <cfenv>
#include <csignal>
#include <cstdlib>
#include <pthread.h>
#include <system_error>

using namespace lacuna::runtime;

namespace {
constexpr int maxThreads = 1024;

void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}
} // namespace

/// Lives on the stack of the thread that runs the loop.
///
/// Each thread has a share of pieces that follow one another, so that it reads
/// memory in order and what it fetches ahead is its own; then it takes from the
/// shares of others.
struct ThreadPool::Loop {
  static constexpr int64_t mostShares = 16;
  struct alignas(64) Share {
    std::atomic<int64_t> next{0};
    int64_t end = 0;
  };

  Loop(Call &call, LoopBody body, void *context, Pieces pieces, int threads,
       Failure &failure)
      : call(call), body(body), context(context), pieces(pieces),
        numShares(std::min({mostShares, pieces.number, int64_t(threads)})),
        failure(failure) {
    for (int64_t i = 0; i < numShares; ++i) {
      shares[i].next = pieces.number * i / numShares;
      shares[i].end = pieces.number * (i + 1) / numShares;
    }
  }

  bool exhausted() const {
    return std::all_of(shares, shares + numShares, [](const Share &share) {
      return share.next.load() >= share.end;
    });
  }

  /// Executes pieces until there are none left.
  void takePieces() {
    int64_t first = arrived.fetch_add(1);
    for (int64_t i = 0; i < numShares; ++i) {
      Share &share = shares[(first + i) % numShares];
      int64_t piece;
      while ((piece = share.next.fetch_add(1)) < share.end)
        body(context, pieces.begin(piece), pieces.end(piece));
    }
  }

  void stop() {
    for (int64_t i = 0; i < numShares; ++i)
      shares[i].next.store(shares[i].end);
  }

  Call &call;
  LoopBody body;
  void *context;
  Pieces pieces;
  Share shares[mostShares];
  int64_t numShares;
  std::atomic<int64_t> arrived{0}; ///< Threads that took part.
  std::atomic<int> helpers{0};
  std::atomic<bool> failed{false};
  Failure &failure; ///< Written by the thread that sets `failed`.
};

/// One frame per thread and loop: a failure ends the thread's work on it.
void ThreadPool::execute(Loop &loop) noexcept {
  Frame frame(loop.call, /*inLoop=*/true);
  auto takePieces = [](void *loop) { static_cast<Loop *>(loop)->takePieces(); };
  if (runtime::execute(frame, takePieces, &loop))
    return;
  // Nobody begins another piece; the first failure is the one reported.
  loop.stop();
  if (!loop.failed.exchange(true))
    loop.failure = frame.failure;
}

void ThreadPool::run(Call &call, LoopBody body, void *context, Pieces pieces,
                     Failure &failure) {
  Loop loop(call, body, context, pieces, size(), failure);
  int64_t wanted = pieces.number - 1;
  {
    std::lock_guard<std::mutex> lock(mutex);
    loops.push_back(&loop);
    posted.fetch_add(1);
    for (int64_t i = std::min<int64_t>(wanted, sleeping); i > 0; --i)
      wake.notify_one();
  }
  execute(loop);
  finish(loop);
}

/// Lets no further worker in and waits until those inside have left.
void ThreadPool::finish(Loop &loop) {
  {
    std::lock_guard<std::mutex> lock(mutex);
    loops.erase(std::find(loops.begin(), loops.end(), &loop));
  }
  for (int i = 0; i < spins && loop.helpers.load() != 0; ++i)
    relax();
  if (loop.helpers.load() == 0)
    return;
  std::unique_lock<std::mutex> lock(mutex);
  left.wait(lock, [&] { return loop.helpers.load() == 0; });
}

ThreadPool::Loop *ThreadPool::findLoop() {
  Loop *best = nullptr;
  for (Loop *loop : loops)
    if (!loop->exhausted() &&
        (!best || loop->helpers.load() < best->helpers.load()))
      best = loop;
  return best;
}

void ThreadPool::waitForWork(std::unique_lock<std::mutex> &lock) {
  uint64_t seen = posted.load();
  lock.unlock();
  for (int i = 0; i < spins && posted.load() == seen; ++i)
    relax();
  lock.lock();
  if (stopping || posted.load() != seen)
    return;
  ++sleeping;
  wake.wait(lock, [&] { return stopping || posted.load() != seen; });
  --sleeping;
}

void ThreadPool::work() {
  // The creating thread's rounding or flush-to-zero must not show in results.
  std::fesetenv(FE_DFL_ENV);
  pthread_setname_np(pthread_self(), "lacuna");
  std::unique_lock<std::mutex> lock(mutex);
  while (!stopping) {
    Loop *loop = findLoop();
    if (!loop) {
      waitForWork(lock);
      continue;
    }
    loop->helpers.fetch_add(1);
    lock.unlock();
    execute(*loop);
    // The loop may be gone as soon as its count of helpers is zero.
    bool last = loop->helpers.fetch_sub(1) == 1;
    lock.lock();
    if (last)
      left.notify_all();
  }
}

ThreadPool::ThreadPool(int threads) {
  // Looking for work pays only where nobody else waits for the processor.
  spins = threads <= static_cast<int>(std::thread::hardware_concurrency())
              ? 2000
              : 0;
  // Signals of the process are its own threads' business.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  try {
    workers.reserve(threads - 1);
    for (int i = 1; i < threads; ++i)
      workers.emplace_back([this] { work(); });
  } catch (const std::system_error &error) {
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    size_t started = workers.size();
    stopAll();
    throw Error(LACUNA_ERROR_INTERNAL,
                "cannot start thread " + std::to_string(started + 2) + " of " +
                    std::to_string(threads) + ": " + error.what() +
                    "; ask for fewer threads");
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

ThreadPool::~ThreadPool() { stopAll(); }

void ThreadPool::stopAll() {
  {
    std::lock_guard<std::mutex> lock(mutex);
    stopping = true;
    posted.fetch_add(1);
    wake.notify_all();
  }
  for (std::thread &worker : workers)
    worker.join();
}

int lacuna::runtime::chooseThreads(int requested) {
  if (requested < 0 || requested > maxThreads)
    throw Error(LACUNA_ERROR_ARGUMENT,
                "the number of threads is " + std::to_string(requested) +
                    ", expected 1 to " + std::to_string(maxThreads) +
                    ", or 0 for the default");
  if (requested != 0)
    return requested;
  const char *text = std::getenv("LACUNA_THREADS");
  if (text && *text) {
    char *end;
    long value = std::strtol(text, &end, 10);
    if (*end || value < 1 || value > maxThreads)
      throw Error(LACUNA_ERROR_ARGUMENT,
                  "the environment's LACUNA_THREADS is '" + std::string(text) +
                      "', expected a number from 1 to " +
                      std::to_string(maxThreads));
    return static_cast<int>(value);
  }
  int hardware = static_cast<int>(std::thread::hardware_concurrency());
  return std::min(std::max(hardware, 1), maxThreads);
}
