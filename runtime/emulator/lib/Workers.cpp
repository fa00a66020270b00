// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Workers.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <system_error>

using namespace lacuna::emulator;

unsigned lacuna::emulator::workerThreads() {
  if (const char *text = std::getenv("LACUNA_THREADS")) {
    char *end;
    unsigned long value = std::strtoul(text, &end, 10);
    if (*text && !*end && value >= 1 && value <= 1024)
      return static_cast<unsigned>(value);
  }
  return std::max(std::thread::hardware_concurrency(), 1u);
}

Workers::~Workers() {
  {
    std::lock_guard<std::mutex> lock(mutex);
    stop = true;
  }
  wake.notify_all();
  for (std::thread &thread : threads)
    thread.join();
}

void Workers::work() {
  std::unique_lock<std::mutex> lock(mutex);
  for (;;) {
    wake.wait(lock, [&] { return stop || wanted; });
    if (stop)
      return;
    --wanted;
    ++running;
    const std::function<void()> *body = job;
    lock.unlock();
    (*body)();
    lock.lock();
    if (--running == 0)
      done.notify_all();
  }
}

void Workers::run(uint64_t most, const std::function<void()> &body) {
  auto helpers = static_cast<unsigned>(
                     std::min<uint64_t>(std::max<uint64_t>(most, 1), count)) -
                 1;
  std::unique_lock<std::mutex> alone(busy, std::defer_lock);
  if (helpers == 0 || !alone.try_lock()) {
    body();
    return;
  }
  {
    std::lock_guard<std::mutex> lock(mutex);
    try {
      while (threads.size() + 1 < count)
        threads.emplace_back([this] { work(); });
    } catch (const std::system_error &) {
      // Fewer threads do as well.
      helpers = std::min(helpers, static_cast<unsigned>(threads.size()));
    }
    job = &body;
    wanted = helpers;
  }
  wake.notify_all();
  body();
  std::unique_lock<std::mutex> lock(mutex);
  wanted = 0; // What has not begun by now would find nothing to do.
  done.wait(lock, [&] { return running == 0; });
  job = nullptr;
}
