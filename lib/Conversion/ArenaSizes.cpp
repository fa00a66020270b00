// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// See ArenaSizes.h.

#include "ArenaSizes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace lacuna;

int64_t Nominal::get(OpFoldResult size) {
  if (std::optional<int64_t> constant = getConstantIntValue(size))
    return *constant;
  auto attribute = dyn_cast_or_null<IntegerAttr>(fold(cast<Value>(size)));
  return attribute ? attribute.getInt() : kNominalSize;
}

Attribute Nominal::fold(Value value) {
  auto [entry, isNew] = known.try_emplace(value);
  if (!isNew)
    return entry->second;
  Attribute result;
  Operation *op = value.getDefiningOp();
  if (!op || isa<memref::DimOp>(op)) {
    if (value.getType().isIntOrIndex())
      result = IntegerAttr::get(value.getType(), kNominalSize);
    return known[value] = result;
  }
  SmallVector<Attribute> operands;
  for (Value operand : op->getOperands())
    operands.push_back(fold(operand));
  SmallVector<OpFoldResult> results;
  if (succeeded(op->fold(operands, results)) && !results.empty()) {
    OpFoldResult folded = results[cast<OpResult>(value).getResultNumber()];
    result = dyn_cast<Attribute>(folded);
    if (auto other = dyn_cast<Value>(folded))
      result = fold(other);
  }
  return known[value] = result;
}

OpFoldResult Bytes::mul(OpFoldResult a, OpFoldResult b) {
  std::optional<int64_t> left = getConstantIntValue(a);
  std::optional<int64_t> right = getConstantIntValue(b);
  if (left == 1 || right == 1)
    return left == 1 ? b : a;
  if (left && right) {
    int64_t product;
    bool tooLarge = llvm::MulOverflow(*left, *right, product);
    return sizes.constant(tooLarge ? kLimit : std::min(product, kLimit));
  }
  auto product = arith::MulUIExtendedOp::create(builder, loc, sizes.value(a),
                                                sizes.value(b));
  Value zero = sizes.value(sizes.constant(0));
  Value limit = sizes.value(sizes.constant(kLimit));
  Value fits = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq,
                                     product.getHigh(), zero);
  Value low = arith::MinUIOp::create(builder, loc, product.getLow(), limit);
  return arith::SelectOp::create(builder, loc, fits, low, limit).getResult();
}

OpFoldResult Bytes::add(OpFoldResult a, OpFoldResult b) {
  std::optional<int64_t> left = getConstantIntValue(a);
  std::optional<int64_t> right = getConstantIntValue(b);
  if (left && right)
    return sizes.constant(*left + *right);
  return arith::AddIOp::create(builder, loc, sizes.value(a), sizes.value(b))
      .getResult();
}

OpFoldResult Bytes::max(OpFoldResult a, OpFoldResult b) {
  return a == b ? a : sizes.max(a, b);
}

OpFoldResult Bytes::align(OpFoldResult bytes) {
  OpFoldResult unit = sizes.constant(kAlignment);
  return sizes.mul(sizes.ceilDiv(bytes, unit), unit);
}
