// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// split-sparse-tensor-dispatch: the contractions of laid-out weights go to
// functions of their own, everything else in their dispatch to functions of
// route dense, so that each route lowers what it knows.

#include "VectorKernel.h"
#include "lacuna/Conversion/Passes.h"
#include "lacuna/IR/Lacuna.h"
#include "lacuna/Transforms/SparseTensorRoute.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/RegionUtils.h"

namespace lacuna {
#define GEN_PASS_DEF_SPLITSPARSETENSORDISPATCH
#include "lacuna/Conversion/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace mlir::bufferization;
using namespace lacuna;

static bool isZeroFill(Value tensor) {
  auto fill = tensor.getDefiningOp<linalg::FillOp>();
  return fill && (matchPattern(fill.value(), m_AnyZeroFloat()) ||
                  matchPattern(fill.value(), m_Zero()));
}

static MemRefType getBufferType(Value tensor) {
  auto type = cast<RankedTensorType>(tensor.getType());
  return MemRefType::get(type.getShape(), type.getElementType());
}

static Value toTensor(OpBuilder &builder, Location loc, Value buffer) {
  auto type = cast<MemRefType>(buffer.getType());
  return ToTensorOp::create(
      builder, loc,
      RankedTensorType::get(type.getShape(), type.getElementType()), buffer,
      /*restrict=*/true);
}

static void writeTo(OpBuilder &builder, Location loc, Value tensor,
                    Value buffer) {
  MaterializeInDestinationOp::create(builder, loc, /*result=*/Type(), tensor,
                                     buffer, /*restrict=*/true,
                                     /*writable=*/true);
}

namespace {
/// A function under construction that takes buffers and the call of it.
class Part {
public:
  Part(func::FuncOp wrapper, Route route, const Twine &suffix)
      : builder(wrapper.getContext()) {
    builder.setInsertionPoint(wrapper);
    function = func::FuncOp::create(builder, wrapper.getLoc(),
                                    (wrapper.getName() + suffix).str(),
                                    builder.getFunctionType({}, {}));
    function.setPrivate();
    function->setAttr(LacunaDialect::kDispatchAttr, builder.getUnitAttr());
    function->setAttr(LacunaDialect::kRouteAttr,
                      RouteAttr::get(wrapper.getContext(), route));
    builder.setInsertionPointToStart(function.addEntryBlock());
  }

  /// The argument for `value` of the wrapper; the same for the same value.
  Value pass(Value value) {
    Value &argument = arguments[value];
    if (!argument) {
      argument =
          function.getBody().addArgument(value.getType(), value.getLoc());
      operands.push_back(value);
    }
    return argument;
  }

  /// Ends the function and calls it.
  void finish(OpBuilder &caller) {
    func::ReturnOp::create(builder, function.getLoc());
    function.setFunctionType(builder.getFunctionType(
        function.getBody().getArgumentTypes(), TypeRange()));
    func::CallOp::create(caller, function.getLoc(), function, operands);
  }

  OpBuilder builder;
  func::FuncOp function;
  IRMapping mapping;

private:
  DenseMap<Value, Value> arguments;
  SmallVector<Value> operands;
};

/// Splits one function. `old` is its body on tensors, which stays in place as
/// a second block until all of it has been moved.
class Splitter {
public:
  Splitter(func::FuncOp function, Route route)
      : wrapper(function), route(route), caller(function.getContext()) {}

  LogicalResult collect();
  bool isNeeded();
  LogicalResult split();

private:
  struct Target {
    Value tensor, buffer;
  };

  FailureOr<Value> getIndex(Value value);
  FailureOr<Value> getSize(Value tensor, int64_t dim);
  FailureOr<Value> allocate(Value tensor);
  Value findOutput(Value tensor);
  LogicalResult provide(Value tensor, SmallVectorImpl<Target> &targets);
  LogicalResult computeDense(ArrayRef<Target> targets);
  FailureOr<Value> moveTo(Part &part, Value value);
  LogicalResult computeSparse(const SparseContraction &contraction);

  linalg::GenericOp findEpilogue(const SparseContraction &contraction);

  func::FuncOp wrapper;
  Route route;
  OpBuilder caller;
  SmallVector<SparseContraction, 1> contractions;
  SmallVector<MaterializeInDestinationOp> results;
  /// Buffers of the wrapper that hold tensors of the old body by now.
  DenseMap<Value, Value> buffers;
  IRMapping scalars;
  SmallVector<Value> allocated;
  unsigned numDense = 0, numSparse = 0;
};
} // namespace

LogicalResult Splitter::collect() {
  for (Operation &op : wrapper.getBody().front()) {
    if (auto result = dyn_cast<MaterializeInDestinationOp>(op))
      results.push_back(result);
    auto linalgOp = dyn_cast<linalg::LinalgOp>(op);
    for (OpOperand &operand : op.getOpOperands()) {
      if (!getLayout(operand.get().getType()))
        continue;
      if (!operand.get().getDefiningOp<AssembleOp>())
        return op.emitOpError("reads a laid-out tensor that is not assembled "
                              "from its components; run materialize-layouts "
                              "first");
      if (!linalgOp)
        return op.emitOpError("cannot take route ")
               << getRouteName(route)
               << ": only a contraction may read a laid-out tensor";
      std::string reason;
      auto contraction = analyzeSparseContraction(linalgOp, operand, reason);
      if (!contraction)
        return op.emitOpError("cannot take route ")
               << getRouteName(route) << ": " << reason;
      contractions.push_back(*contraction);
    }
  }
  if (contractions.empty())
    return wrapper.emitOpError("takes route ")
           << getRouteName(route)
           << ", but no contraction in it reads a laid-out tensor";
  return success();
}

/// What route vector computes from the sums while they are in registers.
linalg::GenericOp Splitter::findEpilogue(const SparseContraction &contraction) {
  // With several contractions, one may wait for another's result.
  if (route != Route::Vector || contractions.size() != 1)
    return {};
  return getVectorEpilogue(contraction.op);
}

/// Whether there is more than one contraction between arguments.
bool Splitter::isNeeded() {
  auto isArgument = [](Value tensor) {
    auto source = tensor.getDefiningOp<ToTensorOp>();
    return source && isa<BlockArgument>(source.getBuffer());
  };
  if (contractions.size() != 1 || results.size() != 1)
    return true;
  linalg::LinalgOp op = contractions[0].op;
  Operation *last = op;
  if (linalg::GenericOp epilogue = findEpilogue(contractions[0])) {
    last = epilogue;
    for (Value input : epilogue.getInputs())
      if (input.getDefiningOp() != op && !isArgument(input))
        return true;
  }
  return results[0].getSource().getDefiningOp() != last || !last->hasOneUse() ||
         !isArgument(contractions[0].other->get()) ||
         !isZeroFill(op.getDpsInits()[0]);
}

/// An index or another scalar of the old body, computed in the wrapper.
FailureOr<Value> Splitter::getIndex(Value value) {
  if (Value known = scalars.lookupOrNull(value))
    return known;
  Operation *op = value.getDefiningOp();
  if (auto dim = dyn_cast<tensor::DimOp>(op))
    if (std::optional<int64_t> index = dim.getConstantIndex())
      return getSize(dim.getSource(), *index);
  if (op->getNumRegions() != 0 || !isPure(op) ||
      llvm::any_of(op->getOperandTypes(), llvm::IsaPred<ShapedType>))
    return op->emitOpError("computes a size of a dispatch and cannot be moved "
                           "out of it");
  for (Value operand : op->getOperands()) {
    FailureOr<Value> moved = getIndex(operand);
    if (failed(moved))
      return failure();
    scalars.map(operand, *moved);
  }
  caller.clone(*op, scalars);
  return scalars.lookup(value);
}

FailureOr<Value> Splitter::getSize(Value tensor, int64_t dim) {
  if (Value buffer = buffers.lookup(tensor))
    return caller.createOrFold<memref::DimOp>(tensor.getLoc(), buffer, dim);
  Operation *op = tensor.getDefiningOp();
  if (auto toTensor = dyn_cast<ToTensorOp>(op))
    return caller.createOrFold<memref::DimOp>(
        op->getLoc(), scalars.lookup(toTensor.getBuffer()), dim);
  if (auto empty = dyn_cast<tensor::EmptyOp>(op))
    return getIndex(empty.getDynamicSize(dim));
  if (auto cast = dyn_cast<tensor::CastOp>(op))
    return getSize(cast.getSource(), dim);
  if (auto destination = dyn_cast<DestinationStyleOpInterface>(op))
    return getSize(destination.getTiedOpOperand(cast<OpResult>(tensor))->get(),
                   dim);
  ReifiedRankedShapedTypeDims shapes;
  OpBuilder builder(op);
  if (failed(reifyResultShapes(builder, op, shapes)))
    return op->emitOpError("has a size that the dispatch cannot tell");
  OpFoldResult size = shapes[cast<OpResult>(tensor).getResultNumber()][dim];
  return getIndex(getValueOrCreateConstantIndexOp(builder, op->getLoc(), size));
}

FailureOr<Value> Splitter::allocate(Value tensor) {
  MemRefType type = getBufferType(tensor);
  SmallVector<Value> sizes;
  for (int64_t dim = 0; dim < type.getRank(); ++dim) {
    if (!type.isDynamicDim(dim))
      continue;
    FailureOr<Value> size = getSize(tensor, dim);
    if (failed(size))
      return failure();
    sizes.push_back(*size);
  }
  allocated.push_back(memref::AllocOp::create(
      caller, tensor.getLoc(), type, sizes, caller.getI64IntegerAttr(64)));
  return allocated.back();
}

/// The output of the dispatch that `tensor` is written to, or null.
Value Splitter::findOutput(Value tensor) {
  for (MaterializeInDestinationOp result : results)
    if (result.getSource() == tensor)
      return scalars.lookup(result.getDest());
  return {};
}

/// Sees to it that `tensor` has a buffer: adds it to `targets` where it must
/// be computed.
LogicalResult Splitter::provide(Value tensor,
                                SmallVectorImpl<Target> &targets) {
  if (buffers.lookup(tensor))
    return success();
  FailureOr<Value> buffer = allocate(tensor);
  if (failed(buffer))
    return failure();
  targets.push_back({tensor, *buffer});
  return success();
}

/// Clones into `part` what `value` is computed from; tensors that have a
/// buffer become arguments.
FailureOr<Value> Splitter::moveTo(Part &part, Value value) {
  if (Value moved = part.mapping.lookupOrNull(value))
    return moved;
  Value moved;
  if (Value buffer = buffers.lookup(value)) {
    moved = toTensor(part.builder, value.getLoc(), part.pass(buffer));
  } else if (isa<BlockArgument>(value)) {
    moved = part.pass(scalars.lookup(value));
  } else {
    Operation *op = value.getDefiningOp();
    SetVector<Value> used(op->operand_begin(), op->operand_end());
    getUsedValuesDefinedAbove(op->getRegions(), used);
    for (Value operand : used)
      if (failed(moveTo(part, operand)))
        return failure();
    part.builder.clone(*op, part.mapping);
    return part.mapping.lookup(value);
  }
  part.mapping.map(value, moved);
  return moved;
}

LogicalResult Splitter::computeDense(ArrayRef<Target> targets) {
  if (targets.empty())
    return success();
  Part part(wrapper, Route::Dense, "$dense_" + Twine(numDense++));
  for (const Target &target : targets)
    if (failed(moveTo(part, target.tensor)))
      return failure();
  for (const Target &target : targets)
    writeTo(part.builder, target.tensor.getLoc(),
            part.mapping.lookup(target.tensor), part.pass(target.buffer));
  part.finish(caller);
  for (const Target &target : targets)
    buffers[target.tensor] = target.buffer;
  return success();
}

LogicalResult Splitter::computeSparse(const SparseContraction &contraction) {
  linalg::LinalgOp op = contraction.op;
  Location loc = op.getLoc();
  linalg::GenericOp epilogue = findEpilogue(contraction);
  Value init = op.getDpsInits()[0];
  Value result = epilogue ? epilogue.getResult(0) : op->getResult(0);
  Value out = findOutput(result);
  if (!out) {
    FailureOr<Value> buffer = allocate(result);
    if (failed(buffer))
      return failure();
    out = *buffer;
  }
  SmallVector<Target> targets;
  if (failed(provide(contraction.other->get(), targets)))
    return failure();
  if (epilogue)
    for (Value input : epilogue.getInputs())
      if (input.getDefiningOp() != op && failed(provide(input, targets)))
        return failure();
  // Initial values are computed where the sums are added to them: without an
  // epilogue, in the place of the result.
  bool accumulate = !isZeroFill(init);
  if (accumulate && epilogue) {
    if (failed(provide(init, targets)))
      return failure();
  } else if (accumulate && buffers.lookup(init))
    memref::CopyOp::create(caller, loc, buffers.lookup(init), out);
  else if (accumulate)
    targets.push_back({init, out});
  if (failed(computeDense(targets)))
    return failure();
  // That buffer holds the sums from here on.
  if (accumulate && buffers.lookup(init) == out)
    buffers.erase(init);

  Part part(wrapper, route, "$sparse_" + Twine(numSparse++));
  OpBuilder &builder = part.builder;
  for (OpOperand *operand : {contraction.other, contraction.weight})
    if (failed(moveTo(part, operand->get())))
      return failure();
  if (epilogue) {
    if (failed(moveTo(part, result)))
      return failure();
    writeTo(builder, loc, part.mapping.lookup(result), part.pass(out));
    part.finish(caller);
    buffers[result] = out;
    return success();
  }
  Value destination = part.pass(out);
  Value start = toTensor(builder, loc, destination);
  if (!accumulate) {
    auto fill = init.getDefiningOp<linalg::FillOp>();
    FailureOr<Value> zero = moveTo(part, fill.value());
    if (failed(zero))
      return failure();
    start = linalg::FillOp::create(builder, loc, *zero, start).getResult(0);
  }
  part.mapping.map(init, start);
  Operation *moved = builder.clone(*op, part.mapping);
  writeTo(builder, loc, moved->getResult(0), destination);
  part.finish(caller);
  buffers[result] = out;
  return success();
}

LogicalResult Splitter::split() {
  Block *old = &wrapper.getBody().front();
  Block *entry = caller.createBlock(
      &wrapper.getBody(), wrapper.getBody().begin(), old->getArgumentTypes(),
      SmallVector<Location>(old->getNumArguments(), wrapper.getLoc()));
  scalars.map(old->getArguments(), entry->getArguments());
  caller.setInsertionPointToStart(entry);
  for (auto tensor : old->getOps<ToTensorOp>())
    buffers[tensor.getResult()] = scalars.lookup(tensor.getBuffer());
  for (const SparseContraction &contraction : contractions)
    if (failed(computeSparse(contraction)))
      return failure();
  SmallVector<Target> targets;
  for (MaterializeInDestinationOp result : results)
    if (!buffers.lookup(result.getSource()))
      targets.push_back({result.getSource(), scalars.lookup(result.getDest())});
  if (failed(computeDense(targets)))
    return failure();
  // One value in several outputs, or an input that is an output.
  for (MaterializeInDestinationOp result : results) {
    Value from = buffers.lookup(result.getSource());
    Value to = scalars.lookup(result.getDest());
    if (from != to)
      memref::CopyOp::create(caller, result.getLoc(), from, to);
  }
  for (Value buffer : allocated)
    memref::DeallocOp::create(caller, wrapper.getLoc(), buffer);
  func::ReturnOp::create(caller, wrapper.getLoc());
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(*old)))
    op.erase();
  old->erase();
  wrapper->removeAttr(LacunaDialect::kRouteAttr);
  wrapper->removeAttr(LacunaDialect::kDispatchAttr);
  return success();
}

namespace {
struct SplitSparseTensorDispatch
    : lacuna::impl::SplitSparseTensorDispatchBase<SplitSparseTensorDispatch> {
  void runOnOperation() override {
    SmallVector<func::FuncOp> functions;
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      auto route =
          function->getAttrOfType<RouteAttr>(LacunaDialect::kRouteAttr);
      if (route &&
          llvm::is_contained({Route::SparseTensor, Route::Vector},
                             route.getValue()) &&
          !function.isExternal())
        functions.push_back(function);
    }
    for (func::FuncOp function : functions) {
      auto route =
          function->getAttrOfType<RouteAttr>(LacunaDialect::kRouteAttr);
      Splitter splitter(function, route.getValue());
      if (failed(splitter.collect()))
        return signalPassFailure();
      if (!splitter.isNeeded())
        continue;
      if (failed(splitter.split()))
        return signalPassFailure();
      ++numSplit;
    }
  }
};
} // namespace
