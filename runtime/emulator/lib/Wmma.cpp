// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// wmma.load, wmma.store, wmma.mma (PTX ISA, "Warp-level Matrix Instructions:
// wmma") of f16, bf16, tf32 and 8-bit integers. Which lane holds which element
// of a fragment is not specified; here lane l with E elements holds the
// elements l E ... of the matrix in row-major order, modulo its size where a
// fragment is larger than that (f16). Sums as in Mma.cpp.

#include "Families.h"
#include "Fragments.h"
#include "lacuna/Emulator/Decoder.h"
#include "lacuna/Emulator/Warp.h"

#include <cstring>

using namespace lacuna::emulator;
namespace e = lacuna::emulator::element;
namespace acc = lacuna::emulator::accumulator;

namespace {
struct Shape {
  unsigned m, n, k;
};

/// The shape that comes next among the modifiers; m = 0 without.
Shape takeShape(Modifiers &m) {
  static constexpr Shape shapes[] = {
      {16, 16, 16}, {8, 32, 16}, {32, 8, 16}, {16, 16, 8}};
  int which = m.takeOneOf({"m16n16k16", "m8n32k16", "m32n8k16", "m16n16k8"});
  return which < 0 ? Shape{0, 0, 0} : shapes[which];
}

unsigned elementBits(Type type) {
  return type == Type::TF32 ? 32 : bitsOf(type);
}

/// Registers of a fragment; 0 when the type has no such fragment.
unsigned registersOf(char fragment, const Shape &s, Type type) {
  bool isTF32 = type == Type::TF32, isK8 = s.k == 8;
  if (isTF32 != isK8 && !(fragment == 'c' && type == Type::F32))
    return 0;
  if (fragment == 'c')
    return type == Type::F16                        ? 4
           : type == Type::F32 || type == Type::S32 ? 8
                                                    : 0;
  unsigned elements = (fragment == 'a' ? s.m : s.n) * s.k;
  switch (type) {
  case Type::F16:
    return 8;
  case Type::BF16:
    return elements / 64;
  case Type::TF32:
    return elements / 32;
  case Type::U8:
  case Type::S8:
    return elements / 128;
  default:
    return 0;
  }
}

/// mod: rows, columns, bits of an element, whether column-major, space.
struct Matrix {
  unsigned rows, columns, bits;
  bool columnMajor;
  Space space;

  explicit Matrix(const Instruction &i)
      : rows(i.mod[0]), columns(i.mod[1]), bits(i.mod[2]),
        columnMajor(i.mod[3]), space(Space(i.mod[4])) {}
  uint64_t place(unsigned element, uint64_t stride) const {
    unsigned row = element / columns, column = element % columns;
    return (columnMajor ? column * stride + row : row * stride + column) *
           (bits / 8);
  }
};

/// op[0]: the address, op[1]: the stride in elements.
template <Access access, typename F>
void forEachElement(Warp &w, const Instruction &i, F f) {
  Matrix matrix(i);
  unsigned per = 32 / matrix.bits, perLane = per * i.listSize;
  unsigned count = matrix.rows * matrix.columns;
  uint64_t *bytes = access == Access::Load ? &w.counters().globalLoadBytes
                                           : &w.counters().globalStoreBytes;
  for (unsigned slot = 0; slot < perLane * warpSize; ++slot) {
    if (access == Access::Store && slot >= count)
      break;
    unsigned lane = slot / perLane, part = slot % perLane;
    uint64_t address =
        w.read<uint64_t>(i.op[0], lane) + uint64_t(i.imm) +
        matrix.place(slot % count, w.read<uint32_t>(i.op[1], lane));
    uint8_t *memory =
        w.memory(i, matrix.space, lane, address, matrix.bits / 8, access);
    if (matrix.space != Space::Shared && slot < count)
      *bytes += matrix.bits / 8;
    f(memory, matrix.bits / 8, i.list[part / per], lane,
      part % per * matrix.bits);
  }
}

void loadFragment(Warp &w, const Instruction &i, LaneMask) {
  forEachElement<Access::Load>(
      w, i,
      [&](const uint8_t *memory, unsigned bytes, const Operand &target,
          unsigned lane, unsigned shift) {
        uint32_t element = 0;
        std::memcpy(&element, memory, bytes);
        uint32_t old = shift ? w.read<uint32_t>(target, lane) : 0;
        w.write(target, lane, old | element << shift);
      });
}
void storeFragment(Warp &w, const Instruction &i, LaneMask) {
  forEachElement<Access::Store>(
      w, i,
      [&](uint8_t *memory, unsigned bytes, const Operand &source, unsigned lane,
          unsigned shift) {
        uint32_t element = w.read<uint32_t>(source, lane) >> shift;
        std::memcpy(memory, &element, bytes);
      });
}

/// Element `index` of a fragment.
template <unsigned bits>
uint32_t elementOf(const Warp &w, const Operand *registers, unsigned count,
                   unsigned index) {
  constexpr unsigned per = 32 / bits;
  unsigned lane = index / (per * count), part = index % (per * count);
  uint32_t value = w.read<uint32_t>(registers[part / per], lane);
  return uint32_t(value >> part % per * bits & (~uint32_t(0) >> (32 - bits)));
}

/// mod: m, n, k; registers of A, B, C. The list is D, A, B, C.
template <typename A, typename B, typename C, typename D>
void multiplyFragments(Warp &w, const Instruction &i, LaneMask) {
  using Sum = std::conditional_t<std::is_same_v<C, acc::S32>, int64_t, double>;
  constexpr unsigned perD = 32 / D::bits;
  unsigned m = i.mod[0], n = i.mod[1], k = i.mod[2];
  unsigned countA = i.mod[3], countB = i.mod[4], countC = i.mod[5];
  unsigned countD = i.listSize - countA - countB - countC;
  const Operand *d = i.list, *a = d + countD, *b = a + countA, *c = b + countB;
  Sum left[512], right[512];
  uint64_t result[256];
  for (unsigned x = 0; x < m * k; ++x)
    left[x] = Sum(A::decode(elementOf<A::bits>(w, a, countA, x)));
  for (unsigned x = 0; x < k * n; ++x)
    right[x] = Sum(B::decode(elementOf<B::bits>(w, b, countB, x)));
  for (unsigned row = 0; row < m; ++row)
    for (unsigned column = 0; column < n; ++column) {
      Sum sum = 0;
      for (unsigned x = 0; x < k; ++x)
        sum += left[row * k + x] * right[x * n + column];
      unsigned at = row * n + column;
      result[at] = acc::finish<D, C>(sum, elementOf<C::bits>(w, c, countC, at));
    }
  for (unsigned lane = 0; lane < warpSize; ++lane)
    for (unsigned r = 0; r < countD; ++r) {
      uint32_t value = 0;
      for (unsigned part = 0; part < perD; ++part)
        value |= uint32_t(result[(lane * countD + r) * perD + part])
                 << part * D::bits % 32;
      w.write(d[r], lane, value);
    }
  ++w.counters().mma;
}

//===----------------------------------------------------------------------===//
// Decoding
//===----------------------------------------------------------------------===//

/// wmma.load.{a,b,c}.sync.aligned.layout.shape{.ss}.type r, [p]{, stride}
bool decodeMemory(Decoder &d, Modifiers &m, Instruction &out, bool load) {
  int which = load ? m.takeOneOf({"a", "b", "c"}) : m.take("d") ? 2 : -1;
  if (which < 0 || !m.take("sync") || !m.take("aligned"))
    return false;
  int layout = m.takeOneOf({"row", "col"});
  Shape shape = takeShape(m);
  Space space = m.takeSpace();
  auto type = m.takeType();
  bool knownSpace = space == Space::Generic || space == Space::Global ||
                    space == Space::Shared;
  if (layout < 0 || !shape.m || !type || !knownSpace)
    return false;
  char fragment = "abc"[which];
  unsigned count = registersOf(fragment, shape, *type);
  if (!count)
    return false;
  unsigned rows = fragment == 'b' ? shape.k : shape.m;
  unsigned columns = fragment == 'a' ? shape.k : shape.n;
  out.mod[0] = uint8_t(rows);
  out.mod[1] = uint8_t(columns);
  out.mod[2] = uint8_t(elementBits(*type));
  out.mod[3] = layout == 1;
  out.mod[4] = uint8_t(space);
  d.expectOperands(2, 3);
  std::vector<Operand> registers;
  if (load)
    d.writeVector(0, Type::B32, count, registers);
  else
    d.readVector(1, Type::B32, count, registers);
  d.finishList(registers, out);
  MemoryOperand address = d.address(load ? 1 : 0);
  out.op[0] = address.base;
  out.imm = address.offset;
  out.op[1] = d.operands() == 3 ? d.read(2, Type::U32)
                                : d.constant(layout == 1 ? rows : columns, 32);
  out.execute = load ? loadFragment : storeFragment;
  return true;
}

template <typename A, typename B> Execute integerProduct() {
  return multiplyFragments<A, B, acc::S32, acc::S32>;
}
template <typename A, typename B> Execute saturatedProduct() {
  return multiplyFragments<A, B, acc::S32, acc::S32Saturated>;
}
Execute integers(Type a, Type b, bool saturate) {
  bool sa = a == Type::S8, sb = b == Type::S8;
  if (saturate)
    return sa ? (sb ? saturatedProduct<e::S8, e::S8>()
                    : saturatedProduct<e::S8, e::U8>())
              : (sb ? saturatedProduct<e::U8, e::S8>()
                    : saturatedProduct<e::U8, e::U8>());
  return sa ? (sb ? integerProduct<e::S8, e::S8>()
                  : integerProduct<e::S8, e::U8>())
            : (sb ? integerProduct<e::U8, e::S8>()
                  : integerProduct<e::U8, e::U8>());
}

/// The types of wmma.mma: D and C of f16, or all four.
struct Types {
  Type d, a, b, c;
};
Execute product(const Types &t, bool saturate) {
  bool isInteger = t.c == Type::S32;
  auto is8 = [](Type type) { return type == Type::S8 || type == Type::U8; };
  if (isInteger)
    return t.d == Type::S32 && is8(t.a) && is8(t.b)
               ? integers(t.a, t.b, saturate)
               : nullptr;
  if (saturate || t.a != t.b)
    return nullptr;
  if (t.a == Type::F16) {
    bool wideD = t.d == Type::F32, wideC = t.c == Type::F32;
    if ((!wideD && t.d != Type::F16) || (!wideC && t.c != Type::F16))
      return nullptr;
    return wideD
               ? (wideC ? multiplyFragments<e::F16, e::F16, acc::F32, acc::F32>
                        : multiplyFragments<e::F16, e::F16, acc::F16, acc::F32>)
               : (wideC
                      ? multiplyFragments<e::F16, e::F16, acc::F32, acc::F16>
                      : multiplyFragments<e::F16, e::F16, acc::F16, acc::F16>);
  }
  if (t.d != Type::F32 || t.c != Type::F32)
    return nullptr;
  return t.a == Type::BF16
             ? multiplyFragments<e::BF16, e::BF16, acc::F32, acc::F32>
         : t.a == Type::TF32
             ? multiplyFragments<e::TF32, e::TF32, acc::F32, acc::F32>
             : nullptr;
}

/// wmma.mma.sync.aligned.alayout.blayout.shape.types d, a, b, c. The layouts
/// must be those of the loads; the fragments here do not depend on them.
bool decodeMultiply(Decoder &d, Modifiers &m, Instruction &out) {
  if (!m.take("sync") || !m.take("aligned") ||
      m.takeOneOf({"row", "col"}) < 0 || m.takeOneOf({"row", "col"}) < 0)
    return false;
  Shape shape = takeShape(m);
  bool saturate = m.take("satfinite");
  auto first = m.takeType(), second = m.takeType();
  if (!shape.m || !first || !second)
    return false;
  Types t = {*first, Type::F16, Type::F16, *second};
  if (auto third = m.takeType()) {
    auto fourth = m.takeType();
    if (!fourth)
      return false;
    t = {*first, *second, *third, *fourth};
  }
  unsigned a = registersOf('a', shape, t.a), b = registersOf('b', shape, t.b);
  unsigned c = registersOf('c', shape, t.c), to = registersOf('c', shape, t.d);
  out.execute = product(t, saturate);
  if (!out.execute || !a || !b || !c || !to)
    return false;
  d.expectOperands(4);
  std::vector<Operand> registers;
  d.writeVector(0, Type::B32, to, registers);
  d.readVector(1, Type::B32, a, registers);
  d.readVector(2, Type::B32, b, registers);
  d.readVector(3, Type::B32, c, registers);
  d.finishList(registers, out);
  const unsigned numbers[6] = {shape.m, shape.n, shape.k, a, b, c};
  for (unsigned x = 0; x < 6; ++x)
    out.mod[x] = uint8_t(numbers[x]);
  return true;
}

bool decodeWmma(Decoder &d, Modifiers &m, Instruction &out) {
  int what = m.takeOneOf({"load", "store", "mma"});
  out.sync = Sync::Warp;
  return what < 0    ? false
         : what == 2 ? decodeMultiply(d, m, out)
                     : decodeMemory(d, m, out, what == 0);
}
} // namespace

void lacuna::emulator::registerWmma(Registry &registry) {
  registry.add("wmma", decodeWmma);
}
