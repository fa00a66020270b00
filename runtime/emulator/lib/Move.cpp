// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// mov (PTX ISA, "Data Movement: mov"): copies, addresses of variables, packing
// and unpacking of vectors, predicates; cvta and isspacep.

#include "Families.h"
#include "Machine.h"
#include "lacuna/Emulator/Decoder.h"
#include "lacuna/Emulator/Warp.h"

using namespace lacuna::emulator;

namespace {
using Kind = ptx::Operand::Kind;

void moveLanes(Warp &w, const Instruction &i, LaneMask mask) {
  mapLanes<uint64_t>(w, i, mask, [](uint64_t value) { return value; });
}

void movePredicate(Warp &w, const Instruction &i, LaneMask mask) {
  w.setPredicate(i.op[0], mask, w.predicate(i.op[1]));
}

/// mod[0]: bits of an element; element 0 is the lowest.
void packLanes(Warp &w, const Instruction &i, LaneMask mask) {
  Lanes packed = {};
  for (unsigned e = 0; e < i.listSize; ++e) {
    const Lanes &element = w.read(i.list[e]);
    for (unsigned lane = 0; lane < warpSize; ++lane)
      packed.lane[lane] |= element.lane[lane] << (e * i.mod[0]);
  }
  Lanes &target = w.write(i.op[0]);
  forEachLane(mask,
              [&](unsigned lane) { target.lane[lane] = packed.lane[lane]; });
}

void unpackLanes(Warp &w, const Instruction &i, LaneMask mask) {
  Lanes source = w.read(i.op[0]); // A copy: an element may be the source.
  uint64_t elementMask = (uint64_t(1) << i.mod[0]) - 1;
  for (unsigned e = 0; e < i.listSize; ++e) {
    Lanes &target = w.write(i.list[e]);
    unsigned shift = e * i.mod[0];
    forEachLane(mask, [&](unsigned lane) {
      target.lane[lane] = source.lane[lane] >> shift & elementMask;
    });
  }
}

uint64_t windowOf(Space space) {
  switch (space) {
  case Space::Shared:
    return sharedWindow;
  case Space::Local:
    return localWindow;
  case Space::Param:
    return paramWindow;
  default:
    return 0;
  }
}

/// imm: the window that is added, or taken away.
void convertAddress(Warp &w, const Instruction &i, LaneMask mask) {
  auto window = static_cast<uint64_t>(i.imm);
  mapLanes<uint64_t>(w, i, mask, [&](uint64_t a) { return a + window; });
}

bool isConstant(const Warp &w, uint64_t address) {
  const Allocation *found = w.block().launch.map->find(address, 1);
  return found && found->isConstant;
}

/// mod[0]: the space. What is in no window is global or constant memory.
void isInSpace(Warp &w, const Instruction &i, LaneMask mask) {
  auto space = static_cast<Space>(i.mod[0]);
  const Lanes &addresses = w.read(i.op[1]);
  LaneMask result = 0;
  forEachLaneSerial(mask, [&](unsigned lane) {
    uint64_t address = addresses.lane[lane];
    uint64_t window = address & windowMask;
    bool inside =
        space == Space::Global || space == Space::Const
            ? window == 0 && isConstant(w, address) == (space == Space::Const)
            : window == windowOf(space);
    result |= LaneMask(inside) << lane;
  });
  w.setPredicate(i.op[0], mask, result);
}

/// The type of an element of a packed register of `bits`.
Type elementType(Decoder &d, unsigned bits, size_t count) {
  if (count == 2 || count == 4)
    switch (bits / count) {
    case 8:
      return Type::B8;
    case 16:
      return Type::B16;
    case 32:
      return Type::B32;
    }
  d.error("cannot take " + std::to_string(bits) + " bits apart into " +
          std::to_string(count) + " registers");
}

bool decodeMove(Decoder &d, Modifiers &m, Instruction &out) {
  auto type = m.takeType();
  if (!type || bitsOf(*type) > 64)
    return false;
  d.expectOperands(2);
  if (*type == Type::Pred) {
    out.op[0] = d.write(0, Type::Pred);
    out.op[1] = d.read(1, Type::Pred);
    out.execute = movePredicate;
    return true;
  }
  std::vector<Operand> elements;
  if (d.operand(1).kind == Kind::Vector) {
    size_t count = d.operand(1).elements.size();
    Type element = elementType(d, bitsOf(*type), count);
    d.readVector(1, element, count, elements);
    d.finishList(elements, out);
    out.mod[0] = static_cast<uint8_t>(bitsOf(element));
    out.op[0] = d.write(0, *type);
    out.execute = packLanes;
    return true;
  }
  if (d.operand(0).kind == Kind::Vector) {
    size_t count = d.operand(0).elements.size();
    Type element = elementType(d, bitsOf(*type), count);
    d.writeVector(0, element, count, elements);
    d.finishList(elements, out);
    out.mod[0] = static_cast<uint8_t>(bitsOf(element));
    out.op[0] = d.read(1, *type);
    out.execute = unpackLanes;
    return true;
  }
  out.op[0] = d.write(0, *type);
  out.op[1] = d.readAddress(d.operand(1), *type);
  out.execute = moveLanes;
  return true;
}

/// cvta.space.u64 p, a; cvta.to.space.u64 p, a (PTX ISA, "cvta").
bool decodeConvertAddress(Decoder &d, Modifiers &m, Instruction &out) {
  bool isTo = m.take("to");
  Space space = m.takeSpace();
  if (space == Space::Generic || !m.take("u64"))
    return false;
  d.expectOperands(2);
  out.op[0] = d.write(0, Type::U64);
  out.op[1] = d.readAddress(d.operand(1), Type::U64);
  uint64_t window = windowOf(space);
  out.imm = static_cast<int64_t>(isTo ? 0 - window : window);
  out.execute = convertAddress;
  return true;
}

bool decodeIsInSpace(Decoder &d, Modifiers &m, Instruction &out) {
  Space space = m.takeSpace();
  if (space == Space::Generic)
    return false;
  d.expectOperands(2);
  out.op[0] = d.write(0, Type::Pred);
  out.op[1] = d.read(1, Type::U64);
  out.mod[0] = static_cast<uint8_t>(space);
  out.execute = isInSpace;
  return true;
}
} // namespace

void lacuna::emulator::registerMove(Registry &registry) {
  registry.add("mov", decodeMove);
  registry.add("cvta", decodeConvertAddress);
  registry.add("isspacep", decodeIsInSpace);
}
