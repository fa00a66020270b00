// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Instructions through which the lanes of a warp see each other: shfl.sync
// (PTX ISA, "Data Movement: shfl.sync"), vote.sync, match.sync, activemask,
// redux.sync, elect.sync ("Parallel Synchronization and Communication
// Instructions"). The forms without .sync do not exist from sm_70 on.

#include "../Families.h"
#include "Support.h"

#include <algorithm>

namespace lacuna::emulator::isa {
namespace {

/// Lanes meet at the member mask, operand i.
void synchronize(Decoder &d, size_t i, Instruction &out) {
  out.sync = Sync::Members;
  out.syncMask = d.read(i, Type::B32);
}
void requireSync(Decoder &d, Modifiers &m) {
  if (!m.take("sync"))
    d.error("expected .sync: without it the instruction does not exist from "
            "sm_70 on");
}

//===----------------------------------------------------------------------===//
// shfl.sync.mode.b32 d|p, a, b, c, membermask
//===----------------------------------------------------------------------===//

enum class Shuffle : uint8_t { Up, Down, Butterfly, Index };

/// The source lane and whether it is in range, as the ISA's pseudocode has it.
template <Shuffle mode>
bool source(int lane, uint32_t b, uint32_t c, int &from) {
  int amount = b & 31, clamp = c & 31, segment = c >> 8 & 31;
  int last = (lane & segment) | (clamp & ~segment), first = lane & segment;
  bool inRange = false;
  switch (mode) {
  case Shuffle::Up:
    from = lane - amount;
    inRange = from >= last;
    break;
  case Shuffle::Down:
    from = lane + amount;
    inRange = from <= last;
    break;
  case Shuffle::Butterfly:
    from = lane ^ amount;
    inRange = from <= last;
    break;
  case Shuffle::Index:
    from = first | (amount & ~segment);
    inRange = from <= last;
    break;
  }
  if (!inRange)
    from = lane;
  return inRange;
}

/// op: d, p, a, b, c; mod[0]: whether there is a p.
template <Shuffle mode>
void shuffleLanes(Warp &w, const Instruction &i, LaneMask mask) {
  const Lanes a = w.read(i.op[2]); // a copy: d may be a
  const Lanes b = w.read(i.op[3]), c = w.read(i.op[4]);
  LaneMask inRange = 0;
  Lanes &target = w.write(i.op[0]);
  forEachLaneSerial(mask, [&](unsigned lane) {
    int from;
    if (source<mode>(int(lane), uint32_t(b.lane[lane]), uint32_t(c.lane[lane]),
                     from))
      inRange |= LaneMask(1) << lane;
    target.lane[lane] = a.lane[from & 31];
  });
  if (i.mod[0])
    w.setPredicate(i.op[1], mask, inRange);
}

/// d|p or d: op[0] of `type` and, noted in mod[0], the predicate op[1].
void writePair(Decoder &d, Type type, Instruction &out) {
  const ptx::Operand &target = d.operand(0);
  out.mod[0] = target.kind == ptx::Operand::Kind::Pair;
  if (!out.mod[0]) {
    out.op[0] = d.write(0, type);
    return;
  }
  out.op[0] = d.write(target.elements.at(0), type);
  out.op[1] = d.write(target.elements.at(1), Type::Pred);
}

bool decodeShfl(Decoder &d, Modifiers &m, Instruction &out) {
  requireSync(d, m);
  static constexpr Execute table[] = {
      shuffleLanes<Shuffle::Up>, shuffleLanes<Shuffle::Down>,
      shuffleLanes<Shuffle::Butterfly>, shuffleLanes<Shuffle::Index>};
  int mode = m.takeOneOf({"up", "down", "bfly", "idx"});
  if (mode < 0 || m.takeType() != Type::B32)
    return false;
  d.expectOperands(5);
  writePair(d, Type::B32, out);
  for (unsigned k = 1; k <= 3; ++k)
    out.op[k + 1] = d.read(k, Type::B32);
  synchronize(d, 4, out);
  out.execute = table[mode];
  return true;
}

//===----------------------------------------------------------------------===//
// vote.sync, match.sync, redux.sync
//===----------------------------------------------------------------------===//

enum class Vote { All, Any, Uniform };

template <Vote vote>
void voteLanes(Warp &w, const Instruction &i, LaneMask mask) {
  LaneMask yes = w.predicate(i.op[1]) & mask;
  bool result = vote == Vote::All   ? yes == mask
                : vote == Vote::Any ? yes != 0
                                    : yes == 0 || yes == mask;
  w.setPredicate(i.op[0], mask, result ? allLanes : 0);
}
void writeAll(Warp &w, const Operand &operand, LaneMask mask, uint64_t value) {
  Lanes &target = w.write(operand);
  forEachLane(mask, [&](unsigned lane) { target.lane[lane] = value; });
}
void ballot(Warp &w, const Instruction &i, LaneMask mask) {
  writeAll(w, i.op[0], mask, w.predicate(i.op[1]) & mask);
}

bool decodeVote(Decoder &d, Modifiers &m, Instruction &out) {
  requireSync(d, m);
  static constexpr Execute table[] = {voteLanes<Vote::All>,
                                      voteLanes<Vote::Any>,
                                      voteLanes<Vote::Uniform>, ballot};
  int mode = m.takeOneOf({"all", "any", "uni", "ballot"});
  Type type = mode == 3 ? Type::B32 : Type::Pred;
  if (mode < 0 || m.takeType() != type)
    return false;
  d.expectOperands(3);
  out.op[0] = d.write(0, type);
  out.op[1] = d.read(1, Type::Pred);
  synchronize(d, 2, out);
  out.execute = table[mode];
  return true;
}

void matchAny(Warp &w, const Instruction &i, LaneMask mask) {
  const Lanes a = w.read(i.op[2]);
  Lanes &target = w.write(i.op[0]);
  forEachLaneSerial(mask, [&](unsigned lane) {
    LaneMask equal = 0;
    forEachLaneSerial(mask, [&](unsigned other) {
      equal |= LaneMask(a.lane[other] == a.lane[lane]) << other;
    });
    target.lane[lane] = equal;
  });
}
/// mod[0]: whether there is a predicate.
void matchAll(Warp &w, const Instruction &i, LaneMask mask) {
  const Lanes &a = w.read(i.op[2]);
  uint64_t first = a.lane[__builtin_ctz(mask)];
  bool equal = true;
  forEachLaneSerial(mask,
                    [&](unsigned lane) { equal &= a.lane[lane] == first; });
  writeAll(w, i.op[0], mask, equal ? mask : 0);
  if (i.mod[0])
    w.setPredicate(i.op[1], mask, equal ? allLanes : 0);
}
bool decodeMatch(Decoder &d, Modifiers &m, Instruction &out) {
  int mode = m.takeOneOf({"any", "all"});
  requireSync(d, m);
  auto type = m.takeType();
  if (mode < 0 || (type != Type::B32 && type != Type::B64))
    return false;
  d.expectOperands(3);
  writePair(d, Type::B32, out);
  if (mode == 0 && out.mod[0])
    d.error("match.any has no predicate result");
  out.op[2] = d.read(1, *type);
  synchronize(d, 2, out);
  out.execute = mode == 0 ? matchAny : matchAll;
  return true;
}

enum class Reduction { Add, Min, Max, And, Or, Xor };

template <class T, Reduction how>
void reduceLanes(Warp &w, const Instruction &i, LaneMask mask) {
  T result = w.read<T>(i.op[1], __builtin_ctz(mask));
  forEachLaneSerial(mask & (mask - 1), [&](unsigned lane) {
    T value = w.read<T>(i.op[1], lane);
    switch (how) {
    case Reduction::Add:
      result = T(uint32_t(result) + uint32_t(value));
      break;
    case Reduction::Min:
      result = std::min(result, value);
      break;
    case Reduction::Max:
      result = std::max(result, value);
      break;
    case Reduction::And:
      result &= value;
      break;
    case Reduction::Or:
      result |= value;
      break;
    case Reduction::Xor:
      result ^= value;
      break;
    }
  });
  writeAll(w, i.op[0], mask, toBits(result));
}
bool decodeRedux(Decoder &d, Modifiers &m, Instruction &out) {
  requireSync(d, m);
  static constexpr Execute arithmetic[3][2] = {
      {reduceLanes<uint32_t, Reduction::Add>,
       reduceLanes<int32_t, Reduction::Add>},
      {reduceLanes<uint32_t, Reduction::Min>,
       reduceLanes<int32_t, Reduction::Min>},
      {reduceLanes<uint32_t, Reduction::Max>,
       reduceLanes<int32_t, Reduction::Max>}};
  static constexpr Execute logic[3] = {reduceLanes<uint32_t, Reduction::And>,
                                       reduceLanes<uint32_t, Reduction::Or>,
                                       reduceLanes<uint32_t, Reduction::Xor>};
  int how = m.takeOneOf({"add", "min", "max", "and", "or", "xor"});
  auto type = m.takeType();
  if (how < 0 || !type)
    return false;
  if (how < 3 ? type != Type::U32 && type != Type::S32 : type != Type::B32)
    return false;
  d.expectOperands(3);
  out.op[0] = d.write(0, *type);
  out.op[1] = d.read(1, *type);
  synchronize(d, 2, out);
  out.execute = how < 3 ? arithmetic[how][type == Type::S32] : logic[how - 3];
  return true;
}

void activeMask(Warp &w, const Instruction &i, LaneMask mask) {
  writeAll(w, i.op[0], mask, mask);
}
bool decodeActivemask(Decoder &d, Modifiers &m, Instruction &out) {
  if (m.takeType() != Type::B32)
    return false;
  d.expectOperands(1);
  out.op[0] = d.write(0, Type::B32);
  out.execute = activeMask;
  return true;
}

/// elect.sync d|p, membermask: the lowest lane is the leader.
void elect(Warp &w, const Instruction &i, LaneMask mask) {
  writeAll(w, i.op[0], mask, uint64_t(__builtin_ctz(mask)));
  w.setPredicate(i.op[1], mask, mask & (0 - mask));
}
bool decodeElect(Decoder &d, Modifiers &m, Instruction &out) {
  requireSync(d, m);
  d.expectOperands(2);
  writePair(d, Type::B32, out);
  if (!out.mod[0])
    d.error("expected two results d|p");
  synchronize(d, 1, out);
  out.execute = elect;
  return true;
}

} // namespace
} // namespace lacuna::emulator::isa

void lacuna::emulator::registerWarpInstructions(Registry &r) {
  using namespace isa;
  r.add("shfl", decodeShfl);
  r.add("vote", decodeVote);
  r.add("match", decodeMatch);
  r.add("redux", decodeRedux);
  r.add("activemask", decodeActivemask);
  r.add("elect", decodeElect);
}
