// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A warp as the families of instructions see it: registers, predicates,
// memory with its checks, counters. How warps are scheduled, diverge and wait
// is lib/Machine.cpp's business.

#ifndef LACUNA_EMULATOR_WARP_H
#define LACUNA_EMULATOR_WARP_H

#include "lacuna/Emulator/AsyncCopies.h"
#include "lacuna/Emulator/Instruction.h"

#include <string>
#include <string_view>
#include <utility>

namespace lacuna::emulator {

class Block;

enum class Access : uint8_t { Load, Store, Atomic };

/// What the warps of a block did; summed when the block ends. The names in the
/// device's table are in DeviceABI.h.
struct Counters {
  uint64_t instructions = 0;
  uint64_t mma = 0;
  uint64_t mmaSparse = 0;
  uint64_t globalLoadBytes = 0;
  uint64_t globalStoreBytes = 0;
  uint64_t sharedBankConflicts = 0;
  uint64_t localBytes = 0;

  Counters &operator+=(const Counters &other);
};

class Warp {
public:
  /// The value of a register or an immediate, all lanes.
  const Lanes &read(const Operand &operand) const {
    return banks[static_cast<unsigned>(operand.bank)][operand.index];
  }
  /// The register to write: only lanes of the mask may be changed.
  Lanes &write(const Operand &operand) { return registers[operand.index]; }

  template <typename T> T read(const Operand &operand, unsigned lane) const {
    return fromBits<T>(read(operand).lane[lane]);
  }
  template <typename T>
  void write(const Operand &operand, unsigned lane, T value) {
    registers[operand.index].lane[lane] = toBits<T>(value);
  }

  /// A predicate, `!` applied; bits of lanes that do not exist are undefined.
  LaneMask predicate(const Operand &operand) const {
    LaneMask value = predicates[operand.index];
    return operand.negated ? ~value : value;
  }
  /// Sets the predicate to `value` in the lanes of `mask`.
  void setPredicate(const Operand &operand, LaneMask mask, LaneMask value) {
    LaneMask &target = predicates[operand.index];
    target = (target & ~mask) | (value & mask);
  }

  /// The flag CC.CF of each lane (add.cc, addc, ...).
  LaneMask &carry() { return carries; }

  // Memory. Each returns the host's address of `bytes` at `address`, which
  // must be a multiple of `bytes` (PTX ISA, "Addresses as Operands"), or
  // faults with everything there is to say. It counts nothing.

  /// `address` is an offset in the block's shared memory, as .shared has it.
  uint8_t *shared(const Instruction &instruction, unsigned lane,
                  uint64_t address, unsigned bytes, Access access) {
    if (__builtin_expect(address + bytes > sharedSize || address > sharedSize ||
                             address % bytes,
                         0))
      faultShared(instruction, lane, address, bytes, access);
    return sharedMemory + address;
  }
  /// Global and constant memory.
  uint8_t *global(const Instruction &instruction, unsigned lane,
                  uint64_t address, unsigned bytes, Access access) {
    Window &window =
        windows[access != Access::Load][instruction.pc % windowCount];
    uint64_t offset = address - window.begin;
    if (__builtin_expect(offset + bytes > window.size || offset > window.size ||
                             address % bytes,
                         0))
      findWindow(window, instruction, lane, address, bytes, access);
    return reinterpret_cast<uint8_t *>(address);
  }
  /// Any space; a generic address is taken apart.
  uint8_t *memory(const Instruction &instruction, Space space, unsigned lane,
                  uint64_t address, unsigned bytes, Access access);
  /// An offset in shared memory from an address of `space`, Shared or Generic;
  /// faults when a generic address is not in shared memory.
  uint64_t sharedOffset(const Instruction &instruction, Space space,
                        unsigned lane, uint64_t address);

  /// Adds what one access of the warp costs in shared memory beyond the first
  /// wavefront. `addresses`: offsets, one for each lane of `mask`; `bytes` for
  /// each, 1 to 16: 8 bytes go by half warps, 16 bytes by quarters. The rows of
  /// an ldmatrix are quarters, too.
  void countSharedAccess(const uint64_t *addresses, LaneMask mask,
                         unsigned bytes);

  Counters &counters() { return counts; }

  /// cp.async's copies under way. Cleared with the registers when a block
  /// begins; what is under way when a thread exits never arrives.
  AsyncCopies &asyncCopies() { return copies; }

  /// Lanes that exist and have not exited.
  LaneMask liveLanes() const { return live; }
  /// Stops the launch: "kernel 'k', line 12, 'ld.global...', block (0,0,0),
  /// thread (3,0,0): <message>".
  [[noreturn]] void fault(const Instruction &instruction, unsigned lane,
                          const std::string &message) const;

  Block &block() const { return *owner; }

protected:
  /// The allocation that an instruction found last; other than loads apart,
  /// since those must not write to constants.
  struct Window {
    uint64_t begin = 0;
    uint64_t size = 0;
  };
  static constexpr unsigned windowCount = 16;

  void findWindow(Window &window, const Instruction &instruction, unsigned lane,
                  uint64_t address, unsigned bytes, Access access) const;
  [[noreturn]] void faultShared(const Instruction &instruction, unsigned lane,
                                uint64_t address, unsigned bytes,
                                Access access) const;

  /// By Bank: registers, constants.
  const Lanes *banks[2] = {nullptr, nullptr};
  Lanes *registers = nullptr;
  LaneMask *predicates = nullptr;
  Window windows[2][windowCount];
  uint8_t *sharedMemory = nullptr;
  uint64_t sharedSize = 0;
  LaneMask live = 0;
  LaneMask carries = 0;
  Counters counts;
  AsyncCopies copies;
  Block *owner = nullptr;
};

// Loops of the usual kinds. op[0] is the destination, op[1]... the sources.

namespace detail {
template <typename... From, typename F, size_t... I>
inline auto applyLane(const Lanes *const *sources, unsigned lane, F &f,
                      std::index_sequence<I...>) {
  return f(fromBits<From>(sources[I]->lane[lane])...);
}
} // namespace detail

/// op[0] = f(op[1], op[2], ...) with op[1 + i] read as From[i]; what f returns
/// is zero-extended by its type: mapLanes<float, float>(w, i, m,
/// std::plus<>()).
template <typename... From, typename F>
inline void mapLanes(Warp &warp, const Instruction &instruction, LaneMask mask,
                     F f) {
  const Lanes *sources[sizeof...(From)];
  for (size_t i = 0; i < sizeof...(From); ++i)
    sources[i] = &warp.read(instruction.op[1 + i]);
  Lanes &target = warp.write(instruction.op[0]);
  forEachLane(mask, [&](unsigned lane) {
    target.lane[lane] = toBits(detail::applyLane<From...>(
        sources, lane, f, std::index_sequence_for<From...>()));
  });
}

/// The lanes of the mask in which f(op[first], op[first + 1]...) is true.
template <typename... From, typename F>
inline LaneMask testLanes(const Warp &warp, const Instruction &instruction,
                          LaneMask mask, unsigned first, F f) {
  const Lanes *sources[sizeof...(From)];
  for (size_t i = 0; i < sizeof...(From); ++i)
    sources[i] = &warp.read(instruction.op[first + i]);
  LaneMask result = 0;
  for (unsigned lane = 0; lane < warpSize; ++lane)
    result |= LaneMask(bool(detail::applyLane<From...>(
                  sources, lane, f, std::index_sequence_for<From...>())))
              << lane;
  return result & mask;
}

} // namespace lacuna::emulator

#endif // LACUNA_EMULATOR_WARP_H
