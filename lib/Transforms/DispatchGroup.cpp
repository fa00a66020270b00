// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What may join a group, for form-dispatches. The point of every rule: when the
// group is tiled along the root, no member is computed twice.

#include "DispatchGroup.h"

#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"

using namespace mlir;
using namespace lacuna;

/// The insert_slice that `op`'s result is the destination of, if that is the
/// only use.
static tensor::InsertSliceOp getNextInChain(tensor::InsertSliceOp op) {
  if (!op->hasOneUse())
    return {};
  auto next = dyn_cast<tensor::InsertSliceOp>(*op->user_begin());
  return next && next.getDest() == op.getResult() &&
                 next->getBlock() == op->getBlock()
             ? next
             : tensor::InsertSliceOp();
}

bool DispatchGroup::isRoot(Operation *op) {
  if (auto insert = dyn_cast<tensor::InsertSliceOp>(op))
    return !getNextInChain(insert);
  auto linalgOp = dyn_cast<linalg::LinalgOp>(op);
  return linalgOp && linalgOp.hasPureTensorSemantics() &&
         linalgOp->getNumResults() > 0;
}

DispatchGroup::DispatchGroup(Operation *root,
                             const DenseSet<Operation *> &claimed) {
  members.insert(root);
  if (auto insert = dyn_cast<tensor::InsertSliceOp>(root)) {
    rootRank = insert.getType().getRank();
    growChain(insert, llvm::to_vector(llvm::seq<int64_t>(rootRank)), claimed);
    grow(claimed);
    for (Operation *member : members) {
      readSlicesInPlace(member);
      if (isa<tensor::InsertSliceOp>(member))
        findPlaces(member);
    }
    return;
  }
  auto op = cast<linalg::LinalgOp>(root);
  rootRank = op.getNumParallelLoops();
  hasContraction = isContraction(root);
  // The root's result dimensions, by the loops that they are.
  AffineMap output =
      op.getIndexingMapMatchingResult(cast<OpResult>(root->getResult(0)));
  RootDims dims(op.getNumLoops(), kInner);
  for (auto [dimension, expr] : llvm::enumerate(output.getResults()))
    if (auto loop = dyn_cast<AffineDimExpr>(expr))
      dims[loop.getPosition()] = dimension;
  loops[root] = dims;
  grow(claimed);
  for (Operation *member : members)
    readSlicesInPlace(member);
}

void DispatchGroup::growChain(tensor::InsertSliceOp last, const RootDims &dims,
                              const DenseSet<Operation *> &claimed) {
  for (tensor::InsertSliceOp insert = last; insert;
       insert = insert.getDest().getDefiningOp<tensor::InsertSliceOp>()) {
    if (insert != last &&
        (getNextInChain(insert) == nullptr || claimed.contains(insert)))
      break;
    members.insert(insert);
    loops[insert] = dims;
  }
}

/// Adds what `value` is computed from, up to elements of tensors, in the block
/// of `member`. False where it does not come from such elements.
static bool collectScalars(Value value, Operation *member,
                           SetVector<Operation *> &scalars) {
  Operation *op = value.getDefiningOp();
  if (!op || op->getBlock() != member->getBlock() || op->getNumRegions() != 0)
    return false;
  bool isData = isa<tensor::ExtractOp>(op);
  if (!isData) {
    if (!isPure(op) || !llvm::all_of(op->getOperandTypes(), [](Type type) {
          return type.isIntOrIndexOrFloat();
        }))
      return false;
    for (Value operand : op->getOperands())
      isData |= collectScalars(operand, member, scalars);
  }
  if (isData)
    scalars.insert(op);
  return isData;
}

/// Where a slice goes may stand in data, which a GPU's host cannot read: the
/// region reads it, and checks it where the model does.
void DispatchGroup::findPlaces(Operation *member) {
  SetVector<Operation *> scalars;
  for (Value offset : cast<tensor::InsertSliceOp>(member).getOffsets())
    collectScalars(offset, member, scalars);
  if (scalars.empty())
    return;
  views.insert(scalars.begin(), scalars.end());
  for (Operation &op : *member->getBlock()) {
    auto assertion = dyn_cast<cf::AssertOp>(op);
    SetVector<Operation *> checked;
    if (!assertion || !collectScalars(assertion.getArg(), member, checked) ||
        llvm::none_of(checked,
                      [&](Operation *scalar) {
                        return isa<tensor::ExtractOp>(scalar) &&
                               scalars.contains(scalar);
                      }) ||
        !llvm::all_of(checked, [&](Operation *scalar) {
          return scalar->isBeforeInBlock(getRoot());
        }))
      continue;
    views.insert(checked.begin(), checked.end());
    if (!llvm::is_contained(guards, &op))
      guards.push_back(&op);
  }
}

void DispatchGroup::grow(const DenseSet<Operation *> &claimed) {
  // A producer that is refused now may be accepted once its last user joined.
  for (bool changed = true; changed;) {
    changed = false;
    for (unsigned i = 0; i < members.size(); ++i) {
      for (OpOperand &use : members[i]->getOpOperands()) {
        if (auto insert = use.get().getDefiningOp<tensor::InsertSliceOp>();
            insert && !members.contains(insert) && !claimed.contains(insert) &&
            insert->getBlock() == getRoot()->getBlock()) {
          changed |= tryJoinChain(insert, use, claimed);
          continue;
        }
        auto producer = use.get().getDefiningOp<linalg::LinalgOp>();
        if (!producer || members.contains(producer) ||
            claimed.contains(producer) ||
            isa<linalg::FillOp>(producer.getOperation()) ||
            producer->getBlock() != getRoot()->getBlock() ||
            !producer.hasPureTensorSemantics() ||
            producer->getNumResults() != 1 || !usedInGroupOnly(producer) ||
            !tryJoin(producer, use))
          continue;
        members.insert(producer);
        changed = true;
      }
    }
  }
}

bool DispatchGroup::usedInGroupOnly(Operation *op) const {
  return llvm::all_of(op->getUsers(), [&](Operation *user) {
    return members.contains(
        getRoot()->getBlock()->findAncestorOpInBlock(*user));
  });
}

bool DispatchGroup::tryJoin(linalg::LinalgOp producer, OpOperand &use) {
  if (isa<tensor::InsertSliceOp>(use.getOwner()))
    return tryJoinPart(producer, use);
  auto consumer = cast<linalg::LinalgOp>(use.getOwner());
  // The inputs and the start value of a contraction are memory.
  if (isContraction(consumer))
    return false;
  if (isContraction(producer))
    return tryJoinContraction(producer, consumer, use);
  AffineMap read = consumer.getMatchingIndexingMap(&use);
  AffineMap written = producer.getIndexingMapMatchingResult(
      cast<OpResult>(producer->getResult(0)));
  if (!read.isProjectedPermutation() || !written.isProjectedPermutation())
    return false;

  // Where the producer's loops run, in terms of the root.
  const RootDims &outer = loops[consumer];
  RootDims dims(producer.getNumLoops(), kInner);
  SmallVector<bool> covered(rootRank, false);
  for (auto [from, to] : llvm::zip(read.getResults(), written.getResults())) {
    int64_t dim = outer[cast<AffineDimExpr>(from).getPosition()];
    dims[cast<AffineDimExpr>(to).getPosition()] = dim;
    if (dim != kInner)
      covered[dim] = true;
  }
  SmallVector<int64_t> missing;
  for (int64_t dim = 0; dim < rootRank; ++dim)
    if (!covered[dim])
      missing.push_back(dim);

  bool reduces = producer.getNumReductionLoops() > 0;
  if (hasContraction && (reduces || !missing.empty()))
    return false;
  // What does not run over all of the root's dimensions would be repeated along
  // the missing ones, unless those are run over whole.
  if (!missing.empty()) {
    if (missing.size() != 1 || missing.front() != rootRank - 1 ||
        (whole && *whole != missing))
      return false;
    whole = missing;
  }
  loops[producer] = dims;
  return true;
}

bool DispatchGroup::tryJoinContraction(linalg::LinalgOp producer,
                                       linalg::LinalgOp consumer,
                                       OpOperand &use) {
  auto root = dyn_cast<linalg::LinalgOp>(getRoot());
  if (hasContraction || whole || !consumer.isAllParallelLoops() || !root ||
      !root.isAllParallelLoops())
    return false;
  for (Operation *member : members)
    if (auto op = dyn_cast<linalg::LinalgOp>(member);
        !op || !op.isAllParallelLoops())
      return false;
  // The epilogue reads each result element once, where it was written.
  const RootDims &outer = loops[consumer];
  AffineMap read = consumer.getMatchingIndexingMap(&use);
  if (!read.isIdentity())
    return false;
  for (auto [loop, dim] : llvm::enumerate(outer))
    if (dim != static_cast<int64_t>(loop))
      return false;
  if (static_cast<int64_t>(outer.size()) != rootRank)
    return false;
  hasContraction = true;
  loops[producer] = RootDims(producer.getNumLoops(), kInner);
  return true;
}

/// A concatenation joins whole, where each of its elements is read once.
bool DispatchGroup::tryJoinChain(tensor::InsertSliceOp last, OpOperand &use,
                                 const DenseSet<Operation *> &claimed) {
  auto consumer = dyn_cast<linalg::LinalgOp>(use.getOwner());
  if (!consumer || hasContraction || isContraction(consumer) ||
      !consumer.isAllParallelLoops() || !usedInGroupOnly(last))
    return false;
  AffineMap read = consumer.getMatchingIndexingMap(&use);
  if (!read.isProjectedPermutation())
    return false;
  RootDims dims;
  for (AffineExpr expr : read.getResults())
    dims.push_back(loops[consumer][cast<AffineDimExpr>(expr).getPosition()]);
  for (int64_t dim = 0; dim < rootRank; ++dim)
    if (!llvm::is_contained(dims, dim))
      return false;
  // A place that is read from a tensor is that of a state's update, which stays
  // a region of its own.
  for (tensor::InsertSliceOp insert = last; insert;
       insert = insert.getDest().getDefiningOp<tensor::InsertSliceOp>()) {
    SetVector<Operation *> scalars;
    for (Value offset : insert.getOffsets())
      if (collectScalars(offset, insert, scalars))
        return false;
  }
  growChain(last, dims, claimed);
  return true;
}

/// What a part of a concatenation is computed by, where it is elementwise.
bool DispatchGroup::tryJoinPart(linalg::LinalgOp producer, OpOperand &use) {
  auto insert = cast<tensor::InsertSliceOp>(use.getOwner());
  AffineMap written = producer.getIndexingMapMatchingResult(
      cast<OpResult>(producer->getResult(0)));
  if (use.get() != insert.getSource() || isContraction(producer) ||
      !producer.isAllParallelLoops() || !written.isPermutation() ||
      insert.getSourceType().getRank() != insert.getDestType().getRank())
    return false;
  RootDims dims(producer.getNumLoops(), kInner);
  for (auto [dim, expr] : llvm::zip(loops[insert], written.getResults()))
    dims[cast<AffineDimExpr>(expr).getPosition()] = dim;
  loops[producer] = dims;
  return true;
}

void DispatchGroup::readSlicesInPlace(Operation *member) {
  if (isContraction(member))
    return;
  for (Value operand : member->getOperands())
    if (auto slice = operand.getDefiningOp<tensor::ExtractSliceOp>();
        slice && slice->getBlock() == member->getBlock())
      views.insert(slice);
}
