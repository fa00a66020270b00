// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// create-shape-functions: how a caller learns the sizes of the outputs that it
// has to allocate. Runs while public functions are still on tensors: the
// function is cloned, its results are replaced by their sizes, sizes are
// resolved towards the arguments, and everything that only made data goes.

#include "HostFunctions.h"

#include "lacuna/Conversion/Passes.h"
#include "lacuna/IR/Lacuna.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace lacuna {
#define GEN_PASS_DEF_CREATESHAPEFUNCTIONS
#include "lacuna/Conversion/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

/// Returns the sizes of the results instead of the results. A scalar result
/// has rank 0 and so no sizes.
static void returnSizes(func::FuncOp function) {
  func::ReturnOp ret = getReturn(function);
  OpBuilder builder(ret);
  SmallVector<Value> sizes;
  for (Value result : ret.getOperands()) {
    auto type = dyn_cast<RankedTensorType>(result.getType());
    for (int64_t i = 0, e = type ? type.getRank() : 0; i < e; ++i)
      sizes.push_back(
          builder.createOrFold<tensor::DimOp>(ret.getLoc(), result, i));
  }
  ret.getOperandsMutable().assign(sizes);
  SmallVector<Type> types(sizes.size(), builder.getIndexType());
  function.removeResAttrsAttr();
  function.setType(builder.getFunctionType(function.getArgumentTypes(), types));
}

static void resolveSizes(func::FuncOp function) {
  MLIRContext *context = function.getContext();
  RewritePatternSet patterns(context);
  memref::populateResolveRankedShapedTypeResultDimsPatterns(patterns);
  memref::populateResolveShapedTypeResultDimsPatterns(patterns);
  for (Dialect *dialect : context->getLoadedDialects())
    dialect->getCanonicalizationPatterns(patterns);
  for (RegisteredOperationName op : context->getRegisteredOperations())
    op.getCanonicalizationPatterns(patterns, context);
  // Not converging only leaves more behind for the check.
  (void)applyPatternsGreedily(function, std::move(patterns));
}

/// Erases what no size depends on: a shape function has no effects worth
/// keeping.
static void eraseUnused(func::FuncOp function) {
  SmallVector<Operation *> ops;
  for (Operation &op : function.getBody().front().without_terminator())
    ops.push_back(&op);
  for (Operation *op : llvm::reverse(ops))
    if (op->use_empty())
      op->erase();
}

/// Replaces the tensor arguments by their sizes.
static void takeSizes(func::FuncOp function) {
  Block &body = function.getBody().front();
  OpBuilder builder(function.getContext());
  Type index = builder.getIndexType();
  unsigned numArguments = body.getNumArguments();
  for (unsigned i = 0; i < numArguments; ++i) {
    BlockArgument argument = body.getArgument(i);
    auto type = dyn_cast<RankedTensorType>(argument.getType());
    SmallVector<Value> sizes;
    for (int64_t d = 0, e = type ? type.getRank() : 0; d < e; ++d)
      sizes.push_back(body.addArgument(index, argument.getLoc()));
    for (Operation *user : llvm::make_early_inc_range(argument.getUsers())) {
      auto dim = dyn_cast<tensor::DimOp>(user);
      std::optional<int64_t> position =
          dim ? dim.getConstantIndex() : std::nullopt;
      if (!position || *position < 0 ||
          *position >= static_cast<int64_t>(sizes.size()))
        continue;
      dim.getResult().replaceAllUsesWith(sizes[*position]);
      dim.erase();
    }
  }
}

/// The operation on which `value` depends and which is not arithmetic on
/// sizes, or null. `visited` keeps the search linear.
static Operation *findDataDependence(Value value,
                                     DenseSet<Operation *> &visited) {
  Operation *op = value.getDefiningOp();
  if (!op || !visited.insert(op).second)
    return nullptr;
  Operation *found = nullptr;
  op->walk([&](Operation *nested) {
    auto isData = [](Type type) { return !type.isIntOrIndex(); };
    if (llvm::any_of(nested->getOperandTypes(), isData) ||
        llvm::any_of(nested->getResultTypes(), isData) ||
        isa<InvokeOp>(nested)) {
      found = nested;
      return WalkResult::interrupt();
    }
    for (Value operand : nested->getOperands())
      if ((found = findDataDependence(operand, visited)))
        return WalkResult::interrupt();
    return WalkResult::advance();
  });
  return found;
}

/// Fails when a returned size depends on more than the sizes of the inputs.
static LogicalResult checkSizes(func::FuncOp original, func::FuncOp shapes) {
  func::ReturnOp ret = getReturn(shapes);
  unsigned numInputs = original.getNumArguments();
  unsigned next = 0;
  DenseSet<Operation *> visited;
  for (auto [i, type] : llvm::enumerate(original.getResultTypes())) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    for (int64_t d = 0, e = tensor ? tensor.getRank() : 0; d < e; ++d) {
      Value size = ret.getOperand(next++);
      Operation *cause = findDataDependence(size, visited);
      if (!cause)
        continue;
      InFlightDiagnostic diagnostic =
          original.emitOpError("result '")
          << getResultName(original, i) << "' has a size (dimension " << d
          << ") that depends on more than the sizes of the inputs; expected "
             "one that can be computed before the call";
      // What has a size before it runs was resolved: the operation is to blame.
      if (auto dim = dyn_cast<tensor::DimOp>(cause);
          dim && dim.getSource().getDefiningOp())
        cause = dim.getSource().getDefiningOp();
      diagnostic.attachNote(cause->getLoc())
          << "it comes from this " << cause->getName()
          << ": write this line of the model with other operations";
      return diagnostic;
    }
  }
  // A scalar argument in a size is data, too.
  for (BlockArgument argument : shapes.getArguments().take_front(numInputs))
    if (!argument.use_empty())
      return original.emitOpError("argument ")
             << argument.getArgNumber()
             << " is a value that decides the size of a result; expected "
                "sizes that follow from the sizes of the inputs";
  return success();
}

namespace {
struct CreateShapeFunctions
    : lacuna::impl::CreateShapeFunctionsBase<CreateShapeFunctions> {
  void runOnOperation() override {
    if (failed(forEachHostFunction(
            getOperation(), [&](func::FuncOp function, SymbolTable &symbols) {
              return createShapeFunction(function, symbols);
            })))
      signalPassFailure();
  }

private:
  LogicalResult createShapeFunction(func::FuncOp function,
                                    SymbolTable &symbols) {
    func::FuncOp shapes = function.clone();
    shapes.setName((function.getName() + "$shapes").str());
    shapes.setPrivate();
    symbols.insert(shapes, std::next(Block::iterator(function)));
    unsigned numInputs = function.getNumArguments();
    returnSizes(shapes);
    resolveSizes(shapes);
    eraseUnused(shapes);
    takeSizes(shapes);
    eraseUnused(shapes);
    if (failed(checkSizes(function, shapes))) {
      symbols.erase(shapes);
      return failure();
    }
    Block &body = shapes.getBody().front();
    body.eraseArguments(0, numInputs);
    Builder builder(&getContext());
    shapes.removeArgAttrsAttr();
    shapes.removeResAttrsAttr();
    shapes.setType(builder.getFunctionType(
        body.getArgumentTypes(), shapes.getFunctionType().getResults()));
    shapes->setDiscardableAttrs(builder.getDictionaryAttr({builder.getNamedAttr(
        kShapesOfAttr, FlatSymbolRefAttr::get(function))}));
    return success();
  }
};
} // namespace
