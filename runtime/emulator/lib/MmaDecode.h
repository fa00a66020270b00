// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What mma and mma.sp have in common when they are decoded: a table of forms,
// one for each shape and choice of types that the emulator has.

#ifndef LACUNA_EMULATOR_LIB_MMADECODE_H
#define LACUNA_EMULATOR_LIB_MMADECODE_H

#include "Fragments.h"
#include "lacuna/Emulator/Decoder.h"

#include <vector>

namespace lacuna::emulator {

/// Whether the processor has AVX2: the matrix products are compiled with it,
/// too, and then run twice as fast. The results are the same: neither form
/// contracts to fma.
bool hasWideVectors();

#if defined(__x86_64__)
#define LACUNA_WIDE __attribute__((target("avx2")))
#else
#define LACUNA_WIDE
#endif

/// Body::run compiled for the processor that there is.
template <typename Body> struct Versions {
  static void narrow(Warp &warp, const Instruction &instruction, LaneMask) {
    Body::run(warp, instruction);
  }
  LACUNA_WIDE static void wide(Warp &warp, const Instruction &instruction,
                               LaneMask) {
    Body::run(warp, instruction);
  }
  static Execute choose() { return hasWideVectors() ? wide : narrow; }
};

/// One variant. The list of its instruction is the registers of D, A, B and C.
struct MmaForm {
  std::string_view shape;
  std::string_view a, b, accumulator;
  Type abType, accumulatorType;
  /// Registers of A, B and C.
  unsigned counts[3];
  Execute execute;
  /// With .satfinite; null where there is no such variant.
  Execute saturating;
  /// mma.sp: how many values the sparsity selector has.
  unsigned selectors;
};

template <typename A, typename B, typename Accumulator, unsigned M,
          unsigned KeptK, unsigned K>
MmaForm makeMmaForm(std::string_view shape, Execute execute,
                    Execute saturating = nullptr, unsigned selectors = 0) {
  return {shape,
          A::name,
          B::name,
          Accumulator::name,
          A::bits == 64 ? Type::F64 : Type::B32,
          Accumulator::type,
          {registersOfA<A, M, KeptK>, registersOfB<B, K>,
           registersOfC<Accumulator, M>},
          execute,
          saturating,
          selectors};
}

/// Takes the shape, .row.col, .satfinite and the types, finds the form and
/// reads the operands D, A, B and C. Null when there is no such form.
const MmaForm *decodeMmaForm(Decoder &decoder, Modifiers &modifiers,
                             const std::vector<MmaForm> &forms,
                             Instruction &out);

} // namespace lacuna::emulator

#endif // LACUNA_EMULATOR_LIB_MMADECODE_H
