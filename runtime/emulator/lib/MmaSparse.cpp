// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// mma.sp and mma.sp::ordered_metadata (PTX ISA, "Multiply-and-accumulate
// operation using mma.sp instruction with sparse matrix A"). Sums are made as
// in mma. The metadata is checked in every execution.

#include "Families.h"
#include "MmaDecode.h"
#include "MmaMetadata.h"

#include <cstdio>

using namespace lacuna::emulator;
namespace e = lacuna::emulator::element;
namespace acc = lacuna::emulator::accumulator;

void lacuna::emulator::faultMetadata(const Warp &warp,
                                     const Instruction &instruction,
                                     MetadataPlace place, unsigned elementBits,
                                     unsigned row, unsigned chunk,
                                     unsigned nibble, bool ordered) {
  char bits[8];
  std::snprintf(bits, sizeof(bits), "0x%X", nibble);
  unsigned width = elementBits == 32 ? 2 : elementBits == 4 ? 8 : 4;
  std::string expected = "two different positions";
  if (elementBits == 32)
    expected = "0x4 or 0xE";
  else if (ordered)
    expected = "the lower position first: 0x4, 0x8, 0x9, 0xC, 0xD or 0xE";
  warp.fault(instruction, place.lane,
             "undefined metadata: nibble " + std::to_string(place.bit / 4) +
                 " of lane " + std::to_string(place.lane) + " is " + bits +
                 ", for row " + std::to_string(row) + ", columns " +
                 std::to_string(chunk * width) + " to " +
                 std::to_string(chunk * width + width - 1) +
                 " of A; expected " + expected);
}

namespace {
/// op[0]: metadata; mod[0]: selector; mod[1]: whether it must be ordered.
template <typename A, typename B, typename Accumulator, unsigned K>
struct Sparse {
  static LACUNA_INLINE void run(Warp &w, const Instruction &i) {
    constexpr unsigned kept = K / 2, c = registersOfC<Accumulator, 16>;
    const Operand *registers = i.list;
    typename A::Compute a[16][kept], b[K][8], sums[16][8];
    uint8_t columns[16][kept];
    loadA<A, 16, kept>(w, registers + c, a);
    registers += c + registersOfA<A, 16, kept>;
    loadB<B, K>(w, registers, b);
    loadColumns<A::bits, kept>(w, i, i.op[0], i.mod[0], i.mod[1], columns);
    multiply(a, b, sums,
             [&](unsigned row, unsigned j) { return columns[row][j]; });
    storeD<Accumulator>(w, i.list, registers + registersOfB<B, K>, sums);
    ++w.counters().mmaSparse;
  }
};

template <typename A, typename B, typename Accumulator, unsigned K>
void add(std::vector<MmaForm> &forms, std::string_view shape,
         unsigned selectors) {
  Execute saturating = nullptr;
  if constexpr (std::is_same_v<Accumulator, acc::S32>)
    saturating = Versions<Sparse<A, B, acc::S32Saturated, K>>::choose();
  forms.push_back(makeMmaForm<A, B, Accumulator, 16, K / 2, K>(
      shape, Versions<Sparse<A, B, Accumulator, K>>::choose(), saturating,
      selectors));
}

template <typename S, typename U, unsigned K>
void addIntegers(std::vector<MmaForm> &forms, std::string_view shape,
                 unsigned selectors) {
  add<S, S, acc::S32, K>(forms, shape, selectors);
  add<S, U, acc::S32, K>(forms, shape, selectors);
  add<U, S, acc::S32, K>(forms, shape, selectors);
  add<U, U, acc::S32, K>(forms, shape, selectors);
}

std::vector<MmaForm> makeForms() {
  std::vector<MmaForm> forms;
  add<e::F16, e::F16, acc::F32, 16>(forms, "m16n8k16", 4);
  add<e::F16, e::F16, acc::F16, 16>(forms, "m16n8k16", 4);
  add<e::F16, e::F16, acc::F32, 32>(forms, "m16n8k32", 2);
  add<e::F16, e::F16, acc::F16, 32>(forms, "m16n8k32", 2);
  add<e::BF16, e::BF16, acc::F32, 16>(forms, "m16n8k16", 4);
  add<e::BF16, e::BF16, acc::F32, 32>(forms, "m16n8k32", 2);
  add<e::TF32, e::TF32, acc::F32, 8>(forms, "m16n8k8", 4);
  add<e::TF32, e::TF32, acc::F32, 16>(forms, "m16n8k16", 2);
  addIntegers<e::S8, e::U8, 32>(forms, "m16n8k32", 2);
  addIntegers<e::S8, e::U8, 64>(forms, "m16n8k64", 1);
  addIntegers<e::S4, e::U4, 64>(forms, "m16n8k64", 2);
  addIntegers<e::S4, e::U4, 128>(forms, "m16n8k128", 1);
  return forms;
}

bool decodeSparse(Decoder &d, Modifiers &m, Instruction &out) {
  static const std::vector<MmaForm> forms = makeForms();
  int spelling = m.takeOneOf({"sp", "sp::ordered_metadata"});
  if (spelling < 0)
    return false;
  bool ordered = spelling == 1;
  if (ordered && d.version() < 85)
    d.error("sp::ordered_metadata needs .version 8.5 or later");
  const MmaForm *form = decodeMmaForm(d, m, forms, out);
  if (!form)
    return false;
  d.expectOperands(6);
  out.op[0] = d.read(4, Type::B32);
  out.mod[0] = static_cast<uint8_t>(d.literal(5, form->selectors - 1));
  out.mod[1] = ordered;
  return true;
}
} // namespace

void lacuna::emulator::registerMmaSparse(Registry &registry) {
  registry.add("mma", decodeSparse);
}
