// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sizes are followed to numbers, buffers and values; what a loop of an
// operation runs over in two operands is of one size. See SizeClasses.h.

#include "SizeClasses.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace lacuna;

OpFoldResult
SizeClasses::Source::emit(OpBuilder &builder, Location loc,
                          function_ref<Value(Value)> mapped) const {
  if (number)
    return builder.getIndexAttr(*number);
  if (isa<MemRefType>(value.getType()))
    return memref::DimOp::create(builder, loc, mapped(value), dimension)
        .getResult();
  return mapped(value);
}

SizeClasses::Source SizeClasses::getSource(OpFoldResult size) const {
  if (std::optional<int64_t> number = getConstantIntValue(size))
    return {number, {}, 0};
  auto value = cast<Value>(size);
  if (auto dim = value.getDefiningOp<tensor::DimOp>())
    if (std::optional<int64_t> index = dim.getConstantIndex())
      return getSource(dim.getSource(), *index);
  if (auto dim = value.getDefiningOp<memref::DimOp>())
    if (std::optional<int64_t> index = dim.getConstantIndex())
      return {std::nullopt, dim.getSource(), static_cast<unsigned>(*index)};
  return {std::nullopt, value, 0};
}

SizeClasses::Source SizeClasses::getSource(Value tensor,
                                           unsigned dimension) const {
  while (true) {
    auto type = cast<ShapedType>(tensor.getType());
    if (!type.isDynamicDim(dimension))
      return {type.getDimSize(dimension), {}, 0};
    Operation *op = tensor.getDefiningOp();
    if (auto read = dyn_cast_or_null<bufferization::ToTensorOp>(op))
      return {std::nullopt, read.getBuffer(), dimension};
    if (auto empty = dyn_cast_or_null<tensor::EmptyOp>(op))
      return getSource(empty.getMixedSizes()[dimension]);
    if (auto insert = dyn_cast_or_null<tensor::InsertSliceOp>(op)) {
      tensor = insert.getDest();
    } else if (auto dps = dyn_cast_or_null<DestinationStyleOpInterface>(op)) {
      tensor = dps.getTiedOpOperand(cast<OpResult>(tensor))->get();
    } else if (auto slice = dyn_cast_or_null<tensor::ExtractSliceOp>(op)) {
      llvm::SmallBitVector dropped = slice.getDroppedDims();
      unsigned at = 0;
      for (auto [i, size] : llvm::enumerate(slice.getMixedSizes()))
        if (!dropped[i] && at++ == dimension)
          return getSource(size);
      return {};
    } else {
      return {};
    }
  }
}

SizeClasses::Key SizeClasses::getKey(const Source &source) {
  if (source.number)
    return {nullptr, static_cast<unsigned>(*source.number)};
  return {source.value.getAsOpaquePointer(), source.dimension};
}

SizeClasses::Key SizeClasses::find(Key key) const {
  for (auto it = parents.find(key); it != parents.end(); it = parents.find(key))
    key = it->second;
  return key;
}

bool SizeClasses::areSame(const Source &a, const Source &b) const {
  if (a.number && b.number)
    return *a.number == *b.number;
  return a.isKnown() && b.isKnown() && find(getKey(a)) == find(getKey(b));
}

SizeClasses::SizeClasses(func::FuncOp function) {
  function.walk([&](linalg::LinalgOp op) {
    if (!op.hasPureTensorSemantics())
      return;
    for (unsigned loop = 0; loop < op.getNumLoops(); ++loop) {
      std::optional<Key> first;
      for (OpOperand &operand : op->getOpOperands()) {
        AffineMap map = op.getMatchingIndexingMap(&operand);
        std::optional<unsigned> position =
            map.getResultPosition(getAffineDimExpr(loop, op->getContext()));
        if (!position)
          continue;
        Source source = getSource(operand.get(), *position);
        if (!source.isKnown())
          continue;
        Key key = find(getKey(source));
        if (!first)
          first = key;
        else if (key != *first) {
          // Numbers stay what others are found to be.
          if (!key.first)
            std::swap(key, *first);
          parents[key] = *first;
        }
      }
    }
  });
}
