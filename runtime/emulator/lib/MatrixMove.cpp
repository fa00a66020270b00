// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ldmatrix, stmatrix and movmatrix of 8x8 matrices of 16-bit elements (PTX
// ISA, "Warp-level Matrix Load Instruction: ldmatrix", "... Store ...:
// stmatrix", "... Transpose ...: movmatrix"). Lane i of each eight lanes has
// the address of row i of a matrix; a lane's register holds elements
// 2 (lane % 4) and the next of row lane / 4, or with .trans of that column.

#include "AccessHelpers.h"
#include "Families.h"
#include "lacuna/Emulator/Decoder.h"
#include "lacuna/Emulator/Warp.h"

using namespace lacuna::emulator;

namespace {
/// A matrix as the registers of a warp see it: [row][column].
struct Matrix {
  uint16_t at[8][8];
};

void fromRegister(const Lanes &value, bool transposed, Matrix &matrix) {
  for (unsigned lane = 0; lane < warpSize; ++lane)
    for (unsigned e = 0; e < 2; ++e) {
      unsigned row = lane / 4, column = lane % 4 * 2 + e;
      uint16_t element = static_cast<uint16_t>(value.lane[lane] >> 16 * e);
      (transposed ? matrix.at[column][row] : matrix.at[row][column]) = element;
    }
}

void toRegister(const Matrix &matrix, bool transposed, Lanes &value) {
  for (unsigned lane = 0; lane < warpSize; ++lane) {
    uint64_t packed = 0;
    for (unsigned e = 0; e < 2; ++e) {
      unsigned row = lane / 4, column = lane % 4 * 2 + e;
      packed |=
          uint64_t(transposed ? matrix.at[column][row] : matrix.at[row][column])
          << 16 * e;
    }
    value.lane[lane] = packed;
  }
}

constexpr unsigned rowBytes = 16;

/// The rows' places: op[0] + imm, in the space mod[1]. One quarter of the warp
/// has the addresses of a matrix.
void findRows(Warp &w, const Instruction &i, Access access, uint8_t **rows) {
  unsigned count = 8 * i.listSize;
  auto space = static_cast<Space>(i.mod[1]);
  uint64_t addresses[warpSize];
  gatherAddresses(w, i, allLanes, space, addresses);
  for (unsigned lane = 0; lane < count; ++lane) {
    addresses[lane] = w.sharedOffset(i, space, lane, addresses[lane]);
    rows[lane] = w.shared(i, lane, addresses[lane], rowBytes, access);
  }
  w.countSharedAccess(addresses, allLanes >> (warpSize - count), rowBytes);
}

/// list: the registers, one for each matrix; mod[0]: .trans.
void loadMatrices(Warp &w, const Instruction &i, LaneMask) {
  uint8_t *rows[warpSize];
  findRows(w, i, Access::Load, rows);
  for (unsigned r = 0; r < i.listSize; ++r) {
    Matrix matrix;
    for (unsigned row = 0; row < 8; ++row)
      std::memcpy(matrix.at[row], rows[8 * r + row], rowBytes);
    toRegister(matrix, i.mod[0], w.write(i.list[r]));
  }
}

void storeMatrices(Warp &w, const Instruction &i, LaneMask) {
  uint8_t *rows[warpSize];
  findRows(w, i, Access::Store, rows);
  for (unsigned r = 0; r < i.listSize; ++r) {
    Matrix matrix;
    fromRegister(w.read(i.list[r]), i.mod[0], matrix);
    for (unsigned row = 0; row < 8; ++row)
      std::memcpy(rows[8 * r + row], matrix.at[row], rowBytes);
  }
}

void transposeMatrix(Warp &w, const Instruction &i, LaneMask) {
  Matrix matrix;
  fromRegister(w.read(i.op[1]), false, matrix);
  toRegister(matrix, true, w.write(i.op[0]));
}

/// What both have: .m8n8, .x1 and so on, .trans, a space in shared memory,
/// .b16. Returns the number of matrices, 0 when it is another form.
unsigned decodeMatrices(Modifiers &m, Instruction &out) {
  if (!m.take("sync") || !m.take("aligned") || !m.take("m8n8"))
    return 0;
  int number = m.takeOneOf({"x1", "x2", "x4"});
  if (number < 0)
    return 0;
  out.mod[0] = m.take("trans");
  Space space = m.takeSpace();
  if ((space != Space::Shared && space != Space::Generic) || !m.take("b16"))
    return 0;
  out.mod[1] = static_cast<uint8_t>(space);
  out.sync = Sync::Warp;
  return 1u << number;
}

void decodeAddress(Decoder &d, size_t i, Instruction &out) {
  MemoryOperand address = d.address(i);
  out.op[0] = address.base;
  out.imm = address.offset;
}

bool decodeLoad(Decoder &d, Modifiers &m, Instruction &out) {
  unsigned count = decodeMatrices(m, out);
  if (!count)
    return false;
  d.expectOperands(2);
  std::vector<Operand> registers;
  d.writeVector(0, Type::B32, count, registers);
  d.finishList(registers, out);
  decodeAddress(d, 1, out);
  out.execute = loadMatrices;
  return true;
}

bool decodeStore(Decoder &d, Modifiers &m, Instruction &out) {
  unsigned count = decodeMatrices(m, out);
  if (!count)
    return false;
  d.expectOperands(2);
  decodeAddress(d, 0, out);
  std::vector<Operand> registers;
  d.readVector(1, Type::B32, count, registers);
  d.finishList(registers, out);
  out.execute = storeMatrices;
  return true;
}

bool decodeMove(Decoder &d, Modifiers &m, Instruction &out) {
  if (!m.take("sync") || !m.take("aligned") || !m.take("m8n8") ||
      !m.take("trans") || !m.take("b16"))
    return false;
  d.expectOperands(2);
  out.op[0] = d.write(0, Type::B32);
  out.op[1] = d.read(1, Type::B32);
  out.sync = Sync::Warp;
  out.execute = transposeMatrix;
  return true;
}
} // namespace

void lacuna::emulator::registerMatrixMove(Registry &registry) {
  registry.add("ldmatrix", decodeLoad);
  registry.add("stmatrix", decodeStore);
  registry.add("movmatrix", decodeMove);
}
