// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Repeats computations of sizes. See SizeSlice.h.

#include "SizeSlice.h"

#include "lacuna/Conversion/SizeBuilder.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using namespace lacuna;

unsigned SizeSlice::SameOperation::getHashValue(const Operation *op) {
  return OperationEquivalence::computeHash(
      const_cast<Operation *>(op), OperationEquivalence::directHashValue,
      OperationEquivalence::ignoreHashValue,
      OperationEquivalence::IgnoreLocations);
}

bool SizeSlice::SameOperation::isEqual(const Operation *a, const Operation *b) {
  if (a == b)
    return true;
  if (a == getEmptyKey() || a == getTombstoneKey() || b == getEmptyKey() ||
      b == getTombstoneKey())
    return false;
  return OperationEquivalence::isEquivalentTo(
      const_cast<Operation *>(a), const_cast<Operation *>(b),
      OperationEquivalence::IgnoreLocations);
}

/// Whether the operation computes scalars of scalars.
static bool isArithmetic(Operation *op) {
  auto isScalar = [](Type type) { return type.isIntOrIndex(); };
  return op->getNumRegions() == 0 && isMemoryEffectFree(op) &&
         llvm::all_of(op->getOperandTypes(), isScalar) &&
         llvm::all_of(op->getResultTypes(), isScalar);
}

SizeSlice::Size SizeSlice::repeatAny(OpFoldResult size) {
  auto value = dyn_cast<Value>(size);
  return value ? repeat(value) : size;
}

Value SizeSlice::getValue(Size size) {
  std::optional<int64_t> constant = getConstantIntValue(size);
  if (auto value = dyn_cast<Value>(size); value || !constant)
    return value;
  Value &known = constants[*constant];
  if (!known)
    known = arith::ConstantIndexOp::create(builder, builder.getUnknownLoc(),
                                           *constant);
  return known;
}

SizeSlice::Size SizeSlice::repeat(Value size) {
  if (std::optional<int64_t> constant = getConstantIntValue(size);
      constant && size.getType().isIndex())
    return builder.getIndexAttr(*constant);
  auto [entry, isNew] = known.try_emplace(size);
  if (!isNew)
    return entry->second;
  Size result;
  if (auto block = dyn_cast<BlockArgument>(size)) {
    if (isa<FunctionOpInterface>(block.getOwner()->getParentOp()))
      if (Value value = argument(block))
        result = value;
  } else {
    result = repeatOperation(cast<OpResult>(size));
  }
  return known[size] = result;
}

SizeSlice::Size SizeSlice::repeatOperation(OpResult size) {
  Operation *op = size.getOwner();
  if (auto dimOp = dyn_cast<memref::DimOp>(op)) {
    std::optional<int64_t> index = dimOp.getConstantIndex();
    return index ? getDim(dimOp.getSource(), *index) : Size();
  }
  if (!isArithmetic(op))
    return {};
  SmallVector<Value> operands;
  for (Value operand : op->getOperands()) {
    Size repeated = repeat(operand);
    if (!repeated)
      return {};
    operands.push_back(getValue(repeated));
  }
  // Where the operation stood, its divisor was known not to be 0; here nothing
  // has been checked yet. Only divisions are not to be moved.
  if (!isSpeculatable(op)) {
    if (operands.size() != 2 || !operands[1].getType().isIndex())
      return {};
    operands[1] = arith::MaxSIOp::create(builder, op->getLoc(), operands[1],
                                         getValue(builder.getIndexAttr(1)));
  }
  Operation *copy = op->cloneWithoutRegions();
  copy->setOperands(operands);
  auto [same, isNew] = built.insert(copy);
  if (isNew)
    builder.insert(copy);
  else
    copy->destroy();
  return (*same)->getResult(size.getResultNumber());
}

SizeSlice::Size SizeSlice::getDim(Value buffer, int64_t i) {
  auto type = dyn_cast<MemRefType>(buffer.getType());
  if (!type || i < 0 || i >= type.getRank())
    return {};
  if (!type.isDynamicDim(i))
    return builder.getIndexAttr(type.getDimSize(i));
  auto [entry, isNew] = knownDims.try_emplace({buffer, i});
  if (!isNew)
    return entry->second;
  Size result;
  if (auto block = dyn_cast<BlockArgument>(buffer)) {
    if (isa<FunctionOpInterface>(block.getOwner()->getParentOp()))
      if (Value value = dim(block, i))
        result = value;
    return knownDims[{buffer, i}] = result;
  }
  Operation *op = buffer.getDefiningOp();
  if (auto alloc = dyn_cast<memref::AllocOp>(op)) {
    result = repeat(alloc.getDynamicSizes()[type.getDynamicDimIndex(i)]);
  } else if (auto view = dyn_cast<memref::ViewOp>(op)) {
    result = repeat(view.getSizes()[type.getDynamicDimIndex(i)]);
  } else if (auto typeCast = dyn_cast<memref::CastOp>(op)) {
    result = getDim(typeCast.getSource(), i);
  } else if (auto reinterpret = dyn_cast<memref::ReinterpretCastOp>(op)) {
    result = repeatAny(reinterpret.getMixedSizes()[i]);
  } else if (auto expand = dyn_cast<memref::ExpandShapeOp>(op)) {
    result = repeatAny(expand.getMixedOutputShape()[i]);
  } else if (auto transpose = dyn_cast<memref::TransposeOp>(op)) {
    result = getDim(transpose.getIn(),
                    cast<AffineDimExpr>(transpose.getPermutation().getResult(i))
                        .getPosition());
  } else if (auto subview = dyn_cast<memref::SubViewOp>(op)) {
    llvm::SmallBitVector dropped = subview.getDroppedDims();
    int64_t kept = -1;
    for (auto [axis, size] : llvm::enumerate(subview.getMixedSizes()))
      if (!dropped.test(axis) && ++kept == i)
        result = repeatAny(size);
  } else if (auto collapse = dyn_cast<memref::CollapseShapeOp>(op)) {
    SizeBuilder sizes(builder, op->getLoc());
    result = sizes.constant(1);
    for (int64_t axis : collapse.getReassociationIndices()[i]) {
      Size factor = getDim(collapse.getSrc(), axis);
      if (!factor) {
        result = Size();
        break;
      }
      result = sizes.mul(result, factor);
    }
  }
  return knownDims[{buffer, i}] = result;
}
