// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// carry-layouts: from the load of a weight to its contraction, whatever lies
// between, without moving an element.

#include "lacuna/IR/Lacuna.h"
#include "lacuna/Transforms/Passes.h"
#include "lacuna/Transforms/Weights.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace lacuna {
#define GEN_PASS_DEF_CARRYLAYOUTS
#include "lacuna/Transforms/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

namespace {
/// A value seen as a rearranged weight: for each of its dimensions the weight's
/// dimension that it is, or kUnit for one of size 1 that the weight has not.
struct Rearranged {
  Value weight;
  SmallVector<int64_t> dims;
};
constexpr int64_t kUnit = -1;

struct CarryLayouts : lacuna::impl::CarryLayoutsBase<CarryLayouts> {
  void runOnOperation() override {
    SymbolTable table(getOperation());
    symbols = &table;
    SmallVector<linalg::LinalgOp> contractions;
    getOperation().walk([&](linalg::LinalgOp op) {
      if (isContraction(op) && op.hasPureTensorSemantics())
        contractions.push_back(op);
    });
    IRRewriter rewriter(&getContext());
    for (linalg::LinalgOp op : contractions)
      for (unsigned i = 0; i < op.getNumDpsInputs(); ++i)
        op = carry(op, i, rewriter);
    removeDead();
    if (failed(checkLost()))
      signalPassFailure();
  }

private:
  SymbolTable *symbols = nullptr;

  std::optional<Rearranged> trace(Value value);
  linalg::LinalgOp carry(linalg::LinalgOp op, unsigned input,
                         IRRewriter &rewriter);
  void removeDead();
  LogicalResult checkLost();
};
} // namespace

/// The permutation of a transpose, named or generic: dimension i of the result
/// is dimension `permutation[i]` of `input`.
static std::optional<SmallVector<int64_t>> getTransposition(Operation *op,
                                                            Value &input) {
  if (auto transpose = dyn_cast<linalg::TransposeOp>(op)) {
    input = transpose.getInput();
    return llvm::to_vector(transpose.getPermutation());
  }
  auto generic = dyn_cast<linalg::GenericOp>(op);
  if (!generic || !generic.isAllParallelLoops() ||
      generic.getNumDpsInputs() != 1 || generic.getNumResults() != 1)
    return std::nullopt;
  Block &body = generic.getRegion().front();
  AffineMap read = generic.getIndexingMapsArray()[0];
  AffineMap written = generic.getIndexingMapsArray()[1];
  if (body.getTerminator()->getOperand(0) != body.getArgument(0) ||
      !read.isPermutation() || !written.isPermutation())
    return std::nullopt;
  input = generic.getDpsInputs()[0];
  SmallVector<int64_t> permutation;
  for (AffineExpr loop : written.getResults())
    permutation.push_back(*read.getResultPosition(loop));
  return permutation;
}

/// What each dimension after a reshape is before it, if only dimensions of size
/// 1 come or go: `dims` are those of the reshape's operand.
static std::optional<SmallVector<int64_t>>
reshapeDims(ArrayRef<ReassociationIndices> groups,
            ArrayRef<int64_t> expandedShape, ArrayRef<int64_t> dims,
            bool expands) {
  SmallVector<int64_t> result(expands ? expandedShape.size() : groups.size(),
                              kUnit);
  for (auto [collapsed, group] : llvm::enumerate(groups)) {
    int64_t kept = -1;
    for (int64_t inner : group) {
      if (expandedShape[inner] == 1)
        continue;
      if (kept >= 0)
        return std::nullopt;
      kept = inner;
    }
    // A group of ones alone stands for its first dimension.
    if (kept < 0 && !group.empty())
      kept = group.front();
    if (kept < 0)
      continue;
    if (expands)
      result[kept] = dims[collapsed];
    else
      result[collapsed] = dims[kept];
  }
  return result;
}

std::optional<Rearranged> CarryLayouts::trace(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  Operation *op = value.getDefiningOp();
  if (!op || !type)
    return std::nullopt;
  if (getWeight(value, *symbols))
    return Rearranged{value,
                      llvm::to_vector(llvm::seq<int64_t>(type.getRank()))};
  Value input;
  if (auto convert = dyn_cast<ConvertOp>(op))
    return trace(convert.getSource());
  if (auto permutation = getTransposition(op, input)) {
    std::optional<Rearranged> inner = trace(input);
    if (!inner)
      return std::nullopt;
    SmallVector<int64_t> dims;
    for (int64_t from : *permutation)
      dims.push_back(inner->dims[from]);
    return Rearranged{inner->weight, dims};
  }
  std::optional<SmallVector<int64_t>> dims;
  std::optional<Rearranged> inner;
  if (auto expand = dyn_cast<tensor::ExpandShapeOp>(op)) {
    if ((inner = trace(expand.getSrc())))
      dims = reshapeDims(expand.getReassociationIndices(), type.getShape(),
                         inner->dims, /*expands=*/true);
  } else if (auto collapse = dyn_cast<tensor::CollapseShapeOp>(op)) {
    if ((inner = trace(collapse.getSrc())))
      dims = reshapeDims(collapse.getReassociationIndices(),
                         collapse.getSrcType().getShape(), inner->dims,
                         /*expands=*/false);
  }
  if (!dims)
    return std::nullopt;
  return Rearranged{inner->weight, *dims};
}

/// Makes `weight` the input of a contraction, read by the loops `exprs`, and
/// sums also over its dimensions without a loop (null), which have size 1: the
/// other input gets them, too.
static linalg::GenericOp sumOverUnits(linalg::GenericOp op, unsigned input,
                                      Value weight,
                                      SmallVector<AffineExpr> exprs,
                                      IRRewriter &rewriter) {
  rewriter.setInsertionPoint(op);
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  SmallVector<Value> inputs = op.getInputs();
  SmallVector<utils::IteratorType> iterators = op.getIteratorTypesArray();
  auto type = cast<RankedTensorType>(inputs[1 - input].getType());
  SmallVector<int64_t> shape(type.getShape());
  SmallVector<AffineExpr> others(maps[1 - input].getResults());
  auto groups =
      llvm::map_to_vector(llvm::seq<int64_t>(type.getRank()), [](int64_t dim) {
        return ReassociationIndices{dim};
      });
  for (AffineExpr &expr : exprs) {
    if (expr)
      continue;
    expr = rewriter.getAffineDimExpr(iterators.size());
    iterators.push_back(utils::IteratorType::reduction);
    others.push_back(expr);
    if (!groups.empty())
      groups.back().push_back(shape.size());
    shape.push_back(1);
  }
  inputs[input] = weight;
  inputs[1 - input] = tensor::ExpandShapeOp::create(
      rewriter, op.getLoc(),
      RankedTensorType::get(shape, type.getElementType()), inputs[1 - input],
      groups);
  SmallVector<AffineExpr> sums(maps.back().getResults());
  maps[input] =
      AffineMap::get(iterators.size(), 0, exprs, rewriter.getContext());
  maps[1 - input] =
      AffineMap::get(iterators.size(), 0, others, rewriter.getContext());
  maps.back() =
      AffineMap::get(iterators.size(), 0, sums, rewriter.getContext());
  auto sum =
      linalg::GenericOp::create(rewriter, op.getLoc(), op.getResultTypes(),
                                inputs, op.getOutputs(), maps, iterators);
  sum->setDiscardableAttrs(op->getDiscardableAttrDictionary());
  sum.getRegion().takeBody(op.getRegion());
  rewriter.replaceOp(op, sum);
  return sum;
}

linalg::LinalgOp CarryLayouts::carry(linalg::LinalgOp op, unsigned input,
                                     IRRewriter &rewriter) {
  OpOperand *operand = op.getDpsInputOperand(input);
  std::optional<Rearranged> source = trace(operand->get());
  if (!source || source->weight == operand->get())
    return op;
  // Each dimension of the weight is read by the loop that reads it now.
  auto rank = cast<RankedTensorType>(source->weight.getType()).getRank();
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  AffineMap &map = maps[operand->getOperandNumber()];
  SmallVector<AffineExpr> exprs(rank);
  for (auto [i, dim] : llvm::enumerate(source->dims))
    if (dim != kUnit)
      exprs[dim] = map.getResult(i);
  bool hasUnits = !llvm::all_of(exprs, [](AffineExpr e) { return bool(e); });
  // A plain weight is reshaped where it lies.
  if (hasUnits && !getLayout(source->weight.getType()))
    return op;
  AffineMap now = hasUnits ? AffineMap()
                           : AffineMap::get(map.getNumDims(), 0, exprs,
                                            rewriter.getContext());
  ++numCarried;
  bool isAnyMap = isa<linalg::GenericOp>(op.getOperation()) ||
                  (isa<linalg::MatmulOp>(op.getOperation()) && !hasUnits);
  if (now != map && !isAnyMap) {
    rewriter.setInsertionPoint(op);
    // Always possible: op is a named contraction.
    op = *linalg::generalizeNamedOp(rewriter, op);
    operand = op.getDpsInputOperand(input);
  }
  if (hasUnits)
    return sumOverUnits(cast<linalg::GenericOp>(op.getOperation()), input,
                        source->weight, exprs, rewriter);
  rewriter.modifyOpInPlace(op, [&] {
    operand->set(source->weight);
    if (now == map)
      return;
    map = now;
    ArrayAttr attribute = rewriter.getAffineMapArrayAttr(maps);
    if (auto matmul = dyn_cast<linalg::MatmulOp>(op.getOperation()))
      matmul.setIndexingMapsAttr(attribute);
    else
      cast<linalg::GenericOp>(op.getOperation()).setIndexingMapsAttr(attribute);
  });
  return op;
}

void CarryLayouts::removeDead() {
  SmallVector<Operation *> candidates;
  getOperation().walk([&](Operation *op) {
    if (isa<ConvertOp, linalg::LinalgOp, tensor::ExpandShapeOp,
            tensor::CollapseShapeOp, tensor::EmptyOp>(op))
      candidates.push_back(op);
  });
  for (Operation *op : llvm::reverse(candidates))
    if (isOpTriviallyDead(op))
      op->erase();
}

/// Follows the plain form of a laid-out weight to a contraction that has lost
/// the layout; returns the contraction.
static Operation *findContraction(Value value) {
  for (Operation *user : value.getUsers()) {
    if (isContraction(user))
      return user;
    Value input;
    if (isa<tensor::ExpandShapeOp, tensor::CollapseShapeOp, tensor::CastOp>(
            user) ||
        getTransposition(user, input))
      if (Operation *found = findContraction(user->getResult(0)))
        return found;
  }
  return nullptr;
}

LogicalResult CarryLayouts::checkLost() {
  bool lost = false;
  getOperation().walk([&](ConvertOp convert) {
    ml_program::GlobalOp weight = getWeight(convert.getSource(), *symbols);
    if (!weight || getLayout(convert.getType()))
      return;
    Operation *contraction = findContraction(convert.getResult());
    if (!contraction)
      return;
    lost = true;
    InFlightDiagnostic diagnostic =
        contraction->emitError("the layout ")
        << getLayout(convert.getSource().getType()).getSpelling()
        << " of weight '" << weight.getSymName()
        << "' cannot be carried here: only transposes and reshapes by "
           "dimensions of size 1 fold; store the weight in the shape that is "
           "used, or give it no layout";
    for (Operation *user : convert->getUsers())
      diagnostic.attachNote(user->getLoc())
          << "on the way: " << user->getName();
  });
  return failure(lost);
}
