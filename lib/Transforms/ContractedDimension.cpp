// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Follows a weight to its contractions, for annotate-layouts.

#include "ContractedDimension.h"
#include "lacuna/IR/Lacuna.h"
#include "lacuna/Transforms/Weights.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace lacuna;

/// For each dimension of a value, the weight's dimension that it is, or -1.
using Origin = SmallVector<int64_t>;
static constexpr int64_t kNone = -1;

/// A generic that only moves elements: the dimensions of its result.
static std::optional<Origin>
followTransposition(linalg::LinalgOp op, OpOperand &use, const Origin &origin) {
  if (!op.isAllParallelLoops() || op->getNumResults() != 1 ||
      op.getNumDpsInputs() != 1 || !op.isDpsInput(&use))
    return std::nullopt;
  Block &body = op->getRegion(0).front();
  if (body.getTerminator()->getOperand(0) != body.getArgument(0))
    return std::nullopt;
  AffineMap read = op.getMatchingIndexingMap(&use);
  AffineMap written = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  Origin result(written.getNumResults(), kNone);
  for (auto [dim, expr] : llvm::enumerate(written.getResults()))
    if (std::optional<unsigned> from = read.getResultPosition(expr))
      result[dim] = origin[*from];
  return result;
}

/// A dimension survives a reshape if the others of its group are 1.
static Origin followGroups(ArrayRef<ReassociationIndices> groups,
                           ArrayRef<int64_t> expandedShape,
                           const Origin &origin, bool expands) {
  Origin result(expands ? expandedShape.size() : groups.size(), kNone);
  for (auto [dim, group] : llvm::enumerate(groups)) {
    int64_t kept = kNone;
    unsigned count = 0;
    for (int64_t inner : group)
      if (expandedShape[inner] != 1 || group.size() == 1) {
        kept = inner;
        ++count;
      }
    if (count != 1)
      continue;
    if (expands)
      result[kept] = origin[dim];
    else
      result[dim] = origin[kept];
  }
  return result;
}

static void follow(Value value, const Origin &origin, ContractionFn found) {
  for (OpOperand &use : value.getUses()) {
    Operation *op = use.getOwner();
    if (isContraction(op)) {
      auto linalgOp = cast<linalg::LinalgOp>(op);
      auto loops = linalgOp.getIteratorTypesArray();
      AffineMap map = linalgOp.getMatchingIndexingMap(&use);
      SmallVector<int64_t, 2> contracted;
      for (auto [dim, expr] : llvm::enumerate(map.getResults()))
        if (auto loop = dyn_cast<AffineDimExpr>(expr);
            loop && origin[dim] != kNone && linalgOp.isDpsInput(&use) &&
            loops[loop.getPosition()] == utils::IteratorType::reduction)
          contracted.push_back(origin[dim]);
      if (linalgOp.isDpsInput(&use))
        found(linalgOp, use, contracted);
    } else if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op)) {
      if (auto result = followTransposition(linalgOp, use, origin))
        follow(op->getResult(0), *result, found);
    } else if (auto expand = dyn_cast<tensor::ExpandShapeOp>(op)) {
      follow(expand.getResult(),
             followGroups(expand.getReassociationIndices(),
                          expand.getResultType().getShape(), origin, true),
             found);
    } else if (auto collapse = dyn_cast<tensor::CollapseShapeOp>(op)) {
      follow(collapse.getResult(),
             followGroups(collapse.getReassociationIndices(),
                          collapse.getSrcType().getShape(), origin, false),
             found);
    } else if (isa<tensor::CastOp, ConvertOp>(op)) {
      follow(op->getResult(0), origin, found);
    } else if (auto dispatch = dyn_cast<DispatchOp>(op)) {
      if (use.getOperandNumber() < dispatch.getInputs().size())
        follow(dispatch.getBody().getArgument(use.getOperandNumber()), origin,
               found);
    }
  }
}

void lacuna::forEachContraction(Value value, ContractionFn found) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (type)
    follow(value, llvm::to_vector(llvm::seq<int64_t>(type.getRank())), found);
}

llvm::SmallSet<int64_t, 2> lacuna::findContractedDimensions(Value value) {
  llvm::SmallSet<int64_t, 2> dims;
  forEachContraction(
      value, [&](linalg::LinalgOp, OpOperand &, ArrayRef<int64_t> contracted) {
        for (int64_t dim : contracted)
          dims.insert(dim);
      });
  return dims;
}
