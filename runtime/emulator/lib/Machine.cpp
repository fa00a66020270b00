// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Warps and their fragments.

#include "Machine.h"
#include "Builder.h"
#include "lacuna/Emulator/Error.h"

#include <algorithm>

using namespace lacuna::emulator;

namespace {
/// Backward branches in a row before others have their turn.
constexpr uint32_t sliceBranches = 1 << 12;
/// Instructions that fragments run in turn after that.
constexpr unsigned turnPicks = 1 << 12;
} // namespace

Counters &Counters::operator+=(const Counters &other) {
  instructions += other.instructions;
  mma += other.mma;
  mmaSparse += other.mmaSparse;
  globalLoadBytes += other.globalLoadBytes;
  globalStoreBytes += other.globalStoreBytes;
  sharedBankConflicts += other.sharedBankConflicts;
  localBytes += other.localBytes;
  return *this;
}

WarpState::WarpState(Block &block, unsigned index) : index(index) {
  const Program &program = block.program;
  owner = &block;
  registerFile.resize(program.registers);
  predicateFile.resize(program.predicates);
  localBytes = (program.localBytes + 15) / 16 * 16;
  localMemory.resize(localBytes * warpSize);
  transfer.resize(size_t(program.transferBytes) * warpSize);
  registers = registerFile.data();
  predicates = predicateFile.data();
  banks[0] = registers;
  banks[1] = program.constants.data();
  sharedMemory = block.shared.data();
  sharedSize = block.launch.sharedBytes;
  uint32_t threads = block.launch.threads() - index * warpSize;
  existing = threads >= warpSize ? allLanes : (1u << threads) - 1;
}

uint64_t WarpState::special(Special id, unsigned lane) const {
  const Launch &launch = owner->launch;
  uint32_t thread = index * warpSize + lane;
  const uint32_t *size = launch.block;
  switch (id) {
  case Special::TidX:
    return thread % size[0];
  case Special::TidY:
    return thread / size[0] % size[1];
  case Special::TidZ:
    return thread / size[0] / size[1];
  case Special::NtidX:
  case Special::NtidY:
  case Special::NtidZ:
    return size[unsigned(id) - unsigned(Special::NtidX)];
  case Special::CtaidX:
  case Special::CtaidY:
  case Special::CtaidZ:
    return owner->ctaid[unsigned(id) - unsigned(Special::CtaidX)];
  case Special::NctaidX:
  case Special::NctaidY:
  case Special::NctaidZ:
    return launch.grid[unsigned(id) - unsigned(Special::NctaidX)];
  case Special::LaneId:
    return lane;
  case Special::WarpId:
    return index;
  case Special::NwarpId:
    return owner->warps.size();
  case Special::GridId:
    return launch.gridId;
  case Special::LanemaskEq:
    return 1u << lane;
  case Special::LanemaskLe:
    return (2u << lane) - 1;
  case Special::LanemaskLt:
    return (1u << lane) - 1;
  case Special::LanemaskGe:
    return ~((1u << lane) - 1);
  case Special::LanemaskGt:
    return ~((2u << lane) - 1);
  case Special::One:
  case Special::NsmId:
    return 1;
  case Special::TotalShared:
    return launch.sharedBytes;
  case Special::DynamicShared:
    return launch.dynamicBytes;
  default:
    return 0;
  }
}

void WarpState::fillSpecials() {
  for (auto [id, slot] : owner->program.specials)
    for (unsigned lane = 0; lane < warpSize; ++lane)
      registers[slot].lane[lane] = special(id, lane);
}

void WarpState::reset() {
  fragments.clear();
  Fragment all;
  all.mask = existing;
  all.pc = owner->program.entry;
  fragments.push_back(all);
  live = existing;
  active = 0;
  counts = Counters();
  asyncCopies().clear();
  turns = 0;
  std::fill(predicateFile.begin(), predicateFile.end(), 0);
  predicates[0] = allLanes;
  fillSpecials();
}

/// Runnable fragments at the same pc become one.
void WarpState::merge() {
  for (size_t i = 0; i < fragments.size(); ++i) {
    if (fragments[i].wait != Wait::None)
      continue;
    for (size_t j = fragments.size() - 1; j > i; --j)
      if (fragments[j].wait == Wait::None &&
          fragments[j].pc == fragments[i].pc) {
        fragments[i].mask |= fragments[j].mask;
        fragments.erase(fragments.begin() + static_cast<ptrdiff_t>(j));
      }
  }
}

/// Chooses the fragment to run and takes it out of the list.
bool WarpState::pick() {
  const Instruction *code = owner->program.code.data();
  if (fragments.size() > 1)
    merge();
  size_t chosen = SIZE_MAX, runnable = 0;
  for (size_t i = 0; i < fragments.size(); ++i) {
    if (fragments[i].wait != Wait::None)
      continue;
    ++runnable;
    if (chosen == SIZE_MAX ||
        code[fragments[i].pc].rank < code[fragments[chosen].pc].rank)
      chosen = i;
  }
  if (!runnable)
    return false;
  meet = UINT32_MAX;
  if (runnable > 1 && turns) {
    // In turn, one instruction each: fragments keep their order in the list.
    --turns;
    do
      turn = (turn + 1) % fragments.size();
    while (fragments[turn].wait != Wait::None);
    chosen = turn;
    meet = 0;
  } else if (runnable > 1) {
    for (const Fragment &other : fragments)
      if (other.wait == Wait::None && &other != &fragments[chosen])
        meet = std::min(meet, code[other.pc].rank);
  }
  active = fragments[chosen].mask;
  pc = fragments[chosen].pc;
  fragments.erase(fragments.begin() + static_cast<ptrdiff_t>(chosen));
  return true;
}

bool WarpState::run() {
  const Instruction *code = owner->program.code.data();
  Launch &launch = owner->launch;
  bool ran = false;
  slice = sliceBranches;
  while (slice && pick()) {
    ran = true;
    event = false;
    uint64_t begin = steps;
    do {
      const Instruction &instruction = code[pc];
      LaneMask guard = predicates[instruction.guard];
      LaneMask mask = active & (instruction.guardNegated ? ~guard : guard);
      ++pc;
      ++steps;
      if (mask) {
        counts.instructions += static_cast<unsigned>(__builtin_popcount(mask));
        instruction.execute(*this, instruction, mask);
      }
    } while (!event && code[pc].rank < meet);
    owner->steps += steps - begin;
    if (active) {
      Fragment rest;
      rest.mask = active;
      rest.pc = pc;
      // At its place in the order of turns.
      fragments.insert(fragments.begin() + static_cast<ptrdiff_t>(std::min(
                                               turn, fragments.size())),
                       rest);
      active = 0;
    }
    if (slice == 0 && fragments.size() > 1)
      turns = turnPicks;
    if (owner->steps > launch.stepLimit) {
      const Fragment &at = fragments.empty() ? Fragment() : fragments.front();
      fault(code[at.pc], at.mask ? __builtin_ctz(at.mask) : 0,
            "the block has run " + std::to_string(launch.stepLimit) +
                " instructions and not ended: raise LACUNA_EMULATOR_STEPS if "
                "that is right");
    }
  }
  return ran;
}

void WarpState::split(LaneMask mask, uint32_t target) {
  Fragment taken;
  taken.mask = mask;
  taken.pc = target;
  fragments.push_back(taken);
  active &= ~mask;
  event = true;
}

void WarpState::park(LaneMask mask, const Instruction &instruction, Wait wait,
                     uint32_t resume, uint8_t barrier) {
  Fragment waiting;
  waiting.mask = mask;
  waiting.pc = resume;
  waiting.wait = wait;
  waiting.instruction = &instruction;
  waiting.barrier = barrier;
  // Lanes that wait for the same thing wait together.
  bool joined = false;
  for (Fragment &other : fragments)
    if (other.wait == wait && other.instruction == &instruction &&
        other.barrier == barrier) {
      other.mask |= mask;
      joined = true;
      break;
    }
  if (!joined)
    fragments.push_back(waiting);
  active &= ~mask;
  event = true;
}

void WarpState::exitLanes(LaneMask mask) {
  active &= ~mask;
  live &= ~mask;
  event = true;
  // Those that wait for lanes may wait for these: let them look again.
  for (Fragment &fragment : fragments)
    if (fragment.wait == Wait::Lanes)
      fragment.wait = Wait::None;
  gatherAtBarrier(*this);
}

namespace {
/// Lanes arrive at an instruction that waits for others.
void arriveAtSync(Warp &warp, const Instruction &instruction, LaneMask mask) {
  WarpState &w = state(warp);
  // Those that came before wait in a fragment of this instruction.
  LaneMask waiting = 0;
  for (const Fragment &fragment : w.fragments)
    if (fragment.wait == Wait::Lanes && fragment.instruction == &instruction)
      waiting |= fragment.mask;
  while (mask) {
    unsigned lane = static_cast<unsigned>(__builtin_ctz(mask));
    LaneMask members = allLanes;
    LaneMask group = mask;
    if (instruction.sync == Sync::Members) {
      const Lanes &masks = w.read(instruction.syncMask);
      members = static_cast<LaneMask>(masks.lane[lane]);
      group = 0;
      forEachLaneSerial(mask, [&](unsigned other) {
        if (static_cast<LaneMask>(masks.lane[other]) == members)
          group |= 1u << other;
      });
      if (~members & group)
        w.fault(instruction,
                static_cast<unsigned>(__builtin_ctz(~members & group)),
                "the thread is not in its own member mask " + hex(members));
    } else if (w.live != allLanes) {
      w.fault(instruction, lane,
              "all 32 threads of the warp must execute this, but only those "
              "of the mask " +
                  hex(w.live) + " exist and have not exited");
    }
    if (((group | waiting) & members & w.live) != (members & w.live)) {
      // It is counted when it executes.
      w.counts.instructions -= static_cast<unsigned>(__builtin_popcount(group));
      w.park(group, instruction, Wait::Lanes, instruction.pc);
    } else if ((group & members & w.live) == (members & w.live)) {
      instruction.body(w, instruction, group);
    } else {
      // The last to come: all execute it together, now as one fragment.
      w.counts.instructions -= static_cast<unsigned>(__builtin_popcount(group));
      w.park(group, instruction, Wait::Lanes, instruction.pc);
      for (Fragment &fragment : w.fragments)
        if (fragment.instruction == &instruction &&
            fragment.wait == Wait::Lanes)
          fragment.wait = Wait::None;
    }
    mask &= ~group;
  }
}
} // namespace

void lacuna::emulator::waitForLanes(Instruction &instruction) {
  instruction.body = instruction.execute;
  instruction.execute = arriveAtSync;
}
