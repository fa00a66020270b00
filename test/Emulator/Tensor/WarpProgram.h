// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs PTX on one warp: registers are loaded from memory, the statements under
// test run, registers are stored. The PTX goes all the way through parser,
// decoder and machine.

#ifndef LACUNA_TEST_EMULATOR_TENSOR_WARPPROGRAM_H
#define LACUNA_TEST_EMULATOR_TENSOR_WARPPROGRAM_H

#include "Machine.h"
#include "Program.h"
#include "Workers.h"
#include "lacuna/Emulator/Error.h"

#include "gtest/gtest.h"

#include <array>
#include <random>
#include <string>
#include <vector>

namespace lacuna::emulator::test {

/// A register of all lanes, as bits.
using Register = std::array<uint64_t, 32>;
using Registers = std::vector<Register>;

/// What the statements see besides their registers.
struct Surroundings {
  /// Static shared memory `buffer`, 128-byte aligned.
  unsigned sharedBytes = 0;
  unsigned warps = 1;
  std::string version = "8.5";
  /// Before the kernel: functions, variables.
  std::string preamble;
};

class WarpProgram {
public:
  /// `inputs` and `outputs`: PTX types of the registers %i0, %i1, ... and %o0,
  /// %o1, ... Further names: %lane, %thread (.b32), %data (.b64, the address of
  /// a buffer in global memory). Throws LoadError.
  WarpProgram(const std::vector<std::string> &inputs,
              const std::vector<std::string> &outputs,
              const std::string &statements, const Surroundings & = {});

  /// The outputs of the first warp; `data` is read and written; throws Fault.
  Registers run(const Registers &inputs, std::vector<uint8_t> *data = nullptr);

  /// Of the last run.
  Counters counters;

private:
  unsigned outputs, threads;
  std::vector<std::unique_ptr<Program>> programs;
};

/// The message of the LoadError, or of the Fault, that `body` throws.
template <typename Error, typename Body> std::string messageOf(Body body) {
  try {
    body();
  } catch (const Error &error) {
    return error.what();
  }
  ADD_FAILURE() << "expected an error";
  return "";
}

#define EXPECT_HAS(text, part)                                                 \
  EXPECT_NE((text).find(part), std::string::npos) << (text)

/// Seeded by LACUNA_TEST_SEED or anew; a failure of any test prints it.
std::mt19937_64 &engine();

/// "{%i0, %i1}" for names("i", 0, 2).
std::string names(const char *prefix, unsigned first, unsigned count);

} // namespace lacuna::emulator::test

#endif // LACUNA_TEST_EMULATOR_TENSOR_WARPPROGRAM_H
