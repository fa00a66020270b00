// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Control flow (PTX ISA, "Control Flow Instructions"): bra, brx, call, ret,
// exit, trap. A call puts its arguments into the thread's transfer area, the
// callee's first instruction takes them from there; results go back the same
// way, and the instruction behind the call takes them.

#include "Builder.h"
#include "Families.h"
#include "Machine.h"

#include <chrono>
#include <cstring>

using namespace lacuna::emulator;
using Kind = ptx::Operand::Kind;

namespace {
void branch(Warp &w, const Instruction &i, LaneMask mask) {
  state(w).branch(mask, static_cast<uint32_t>(i.imm));
}

void exitThread(Warp &w, const Instruction &, LaneMask mask) {
  state(w).exitLanes(mask);
}

void trap(Warp &w, const Instruction &i, LaneMask mask) {
  w.fault(i, static_cast<unsigned>(__builtin_ctz(mask)),
          "the thread ran into a trap");
}

/// op[0] indexes the targets, index imm of the program's lists.
void branchIndexed(Warp &w, const Instruction &i, LaneMask mask) {
  WarpState &warp = state(w);
  const auto &targets =
      w.block().program.branchTargets[static_cast<size_t>(i.imm)];
  const Lanes &index = w.read(i.op[0]);
  while (mask) {
    unsigned first = static_cast<unsigned>(__builtin_ctz(mask));
    uint64_t value = index.lane[first];
    if (value >= targets.size())
      w.fault(i, first,
              "the index " + std::to_string(value) + " is not below " +
                  std::to_string(targets.size()) + ", the number of targets");
    LaneMask group = 0;
    forEachLaneSerial(mask, [&](unsigned lane) {
      group |= LaneMask(index.lane[lane] == value) << lane;
    });
    warp.branch(group, targets[value]);
    mask &= ~group;
  }
}

enum class Direction { ToTransfer, FromTransfer };

void moveItems(WarpState &warp, const std::vector<TransferItem> &items,
               LaneMask mask, Direction direction) {
  size_t stride = warp.block().program.transferBytes;
  forEachLaneSerial(mask, [&](unsigned lane) {
    uint8_t *area = warp.transfer.data() + lane * stride;
    for (const TransferItem &item : items) {
      uint8_t *there = area + item.offset;
      if (!item.isRegister) {
        uint8_t *here = warp.local(lane) + item.local;
        if (direction == Direction::ToTransfer)
          std::memcpy(there, here, item.bytes);
        else
          std::memcpy(here, there, item.bytes);
      } else if (direction == Direction::ToTransfer) {
        std::memcpy(there, &warp.read(item.reg).lane[lane], item.bytes);
      } else {
        uint64_t value = 0;
        std::memcpy(&value, there, item.bytes);
        warp.write(item.reg).lane[lane] = value;
      }
    }
  });
}

/// The first instruction of a function.
void enter(Warp &w, const Instruction &i, LaneMask mask) {
  moveItems(state(w),
            w.block().program.functions[static_cast<size_t>(i.imm)].params,
            mask, Direction::FromTransfer);
}

void takeResults(Warp &w, const Instruction &i, LaneMask mask) {
  moveItems(state(w),
            w.block().program.calls[static_cast<size_t>(i.imm)].results, mask,
            Direction::FromTransfer);
}

void enterFunction(WarpState &warp, const Instruction &i, LaneMask mask,
                   const FunctionCode &function) {
  LaneMask &inside = warp.predicates[function.insidePredicate];
  if (inside & mask)
    warp.fault(i, static_cast<unsigned>(__builtin_ctz(inside & mask)),
               "the function '" + std::string(function.name) +
                   "' calls itself: the emulator has no recursion");
  inside |= mask;
  Lanes &returns = warp.registers[function.returnRegister];
  forEachLaneSerial(mask,
                    [&](unsigned lane) { returns.lane[lane] = i.pc + 1; });
  warp.branch(mask, function.entry);
}

template <typename List>
bool sameBytes(const List &items, const std::vector<uint32_t> &bytes) {
  if (items.size() != bytes.size())
    return false;
  for (size_t k = 0; k < bytes.size(); ++k)
    if (items[k].bytes != bytes[k])
      return false;
  return true;
}

void call(Warp &w, const Instruction &i, LaneMask mask) {
  WarpState &warp = state(w);
  const Program &program = w.block().program;
  const CallSite &site = program.calls[static_cast<size_t>(i.imm)];
  moveItems(warp, site.arguments, mask, Direction::ToTransfer);
  if (site.function >= 0)
    return enterFunction(warp, i, mask,
                         program.functions[static_cast<size_t>(site.function)]);
  const Lanes &targets = w.read(i.op[0]);
  while (mask) {
    unsigned first = static_cast<unsigned>(__builtin_ctz(mask));
    uint64_t target = targets.lane[first];
    uint64_t index = (target & ~windowMask) >> 4;
    if ((target & windowMask) != functionWindow || target & 15 ||
        index >= program.functionOfModule.size() ||
        program.functionOfModule[index] < 0)
      w.fault(i, first, hex(target) + " is not the address of a function");
    const FunctionCode &function =
        program.functions[static_cast<size_t>(program.functionOfModule[index])];
    if (function.isEntry || !sameBytes(function.params, site.argumentBytes) ||
        !sameBytes(function.results, site.resultBytes))
      w.fault(i, first,
              "the function '" + std::string(function.name) +
                  "' has other parameters than the call's prototype");
    LaneMask group = 0;
    forEachLaneSerial(mask, [&](unsigned lane) {
      group |= LaneMask(targets.lane[lane] == target) << lane;
    });
    enterFunction(warp, i, group, function);
    mask &= ~group;
  }
}

void returnFromFunction(Warp &w, const Instruction &i, LaneMask mask) {
  WarpState &warp = state(w);
  const FunctionCode &function =
      w.block().program.functions[static_cast<size_t>(i.imm)];
  moveItems(warp, function.results, mask, Direction::ToTransfer);
  warp.predicates[function.insidePredicate] &= ~mask;
  const Lanes &returns = warp.registers[function.returnRegister];
  warp.countBackward();
  while (mask) {
    uint64_t target = returns.lane[__builtin_ctz(mask)];
    LaneMask group = 0;
    forEachLaneSerial(mask, [&](unsigned lane) {
      group |= LaneMask(returns.lane[lane] == target) << lane;
    });
    warp.branch(group, static_cast<uint32_t>(target));
    mask &= ~group;
  }
}

/// imm: which special register.
void readSpecial(Warp &w, const Instruction &i, LaneMask mask) {
  auto id = static_cast<Special>(i.imm);
  uint64_t value;
  if (id == Special::GlobalTimer || id == Special::GlobalTimerHigh)
    value = static_cast<uint64_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(
            std::chrono::system_clock::now().time_since_epoch())
            .count());
  else
    value = state(w).steps; // A clock that only counts instructions.
  if (id == Special::ClockHigh || id == Special::GlobalTimerHigh)
    value >>= 32;
  if (i.op[0].bits == 32)
    value &= UINT32_MAX;
  Lanes &target = w.write(i.op[0]);
  forEachLane(mask, [&](unsigned lane) { target.lane[lane] = value; });
}

Builder &builder(Decoder &d) { return static_cast<Builder &>(d); }

bool decodeBranch(Decoder &d, Modifiers &m, Instruction &out) {
  m.take("uni");
  d.expectOperands(1);
  if (d.operand(0).kind != Kind::Name)
    return false;
  out.imm = builder(d).label(d.operand(0).name);
  builder(d).resolveLabelLater();
  out.execute = branch;
  return true;
}

bool decodeBranchIndexed(Decoder &d, Modifiers &m, Instruction &out) {
  if (!m.take("idx"))
    return false;
  m.take("uni");
  d.expectOperands(2);
  out.op[0] = d.read(0, Type::U32);
  builder(d).branchTargets(d.operand(1).name);
  out.imm = static_cast<int64_t>(builder(d).program.branchTargets.size() - 1);
  out.execute = branchIndexed;
  return true;
}

bool decodeCall(Decoder &d, Modifiers &m, Instruction &out) {
  m.take("uni");
  builder(d).callSite(out);
  out.execute = call;
  Instruction results;
  results.imm = out.imm;
  results.execute = takeResults;
  builder(d).addAfter(results);
  return true;
}

bool decodeReturn(Decoder &d, Modifiers &m, Instruction &out) {
  m.take("uni");
  d.expectOperands(0);
  makeReturn(out, builder(d).currentFunction(), builder(d).inKernel());
  return true;
}

bool decodeExit(Decoder &d, Modifiers &, Instruction &out) {
  d.expectOperands(0);
  out.execute = d.instruction().opcode == "exit" ? exitThread : trap;
  return true;
}
} // namespace

void lacuna::emulator::makeEnter(Instruction &out, int64_t function) {
  out.imm = function;
  out.execute = enter;
}

void lacuna::emulator::makeReturn(Instruction &out, int64_t function,
                                  bool isKernel) {
  out.imm = function;
  out.execute = isKernel ? exitThread : returnFromFunction;
}

bool lacuna::emulator::appendTargets(const Program &program,
                                     const Instruction &instruction,
                                     std::vector<uint32_t> &targets) {
  if (instruction.execute == branch) {
    targets.push_back(static_cast<uint32_t>(instruction.imm));
  } else if (instruction.execute == branchIndexed) {
    const auto &list =
        program.branchTargets[static_cast<size_t>(instruction.imm)];
    targets.insert(targets.end(), list.begin(), list.end());
  } else if (instruction.execute != exitThread && instruction.execute != trap &&
             instruction.execute != returnFromFunction) {
    return false;
  }
  // Predicate 0 is true: nobody stays.
  if (instruction.guard || instruction.guardNegated)
    targets.push_back(instruction.pc + 1);
  return true;
}

void lacuna::emulator::makeReadSpecial(Instruction &out, Special special) {
  out.imm = static_cast<int64_t>(special);
  out.execute = readSpecial;
}

void lacuna::emulator::registerControl(Registry &registry) {
  registry.add("bra", decodeBranch);
  registry.add("brx", decodeBranchIndexed);
  registry.add("call", decodeCall);
  registry.add("ret", decodeReturn);
  registry.add("exit", decodeExit);
  registry.add("trap", decodeExit);
  registry.add("brkpt", decodeExit);
}
