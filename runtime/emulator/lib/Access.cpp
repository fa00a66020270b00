// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A warp's way to memory: spaces, checks, and what they say when they fail.

#include "AccessHelpers.h"
#include "Machine.h"
#include "lacuna/Emulator/Error.h"

using namespace lacuna::emulator;

namespace {
std::string describeAccess(unsigned bytes, Access access) {
  const char *verb = access == Access::Load    ? "load"
                     : access == Access::Store ? "store"
                                               : "atomic operation";
  return std::string(verb) + " of " + std::to_string(bytes) + " bytes";
}

std::string triple(uint32_t x, uint32_t y, uint32_t z) {
  return "(" + std::to_string(x) + "," + std::to_string(y) + "," +
         std::to_string(z) + ")";
}
} // namespace

void Warp::fault(const Instruction &instruction, unsigned lane,
                 const std::string &message) const {
  const Program &program = owner->program;
  const WarpState &self = static_cast<const WarpState &>(*this);
  const uint32_t *size = owner->launch.block;
  uint32_t thread = self.index * warpSize + lane;
  std::string text = "kernel '" + excerpt(program.name, 200) + "'";
  const FunctionCode *function = program.functionAt(instruction.pc);
  if (function && !function->isEntry)
    text += ", function '" + excerpt(function->name, 200) + "'";
  const Source &source = program.source[instruction.pc];
  text += ", line " + std::to_string(source.line) + ", '" +
          excerpt(source.text) + "', block " +
          triple(owner->ctaid[0], owner->ctaid[1], owner->ctaid[2]) +
          ", thread " +
          triple(thread % size[0], thread / size[0] % size[1],
                 thread / size[0] / size[1]) +
          ": " + message;
  throw Fault(text);
}

void Warp::faultShared(const Instruction &instruction, unsigned lane,
                       uint64_t address, unsigned bytes, Access access) const {
  if (address % bytes)
    fault(instruction, lane,
          "misaligned " + describeAccess(bytes, access) +
              " at shared address " + hex(address));
  fault(instruction, lane,
        "out of bounds: " + describeAccess(bytes, access) +
            " at shared address " + hex(address) + ", the block has " +
            std::to_string(sharedSize) + " bytes");
}

void Warp::findWindow(Window &window, const Instruction &instruction,
                      unsigned lane, uint64_t address, unsigned bytes,
                      Access access) const {
  const Allocation *found = owner->launch.map->find(address, bytes);
  if (!found)
    fault(instruction, lane,
          "out of bounds: " + describeAccess(bytes, access) + " at " +
              hex(address) + ", " +
              owner->launch.memory->describe(address, bytes));
  if (address % bytes)
    fault(instruction, lane,
          "misaligned " + describeAccess(bytes, access) + " at " +
              hex(address));
  if (found->isConstant && access != Access::Load)
    fault(instruction, lane,
          describeAccess(bytes, access) + " at " + hex(address) +
              ", which is constant memory");
  window.begin = found->begin;
  window.size = found->bytes;
}

uint64_t Warp::sharedOffset(const Instruction &instruction, Space space,
                            unsigned lane, uint64_t address) {
  if (space == Space::Shared)
    return address;
  if ((address & windowMask) != sharedWindow)
    fault(instruction, lane,
          hex(address) + " is not in shared memory, expected an address "
                         "that is");
  return address & ~windowMask;
}

uint8_t *Warp::memory(const Instruction &instruction, Space space,
                      unsigned lane, uint64_t address, unsigned bytes,
                      Access access) {
  if (space == Space::Generic) {
    switch (address & windowMask) {
    case sharedWindow:
      space = Space::Shared;
      break;
    case localWindow:
      space = Space::Local;
      break;
    case paramWindow:
      space = Space::Param;
      break;
    default:
      return global(instruction, lane, address, bytes, access);
    }
    address &= ~windowMask;
  }
  WarpState &self = state(*this);
  const char *what = "local";
  uint8_t *base = nullptr;
  uint64_t size = 0, offset = address;
  switch (space) {
  case Space::Shared:
    return shared(instruction, lane, address, bytes, access);
  case Space::Local:
    base = self.local(lane);
    size = self.localSize();
    break;
  case Space::Param:
    what = "parameter";
    if (address >= functionParamBase) {
      base = self.local(lane);
      size = self.localSize();
      offset = address - functionParamBase;
      break;
    }
    if (access != Access::Load)
      fault(instruction, lane, "the parameters of a kernel cannot be written");
    base = owner->launch.params.data();
    size = owner->launch.params.size();
    break;
  default:
    return global(instruction, lane, address, bytes, access);
  }
  if (offset > size || bytes > size - offset)
    fault(instruction, lane,
          "out of bounds: " + describeAccess(bytes, access) + " at " + what +
              " address " + hex(address) + ", the thread has " +
              std::to_string(size) + " bytes");
  if (offset % bytes)
    fault(instruction, lane,
          "misaligned " + describeAccess(bytes, access) + " at " + what +
              " address " + hex(address));
  return base + offset;
}

void Warp::countSharedAccess(const uint64_t *addresses, LaneMask mask,
                             unsigned bytes) {
  // 32 banks of 4 bytes: a wavefront serves each bank one word, to any number
  // of lanes.
  unsigned lanes = bytes >= 16 ? 8 : bytes == 8 ? 16 : 32;
  unsigned words = bytes >= 4 ? bytes / 4 : 1;
  for (unsigned begin = 0; begin < warpSize; begin += lanes) {
    uint32_t seen[32][32];
    uint8_t count[32] = {};
    unsigned most = 1;
    for (unsigned lane = begin; lane < begin + lanes; ++lane) {
      if (!(mask >> lane & 1))
        continue;
      for (unsigned i = 0; i < words; ++i) {
        auto word = static_cast<uint32_t>(addresses[lane] / 4 + i);
        unsigned bank = word % 32, k = 0;
        while (k < count[bank] && seen[bank][k] != word)
          ++k;
        if (k < count[bank])
          continue;
        seen[bank][count[bank]++] = word;
        most = most > count[bank] ? most : count[bank];
      }
    }
    counts.sharedBankConflicts += most - 1;
  }
}

void lacuna::emulator::gatherAddresses(Warp &w, const Instruction &i,
                                       LaneMask mask, Space space,
                                       uint64_t (&out)[warpSize]) {
  const Lanes &base = w.read(i.op[0]);
  uint64_t keep = i.op[0].bits == 32 && space != Space::Generic &&
                          space != Space::Global && space != Space::Const
                      ? UINT32_MAX
                      : UINT64_MAX;
  auto offset = static_cast<uint64_t>(i.imm);
  forEachLane(mask, [&](unsigned lane) {
    out[lane] = (base.lane[lane] + offset) & keep;
  });
}

void lacuna::emulator::countAccess(Warp &w,
                                   const uint64_t (&addresses)[warpSize],
                                   LaneMask mask, Space space, unsigned bytes,
                                   Access access) {
  auto lanes = static_cast<unsigned>(__builtin_popcount(mask));
  Counters &counters = w.counters();
  switch (space) {
  case Space::Global:
    (access == Access::Load ? counters.globalLoadBytes
                            : counters.globalStoreBytes) += lanes * bytes;
    return;
  case Space::Shared:
    w.countSharedAccess(addresses, mask, bytes);
    return;
  case Space::Local:
    counters.localBytes += lanes * bytes;
    return;
  case Space::Generic: {
    // The windows have their low bits at 0, so offsets need no change.
    LaneMask shared = 0, local = 0, param = 0;
    forEachLaneSerial(mask, [&](unsigned lane) {
      uint64_t window = addresses[lane] & windowMask;
      shared |= LaneMask(window == sharedWindow) << lane;
      local |= LaneMask(window == localWindow) << lane;
      param |= LaneMask(window == paramWindow) << lane;
    });
    if (shared)
      w.countSharedAccess(addresses, shared, bytes);
    if (local)
      countAccess(w, addresses, local, Space::Local, bytes, access);
    if (LaneMask rest = mask & ~shared & ~local & ~param)
      countAccess(w, addresses, rest, Space::Global, bytes, access);
    return;
  }
  default:
    return;
  }
}
