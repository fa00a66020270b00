// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// cp.async and its groups (PTX ISA, "Data Movement and Conversion
// Instructions: cp.async", "cp.async.commit_group", "cp.async.wait_group /
// cp.async.wait_all"). Bulk copies and mbarriers are other instructions.

#include "Families.h"
#include "lacuna/Emulator/Decoder.h"
#include "lacuna/Emulator/Warp.h"

using namespace lacuna::emulator;

namespace {
/// The last operand of a copy; mod[1].
enum Source : uint8_t { Whole, SourceBytes, Ignored };

/// The source's bytes, which need not be a power of two: their address is a
/// multiple of 16 or of the copy's size, so pieces that get smaller are
/// aligned.
const uint8_t *sourceOf(Warp &w, const Instruction &i, unsigned lane,
                        uint64_t address, unsigned bytes) {
  const uint8_t *source = nullptr;
  for (unsigned done = 0; done < bytes;) {
    unsigned piece = 16;
    while (piece > bytes - done)
      piece /= 2;
    const uint8_t *at = w.global(i, lane, address + done, piece, Access::Load);
    if (done == 0)
      source = at;
    done += piece;
  }
  return source;
}

/// op[0]: target, op[1]: source, op[2]: bytes of the source, or whether it is
/// ignored; mod[0]: bytes; imm and mod[2..5]: the offsets.
void copyAsync(Warp &w, const Instruction &i, LaneMask mask) {
  unsigned bytes = i.mod[0];
  const Lanes &targets = w.read(i.op[0]), &sources = w.read(i.op[1]);
  int32_t targetOffset;
  std::memcpy(&targetOffset, i.mod + 2, sizeof(targetOffset));
  LaneMask ignored = i.mod[1] == Ignored ? w.predicate(i.op[2]) : 0;
  uint64_t addresses[warpSize];
  forEachLaneSerial(mask, [&](unsigned lane) {
    uint64_t from = sources.lane[lane] + static_cast<uint64_t>(i.imm);
    unsigned sourceBytes = bytes;
    if (ignored >> lane & 1)
      sourceBytes = 0;
    if (i.mod[1] == SourceBytes) {
      uint32_t given = w.read<uint32_t>(i.op[2], lane);
      if (given > bytes)
        w.fault(i, lane,
                "src-size is " + std::to_string(given) +
                    ", expected at most the copy's size, " +
                    std::to_string(bytes));
      sourceBytes = given;
    }
    if (from % bytes)
      w.fault(i, lane,
              "the source's address is not a multiple of " +
                  std::to_string(bytes));
    addresses[lane] =
        targets.lane[lane] + static_cast<uint64_t>(int64_t(targetOffset));
    if (i.op[0].bits == 32)
      addresses[lane] &= UINT32_MAX;
    uint8_t *target = w.shared(i, lane, addresses[lane], bytes, Access::Store);
    const uint8_t *source = sourceOf(w, i, lane, from, sourceBytes);
    if (!w.asyncCopies().begin(lane, target, source, bytes, sourceBytes))
      w.fault(i, lane,
              "the warp has " + std::to_string(AsyncCopies::most) +
                  " copies under way; expected it to wait for them with "
                  "cp.async.wait_group or cp.async.wait_all");
    w.counters().globalLoadBytes += sourceBytes;
  });
  w.countSharedAccess(addresses, mask, bytes);
}

void commitGroup(Warp &w, const Instruction &, LaneMask mask) {
  w.asyncCopies().commit(mask);
}

void waitGroup(Warp &w, const Instruction &i, LaneMask mask) {
  w.asyncCopies().wait(mask, static_cast<uint32_t>(i.imm));
}

/// "cp.async.wait_all": commit_group and wait_group 0.
void waitAll(Warp &w, const Instruction &, LaneMask mask) {
  w.asyncCopies().commit(mask);
  w.asyncCopies().wait(mask, 0);
}

bool decodeGroups(Decoder &d, Modifiers &m, Instruction &out) {
  switch (m.takeOneOf({"commit_group", "wait_group", "wait_all"})) {
  case 0:
    d.expectOperands(0);
    out.execute = commitGroup;
    return true;
  case 1:
    d.expectOperands(1);
    out.imm = static_cast<int64_t>(d.literal(0, UINT32_MAX));
    out.execute = waitGroup;
    return true;
  case 2:
    d.expectOperands(0);
    out.execute = waitAll;
    return true;
  default:
    return false;
  }
}

bool decodeCopyAsync(Decoder &d, Modifiers &m, Instruction &out) {
  if (!m.take("async"))
    return false;
  if (m.front() == "commit_group" || m.front() == "wait_group" ||
      m.front() == "wait_all")
    return decodeGroups(d, m, out);
  int level = m.takeOneOf({"ca", "cg"});
  // The target comes first: .global.shared is no copy that there is.
  std::string_view target = m.takeNext();
  if (level < 0 || (target != "shared" && target != "shared::cta") ||
      m.takeNext() != "global")
    return false;
  bool hint = m.take("L2::cache_hint");
  m.takeOneOf({"L2::64B", "L2::128B", "L2::256B"});
  d.expectOperands(3, hint ? 5 : 4);
  if (hint && d.operands() < 4)
    d.error(".L2::cache_hint needs a cache policy as the last operand");
  uint64_t bytes = d.literal(2, 16);
  if (bytes != 16 && (level == 1 || (bytes != 4 && bytes != 8)))
    d.error("cp-size is " + std::to_string(bytes) + ", expected " +
            (level == 1 ? "16" : "4, 8 or 16"));
  MemoryOperand to = d.address(0), from = d.address(1);
  out.op[0] = to.base;
  out.op[1] = from.base;
  out.imm = from.offset;
  if (to.offset < INT32_MIN || to.offset > INT32_MAX)
    d.error("the offset of the target is out of range");
  int32_t offset = static_cast<int32_t>(to.offset);
  std::memcpy(out.mod + 2, &offset, sizeof(offset));
  out.mod[0] = static_cast<uint8_t>(bytes);
  size_t left = d.operands() - (hint ? 1 : 0);
  if (hint)
    d.read(left, Type::B64);
  if (left == 4) {
    bool predicate = d.isPredicate(d.operand(3));
    out.op[2] = d.read(3, predicate ? Type::Pred : Type::U32);
    out.mod[1] = predicate ? Ignored : SourceBytes;
  }
  out.execute = copyAsync;
  return true;
}
} // namespace

void lacuna::emulator::registerAsyncCopy(Registry &registry) {
  registry.add("cp", decodeCopyAsync);
}
