// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// mma.sync and mma.sp::ordered_metadata.sync over registers. NVVM's operations
// and not NVGPU's: nvgpu.mma.sync knows no bf16, and nvgpu.mma.sp.sync emits
// the form without ordered metadata, which PTX ISA 8.5 discourages.

#include "MmaInstruction.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace lacuna;

SmallVector<Value, 4> lacuna::extractRegisters(KernelEmitter &emitter,
                                               Value vector) {
  auto type = cast<VectorType>(vector.getType());
  SmallVector<int64_t> shape(type.getShape());
  shape.back() = shape.back() * type.getElementTypeBitWidth() / 32;
  auto words = VectorType::get(shape, emitter.getI32Type());
  Value bits =
      type == words
          ? vector
          : vector::BitCastOp::create(emitter, words, vector).getResult();
  SmallVector<Value, 4> registers;
  for (int64_t i = 0, e = words.getNumElements(); i < e; ++i) {
    SmallVector<int64_t> position = {i};
    if (shape.size() == 2)
      position = {i / shape[1], i % shape[1]};
    registers.push_back(vector::ExtractOp::create(emitter, bits, position));
  }
  return registers;
}

void lacuna::roundRegisters(KernelEmitter &emitter,
                            MutableArrayRef<Value> registers) {
  if (!emitter.contraction.tf32)
    return;
  for (Value &value : registers) {
    Value real = arith::BitcastOp::create(emitter, emitter.getF32Type(), value);
    value = NVVM::ConvertFloatToTF32Op::create(emitter, emitter.getI32Type(),
                                               real, NVVM::FPRoundingMode::RNA);
  }
}

VectorType lacuna::getSumsType(const TensorCoreContraction &contraction) {
  return VectorType::get({4}, contraction.sumType);
}

Sums lacuna::makeZeroSums(KernelEmitter &emitter) {
  Type type = emitter.contraction.sumType;
  return Sums(4, arith::ConstantOp::create(emitter, emitter.getZeroAttr(type)));
}

Value lacuna::packSums(KernelEmitter &emitter, ArrayRef<Value> sums) {
  return vector::FromElementsOp::create(emitter,
                                        getSumsType(emitter.contraction), sums);
}

Sums lacuna::unpackSums(KernelEmitter &emitter, Value vector) {
  Sums sums;
  for (int64_t i = 0; i < 4; ++i)
    sums.push_back(vector::ExtractOp::create(emitter, vector, i));
  return sums;
}

/// The operands as the instruction wants them: f16 in pairs, others as i32.
static SmallVector<Value> castOperands(KernelEmitter &emitter,
                                       ArrayRef<Value> registers) {
  SmallVector<Value> operands(registers.begin(), registers.end());
  if (!emitter.contraction.elementType.isF16())
    return operands;
  auto pair = VectorType::get({2}, emitter.getF16Type());
  auto word = VectorType::get({1}, emitter.getI32Type());
  for (Value &value : operands)
    value = vector::BitCastOp::create(
        emitter, pair, vector::FromElementsOp::create(emitter, word, value));
  return operands;
}

static NVVM::MMATypes getMmaType(const TensorCoreContraction &contraction) {
  Type type = contraction.elementType;
  return type.isF16()    ? NVVM::MMATypes::f16
         : type.isBF16() ? NVVM::MMATypes::bf16
         : type.isF32()  ? NVVM::MMATypes::tf32
                         : NVVM::MMATypes::s8;
}

void lacuna::emitMma(KernelEmitter &emitter, const FragmentA &a,
                     ArrayRef<Value> b, int64_t depth, Sums &sums) {
  const TensorCoreContraction &contraction = emitter.contraction;
  bool halfSums = contraction.sumType.isF16();
  bool integers = contraction.elementType.isInteger();
  // f16 sums come in pairs, too.
  SmallVector<Value> c(sums.begin(), sums.end());
  Type sumType = contraction.sumType;
  if (halfSums) {
    auto pair = VectorType::get({2}, sumType);
    sumType = pair;
    c = {vector::FromElementsOp::create(emitter, pair,
                                        ArrayRef(sums).take_front(2)),
         vector::FromElementsOp::create(emitter, pair,
                                        ArrayRef(sums).drop_front(2))};
  }
  auto resultType = LLVM::LLVMStructType::getLiteral(
      emitter.getContext(), SmallVector<Type>(c.size(), sumType));
  SmallVector<Value> operandA = castOperands(emitter, a.registers);
  SmallVector<Value> operandB =
      castOperands(emitter, b.slice(a.firstB, a.numB));
  std::array<NVVM::MMATypes, 2> types = {getMmaType(contraction),
                                         getMmaType(contraction)};
  std::optional<NVVM::MMAIntOverflow> overflow;
  if (integers)
    overflow = NVVM::MMAIntOverflow::wrapped;
  Value result;
  if (a.metadata) {
    Value selector = LLVM::ConstantOp::create(
        emitter, emitter.getI32Type(), emitter.getI32IntegerAttr(a.selector));
    auto op = NVVM::MmaSpOp::create(
        emitter, resultType, operandA, operandB, c, a.metadata, selector,
        ArrayRef<int64_t>{16, 8, depth}, overflow, types);
    op.setOrderedMetadata(true);
    result = op;
  } else {
    std::array<NVVM::MMALayout, 2> layouts = {NVVM::MMALayout::row,
                                              NVVM::MMALayout::col};
    result =
        NVVM::MmaOp::create(emitter, resultType, operandA, operandB, c,
                            ArrayRef<int64_t>{16, 8, depth},
                            /*b1Op=*/std::nullopt, overflow, types, layouts);
  }
  for (unsigned i = 0; i < c.size(); ++i) {
    Value value = LLVM::ExtractValueOp::create(emitter, result, i);
    if (!halfSums) {
      sums[i] = value;
      continue;
    }
    for (int64_t j = 0; j < 2; ++j)
      sums[2 * i + j] = vector::ExtractOp::create(emitter, value, j);
  }
}
