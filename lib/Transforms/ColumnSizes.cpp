// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Follows sizes from a contraction to the inputs of its region. See
// ColumnSizes.h.

#include "lacuna/Transforms/ColumnSizes.h"

#include "lacuna/Transforms/Weights.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace lacuna;

std::optional<LicensedContraction> lacuna::findLicensed(DispatchOp dispatch) {
  for (BlockArgument argument : dispatch.getBody().getArguments())
    if (getLayout(argument.getType()))
      for (OpOperand &use : argument.getUses())
        if (isContraction(use.getOwner()))
          return LicensedContraction{
              cast<linalg::LinalgOp>(use.getOwner()), &use,
              cast<RankedTensorType>(argument.getType())};
  return std::nullopt;
}

static std::optional<ColumnSize> getSize(Value tensor, int64_t dim);

static std::optional<ColumnSize> getLoopSize(linalg::LinalgOp op,
                                             unsigned loop) {
  for (OpOperand &operand : op->getOpOperands()) {
    if (!isa<RankedTensorType>(operand.get().getType()))
      continue;
    AffineMap map = op.getMatchingIndexingMap(&operand);
    auto dim = map.getResultPosition(
        getAffineDimExpr(loop, operand.get().getContext()));
    if (!dim)
      continue;
    if (std::optional<ColumnSize> size = getSize(operand.get(), *dim))
      return size;
  }
  return std::nullopt;
}

static std::optional<ColumnSize> getIndex(Value index) {
  if (std::optional<int64_t> constant = getConstantIntValue(index))
    return ColumnSize{*constant};
  if (auto argument = dyn_cast<BlockArgument>(index))
    return ColumnSize{1, argument.getArgNumber(), -1};
  if (auto dim = index.getDefiningOp<tensor::DimOp>())
    if (std::optional<int64_t> constant = dim.getConstantIndex())
      return getSize(dim.getSource(), *constant);
  return std::nullopt;
}

static std::optional<ColumnSize> getSize(Value tensor, int64_t dim) {
  auto type = cast<RankedTensorType>(tensor.getType());
  if (!type.isDynamicDim(dim))
    return ColumnSize{type.getDimSize(dim)};
  if (auto argument = dyn_cast<BlockArgument>(tensor))
    return ColumnSize{1, argument.getArgNumber(), dim};
  Operation *op = tensor.getDefiningOp();
  if (auto empty = dyn_cast<tensor::EmptyOp>(op))
    return getIndex(empty.getDynamicSize(dim));
  if (auto cast = dyn_cast<tensor::CastOp>(op))
    return getSize(cast.getSource(), dim);
  if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op)) {
    OpOperand *init = linalgOp.getTiedOpOperand(cast<OpResult>(tensor));
    auto loop = dyn_cast<AffineDimExpr>(
        linalgOp.getMatchingIndexingMap(init).getResult(dim));
    if (std::optional<ColumnSize> size = getSize(init->get(), dim))
      return size;
    return loop ? getLoopSize(linalgOp, loop.getPosition()) : std::nullopt;
  }
  return std::nullopt;
}

std::optional<SmallVector<ColumnSize>>
lacuna::getColumnSizes(const LicensedContraction &licensed) {
  linalg::LinalgOp op = licensed.op;
  AffineMap weightMap = op.getMatchingIndexingMap(licensed.weight);
  SmallVector<ColumnSize> sizes;
  for (auto [loop, type] : llvm::enumerate(op.getIteratorTypesArray())) {
    if (type == utils::IteratorType::reduction ||
        weightMap.isFunctionOfDim(loop))
      continue;
    std::optional<ColumnSize> size = getLoopSize(op, loop);
    if (!size)
      return std::nullopt;
    sizes.push_back(*size);
  }
  return sizes;
}

Value lacuna::buildColumns(OpBuilder &builder, DispatchOp dispatch,
                           ArrayRef<ColumnSize> sizes) {
  builder.setInsertionPoint(dispatch);
  Location loc = dispatch.getLoc();
  int64_t constant = 1;
  Value product;
  for (const ColumnSize &size : sizes) {
    constant *= size.constant;
    if (size.input < 0)
      continue;
    Value factor = dispatch.getInputs()[size.input];
    if (size.dim >= 0)
      factor = builder.createOrFold<tensor::DimOp>(loc, factor, size.dim);
    product =
        product
            ? arith::MulIOp::create(builder, loc, product, factor).getResult()
            : factor;
  }
  Value fixed;
  if (constant != 1 || !product)
    fixed = arith::ConstantIndexOp::create(builder, loc, constant);
  return !product ? fixed
         : fixed
             ? arith::MulIOp::create(builder, loc, product, fixed).getResult()
             : product;
}
