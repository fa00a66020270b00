// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs one instruction through the registry's decoders and its executor, on a
// warp of its own, without a program around it. Registers are named by their
// width: h0.. of 16 bits, r0.. of 32, d0.. of 64, p0.. predicates; q0.. has 8
// bits only for checks of refusal.

#ifndef LACUNA_TEST_EMULATOR_ISA_HARNESS_H
#define LACUNA_TEST_EMULATOR_ISA_HARNESS_H

#include "lacuna/Emulator/Decoder.h"
#include "lacuna/Emulator/Warp.h"

#include <gtest/gtest.h>

#include <functional>
#include <random>
#include <string>
#include <vector>

namespace lacuna::emulator::test {

/// A warp with registers that the test reads and writes.
class TestWarp : public Warp {
public:
  TestWarp();
  Lanes &reg(const std::string &name);
  LaneMask &pred(const std::string &name);

private:
  friend class TestDecoder;
  std::vector<Lanes> storage, constants;
  std::vector<LaneMask> predicateStorage;
};

/// Decodes `text` ("add.s32 r0, r1, 5") or gives the reason why not.
struct Decoded {
  Instruction instruction;
  std::string error; ///< Empty: decoded.
};
Decoded decodeText(TestWarp &warp, const std::string &text);

/// Decodes and executes; a failure of the test if it is refused.
void run(TestWarp &warp, const std::string &text, LaneMask mask = allLanes);

/// An engine seeded by LACUNA_TEST_SEED or anew; the seed is printed once.
std::mt19937_64 &engine();

/// The bits of an operand list: one value per source.
using Case = std::vector<uint64_t>;

/// All combinations of the edge values of each source, then `randomCount` with
/// random values. Widths are 16, 32, 64.
std::vector<Case> integerCases(const std::vector<unsigned> &widths,
                               size_t randomCount = 300);
/// As integerCases, with edges of the float format of that width.
enum class FloatKind { F16, BF16, F32, F64 };
std::vector<Case> floatCases(FloatKind kind, unsigned sources,
                             size_t randomCount = 600);

/// Checks `opcode d, s0, s1, ...` on all cases against the oracle, full warps
/// and partial ones, and that lanes outside the mask keep their values.
/// `equal` may loosen the comparison; null: bits are equal.
using Oracle = std::function<uint64_t(const Case &)>;
using Equal =
    std::function<bool(uint64_t got, uint64_t want, const Case &inputs)>;
void check(const std::string &opcode, unsigned width,
           const std::vector<unsigned> &sourceWidths,
           const std::vector<Case> &cases, const Oracle &oracle,
           const Equal &equal = nullptr, const std::string &suffix = "");

/// As check, for a predicate result (`opcode p0, s0, ...`).
void checkPredicate(const std::string &opcode,
                    const std::vector<unsigned> &sourceWidths,
                    const std::vector<Case> &cases, const Oracle &oracle);

/// That the text is refused.
void expectRefused(const std::string &text);

} // namespace lacuna::emulator::test

#endif // LACUNA_TEST_EMULATOR_ISA_HARNESS_H
