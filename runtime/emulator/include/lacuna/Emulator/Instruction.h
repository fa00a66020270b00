// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A decoded instruction: what the machine runs. Made once, at load, by the
// decoder of its family; immutable afterwards and shared by all warps.

#ifndef LACUNA_EMULATOR_INSTRUCTION_H
#define LACUNA_EMULATOR_INSTRUCTION_H

#include "lacuna/Emulator/Lanes.h"
#include "lacuna/Emulator/Types.h"

namespace lacuna::emulator {

class Warp;
struct Instruction;

/// Does the instruction's work for the lanes of `mask`, which is not empty and
/// in which the guard is true. Other lanes' registers must not change.
using Execute = void (*)(Warp &warp, const Instruction &instruction,
                         LaneMask mask);

/// Where an operand's value lies.
enum class Bank : uint8_t {
  /// A register of the warp; special registers with a fixed value, too.
  Registers,
  /// The program's constants: immediates and addresses of variables, the same
  /// in all lanes.
  Constants,
  /// A mask of the warp.
  Predicates
};

/// A resolved register, immediate or predicate. Read it with Warp::read or
/// Warp::predicate; a sink `_` is a register that nobody reads.
struct Operand {
  uint32_t index = 0;
  Bank bank = Bank::Registers;
  /// Predicates: `!p`.
  bool negated = false;
  /// Bits of the register as declared; of an immediate, those of the type that
  /// it was asked for.
  uint8_t bits = 0;
  bool isSink = false;
};

/// What an instruction's lanes wait for before it executes.
enum class Sync : uint8_t {
  None,
  /// All lanes of the member mask, operand `syncMask`: shfl.sync, vote.sync,
  /// ... The lanes that have exited are not waited for.
  Members,
  /// The whole warp, 32 threads, in this very instruction: mma.sync.aligned.
  /// Execute is then always called with allLanes.
  Warp
};

struct Instruction {
  Execute execute = nullptr;

  /// The family's own: by habit op[0] is the destination, op[1]... the sources.
  Operand op[5];
  /// Vector operands, flattened: d, a, b, c of an mma. Owned by the program.
  const Operand *list = nullptr;
  uint16_t listSize = 0;

  /// The family's own: selected variants, small literals, offsets.
  uint8_t mod[6] = {};
  int64_t imm = 0;

  /// Set by the family where lanes must meet; the core does the waiting.
  Sync sync = Sync::None;
  Operand syncMask;

  // The core's own.
  uint32_t guard = 0;
  bool guardNegated = false;
  /// The family's function where `execute` is the core's (sync).
  Execute body = nullptr;
  /// Its index in the program: also its pc. Line and text: Program::source.
  uint32_t pc = 0;
  /// Its place in the order in which fragments run.
  uint32_t rank = 0;
};

} // namespace lacuna::emulator

#endif // LACUNA_EMULATOR_INSTRUCTION_H
