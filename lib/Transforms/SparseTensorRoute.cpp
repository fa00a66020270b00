// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The analysis behind route sparse-tensor; see the header.

#include "lacuna/Transforms/SparseTensorRoute.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace lacuna;

AffineMap SparseContraction::getWeightMap() const {
  auto linalgOp = op;
  return linalgOp.getMatchingIndexingMap(weight);
}

AffineMap SparseContraction::getOtherMap() const {
  auto linalgOp = op;
  return linalgOp.getMatchingIndexingMap(other);
}

AffineMap SparseContraction::getOutMap() const {
  auto linalgOp = op;
  return linalgOp.getMatchingIndexingMap(linalgOp.getDpsInitOperand(0));
}

RankedTensorType SparseContraction::getWeightType() const {
  return cast<RankedTensorType>(weight->get().getType());
}

RankedTensorType SparseContraction::getOtherType() const {
  return cast<RankedTensorType>(other->get().getType());
}

RankedTensorType SparseContraction::getOutType() const {
  auto linalgOp = op;
  return cast<RankedTensorType>(linalgOp.getDpsInitOperand(0)->get().getType());
}

/// Follows conversions that keep zero from `value` back to a block argument of
/// `body`; appends them to `casts` in order of execution.
static BlockArgument skipCasts(Value value, Block *body,
                               SmallVectorImpl<Operation *> &casts) {
  while (Operation *op = value.getDefiningOp()) {
    if (!isa<arith::ExtFOp, arith::ExtSIOp, arith::ExtUIOp, arith::SIToFPOp,
             arith::UIToFPOp, arith::TruncFOp, arith::TruncIOp>(op))
      return {};
    casts.insert(casts.begin(), op);
    value = op->getOperand(0);
  }
  auto argument = dyn_cast<BlockArgument>(value);
  return argument && argument.getOwner() == body ? argument : BlockArgument();
}

/// Matches yield(acc + casts(w) * casts(x)); false where the body differs.
static bool matchBody(SparseContraction &contraction) {
  Block *body = contraction.op.getBlock();
  Operation *add = body->getTerminator()->getOperand(0).getDefiningOp();
  if (!add || !isa<arith::AddFOp, arith::AddIOp>(add))
    return false;
  BlockArgument out = contraction.op.getRegionOutputArgs()[0];
  unsigned accumulator = add->getOperand(0) == out ? 0 : 1;
  Operation *multiply = add->getOperand(1 - accumulator).getDefiningOp();
  if (add->getOperand(accumulator) != out || !multiply ||
      !isa<arith::MulFOp, arith::MulIOp>(multiply))
    return false;
  unsigned weight = contraction.weight->getOperandNumber();
  for (unsigned side : {0u, 1u}) {
    SmallVector<Operation *> first, second;
    BlockArgument a = skipCasts(multiply->getOperand(side), body, first);
    BlockArgument b = skipCasts(multiply->getOperand(1 - side), body, second);
    if (!a || !b || a.getArgNumber() != weight ||
        b.getArgNumber() != contraction.other->getOperandNumber())
      continue;
    contraction.weightCasts = std::move(first);
    contraction.otherCasts = std::move(second);
    contraction.multiply = multiply;
    contraction.add = add;
    Type type = multiply->getResult(0).getType();
    if (!type.isIntOrFloat())
      return false;
    Builder builder(type.getContext());
    bool narrow = type.getIntOrFloatBitWidth() < 32;
    contraction.sumType = !narrow                ? type
                          : isa<FloatType>(type) ? Type(builder.getF32Type())
                                                 : Type(builder.getI32Type());
    return true;
  }
  return false;
}

/// Sorts the loops into batch, m, n and k; a reason where there is no such
/// sorting.
static std::optional<std::string> sortLoops(SparseContraction &contraction) {
  AffineMap maps[] = {contraction.getWeightMap(), contraction.getOtherMap(),
                      contraction.getOutMap()};
  for (AffineMap map : maps)
    if (!map.isProjectedPermutation())
      return "the contraction indexes an operand by more than its loops";
  auto has = [](AffineMap map, unsigned loop) {
    return map.isFunctionOfDim(loop);
  };
  SmallVector<unsigned> reduced;
  for (AffineExpr result : maps[0].getResults()) {
    unsigned loop = cast<AffineDimExpr>(result).getPosition();
    if (!has(maps[2], loop))
      reduced.push_back(loop);
    else
      (has(maps[1], loop) ? contraction.batch : contraction.m).push_back(loop);
  }
  for (AffineExpr result : maps[1].getResults()) {
    unsigned loop = cast<AffineDimExpr>(result).getPosition();
    if (has(maps[2], loop) && !has(maps[0], loop))
      contraction.n.push_back(loop);
    else if (!has(maps[0], loop))
      return "a dimension of the other operand alone is summed over";
  }
  unsigned group = maps[0].getDimPosition(contraction.layout.getDim());
  if (has(maps[2], group))
    return llvm::formatv("{0} keeps elements along a dimension that is not "
                         "contracted",
                         contraction.layout.getSpelling())
        .str();
  if (reduced.size() > 1)
    return "more than one dimension of the weight is contracted";
  if (!has(maps[1], group))
    return "a dimension of the weight alone is summed over";
  if (contraction.batch.size() + contraction.m.size() + contraction.n.size() !=
      maps[2].getNumResults())
    return "the result has a dimension that neither operand has";
  contraction.k = group;
  return std::nullopt;
}

std::optional<SparseContraction>
lacuna::analyzeSparseContraction(linalg::LinalgOp op, OpOperand &weight,
                                 std::string &reason) {
  SparseContraction contraction;
  contraction.op = op;
  contraction.weight = &weight;
  auto refuse = [&](const Twine &why) {
    reason = why.str();
    return std::nullopt;
  };
  auto storage = getLayout(weight.get().getType());
  if (!storage)
    return refuse("the operand has no layout");
  contraction.layout = dyn_cast<NMAttr>(storage);
  if (!contraction.layout)
    return refuse(storage.getSpelling() + " has no sparse_tensor kernel");
  if (op.getNumDpsInputs() != 2 || op.getNumDpsInits() != 1 ||
      !op.isDpsInput(&weight) || !op.hasPureTensorSemantics())
    return refuse("expected a contraction of two tensors with the laid-out one "
                  "as an operand");
  contraction.other = op.getDpsInputOperand(1 - weight.getOperandNumber());
  if (getLayout(contraction.other->get().getType()))
    return refuse("both operands are laid out");
  if (contraction.getWeightType().getNumElements() == 0)
    return refuse("the weight has no elements");
  if (std::optional<std::string> why = sortLoops(contraction))
    return refuse(*why);
  if (!matchBody(contraction))
    return refuse("the body is not a product of both operands, summed");
  return contraction;
}

std::optional<std::string>
lacuna::whyNotSparseTensor(linalg::LinalgOp contraction, OpOperand &weight) {
  std::string reason;
  if (analyzeSparseContraction(contraction, weight, reason))
    return std::nullopt;
  return reason;
}
