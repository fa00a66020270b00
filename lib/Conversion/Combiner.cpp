// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Combining parts of a reduction. See Combiner.h.

#include "Combiner.h"

#include "mlir/Analysis/SliceAnalysis.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace lacuna;

std::optional<Combiner> Combiner::match(linalg::LinalgOp op) {
  if (op.getNumReductionLoops() == 0)
    return std::nullopt;
  Combiner combiner;
  llvm::append_range(combiner.accumulators, op.getRegionOutputArgs());
  if (combiner.matchSums(op) || combiner.matchChoice(op))
    return combiner;
  return std::nullopt;
}

/// Sums, products, maxima and the like: one operation with a neutral element
/// for each result.
bool Combiner::matchSums(linalg::LinalgOp op) {
  combiners.clear();
  for (unsigned i = 0; i < accumulators.size(); ++i) {
    SmallVector<Operation *, 4> chain;
    if (!matchReduction(op.getRegionOutputArgs(), i, chain) ||
        chain.size() != 1 || !arith::getNeutralElement(chain.front()))
      return false;
    combiners.push_back(chain.front());
  }
  return true;
}

/// Whether `op` says that `element` is better than `best`, and not as good.
static bool isStrictlyBetter(Operation *op, Value best, Value &element) {
  bool swapped = op->getNumOperands() == 2 && op->getOperand(0) == best;
  if (auto compare = dyn_cast<arith::CmpFOp>(op)) {
    if (compare.getPredicate() != arith::CmpFPredicate::OGT &&
        compare.getPredicate() != arith::CmpFPredicate::OLT)
      return false;
  } else if (auto compare = dyn_cast<arith::CmpIOp>(op)) {
    if (!llvm::is_contained(
            {arith::CmpIPredicate::sgt, arith::CmpIPredicate::slt,
             arith::CmpIPredicate::ugt, arith::CmpIPredicate::ult},
            compare.getPredicate()))
      return false;
  } else {
    return false;
  }
  element = op->getOperand(swapped ? 1 : 0);
  return op->getOperand(swapped ? 0 : 1) == best;
}

/// (best, at) become (better of element and best, select(element better than
/// best, n, at)).
bool Combiner::matchChoice(linalg::LinalgOp op) {
  if (accumulators.size() != 2)
    return false;
  Block *body = op.getBlock();
  Value best = accumulators[0], at = accumulators[1];
  Operation *value = body->getTerminator()->getOperand(0).getDefiningOp();
  auto position =
      body->getTerminator()->getOperand(1).getDefiningOp<arith::SelectOp>();
  if (!value || !position || position.getFalseValue() != at || !at.hasOneUse())
    return false;
  Operation *compare = position.getCondition().getDefiningOp();
  if (!compare || !isStrictlyBetter(compare, best, element))
    return false;
  bool sameElement =
      isa<arith::SelectOp>(value)
          ? value->getOperand(0) == position.getCondition() &&
                value->getOperand(1) == element && value->getOperand(2) == best
          : isa<arith::MaximumFOp, arith::MinimumFOp, arith::MaxNumFOp,
                arith::MinNumFOp, arith::MaxSIOp, arith::MinSIOp,
                arith::MaxUIOp, arith::MinUIOp>(value) &&
                llvm::is_contained(value->getOperands(), element) &&
                llvm::is_contained(value->getOperands(), best);
  if (!sameElement || !llvm::all_of(best.getUsers(), [&](Operation *user) {
        return user == value || user == compare;
      }))
    return false;
  combiners = {value, position};
  choice = compare;
  return true;
}

SmallVector<Value> Combiner::getStarts(OpBuilder &builder, Location loc,
                                       ValueRange starts) const {
  // A part that found nothing better than the start is never chosen.
  if (choice)
    return starts;
  SmallVector<Value> neutral;
  for (Operation *op : combiners)
    neutral.push_back(
        arith::ConstantOp::create(builder, loc, *arith::getNeutralElement(op)));
  return neutral;
}

SmallVector<Value> Combiner::combine(OpBuilder &builder, ValueRange left,
                                     ValueRange right) const {
  SmallVector<Value> results;
  if (choice) {
    // The best of the right part is the next element behind the left one.
    IRMapping mapping;
    mapping.map(accumulators[0], left[0]);
    mapping.map(accumulators[1], left[1]);
    mapping.map(element, right[0]);
    mapping.map(combiners[1]->getOperand(1), right[1]);
    builder.clone(*choice, mapping);
    for (Operation *op : combiners)
      results.push_back(builder.clone(*op, mapping)->getResult(0));
    return results;
  }
  for (auto [i, op] : llvm::enumerate(combiners)) {
    IRMapping mapping;
    for (Value operand : op->getOperands())
      mapping.map(operand, operand == accumulators[i] ? left[i] : right[i]);
    results.push_back(builder.clone(*op, mapping)->getResult(0));
  }
  return results;
}

// Where a NaN becomes the best value, the position stays that of the best one
// before it. A part does not know what came before it.
Value Combiner::isDoubtful(OpBuilder &builder, Location loc,
                           ValueRange results) const {
  if (!choice || !isa<arith::MaximumFOp, arith::MinimumFOp>(combiners[0]))
    return {};
  return arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::UNO,
                               results[0], results[0]);
}
