// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// form-dispatches: the dispatch phase. Groups are grown backwards from a root;
// DispatchGroup decides what may join, this pass finds roots and builds the
// regions.

#include "DispatchGroup.h"
#include "lacuna/IR/Lacuna.h"
#include "lacuna/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Transforms/RegionUtils.h"

namespace lacuna {
#define GEN_PASS_DEF_FORMDISPATCHES
#include "lacuna/Transforms/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

/// The sizes of `value`, followed through destinations to where they are known
/// outside the group.
static SmallVector<OpFoldResult> getSizes(OpBuilder &builder, Location loc,
                                          Value value) {
  while (true) {
    if (auto empty = value.getDefiningOp<tensor::EmptyOp>())
      return empty.getMixedSizes();
    if (auto slice = value.getDefiningOp<tensor::ExtractSliceOp>();
        slice && slice.getType().getRank() == slice.getSourceType().getRank())
      return slice.getMixedSizes();
    if (auto insert = value.getDefiningOp<tensor::InsertSliceOp>())
      value = insert.getDest();
    else if (auto dps = value.getDefiningOp<DestinationStyleOpInterface>())
      value = dps.getTiedOpOperand(cast<OpResult>(value))->get();
    else
      return tensor::getMixedSizes(builder, loc, value);
  }
}

/// Operations that are repeated inside a region rather than passed to it. Views
/// of a literal are: so it is known where it is read, and never has to be in a
/// memory that a host passes on.
static bool isRepeated(Operation *op) {
  Operation *source = op;
  while (isa_and_nonnull<tensor::ExtractSliceOp, tensor::CollapseShapeOp,
                         tensor::ExpandShapeOp, tensor::CastOp>(source))
    source = source->getOperand(0).getDefiningOp();
  return isa_and_nonnull<arith::ConstantOp>(source) ||
         isa_and_nonnull<tensor::EmptyOp, linalg::FillOp>(op);
}

/// Whether the function returns the value, perhaps by another view.
static bool isReturned(Value value) {
  return llvm::any_of(value.getUsers(), [](Operation *user) {
    return isa<func::ReturnOp>(user) ||
           (isa<tensor::CollapseShapeOp, tensor::ExpandShapeOp, tensor::CastOp>(
                user) &&
            isReturned(user->getResult(0)));
  });
}

namespace {
struct FormDispatches : lacuna::impl::FormDispatchesBase<FormDispatches> {
  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (function.isExternal())
      return;
    for (Block &block : function.getBody()) {
      eraseRepeatedAssertions(block);
      separateReturnedFills(block);
      SmallVector<Operation *> roots;
      for (Operation &op : llvm::reverse(block))
        if (DispatchGroup::isRoot(&op))
          roots.push_back(&op);
      DenseSet<Operation *> claimed;
      for (Operation *root : roots) {
        bool isResult =
            isa<linalg::FillOp>(root) && isReturned(root->getResult(0));
        if (claimed.contains(root) || (isRepeated(root) && !isResult) ||
            root->use_empty())
          continue;
        DispatchGroup group(root, claimed);
        claimed.insert(group.getMembers().begin(), group.getMembers().end());
        groups.push_back(std::move(group));
      }
      // Uses were counted on the untouched function; now build.
      SetVector<Operation *> guards;
      for (DispatchGroup &group : groups)
        guards.insert(group.getGuards().begin(), group.getGuards().end());
      for (DispatchGroup &group : groups)
        build(group);
      groups.clear();
      // Each region that relies on them has them now.
      for (Operation *guard : guards)
        guard->erase();
    }
    removeDead(function);
  }

private:
  SmallVector<DispatchGroup> groups;

  /// What has been asserted holds from there on.
  static void eraseRepeatedAssertions(Block &block) {
    DenseSet<std::pair<Value, Attribute>> known;
    for (auto assertion :
         llvm::make_early_inc_range(block.getOps<cf::AssertOp>()))
      if (!known.insert({assertion.getArg(), assertion.getMsgAttr()}).second)
        assertion.erase();
  }

  /// A tensor of one number that is returned is computed once; those that
  /// start a sum, or are read, are repeated where they are used.
  static void separateReturnedFills(Block &block) {
    for (auto constant : llvm::to_vector(block.getOps<arith::ConstantOp>()))
      if (auto splat = dyn_cast<SplatElementsAttr>(constant.getValue());
          splat && isReturned(constant)) {
        OpBuilder builder(constant);
        Location loc = constant.getLoc();
        auto type = cast<RankedTensorType>(splat.getType());
        Value empty = tensor::EmptyOp::create(builder, loc, type.getShape(),
                                              type.getElementType());
        Value number = arith::ConstantOp::create(
            builder, loc, splat.getSplatValue<TypedAttr>());
        auto fill = linalg::FillOp::create(builder, loc, number, empty);
        constant->replaceUsesWithIf(fill, [](OpOperand &use) {
          return !DispatchGroup::isRoot(use.getOwner());
        });
      }
    for (auto fill : llvm::to_vector(block.getOps<linalg::FillOp>()))
      if (fill.hasPureTensorSemantics() && isReturned(fill.getResult(0)))
        for (OpOperand &use :
             llvm::make_early_inc_range(fill->getResult(0).getUses()))
          if (DispatchGroup::isRoot(use.getOwner())) {
            OpBuilder builder(use.getOwner());
            use.set(builder.clone(*fill)->getResult(0));
          }
  }

  void build(DispatchGroup &group) {
    Operation *root = group.getRoot();
    Location loc = root->getLoc();
    OpBuilder builder(root);
    SmallVector<Value> dims;
    for (Value result : root->getResults())
      for (OpFoldResult size : getSizes(builder, loc, result))
        if (auto value = dyn_cast<Value>(size))
          dims.push_back(value);

    SmallVector<Operation *> order = inOrder(group);
    SetVector<Value> inputs = collectInputs(order);
    auto dispatch = DispatchOp::create(builder, loc, root->getResultTypes(),
                                       inputs.getArrayRef(), dims, PlanAttr());
    if (Attribute route = findForcedRoute(order))
      dispatch->setAttr(LacunaDialect::kRouteAttr, route);
    fill(dispatch, order, inputs, root);
    root->replaceAllUsesWith(dispatch.getResults());
    for (Operation *member : llvm::reverse(group.getMembers().getArrayRef()))
      member->dropAllUses();
    for (Operation *member : group.getMembers())
      member->erase();
    ++numDispatches;
    numGrouped += group.getMembers().size();
  }

  /// Members and what is repeated for them, producers first.
  static SmallVector<Operation *> inOrder(DispatchGroup &group) {
    SetVector<Operation *> all(group.getMembers().begin(),
                               group.getMembers().end());
    all.insert(group.getGuards().begin(), group.getGuards().end());
    for (unsigned i = 0; i < all.size(); ++i) {
      Operation *op = all[i];
      SetVector<Value> used(op->operand_begin(), op->operand_end());
      getUsedValuesDefinedAbove(op->getRegions(), used);
      for (Value value : used)
        if (Operation *producer = value.getDefiningOp();
            producer && (isRepeated(producer) || group.readsInPlace(producer)))
          all.insert(producer);
    }
    SmallVector<Operation *> order = all.takeVector();
    llvm::sort(order, [](Operation *a, Operation *b) {
      return a->getBlock() == b->getBlock() ? a->isBeforeInBlock(b) : a < b;
    });
    return order;
  }

  static SetVector<Value> collectInputs(ArrayRef<Operation *> order) {
    DenseSet<Operation *> inside(order.begin(), order.end());
    SetVector<Value> inputs, used;
    for (Operation *op : order) {
      used.insert(op->operand_begin(), op->operand_end());
      getUsedValuesDefinedAbove(op->getRegions(), used);
    }
    for (Value value : used)
      if (!value.getDefiningOp() || !inside.contains(value.getDefiningOp()))
        inputs.insert(value);
    return inputs;
  }

  /// A region has one route: that of the first operation that is given one.
  static Attribute findForcedRoute(ArrayRef<Operation *> order) {
    Operation *first = nullptr;
    Attribute forced;
    for (Operation *op : order) {
      Attribute route = op->getAttr(LacunaDialect::kRouteAttr);
      if (!route || route == forced)
        continue;
      if (forced) {
        InFlightDiagnostic warning = op->emitWarning("is forced to ")
                                     << route
                                     << ", but becomes one region with an "
                                        "operation that is forced to "
                                     << forced << ", which holds";
        warning.attachNote(first->getLoc()) << "it is here";
        continue;
      }
      first = op;
      forced = route;
    }
    return forced;
  }

  static void fill(DispatchOp dispatch, ArrayRef<Operation *> order,
                   const SetVector<Value> &inputs, Operation *root) {
    Block *body = &dispatch.getBody().emplaceBlock();
    IRMapping mapping;
    for (Value input : inputs)
      mapping.map(input, body->addArgument(input.getType(), input.getLoc()));
    OpBuilder builder = OpBuilder::atBlockEnd(body);
    for (Operation *op : order) {
      Operation *copy = builder.clone(*op, mapping);
      copy->removeAttr(LacunaDialect::kRouteAttr);
    }
    SmallVector<Value> yielded;
    for (Value result : root->getResults())
      yielded.push_back(mapping.lookup(result));
    YieldOp::create(builder, dispatch.getLoc(), yielded);
  }

  /// What was repeated, fused or read in place may have no other use. An index
  /// that a dead gather would have checked is not read.
  static void removeDead(func::FuncOp function) {
    for (Block &block : function.getBody())
      for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
        if (isOpTriviallyDead(&op) ||
            (DispatchGroup::isRoot(&op) && op.use_empty()))
          op.erase();
  }
};
} // namespace
