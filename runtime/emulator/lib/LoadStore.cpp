// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ld, ldu, st (PTX ISA, "Data Movement: ld, st"). Cache operators, eviction
// hints, scopes and orders change nothing here: memory is coherent.

#include "AccessHelpers.h"
#include "Families.h"
#include "lacuna/Emulator/Decoder.h"
#include "lacuna/Emulator/Warp.h"

using namespace lacuna::emulator;

namespace {
/// mod[]: bytes of an element, space; the register's bits when a
/// signed element is extended to them.
constexpr unsigned bytesMod = 0, spaceMod = 1, extendMod = 2;

template <typename T> uint64_t loadElement(const uint8_t *p) {
  T value;
  std::memcpy(&value, p, sizeof(T));
  return value;
}

uint64_t loadElement(const uint8_t *p, unsigned bytes) {
  switch (bytes) {
  case 1:
    return *p;
  case 2:
    return loadElement<uint16_t>(p);
  case 4:
    return loadElement<uint32_t>(p);
  default:
    return loadElement<uint64_t>(p);
  }
}

uint64_t extend(uint64_t value, unsigned bytes, unsigned bits) {
  unsigned shift = 64 - 8 * bytes;
  auto wide =
      static_cast<uint64_t>(static_cast<int64_t>(value << shift) >> shift);
  return bits < 64 ? wide & ((uint64_t(1) << bits) - 1) : wide;
}

template <typename T>
void loadLanes(Warp &w, const Instruction &i, LaneMask mask, Space space,
               const uint64_t (&addresses)[warpSize], Lanes &target) {
  if (space == Space::Global || space == Space::Const)
    forEachLaneSerial(mask, [&](unsigned lane) {
      target.lane[lane] = loadElement<T>(
          w.global(i, lane, addresses[lane], sizeof(T), Access::Load));
    });
  else if (space == Space::Shared)
    forEachLaneSerial(mask, [&](unsigned lane) {
      target.lane[lane] = loadElement<T>(
          w.shared(i, lane, addresses[lane], sizeof(T), Access::Load));
    });
  else
    forEachLaneSerial(mask, [&](unsigned lane) {
      target.lane[lane] = loadElement<T>(
          w.memory(i, space, lane, addresses[lane], sizeof(T), Access::Load));
    });
}

/// One element of unsigned type T, op[1] the destination.
template <typename T>
void loadScalar(Warp &w, const Instruction &i, LaneMask mask) {
  auto space = static_cast<Space>(i.mod[spaceMod]);
  uint64_t addresses[warpSize];
  gatherAddresses(w, i, mask, space, addresses);
  Lanes &target = w.write(i.op[1]);
  loadLanes<T>(w, i, mask, space, addresses, target);
  if (unsigned bits = i.mod[extendMod])
    forEachLane(mask, [&](unsigned lane) {
      target.lane[lane] = extend(target.lane[lane], sizeof(T), bits);
    });
  countAccess(w, addresses, mask, space, sizeof(T), Access::Load);
}

/// list: the destinations.
void loadVector(Warp &w, const Instruction &i, LaneMask mask) {
  auto space = static_cast<Space>(i.mod[spaceMod]);
  unsigned element = i.mod[bytesMod], bytes = element * i.listSize;
  uint64_t addresses[warpSize];
  gatherAddresses(w, i, mask, space, addresses);
  forEachLaneSerial(mask, [&](unsigned lane) {
    const uint8_t *p =
        w.memory(i, space, lane, addresses[lane], bytes, Access::Load);
    for (unsigned e = 0; e < i.listSize; ++e) {
      uint64_t value = loadElement(p + e * element, element);
      if (unsigned bits = i.mod[extendMod])
        value = extend(value, element, bits);
      w.write(i.list[e]).lane[lane] = value;
    }
  });
  countAccess(w, addresses, mask, space, bytes, Access::Load);
}

/// op[1]: the value.
template <typename T>
void storeScalar(Warp &w, const Instruction &i, LaneMask mask) {
  auto space = static_cast<Space>(i.mod[spaceMod]);
  uint64_t addresses[warpSize];
  gatherAddresses(w, i, mask, space, addresses);
  const Lanes &source = w.read(i.op[1]);
  auto store = [&](unsigned lane, uint8_t *p) {
    T value = static_cast<T>(source.lane[lane]);
    std::memcpy(p, &value, sizeof(T));
  };
  if (space == Space::Global)
    forEachLaneSerial(mask, [&](unsigned lane) {
      store(lane, w.global(i, lane, addresses[lane], sizeof(T), Access::Store));
    });
  else
    forEachLaneSerial(mask, [&](unsigned lane) {
      store(lane, w.memory(i, space, lane, addresses[lane], sizeof(T),
                           Access::Store));
    });
  countAccess(w, addresses, mask, space, sizeof(T), Access::Store);
}

void storeVector(Warp &w, const Instruction &i, LaneMask mask) {
  auto space = static_cast<Space>(i.mod[spaceMod]);
  unsigned element = i.mod[bytesMod], bytes = element * i.listSize;
  uint64_t addresses[warpSize];
  gatherAddresses(w, i, mask, space, addresses);
  forEachLaneSerial(mask, [&](unsigned lane) {
    uint8_t *p =
        w.memory(i, space, lane, addresses[lane], bytes, Access::Store);
    for (unsigned e = 0; e < i.listSize; ++e) {
      uint64_t value = w.read(i.list[e]).lane[lane];
      std::memcpy(p + e * element, &value, element); // The low bytes.
    }
  });
  countAccess(w, addresses, mask, space, bytes, Access::Store);
}

/// What does not matter here. Whether there is a cache policy operand.
bool takeHints(Modifiers &m) {
  m.takeOneOf({"weak", "volatile", "relaxed", "acquire", "release", "mmio"});
  m.takeOneOf({"cta", "cluster", "gpu", "sys"});
  m.takeOneOf({"ca", "cg", "cs", "lu", "cv", "wb", "wt"});
  m.take("nc");
  m.takeOneOf({"L1::evict_normal", "L1::evict_unchanged", "L1::evict_first",
               "L1::evict_last", "L1::no_allocate"});
  m.takeOneOf({"L2::evict_normal", "L2::evict_first", "L2::evict_last"});
  m.takeOneOf({"L2::64B", "L2::128B", "L2::256B"});
  return m.take("L2::cache_hint");
}

bool decodeMemory(Decoder &d, Modifiers &m, Instruction &out, bool isLoad) {
  bool hasPolicy = takeHints(m);
  Space space = m.takeSpace();
  int vector = m.takeOneOf({"v2", "v4", "v8"});
  auto type = m.takeType();
  if (!type || bitsOf(*type) > 64 || bitsOf(*type) < 8)
    return false;
  switch (*type) {
  // Those that ld and st have: PTX ISA, ".type".
  case Type::F16:
  case Type::F16x2:
  case Type::BF16:
  case Type::BF16x2:
  case Type::TF32:
  case Type::F32x2:
  case Type::U16x2:
  case Type::S16x2:
    return false;
  default:
    break;
  }
  d.expectOperands(hasPolicy ? 3 : 2);
  if (hasPolicy)
    d.read(2, Type::B64);
  size_t addressIndex = isLoad ? 1 : 0, valueIndex = isLoad ? 0 : 1;
  MemoryOperand address = d.address(addressIndex);
  if (space == Space::Generic)
    space = address.space; // A variable's own; Generic for a register.
  if (!isLoad && space == Space::Const)
    d.error("constant memory cannot be written");
  unsigned bytes = bitsOf(*type) / 8;
  unsigned count = vector < 0 ? 1 : 2u << vector;
  if (bytes * count > 32)
    d.error("a vector of more than 32 bytes");
  out.op[0] = address.base;
  out.imm = address.offset;
  out.mod[bytesMod] = static_cast<uint8_t>(bytes);
  out.mod[spaceMod] = static_cast<uint8_t>(space);
  const ptx::Operand &value = d.operand(valueIndex);
  std::vector<Operand> registers;
  std::vector<ptx::Operand> lone = {value};
  bool isVector = value.kind == ptx::Operand::Kind::Vector;
  const auto &elements = isVector ? value.elements : lone;
  if (elements.size() != count)
    d.error("expected " + std::to_string(count) + " registers, found " +
            std::to_string(elements.size()));
  for (const ptx::Operand &element : elements) {
    registers.push_back(isLoad ? d.writeWide(element, *type)
                               : d.readWide(element, *type));
    if (isLoad && isSignedInteger(*type) && !registers.back().isSink &&
        registers.back().bits > bitsOf(*type)) {
      uint8_t bits = registers.back().bits;
      if (out.mod[extendMod] && out.mod[extendMod] != bits)
        d.error("expected registers of the same size");
      out.mod[extendMod] = bits;
    }
  }
  if (count > 1) {
    d.finishList(registers, out);
    out.execute = isLoad ? loadVector : storeVector;
    return true;
  }
  out.op[1] = registers[0];
  static constexpr Execute loads[] = {loadScalar<uint8_t>, loadScalar<uint16_t>,
                                      loadScalar<uint32_t>,
                                      loadScalar<uint64_t>};
  static constexpr Execute stores[] = {
      storeScalar<uint8_t>, storeScalar<uint16_t>, storeScalar<uint32_t>,
      storeScalar<uint64_t>};
  unsigned size = static_cast<unsigned>(__builtin_ctz(bytes));
  out.execute = isLoad ? loads[size] : stores[size];
  return true;
}

bool decodeLoad(Decoder &d, Modifiers &m, Instruction &out) {
  return decodeMemory(d, m, out, true);
}
bool decodeStore(Decoder &d, Modifiers &m, Instruction &out) {
  return decodeMemory(d, m, out, false);
}
} // namespace

void lacuna::emulator::registerLoadStore(Registry &registry) {
  registry.add("ld", decodeLoad);
  registry.add("ldu", decodeLoad);
  registry.add("st", decodeStore);
}
