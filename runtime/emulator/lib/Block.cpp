// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Blocks: their warps take turns on one host thread; a launch hands blocks to
// host threads in order.

#include "Machine.h"
#include "Workers.h"
#include "lacuna/Emulator/Error.h"

#include <algorithm>
#include <cfenv>
#include <exception>
#include <mutex>

using namespace lacuna::emulator;

namespace {
/// Kernels run with the default rounding and denormals, whatever the caller
/// has set.
class DefaultFloats {
public:
  DefaultFloats() {
    std::fegetenv(&saved);
    std::fesetenv(FE_DFL_ENV);
  }
  ~DefaultFloats() { std::fesetenv(&saved); }

private:
  std::fenv_t saved;
};
} // namespace

Block::Block(Launch &launch) : launch(launch), program(*launch.program) {
  shared.resize(launch.sharedBytes);
  unsigned count = (launch.threads() + warpSize - 1) / warpSize;
  for (unsigned i = 0; i < count; ++i)
    warps.push_back(std::make_unique<WarpState>(*this, i));
}

void Block::run(uint64_t blockIndex, Counters &counters) {
  index = blockIndex;
  ctaid[0] = static_cast<uint32_t>(index % launch.grid[0]);
  ctaid[1] = static_cast<uint32_t>(index / launch.grid[0] % launch.grid[1]);
  ctaid[2] = static_cast<uint32_t>(index / launch.grid[0] / launch.grid[1]);
  for (Barrier &barrier : barriers)
    barrier = Barrier();
  steps = 0;
  for (auto &warp : warps)
    warp->reset();
  try {
    for (bool running = true; running;) {
      running = false;
      bool progress = false;
      for (auto &warp : warps) {
        if (warp->exited())
          continue;
        progress |= warp->run();
        running |= !warp->exited();
        if (launch.failed.load(std::memory_order_relaxed) < index)
          running = false;
      }
      releaseBarriers();
      if (running && !progress)
        faultDeadlock();
      if (launch.failed.load(std::memory_order_relaxed) < index)
        break;
    }
  } catch (...) {
    for (auto &warp : warps)
      counters += warp->counters();
    throw;
  }
  for (auto &warp : warps)
    counters += warp->counters();
}

/// Nothing runs: says what every kind of waiting lane waits for.
void Block::faultDeadlock() {
  std::string message = "deadlock: no thread of the block can go on";
  const Instruction *at = nullptr;
  WarpState *who = nullptr;
  LaneMask lanes = 0;
  std::vector<const Instruction *> told;
  for (auto &warp : warps)
    for (const Fragment &fragment : warp->fragments) {
      if (!at) {
        at = fragment.instruction;
        who = warp.get();
        lanes = fragment.mask;
      }
      if (std::find(told.begin(), told.end(), fragment.instruction) !=
          told.end())
        continue;
      told.push_back(fragment.instruction);
      if (told.size() > 4)
        continue;
      const Source &source = program.source[fragment.instruction->pc];
      message += "; lanes " + hex(fragment.mask) + " of warp " +
                 std::to_string(warp->index) + " wait in line " +
                 std::to_string(source.line) + ", '" + excerpt(source.text) +
                 "'";
      if (fragment.wait == Wait::Lanes || fragment.wait == Wait::Gather) {
        message += ", for lanes " + hex(warp->live & ~fragment.mask) +
                   " of their warp";
      } else {
        const Barrier &barrier = barriers[fragment.barrier];
        message += ", barrier " + std::to_string(fragment.barrier) +
                   ", which " + std::to_string(barrier.arrived) +
                   " threads have reached";
        if (barrier.expected)
          message += " of " + std::to_string(barrier.expected);
      }
    }
  uint32_t exited = 0;
  for (auto &warp : warps)
    exited += warp->exited();
  if (exited)
    message += "; " + std::to_string(exited) + " warps have exited";
  who->fault(*at, static_cast<unsigned>(__builtin_ctz(lanes)), message);
}

void lacuna::emulator::runLaunch(Launch &launch, Workers &workers,
                                 Counters &counters) {
  uint64_t blocks = uint64_t(launch.grid[0]) * launch.grid[1] * launch.grid[2];
  std::atomic<uint64_t> next{0};
  std::mutex mutex;
  std::exception_ptr failure;
  workers.run(blocks, [&] {
    DefaultFloats floats;
    Counters mine;
    uint64_t index = UINT64_MAX;
    try {
      std::unique_ptr<Block> block;
      for (;;) {
        index = next.fetch_add(1, std::memory_order_relaxed);
        if (index >= blocks || launch.failed.load() < index)
          break;
        if (!block)
          block = std::make_unique<Block>(launch);
        block->run(index, mine);
      }
    } catch (...) {
      std::lock_guard<std::mutex> lock(mutex);
      if (index < launch.failed.load()) {
        launch.failed.store(index);
        failure = std::current_exception();
      }
    }
    std::lock_guard<std::mutex> lock(mutex);
    counters += mine;
  });
  if (failure)
    std::rethrow_exception(failure);
}
