// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// bar, barrier (PTX ISA, "Parallel Synchronization: bar, barrier"), bar.warp
// and fences. A warp arrives when all of its lanes that have not exited have,
// and counts as 32 threads. Without a count a barrier waits for the warps that
// have not exited.

#include "Builder.h"
#include "Families.h"
#include "Machine.h"

using namespace lacuna::emulator;

namespace {
enum Mode : uint8_t { SyncMode, ArriveMode, PopcMode, AndMode, OrMode };
/// What op[] and mod[] of an instruction are.
constexpr unsigned resultOp = 0, barrierOp = 1, countOp = 2, predicateOp = 3;
constexpr unsigned modeMod = 0, hasCountMod = 1, alignedMod = 2;

void finish(Block &block, unsigned number) {
  Barrier &barrier = block.barriers[number];
  for (auto &warp : block.warps)
    for (Fragment &fragment : warp->fragments) {
      if (fragment.wait != Wait::Barrier || fragment.barrier != number)
        continue;
      fragment.wait = Wait::None;
      const Instruction &instruction = *fragment.instruction;
      uint8_t mode = instruction.mod[modeMod];
      if (mode == PopcMode) {
        Lanes &target = warp->write(instruction.op[resultOp]);
        forEachLaneSerial(fragment.mask, [&](unsigned lane) {
          target.lane[lane] = barrier.popcount;
        });
      } else if (mode == AndMode || mode == OrMode) {
        bool value = mode == AndMode ? barrier.all : barrier.any;
        warp->setPredicate(instruction.op[resultOp], fragment.mask,
                           value ? allLanes : 0);
      }
    }
  barrier = Barrier();
}

/// The warp's lanes have all come.
void arrive(WarpState &warp, const Instruction &instruction, unsigned number,
            LaneMask mask) {
  Block &block = warp.block();
  Barrier &barrier = block.barriers[number];
  unsigned first = static_cast<unsigned>(__builtin_ctz(mask));
  uint32_t expected = 0;
  uint32_t whole = static_cast<uint32_t>(block.warps.size()) * warpSize;
  if (instruction.mod[hasCountMod]) {
    expected = warp.read<uint32_t>(instruction.op[countOp], first);
    if (expected == 0 || expected % warpSize)
      warp.fault(instruction, first,
                 "barrier mismatch: the count is " + std::to_string(expected) +
                     ", expected a multiple of 32");
    if (expected > whole)
      warp.fault(instruction, first,
                 "barrier mismatch: the count is " + std::to_string(expected) +
                     ", but the block has " + std::to_string(whole) +
                     " threads");
  }
  bool reduces = instruction.mod[modeMod] >= PopcMode;
  if (!barrier.inUse) {
    barrier.inUse = true;
    barrier.expected = expected;
    barrier.isReduction = reduces;
    barrier.first = &instruction;
  }
  auto sizeOf = [&](uint32_t count) { return count ? count : whole; };
  if (sizeOf(barrier.expected) != sizeOf(expected))
    warp.fault(
        instruction, first,
        "barrier mismatch: barrier " + std::to_string(number) + " waits for " +
            std::to_string(sizeOf(barrier.expected)) + " threads since line " +
            std::to_string(block.program.source[barrier.first->pc].line) +
            ", and for " + std::to_string(sizeOf(expected)) + " here");
  if (barrier.isReduction != reduces)
    warp.fault(
        instruction, first,
        "barrier mismatch: barrier " + std::to_string(number) +
            " is in use by line " +
            std::to_string(block.program.source[barrier.first->pc].line) +
            ", and only one of the two is a reduction");
  // A count, once given, holds for those without one.
  if (expected)
    barrier.expected = expected;
  barrier.arrived += warpSize;
  if (reduces) {
    LaneMask value = warp.predicate(instruction.op[predicateOp]) & mask;
    barrier.popcount += static_cast<uint32_t>(__builtin_popcount(value));
    barrier.all &= value == mask;
    barrier.any |= value != 0;
  }
}

void executeBarrier(Warp &w, const Instruction &instruction, LaneMask mask) {
  WarpState &warp = state(w);
  // Lanes may name different barriers.
  while (mask) {
    unsigned first = static_cast<unsigned>(__builtin_ctz(mask));
    const Lanes &numbers = warp.read(instruction.op[barrierOp]);
    uint64_t number = numbers.lane[first] & UINT32_MAX;
    if (number >= barrierCount)
      warp.fault(instruction, first,
                 "barrier " + std::to_string(number) +
                     " does not exist, expected 0 to 15");
    LaneMask group = 0;
    forEachLaneSerial(mask, [&](unsigned lane) {
      if ((numbers.lane[lane] & UINT32_MAX) == number)
        group |= 1u << lane;
    });
    warp.park(group, instruction, Wait::Gather, instruction.pc + 1,
              static_cast<uint8_t>(number));
    mask &= ~group;
  }
  gatherAtBarrier(warp);
}

void noOperation(Warp &, const Instruction &, LaneMask) {}
void sleep(Warp &w, const Instruction &, LaneMask) { state(w).giveWay(); }
} // namespace

/// Lanes of a warp wait for each other before they arrive together: at one
/// instruction when it is .aligned, at one barrier otherwise.
void lacuna::emulator::gatherAtBarrier(WarpState &warp) {
  if (!warp.live) {
    warp.block().releaseBarriers();
    return;
  }
  LaneMask gathered[barrierCount] = {};
  const Instruction *at[barrierCount] = {};
  bool any = false;
  for (const Fragment &fragment : warp.fragments) {
    if (fragment.wait != Wait::Gather)
      continue;
    any = true;
    const Instruction *&first = at[fragment.barrier];
    if (first && first != fragment.instruction &&
        (first->mod[alignedMod] || fragment.instruction->mod[alignedMod]))
      warp.fault(
          *fragment.instruction,
          static_cast<unsigned>(__builtin_ctz(fragment.mask)),
          "barrier mismatch: all threads of a warp must execute the "
          "same instruction, but some are in line " +
              std::to_string(warp.block().program.source[first->pc].line));
    first = fragment.instruction;
    gathered[fragment.barrier] |= fragment.mask;
  }
  if (!any)
    return;
  for (unsigned number = 0; number < barrierCount; ++number) {
    if (!gathered[number] || gathered[number] != warp.live)
      continue;
    arrive(warp, *at[number], number, gathered[number]);
    for (Fragment &fragment : warp.fragments)
      if (fragment.wait == Wait::Gather && fragment.barrier == number)
        fragment.wait = fragment.instruction->mod[modeMod] == ArriveMode
                            ? Wait::None
                            : Wait::Barrier;
    warp.block().releaseBarriers();
  }
}

void Block::releaseBarriers() {
  uint32_t running = 0;
  for (auto &warp : warps)
    running += warp->exited() ? 0 : warpSize;
  for (unsigned number = 0; number < barrierCount; ++number) {
    Barrier &barrier = barriers[number];
    if (!barrier.inUse)
      continue;
    uint32_t expected = barrier.expected ? barrier.expected : running;
    if (barrier.arrived >= expected)
      finish(*this, number);
  }
}

namespace {
/// bar{.cta}.sync a{, b}; bar.arrive a, b; bar.red.op d, a{, b}, {!}c.
bool decodeBarrier(Decoder &d, Modifiers &m, Instruction &out) {
  bool isBar = d.instruction().opcode == "bar";
  if (m.take("warp")) {
    // bar.warp.sync: waiting is all that it does.
    if (!isBar || !m.take("sync"))
      return false;
    d.expectOperands(1);
    out.sync = Sync::Members;
    out.syncMask = d.read(0, Type::B32);
    out.execute = noOperation;
    return true;
  }
  if (m.take("cluster"))
    return false;
  m.take("cta");
  out.mod[alignedMod] = m.take("aligned") || isBar;
  size_t next = 0;
  if (m.take("sync")) {
    out.mod[modeMod] = SyncMode;
    d.expectOperands(1, 2);
  } else if (m.take("arrive")) {
    out.mod[modeMod] = ArriveMode;
    d.expectOperands(2);
  } else if (m.take("red")) {
    int op = m.takeOneOf({"popc", "and", "or"});
    if (op < 0)
      return false;
    out.mod[modeMod] = static_cast<uint8_t>(PopcMode + op);
    Type type = op == 0 ? Type::U32 : Type::Pred;
    if (m.takeType() != type)
      return false;
    d.expectOperands(3, 4);
    out.op[resultOp] = d.write(0, type);
    out.op[predicateOp] = d.read(d.operands() - 1, Type::Pred);
    next = 1;
  } else {
    return false;
  }
  out.op[barrierOp] = d.read(next, Type::B32);
  size_t counted = next + 1 + (out.mod[modeMod] >= PopcMode ? 1 : 0);
  if (d.operands() > counted) {
    out.mod[hasCountMod] = 1;
    out.op[countOp] = d.read(next + 1, Type::B32);
  }
  out.execute = executeBarrier;
  return true;
}

/// Memory is sequentially consistent here: nothing to do.
bool decodeFence(Decoder &d, Modifiers &m, Instruction &out) {
  bool isMembar = d.instruction().opcode == "membar";
  d.expectOperands(0);
  if (isMembar) {
    if (m.takeOneOf({"cta", "gl", "sys"}) < 0)
      return false;
  } else {
    if (m.take("proxy")) {
      m.takeOneOf({"global", "shared::cta", "shared::cluster"});
      if (m.takeOneOf({"alias", "async"}) < 0)
        return false;
      out.execute = noOperation;
      return true;
    }
    m.takeOneOf({"sc", "acq_rel", "acquire", "release"});
    if (m.takeOneOf({"cta", "cluster", "gpu", "sys"}) < 0)
      return false;
  }
  out.execute = noOperation;
  return true;
}

/// Hints and waits for time.
bool decodeIgnored(Decoder &d, Modifiers &m, Instruction &out) {
  std::string_view opcode = d.instruction().opcode;
  if (opcode == "nanosleep") {
    if (!m.take("u32"))
      return false;
    d.expectOperands(1);
    d.read(0, Type::U32);
    out.execute = sleep;
    return true;
  } else {
    // prefetch{.space}.level [a]; prefetchu.L1 [a]; discard is not here.
    m.takeOneOf({"global", "local", "const", "param"});
    if (m.takeOneOf({"L1", "L2", "L2::evict_last", "L2::evict_normal",
                     "tensormap"}) < 0)
      return false;
    d.expectOperands(1);
    d.address(0);
  }
  out.execute = noOperation;
  return true;
}
} // namespace

void lacuna::emulator::registerBarrier(Registry &registry) {
  registry.add("bar", decodeBarrier);
  registry.add("barrier", decodeBarrier);
  registry.add("membar", decodeFence);
  registry.add("fence", decodeFence);
  registry.add("nanosleep", decodeIgnored);
  registry.add("prefetch", decodeIgnored);
  registry.add("prefetchu", decodeIgnored);
}
