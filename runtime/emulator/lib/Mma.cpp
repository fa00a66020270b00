// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// mma (PTX ISA, "Warp-level Matrix Instructions: mma"): D = A B + C of dense
// matrices. Sums of floats are those of Fragments.h: the products in double,
// in the order of k, then C, then one rounding. A GPU's may differ within the
// bound that docs/Emulator.md states; integers are exact.

#include "Families.h"
#include "MmaDecode.h"

using namespace lacuna::emulator;
namespace e = lacuna::emulator::element;
namespace acc = lacuna::emulator::accumulator;

namespace {
template <typename A, typename B, typename Accumulator, unsigned M, unsigned K>
struct Dense {
  static LACUNA_INLINE void run(Warp &w, const Instruction &i) {
    constexpr unsigned c = registersOfC<Accumulator, M>;
    const Operand *registers = i.list;
    typename A::Compute a[M][K], b[K][8], sums[M][8];
    loadA<A, M, K>(w, registers + c, a);
    registers += c + registersOfA<A, M, K>;
    loadB<B, K>(w, registers, b);
    multiply(a, b, sums, [](unsigned, unsigned k) { return k; });
    storeD<Accumulator>(w, i.list, registers + registersOfB<B, K>, sums);
    ++w.counters().mma;
  }
};

template <typename A, typename B, typename Accumulator, unsigned M, unsigned K>
void add(std::vector<MmaForm> &forms, std::string_view shape) {
  Execute saturating = nullptr;
  if constexpr (std::is_same_v<Accumulator, acc::S32>)
    saturating = Versions<Dense<A, B, acc::S32Saturated, M, K>>::choose();
  forms.push_back(makeMmaForm<A, B, Accumulator, M, K, K>(
      shape, Versions<Dense<A, B, Accumulator, M, K>>::choose(), saturating));
}

/// All signs.
template <typename S, typename U, unsigned M, unsigned K>
void addIntegers(std::vector<MmaForm> &forms, std::string_view shape) {
  add<S, S, acc::S32, M, K>(forms, shape);
  add<S, U, acc::S32, M, K>(forms, shape);
  add<U, S, acc::S32, M, K>(forms, shape);
  add<U, U, acc::S32, M, K>(forms, shape);
}

std::vector<MmaForm> makeForms() {
  std::vector<MmaForm> forms;
  add<e::F16, e::F16, acc::F32, 16, 8>(forms, "m16n8k8");
  add<e::F16, e::F16, acc::F16, 16, 8>(forms, "m16n8k8");
  add<e::F16, e::F16, acc::F32, 16, 16>(forms, "m16n8k16");
  add<e::F16, e::F16, acc::F16, 16, 16>(forms, "m16n8k16");
  add<e::BF16, e::BF16, acc::F32, 16, 8>(forms, "m16n8k8");
  add<e::BF16, e::BF16, acc::F32, 16, 16>(forms, "m16n8k16");
  add<e::TF32, e::TF32, acc::F32, 16, 4>(forms, "m16n8k4");
  add<e::TF32, e::TF32, acc::F32, 16, 8>(forms, "m16n8k8");
  add<e::F64, e::F64, acc::F64, 8, 4>(forms, "m8n8k4");
  add<e::F64, e::F64, acc::F64, 16, 4>(forms, "m16n8k4");
  add<e::F64, e::F64, acc::F64, 16, 8>(forms, "m16n8k8");
  add<e::F64, e::F64, acc::F64, 16, 16>(forms, "m16n8k16");
  addIntegers<e::S8, e::U8, 8, 16>(forms, "m8n8k16");
  addIntegers<e::S8, e::U8, 16, 16>(forms, "m16n8k16");
  addIntegers<e::S8, e::U8, 16, 32>(forms, "m16n8k32");
  addIntegers<e::S4, e::U4, 8, 32>(forms, "m8n8k32");
  addIntegers<e::S4, e::U4, 16, 32>(forms, "m16n8k32");
  addIntegers<e::S4, e::U4, 16, 64>(forms, "m16n8k64");
  return forms;
}

bool decodeMma(Decoder &d, Modifiers &m, Instruction &out) {
  static const std::vector<MmaForm> forms = makeForms();
  if (!decodeMmaForm(d, m, forms, out))
    return false;
  d.expectOperands(4);
  return true;
}
} // namespace

void lacuna::emulator::registerMma(Registry &registry) {
  registry.add("mma", decodeMma);
}
