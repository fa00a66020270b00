// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Verifiers and folders of convert, prune and invoke.

#include "lacuna/IR/Lacuna.h"

#include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace lacuna;

/// convert and prune change the encoding alone.
static LogicalResult verifySameElements(Operation *op) {
  auto from = cast<RankedTensorType>(op->getOperand(0).getType());
  auto to = cast<RankedTensorType>(op->getResult(0).getType());
  if (from.getElementType() != to.getElementType())
    return op->emitOpError("changes the layout only: expected element type ")
           << from.getElementType() << " in the result, found "
           << to.getElementType();
  for (RankedTensorType type : {from, to})
    if (type.getEncoding() && !getLayout(type))
      return op->emitOpError("expected a lacuna layout or none, found ")
             << type.getEncoding();
  return success();
}

LogicalResult ConvertOp::verify() { return verifySameElements(*this); }

OpFoldResult ConvertOp::fold(FoldAdaptor) {
  if (getSource().getType() == getType())
    return getSource();
  if (auto inner = getSource().getDefiningOp<ConvertOp>();
      inner && inner.getSource().getType() == getType())
    return inner.getSource();
  return {};
}

LogicalResult PruneOp::verify() {
  if (failed(verifySameElements(*this)))
    return failure();
  if (!getLayout(getType()))
    return emitOpError("expected a layout on the result: it says what to keep; "
                       "write for example tensor<8x16xf32, #lacuna.nm<2:4, dim "
                       "= 1>>");
  if (getLayout(getSource().getType()))
    return emitOpError("expected an operand without a layout, found ")
           << getSource().getType();
  return success();
}

LogicalResult ChooseOp::verify() {
  ArrayRef<int64_t> from = getFrom();
  if (from.empty() || from.front() != 0)
    return emitOpError("expected a choice from size 0 on");
  for (auto [previous, next] : llvm::zip(from, from.drop_front()))
    if (next <= previous)
      return emitOpError("the sizes must ascend: found ")
             << next << " after " << previous;
  if (getAlternatives().size() != from.size() * getNumResults())
    return emitOpError("expected ")
           << from.size() << " alternatives of " << getNumResults()
           << " results, found " << getAlternatives().size() << " values";
  for (unsigned i = 0, e = from.size(); i < e; ++i)
    if (getAlternative(i).getTypes() != getResultTypes())
      return emitOpError("expected alternatives of the results' types, found ")
             << getAlternative(i).getTypes();
  return success();
}

LogicalResult AssembleOp::verify() {
  StorageLayoutInterface layout = getLayout(getType());
  if (!layout)
    return emitOpError("expected a layout on the result, found ") << getType();
  auto type = cast<RankedTensorType>(getType());
  SmallVector<LayoutComponent> expected;
  if (getMma() && getVector())
    return emitOpError("expected mma or vector, found both");
  if (getMma()) {
    auto provider = dyn_cast<TensorCoreInterface>(type.getEncoding());
    std::string reason = "the layout has no tensor-core kernels";
    if (!provider || !provider.getMmaForm(type, reason))
      return emitOpError("expected a weight with an mma.sp form, found ")
             << getType() << ": " << reason;
    expected = provider.getMmaViews(type);
  } else if (getVector()) {
    auto provider = dyn_cast<VectorInterface>(type.getEncoding());
    if (!provider)
      return emitOpError("expected a layout with vector kernels, found ")
             << getType();
    expected = provider.getVectorViews(type);
  } else {
    expected = layout.getComponents(type);
  }
  if (expected.size() != getComponents().size())
    return emitOpError("expected ")
           << expected.size() << " components of " << getType() << ", found "
           << getComponents().size();
  for (auto [component, found] : llvm::zip_equal(expected, getComponents()))
    if (found.getType() != component.type)
      return emitOpError("expected component '")
             << component.name << "' of type " << component.type << ", found "
             << found.getType();
  return success();
}

LogicalResult InvokeOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto callee =
      symbols.lookupNearestSymbolFrom<func::FuncOp>(*this, getCalleeAttr());
  if (!callee)
    return emitOpError("'") << getCallee() << "' is not a function";
  if (callee.getNumArguments() != getNumOperands())
    return emitOpError("passes ")
           << getNumOperands() << " operands, but '" << getCallee()
           << "' takes " << callee.getNumArguments();
  return success();
}

#define GET_OP_CLASSES
#include "lacuna/IR/LacunaOps.cpp.inc"
