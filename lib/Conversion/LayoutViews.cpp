// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// See LayoutViews.h.

#include "LayoutViews.h"

#include "LayoutNeeds.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;
using namespace lacuna;

SmallVector<LayoutComponent> lacuna::getMmaViews(RankedTensorType type) {
  return cast<TensorCoreInterface>(type.getEncoding()).getMmaViews(type);
}

SmallVector<LayoutComponent> lacuna::getVectorViews(RankedTensorType type) {
  return cast<VectorInterface>(type.getEncoding()).getVectorViews(type);
}

SmallVector<Type> lacuna::getViewTypes(RankedTensorType type, unsigned need) {
  SmallVector<Type> types;
  if (need & kDenseView)
    types.push_back(type.dropEncoding());
  if (need & kPackedView)
    for (const LayoutComponent &component : getLayout(type).getComponents(type))
      types.push_back(component.type);
  if (need & kMmaView)
    for (const LayoutComponent &view : getMmaViews(type))
      types.push_back(view.type);
  if (need & kVectorView)
    for (const LayoutComponent &view : getVectorViews(type))
      types.push_back(view.type);
  return types;
}

SmallVector<Value> lacuna::flattenViews(const Views &views, unsigned need) {
  SmallVector<Value> values;
  if (need & kDenseView)
    values.push_back(views.dense);
  if (need & kPackedView)
    llvm::append_range(values, views.components);
  if (need & kMmaView)
    llvm::append_range(values, views.mma);
  if (need & kVectorView)
    llvm::append_range(values, views.vector);
  return values;
}

Views lacuna::takeViews(ValueRange values, RankedTensorType type,
                        unsigned need) {
  Views views;
  if (need & kDenseView) {
    views.dense = values.front();
    values = values.drop_front();
  }
  auto take = [&](size_t count) {
    SmallVector<Value> taken(values.take_front(count));
    values = values.drop_front(count);
    return taken;
  };
  if (need & kPackedView)
    views.components = take(getLayout(type).getComponents(type).size());
  if (need & kMmaView)
    views.mma = take(getMmaViews(type).size());
  if (need & kVectorView)
    views.vector = take(getVectorViews(type).size());
  return views;
}

Value lacuna::wrapInDispatch(linalg::GenericOp root, StringRef target) {
  OpBuilder builder(root);
  llvm::SetVector<Operation *> body;
  body.insert(root);
  auto addProducer = [&](Value value) {
    Operation *producer = value.getDefiningOp();
    if (isa_and_nonnull<tensor::EmptyOp, linalg::FillOp, arith::ConstantOp>(
            producer))
      body.insert(producer);
  };
  auto forEachRead = [](Operation *op, function_ref<void(Value)> visit) {
    llvm::for_each(op->getOperands(), visit);
    visitUsedValuesDefinedAbove(op->getRegions(),
                                [&](OpOperand *use) { visit(use->get()); });
  };
  for (unsigned i = 0; i < body.size(); ++i)
    forEachRead(body[i], addProducer);
  SmallVector<Operation *> ordered = body.takeVector();
  llvm::sort(ordered, [](Operation *left, Operation *right) {
    return left->isBeforeInBlock(right);
  });
  llvm::SetVector<Value> inputs;
  for (Operation *op : ordered)
    forEachRead(op, [&](Value value) {
      if (!llvm::is_contained(ordered, value.getDefiningOp()))
        inputs.insert(value);
    });
  auto choice =
      ChoiceAttr::get(root.getContext(), 0, Route::Dense, 0, 0,
                      "puts run-time values into their layout; nothing to skip",
                      /*prices=*/ArrayAttr());
  auto plan = PlanAttr::get(root.getContext(), target, false, choice);
  auto dispatch =
      DispatchOp::create(builder, root.getLoc(), root->getResultTypes(),
                         inputs.getArrayRef(), ValueRange(), plan);
  Block &block = dispatch.getBody().emplaceBlock();
  IRMapping mapping;
  for (Value input : inputs)
    mapping.map(input, block.addArgument(input.getType(), root.getLoc()));
  builder.setInsertionPointToStart(&block);
  for (Operation *op : ordered)
    builder.clone(*op, mapping);
  YieldOp::create(builder, root.getLoc(), mapping.lookup(root.getResult(0)));
  root->replaceAllUsesWith(dispatch);
  for (Operation *op : llvm::reverse(ordered))
    if (isOpTriviallyDead(op))
      op->erase();
  return dispatch.getResult(0);
}
