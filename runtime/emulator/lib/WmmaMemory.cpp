// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// wmma.load and wmma.store (PTX ISA, "Warp-level Matrix Load Instruction:
// wmma.load", "... Store ...: wmma.store"): a matrix between memory, with a
// stride between its rows or columns, and a fragment. Every element is checked
// for itself.

#include "AccessHelpers.h"
#include "Families.h"
#include "WmmaFragments.h"

using namespace lacuna::emulator;

namespace {
/// mod[]: the space; bytes of an element; whether columns lie one after the
/// other; log2 of rows and of columns. op[0] + imm: the address; op[1]: the
/// stride. list: the registers.
enum Mod { spaceMod, bytesMod, columnsFirstMod, rowsMod, columnsMod };

/// Address and stride are those of the first lane; they must be the same in
/// all.
struct Place {
  uint64_t address;
  uint64_t stride;
};

Place findPlace(Warp &w, const Instruction &i, Space space) {
  uint64_t addresses[warpSize];
  gatherAddresses(w, i, allLanes, space, addresses);
  for (unsigned lane = 1; lane < warpSize; ++lane)
    if (addresses[lane] != addresses[0] ||
        w.read<uint32_t>(i.op[1], lane) != w.read<uint32_t>(i.op[1], 0))
      w.fault(i, lane,
              "address or stride differ from lane 0's; expected the same in "
              "all lanes of the warp");
  return {addresses[0], w.read<uint32_t>(i.op[1], 0)};
}

WmmaFragment fragmentOf(const Instruction &i) {
  WmmaFragment fragment;
  fragment.rows = 1u << i.mod[rowsMod];
  fragment.columns = 1u << i.mod[columnsMod];
  fragment.registers = i.listSize;
  fragment.bits = 8u * i.mod[bytesMod];
  fragment.per = 32 / fragment.bits;
  return fragment;
}

/// Calls body(lane, slot, pointer to the element) for each slot, a lane after
/// the other, and counts each element of the matrix once.
template <typename Body>
void forEachSlot(Warp &w, const Instruction &i, Access access, Body body) {
  auto space = static_cast<Space>(i.mod[spaceMod]);
  WmmaFragment fragment = fragmentOf(i);
  Place place = findPlace(w, i, space);
  unsigned bytes = i.mod[bytesMod], slots = fragment.registers * fragment.per;
  unsigned elements = fragment.rows * fragment.columns;
  for (unsigned slot = 0; slot < slots; ++slot) {
    uint64_t addresses[warpSize];
    LaneMask first = 0;
    for (unsigned lane = 0; lane < warpSize; ++lane) {
      unsigned element = fragment.element(lane, slot);
      unsigned row = element / fragment.columns;
      unsigned column = element % fragment.columns;
      uint64_t index = i.mod[columnsFirstMod] ? column * place.stride + row
                                              : row * place.stride + column;
      addresses[lane] = place.address + index * bytes;
      first |= LaneMask(lane * slots + slot < elements) << lane;
      body(lane, slot,
           w.memory(i, space, lane, addresses[lane], bytes, access));
    }
    // Conflicts of banks are those of the real layout, which nobody knows.
    uint64_t conflicts = w.counters().sharedBankConflicts;
    if (first)
      countAccess(w, addresses, first, space, bytes, access);
    w.counters().sharedBankConflicts = conflicts;
  }
}

void loadFragment(Warp &w, const Instruction &i, LaneMask) {
  unsigned bytes = i.mod[bytesMod], per = 4 / bytes;
  Lanes values[8] = {};
  forEachSlot(w, i, Access::Load,
              [&](unsigned lane, unsigned slot, const uint8_t *from) {
                uint64_t element = 0;
                std::memcpy(&element, from, bytes);
                values[slot / per].lane[lane] |= element
                                                 << slot % per * 8 * bytes;
              });
  for (unsigned r = 0; r < i.listSize; ++r)
    w.write(i.list[r]) = values[r];
}

void storeFragment(Warp &w, const Instruction &i, LaneMask) {
  unsigned bytes = i.mod[bytesMod], per = 4 / bytes;
  forEachSlot(w, i, Access::Store,
              [&](unsigned lane, unsigned slot, uint8_t *to) {
                uint64_t element = w.read(i.list[slot / per]).lane[lane] >>
                                   slot % per * 8 * bytes;
                std::memcpy(to, &element, bytes);
              });
}

/// What both have, but for the vector: .sync.aligned, layout, shape, space,
/// type; address and stride.
std::optional<WmmaFragment> decodeAccess(Decoder &d, Modifiers &m,
                                         Instruction &out, WmmaRole role,
                                         size_t address) {
  if (!m.take("sync") || !m.take("aligned"))
    return std::nullopt;
  int layout = m.takeOneOf({"row", "col"});
  const WmmaShape *shape = takeWmmaShape(m);
  if (layout < 0 || !shape)
    return std::nullopt;
  Space space = m.takeSpace();
  if (space != Space::Global && space != Space::Shared &&
      space != Space::Generic)
    return std::nullopt;
  auto fragment = wmmaFragment(*shape, role, m.takeNext());
  if (!fragment)
    return std::nullopt;
  d.expectOperands(2, 3);
  MemoryOperand place = d.address(address);
  out.op[0] = place.base;
  out.imm = place.offset;
  // Without a stride rows or columns follow one another.
  out.op[1] = d.operands() == 3
                  ? d.read(2, Type::U32)
                  : d.constant(layout ? fragment->rows : fragment->columns, 32);
  out.mod[spaceMod] = static_cast<uint8_t>(space);
  out.mod[bytesMod] = static_cast<uint8_t>(fragment->bits / 8);
  out.mod[columnsFirstMod] = layout == 1;
  out.mod[rowsMod] = static_cast<uint8_t>(__builtin_ctz(fragment->rows));
  out.mod[columnsMod] = static_cast<uint8_t>(__builtin_ctz(fragment->columns));
  out.sync = Sync::Warp;
  return fragment;
}

bool decodeLoad(Decoder &d, Modifiers &m, Instruction &out) {
  if (!m.take("load"))
    return false;
  int role = m.takeOneOf({"a", "b", "c"});
  if (role < 0)
    return false;
  auto fragment = decodeAccess(d, m, out, static_cast<WmmaRole>(role), 1);
  if (!fragment)
    return false;
  std::vector<Operand> registers;
  d.writeVector(0, fragment->registerType, fragment->registers, registers);
  d.finishList(registers, out);
  out.execute = loadFragment;
  return true;
}

bool decodeStore(Decoder &d, Modifiers &m, Instruction &out) {
  if (!m.take("store") || !m.take("d"))
    return false;
  auto fragment = decodeAccess(d, m, out, WmmaRole::Accumulator, 0);
  if (!fragment)
    return false;
  std::vector<Operand> registers;
  d.readVector(1, fragment->registerType, fragment->registers, registers);
  d.finishList(registers, out);
  out.execute = storeFragment;
  return true;
}
} // namespace

void lacuna::emulator::registerWmmaMemory(Registry &registry) {
  registry.add("wmma", decodeLoad);
  registry.add("wmma", decodeStore);
}
