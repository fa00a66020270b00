// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// wmma.mma (PTX ISA, "Warp-level Matrix Multiply-and-Accumulate Instruction:
// wmma.mma"): D = A B + C of fragments. Sums are made as in mma; it counts as
// one "mma".

#include "Families.h"
#include "Fragments.h"
#include "MmaDecode.h"
#include "WmmaFragments.h"

using namespace lacuna::emulator;
namespace e = lacuna::emulator::element;
namespace acc = lacuna::emulator::accumulator;

namespace {
/// Slots of a fragment's elements, the first of each.
template <unsigned Rows, unsigned Columns, unsigned PerLane>
constexpr unsigned laneOf(unsigned element) {
  static_assert(PerLane * warpSize >= Rows * Columns);
  return element / PerLane;
}

template <typename Element, unsigned Rows, unsigned Columns, unsigned Registers,
          typename Store>
LACUNA_INLINE void loadSlots(const Warp &w, const Operand *registers,
                             Store store) {
  constexpr unsigned per = perRegister<Element>, perLane = Registers * per;
  for (unsigned element = 0; element < Rows * Columns; ++element) {
    unsigned lane = laneOf<Rows, Columns, perLane>(element);
    unsigned slot = element % perLane;
    uint64_t raw = w.read(registers[slot / per]).lane[lane] >>
                   slot % per * (Element::bits % 64);
    store(element / Columns, element % Columns, raw);
  }
}

template <typename A, typename B, typename D, typename C, unsigned M,
          unsigned N, unsigned K>
struct Wmma {
  using T = typename A::Compute;
  template <typename Element, unsigned Rows, unsigned Columns>
  static constexpr unsigned registers =
      std::is_same_v<Element, e::F16>
          ? 8
          : Rows * Columns / warpSize / perRegister<Element>;
  static constexpr unsigned registersA = registers<A, M, K>;
  static constexpr unsigned registersB = registers<B, K, N>;
  static constexpr unsigned registersD = M * N / warpSize / perRegister<D>;
  static constexpr unsigned registersC = M * N / warpSize / perRegister<C>;

  static LACUNA_INLINE void run(Warp &w, const Instruction &i) {
    const Operand *operand = i.list + registersD;
    T a[M][K], b[N / 8][K][8], sums[N / 8][M][8];
    loadSlots<A, M, K, registersA>(
        w, operand, [&](unsigned row, unsigned column, uint64_t raw) {
          a[row][column] = A::decode(raw);
        });
    operand += registersA;
    loadSlots<B, K, N, registersB>(
        w, operand, [&](unsigned row, unsigned column, uint64_t raw) {
          b[column / 8][row][column % 8] = B::decode(raw);
        });
    operand += registersB;
    for (unsigned n = 0; n < N / 8; ++n)
      multiply(a, b[n], sums[n], [](unsigned, unsigned k) { return k; });
    Lanes results[registersD] = {};
    constexpr unsigned per = perRegister<D>, perLane = M * N / warpSize;
    loadSlots<C, M, N, registersC>(
        w, operand, [&](unsigned row, unsigned column, uint64_t raw) {
          unsigned slot = (row * N + column) % perLane;
          results[slot / per].lane[(row * N + column) / perLane] |=
              acc::finish<D, C>(sums[column / 8][row][column % 8],
                                raw & elementMask<C>)
              << slot % per * (D::bits % 64);
        });
    for (unsigned r = 0; r < registersD; ++r)
      w.write(i.list[r]) = results[r];
    ++w.counters().mma;
  }
};

/// One choice of types; C and D differ for f16 only.
struct Form {
  std::string_view shape, d, a, b, c;
  Execute execute;
  Execute saturating;
};

template <typename A, typename B, typename D, typename C, unsigned M,
          unsigned N, unsigned K>
void add(std::vector<Form> &forms, std::string_view shape) {
  Execute saturating = nullptr;
  if constexpr (std::is_same_v<D, acc::S32>)
    saturating = Versions<Wmma<A, B, acc::S32Saturated, C, M, N, K>>::choose();
  forms.push_back({shape, D::name, A::name, B::name, C::name,
                   Versions<Wmma<A, B, D, C, M, N, K>>::choose(), saturating});
}

template <unsigned M, unsigned N>
void addShape(std::vector<Form> &forms, std::string_view shape) {
  add<e::F16, e::F16, acc::F32, acc::F32, M, N, 16>(forms, shape);
  add<e::F16, e::F16, acc::F32, acc::F16, M, N, 16>(forms, shape);
  add<e::F16, e::F16, acc::F16, acc::F32, M, N, 16>(forms, shape);
  add<e::F16, e::F16, acc::F16, acc::F16, M, N, 16>(forms, shape);
  add<e::BF16, e::BF16, acc::F32, acc::F32, M, N, 16>(forms, shape);
  add<e::S8, e::S8, acc::S32, acc::S32, M, N, 16>(forms, shape);
  add<e::U8, e::U8, acc::S32, acc::S32, M, N, 16>(forms, shape);
}

std::vector<Form> makeForms() {
  std::vector<Form> forms;
  addShape<16, 16>(forms, "m16n16k16");
  addShape<8, 32>(forms, "m8n32k16");
  addShape<32, 8>(forms, "m32n8k16");
  add<e::TF32, e::TF32, acc::F32, acc::F32, 16, 16, 8>(forms, "m16n16k8");
  return forms;
}

bool decodeWmma(Decoder &d, Modifiers &m, Instruction &out) {
  static const std::vector<Form> forms = makeForms();
  if (!m.take("mma") || !m.take("sync") || !m.take("aligned"))
    return false;
  // A fragment is the same for either layout.
  if (m.takeOneOf({"row", "col"}) < 0 || m.takeOneOf({"row", "col"}) < 0)
    return false;
  const WmmaShape *shape = takeWmmaShape(m);
  if (!shape)
    return false;
  bool saturate = m.take("satfinite");
  // .dtype.ctype for f16, else .dtype.atype.btype.ctype.
  std::string_view types[4];
  for (std::string_view &type : types)
    type = m.takeNext();
  if (types[2].empty()) {
    types[3] = types[1];
    types[1] = types[2] = "f16";
  }
  for (const Form &form : forms) {
    if (form.shape != shape->name || form.d != types[0] || form.a != types[1] ||
        form.b != types[2] || form.c != types[3])
      continue;
    out.execute = saturate ? form.saturating : form.execute;
    if (!out.execute)
      return false;
    out.sync = Sync::Warp;
    d.expectOperands(4);
    auto fragmentD = wmmaFragment(*shape, WmmaRole::Accumulator, form.d);
    auto fragmentA = wmmaFragment(*shape, WmmaRole::A, form.a);
    auto fragmentB = wmmaFragment(*shape, WmmaRole::B, form.b);
    auto fragmentC = wmmaFragment(*shape, WmmaRole::Accumulator, form.c);
    if (!fragmentD || !fragmentA || !fragmentB || !fragmentC)
      return false;
    std::vector<Operand> list;
    d.writeVector(0, fragmentD->registerType, fragmentD->registers, list);
    d.readVector(1, fragmentA->registerType, fragmentA->registers, list);
    d.readVector(2, fragmentB->registerType, fragmentB->registers, list);
    d.readVector(3, fragmentC->registerType, fragmentC->registers, list);
    d.finishList(list, out);
    return true;
  }
  return false;
}
} // namespace

void lacuna::emulator::registerWmma(Registry &registry) {
  registry.add("wmma", decodeWmma);
}
