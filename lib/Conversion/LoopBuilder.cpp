// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Loops, index arithmetic and blocks of vectors. See LoopBuilder.h.

#include "LoopBuilder.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace lacuna;

SmallVector<Value> LoopBuilder::delinearize(Value flat, ArrayRef<Value> sizes) {
  SmallVector<Value> result(sizes.size());
  for (size_t i = sizes.size(); i-- > 0;) {
    result[i] = i == 0 ? flat : rem(flat, sizes[i]);
    if (i > 0)
      flat = div(flat, sizes[i]);
  }
  return result;
}

Value LoopBuilder::linearize(ArrayRef<Value> indices, ArrayRef<Value> sizes) {
  Value flat = constant(0);
  for (auto [index, size] : llvm::zip_equal(indices, sizes))
    flat = add(mul(flat, size), index);
  return flat;
}

/// Runs `body` with `nested`'s insertion point, then goes back.
void LoopBuilder::inside(OpBuilder &nested, function_ref<void()> body) {
  OpBuilder::InsertionGuard guard(b);
  b.restoreInsertionPoint(nested.saveInsertionPoint());
  body();
  nested.restoreInsertionPoint(b.saveInsertionPoint());
}

void LoopBuilder::forLoop(Value from, Value to, int64_t step,
                          function_ref<void(Value)> body) {
  Value stride = constant(step);
  scf::ForOp::create(b, loc, from, to, stride, ValueRange(),
                     [&](OpBuilder &nested, Location, Value index, ValueRange) {
                       inside(nested, [&] { body(index); });
                       scf::YieldOp::create(nested, loc);
                     });
}

void LoopBuilder::when(Value condition, function_ref<void()> body) {
  scf::IfOp::create(b, loc, condition, [&](OpBuilder &nested, Location) {
    inside(nested, body);
    scf::YieldOp::create(nested, loc);
  });
}

void LoopBuilder::parallel(Value count, function_ref<void(Value)> body) {
  scf::ForallOp::create(b, loc, ArrayRef<OpFoldResult>{count}, ValueRange(),
                        std::nullopt,
                        [&](OpBuilder &nested, Location, ValueRange indices) {
                          inside(nested, [&] { body(indices[0]); });
                          scf::InParallelOp::create(nested, loc);
                        });
}

Value LoopBuilder::view(Value buffer, Value offset, ArrayRef<int64_t> shape) {
  auto type = cast<MemRefType>(buffer.getType());
  SmallVector<int64_t> strides(shape.size(), 1);
  for (size_t i = shape.size(); i-- > 1;)
    strides[i - 1] = strides[i] * shape[i];
  auto layout =
      StridedLayoutAttr::get(b.getContext(), ShapedType::kDynamic, strides);
  auto result = MemRefType::get(shape, type.getElementType(), layout);
  return memref::ReinterpretCastOp::create(
      b, loc, result, buffer, OpFoldResult(offset),
      getAsIndexOpFoldResult(b.getContext(), shape),
      getAsIndexOpFoldResult(b.getContext(), strides));
}

Value LoopBuilder::load(Value buffer, ArrayRef<Value> indices) {
  Type element = cast<MemRefType>(buffer.getType()).getElementType();
  return vector::LoadOp::create(b, loc, lanesOf(element), buffer, indices);
}

Value LoopBuilder::firstLanes(Value count) {
  Value limit = arith::IndexCastOp::create(
      b, loc, b.getI32Type(), min(constant(kLanes), max(count, constant(0))));
  auto numbers = llvm::to_vector(llvm::seq<int32_t>(0, kLanes));
  Value lanes = arith::ConstantOp::create(
      b, loc, DenseIntElementsAttr::get(lanesOf(b.getI32Type()), numbers));
  limit = vector::BroadcastOp::create(b, loc, lanes.getType(), limit);
  return arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt, lanes, limit);
}

Type LoopBuilder::typeLike(Value value, Type element) {
  if (auto vector = dyn_cast<VectorType>(value.getType()))
    return vector.clone(element);
  return element;
}

Value LoopBuilder::applyCasts(Value value, ArrayRef<Operation *> casts) {
  for (Operation *cast : casts) {
    OperationState state(loc, cast->getName().getStringRef(), value,
                         typeLike(value, cast->getResult(0).getType()));
    state.addAttributes(cast->getAttrs());
    value = b.create(state)->getResult(0);
  }
  return value;
}

Value LoopBuilder::widen(Value value, Type element) {
  Type from = getElementTypeOrSelf(value), type = typeLike(value, element);
  if (from == element)
    return value;
  if (isa<FloatType>(from))
    return arith::ExtFOp::create(b, loc, type, value);
  if (isa<FloatType>(element))
    return arith::SIToFPOp::create(b, loc, type, value);
  return arith::ExtSIOp::create(b, loc, type, value);
}

// Each step turns the bits of (row, lane) left by one.
void LoopBuilder::transpose(SmallVectorImpl<Value> &rows) {
  SmallVector<int64_t> low, high;
  for (int64_t i = 0; i < kLanes / 2; ++i) {
    low.append({i, kLanes + i});
    high.append({kLanes / 2 + i, kLanes + kLanes / 2 + i});
  }
  for (int64_t step = 1; step < kLanes; step *= 2) {
    SmallVector<Value> turned;
    for (int64_t i = 0; i < kLanes / 2; ++i)
      for (ArrayRef<int64_t> mask : {ArrayRef(low), ArrayRef(high)})
        turned.push_back(vector::ShuffleOp::create(b, loc, rows[i],
                                                   rows[kLanes / 2 + i], mask));
    rows.assign(turned.begin(), turned.end());
  }
}
