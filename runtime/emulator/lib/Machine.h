// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What runs a program: blocks of warps.
//
// The lanes of a warp are in fragments: sets of lanes with the same pc. The
// fragment whose instruction ranks first runs (BlockOrder.cpp); fragments that
// meet become one, so that lanes converge behind loops and branches as they do
// on hardware. Lanes that wait (.sync, barriers) are in parked fragments. A
// warp gives way when all of its lanes wait or its time slice ends; one host
// thread runs a block.

#ifndef LACUNA_EMULATOR_LIB_MACHINE_H
#define LACUNA_EMULATOR_LIB_MACHINE_H

#include "Memory.h"
#include "Program.h"
#include "lacuna/Emulator/Warp.h"

#include <atomic>
#include <memory>
#include <vector>

namespace lacuna::emulator {

class Workers;

inline constexpr unsigned barrierCount = 16;

/// What all blocks of a launch share.
struct Launch {
  const Program *program = nullptr;
  const GlobalMemory *memory = nullptr;
  std::shared_ptr<const MemoryMap> map;
  uint32_t grid[3] = {1, 1, 1};
  uint32_t block[3] = {1, 1, 1};
  /// Static and dynamic.
  uint64_t sharedBytes = 0;
  uint64_t dynamicBytes = 0;
  std::vector<uint8_t> params;
  uint64_t gridId = 0;
  /// Instructions of warps that a block may execute.
  uint64_t stepLimit = UINT64_MAX;
  /// The first block that failed: those behind it stop, those before it go
  /// on, so that the fault reported is always the same.
  std::atomic<uint64_t> failed{UINT64_MAX};

  uint32_t threads() const { return block[0] * block[1] * block[2]; }
};

/// Runs all blocks on the workers; throws the Fault of the first block that
/// failed. Adds to `counters`, also then.
void runLaunch(Launch &launch, Workers &workers, Counters &counters);

enum class Wait : uint8_t {
  /// Not waiting.
  None,
  /// For other lanes of the warp to come to the same instruction.
  Lanes,
  /// For the warp's other lanes to come to a barrier; then for the barrier.
  Gather,
  Barrier
};

struct Fragment {
  LaneMask mask = 0;
  uint32_t pc = 0;
  Wait wait = Wait::None;
  /// What it waits in, and the barrier.
  const Instruction *instruction = nullptr;
  uint8_t barrier = 0;
};

class WarpState final : public Warp {
public:
  WarpState(Block &block, unsigned index);
  WarpState(const WarpState &) = delete;

  /// Ready for another block.
  void reset();
  /// Runs until all lanes wait or have exited, or the slice is over. False when
  /// nothing could run.
  bool run();
  bool exited() const { return live == 0; }

  // For instructions of control flow. `mask` is part of the active lanes; the
  // others go on behind the instruction.

  /// The lanes go on at `pc`.
  void branch(LaneMask mask, uint32_t target) {
    if (target < pc)
      countBackward();
    if (mask == active) {
      pc = target;
      return;
    }
    split(mask, target);
  }
  void exitLanes(LaneMask mask);
  void park(LaneMask mask, const Instruction &instruction, Wait wait,
            uint32_t resume, uint8_t barrier = 0);
  /// The active lanes, guard or not.
  LaneMask activeLanes() const { return active; }
  /// A loop may not end: look at the limits now and then.
  void countBackward() {
    if (--slice == 0)
      event = true;
  }

  /// Lets other fragments and warps run.
  void giveWay() {
    slice = 0;
    event = true;
  }

  std::vector<Fragment> fragments;
  /// Per lane: values on their way in or out of a function.
  std::vector<uint8_t> transfer;
  uint64_t steps = 0;
  unsigned index;

  uint8_t *local(unsigned lane) {
    return localMemory.data() + lane * localBytes;
  }
  uint64_t localSize() const { return localBytes; }
  using Warp::banks;
  using Warp::counts;
  using Warp::live;
  using Warp::predicates;
  using Warp::registers;

private:
  void split(LaneMask mask, uint32_t target);
  bool pick();
  void merge();
  void fillSpecials();
  uint64_t special(Special id, unsigned lane) const;

  LaneMask active = 0;
  uint32_t pc = 0;
  /// The rank at which another fragment waits to be met.
  uint32_t meet = UINT32_MAX;
  uint32_t slice = 0;
  /// Leaves the inner loop.
  bool event = false;
  /// Runs fragments in turn for so many picks: the first in rank alone would
  /// let a loop that waits for a lane behind it wait forever.
  unsigned turns = 0;
  size_t turn = 0;
  LaneMask existing = 0;
  uint64_t localBytes = 0;
  std::vector<Lanes> registerFile;
  std::vector<LaneMask> predicateFile;
  std::vector<uint8_t> localMemory;
};

/// A named barrier (PTX ISA, "bar, barrier").
struct Barrier {
  /// Threads it waits for: 0 for all of the block; set by who comes first.
  uint32_t expected = 0;
  uint32_t arrived = 0;
  bool inUse = false;
  bool isReduction = false;
  const Instruction *first = nullptr;
  uint32_t popcount = 0;
  bool all = true, any = false;
};

class Block {
public:
  explicit Block(Launch &launch);
  Block(const Block &) = delete;

  /// Runs block `index` of the grid; throws Fault.
  void run(uint64_t index, Counters &counters);
  void releaseBarriers();

  Launch &launch;
  const Program &program;
  uint64_t index = 0;
  uint32_t ctaid[3] = {0, 0, 0};
  std::vector<std::unique_ptr<WarpState>> warps;
  Barrier barriers[barrierCount];
  uint64_t steps = 0;
  std::vector<uint8_t> shared;

private:
  [[noreturn]] void faultDeadlock();
};

inline WarpState &state(Warp &warp) { return static_cast<WarpState &>(warp); }

/// A warp's arrival at a barrier; in Barrier.cpp.
void gatherAtBarrier(WarpState &warp);

} // namespace lacuna::emulator

#endif // LACUNA_EMULATOR_LIB_MACHINE_H
