// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The body of a thread kernel. See ThreadKernel.h.

#include "ThreadKernel.h"

#include "lacuna/Conversion/SizeBuilder.h"

#include "mlir/Dialect/Affine/Utils.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;
using namespace lacuna;

ThreadKernel::ThreadKernel(linalg::LinalgOp op, ArrayRef<OpFoldResult> ranges,
                           ArrayRef<Value> starts)
    : op(op), loc(op.getLoc()), ranges(ranges), starts(starts) {
  AffineMap written = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  SmallVector<utils::IteratorType> types = op.getIteratorTypesArray();
  // Threads beside each other write elements beside each other.
  for (AffineExpr expr : written.getResults())
    if (auto loop = dyn_cast<AffineDimExpr>(expr))
      if (types[loop.getPosition()] == utils::IteratorType::parallel)
        parallel.push_back(loop.getPosition());
  for (auto [loop, type] : llvm::enumerate(types)) {
    if (type != utils::IteratorType::parallel)
      reductions.push_back(loop);
    else if (!llvm::is_contained(parallel, loop))
      parallel.push_back(loop);
  }
  collectArguments();
}

StringRef ThreadKernel::getObstacle() {
  if (!op.hasPureBufferSemantics())
    return "is not on buffers";
  for (OpOperand &init : op.getDpsInitsMutable())
    for (unsigned loop : reductions)
      if (op.getMatchingIndexingMap(&init).isFunctionOfDim(loop))
        return "has a result whose place depends on a reduction loop";
  return "";
}

OpFoldResult ThreadKernel::getNumPoints(OpBuilder &builder) const {
  SizeBuilder sizes(builder, loc);
  Size points = sizes.constant(1);
  for (unsigned loop : parallel)
    points = sizes.mul(points, ranges[loop]);
  return points;
}

//===- From the host to the kernel ----------------------------------------===//

/// Whether the kernel can have `value` without being given it. A constant
/// tensor lies in the host's memory, so this is not only cheaper.
static bool isRepeatable(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op)
    return false;
  if (op->hasTrait<OpTrait::ConstantLike>() || isa<memref::GetGlobalOp>(op))
    return true;
  return isa<memref::SubViewOp, memref::CastOp, memref::CollapseShapeOp,
             memref::ExpandShapeOp, memref::ReinterpretCastOp>(op) &&
         llvm::all_of(op->getOperands(), isRepeatable);
}

void ThreadKernel::collectArguments() {
  SetVector<Value> used;
  for (unsigned loop : llvm::concat<const unsigned>(parallel, reductions))
    if (auto size = dyn_cast<Value>(ranges[loop]))
      used.insert(size);
  for (Value start : starts)
    if (start)
      used.insert(start);
  used.insert(op->operand_begin(), op->operand_end());
  getUsedValuesDefinedAbove(op->getRegions(), used);
  std::function<void(Operation *)> repeat = [&](Operation *producer) {
    for (Value operand : producer->getOperands())
      repeat(operand.getDefiningOp());
    repeated.insert(producer);
  };
  for (Value value : used)
    if (isRepeatable(value))
      repeat(value.getDefiningOp());
    else
      arguments.insert(value);
}

void ThreadKernel::cloneConstants(gpu::GPUModuleOp module, OpBuilder &builder) {
  for (Operation *constant : repeated) {
    builder.clone(*constant, mapping);
    auto get = dyn_cast<memref::GetGlobalOp>(constant);
    if (!get || SymbolTable::lookupSymbolIn(module, get.getName()))
      continue;
    auto global = SymbolTable::lookupNearestSymbolFrom<memref::GlobalOp>(
        get, get.getNameAttr());
    OpBuilder::atBlockBegin(module.getBody()).clone(*global);
  }
}

gpu::GPUFuncOp ThreadKernel::build(gpu::GPUModuleOp module, StringRef name) {
  OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
  SmallVector<Type> types;
  for (Value argument : arguments)
    types.push_back(argument.getType());
  auto function = gpu::GPUFuncOp::create(
      builder, loc, name, builder.getFunctionType(types, TypeRange()));
  function->setAttr(gpu::GPUDialect::getKernelFuncAttrName(),
                    builder.getUnitAttr());
  function.setKnownBlockSizeAttr(builder.getDenseI32ArrayAttr(
      {static_cast<int32_t>(kBlockThreads), 1, 1}));
  builder.setInsertionPointToStart(&function.getBody().front());
  for (auto [from, to] : llvm::zip(arguments, function.getArguments()))
    mapping.map(from, to);
  cloneConstants(module, builder);

  auto constant = [&](int64_t value) -> Value {
    return arith::ConstantIndexOp::create(builder, loc, value);
  };
  Value points = constant(1);
  for (auto [i, loop] : llvm::enumerate(parallel)) {
    Value size = getSize(builder, loop);
    points =
        i == 0 ? size
               : arith::MulIOp::create(builder, loc, points, size).getResult();
  }
  // Any grid covers all points: one that is too small takes several turns.
  Value threads = constant(kBlockThreads);
  Value block = gpu::BlockIdOp::create(builder, loc, gpu::Dimension::x);
  Value thread = gpu::ThreadIdOp::create(builder, loc, gpu::Dimension::x);
  Value blocks = gpu::GridDimOp::create(builder, loc, gpu::Dimension::x);
  Value first = arith::MulIOp::create(builder, loc, block, threads);
  first = arith::AddIOp::create(builder, loc, first, thread);
  Value stride = arith::MulIOp::create(builder, loc, blocks, threads);
  auto loop = scf::ForOp::create(builder, loc, first, points, stride);
  gpu::ReturnOp::create(builder, loc);
  builder.setInsertionPointToStart(loop.getBody());
  computePoint(builder, delinearize(builder, loop.getInductionVar()));
  return function;
}

//===- What a thread computes ---------------------------------------------===//

Value ThreadKernel::getSize(OpBuilder &builder, unsigned loop) {
  if (auto size = dyn_cast<Value>(ranges[loop]))
    return mapping.lookup(size);
  return arith::ConstantIndexOp::create(builder, loc,
                                        *getConstantIntValue(ranges[loop]));
}

SmallVector<Value> ThreadKernel::delinearize(OpBuilder &builder, Value point) {
  SmallVector<Value> coordinates(ranges.size());
  for (unsigned i = parallel.size(); i > 1; --i) {
    Value size = getSize(builder, parallel[i - 1]);
    coordinates[parallel[i - 1]] =
        arith::RemUIOp::create(builder, loc, point, size);
    point = arith::DivUIOp::create(builder, loc, point, size);
  }
  if (!parallel.empty())
    coordinates[parallel.front()] = point;
  return coordinates;
}

void ThreadKernel::computePoint(OpBuilder &builder,
                                SmallVector<Value> coordinates) {
  SmallVector<Value> accumulators;
  for (auto [i, init] : llvm::enumerate(op.getDpsInitsMutable()))
    if (starts[i])
      accumulators.push_back(mapping.lookup(starts[i]));
    else if (op.payloadUsesValueFromOperand(&init) || !reductions.empty())
      accumulators.push_back(load(builder, init, coordinates));
    else
      accumulators.push_back(Value());

  // Loops around each other, each of which passes the accumulators on.
  OpBuilder::InsertionGuard guard(builder);
  Operation *outermost = nullptr;
  for (unsigned loop : reductions) {
    Value zero = arith::ConstantIndexOp::create(builder, loc, 0);
    Value one = arith::ConstantIndexOp::create(builder, loc, 1);
    auto sum = scf::ForOp::create(builder, loc, zero, getSize(builder, loop),
                                  one, accumulators);
    if (!outermost)
      outermost = sum;
    else
      scf::YieldOp::create(builder, loc, sum.getResults());
    builder.setInsertionPointToStart(sum.getBody());
    coordinates[loop] = sum.getInductionVar();
    accumulators.assign(sum.getRegionIterArgs().begin(),
                        sum.getRegionIterArgs().end());
  }
  SmallVector<Value> values = computeBody(builder, coordinates, accumulators);
  if (outermost) {
    scf::YieldOp::create(builder, loc, values);
    values.assign(outermost->result_begin(), outermost->result_end());
    builder.setInsertionPointAfter(outermost);
  }
  for (auto [value, init] : llvm::zip(values, op.getDpsInitsMutable()))
    memref::StoreOp::create(builder, loc, value, mapping.lookup(init.get()),
                            access(builder, init, coordinates));
}

/// A kernel cannot fail the call, and a wrong answer is worse than none: the
/// launch is ended.
static void makeTrap(cf::AssertOp assertion) {
  OpBuilder builder(assertion);
  Location loc = assertion.getLoc();
  Value yes = arith::ConstantIntOp::create(builder, loc, 1, 1);
  Value fails = arith::XOrIOp::create(builder, loc, assertion.getArg(), yes);
  auto branch = scf::IfOp::create(builder, loc, fails);
  builder.setInsertionPointToStart(branch.thenBlock());
  LLVM::Trap::create(builder, loc);
  assertion.erase();
}

SmallVector<Value> ThreadKernel::computeBody(OpBuilder &builder,
                                             ValueRange coordinates,
                                             ValueRange accumulators) {
  IRMapping values = mapping;
  for (OpOperand *operand : op.getDpsInputOperands())
    if (op.payloadUsesValueFromOperand(operand))
      values.map(op.getMatchingBlockArgument(operand),
                 load(builder, *operand, coordinates));
  for (auto [argument, accumulator] :
       llvm::zip(op.getRegionOutputArgs(), accumulators))
    if (accumulator)
      values.map(argument, accumulator);
  for (Operation &inner : op.getBlock()->without_terminator()) {
    if (auto index = dyn_cast<linalg::IndexOp>(inner)) {
      values.map(index.getResult(), coordinates[index.getDim()]);
      continue;
    }
    Operation *copy = builder.clone(inner, values);
    copy->walk([&](linalg::IndexOp index) {
      index.replaceAllUsesWith(coordinates[index.getDim()]);
      index.erase();
    });
    copy->walk(makeTrap);
  }
  SmallVector<Value> results;
  for (Value result : op.getBlock()->getTerminator()->getOperands())
    results.push_back(values.lookup(result));
  return results;
}

SmallVector<Value> ThreadKernel::access(OpBuilder &builder, OpOperand &operand,
                                        ValueRange coordinates) {
  AffineMap map = op.getMatchingIndexingMap(&operand);
  SmallVector<Value> indices;
  for (AffineExpr expr : map.getResults())
    indices.push_back(
        affine::expandAffineExpr(builder, loc, expr, coordinates, {}));
  return indices;
}

Value ThreadKernel::load(OpBuilder &builder, OpOperand &operand,
                         ValueRange coordinates) {
  Value source = mapping.lookup(operand.get());
  if (op.isScalar(&operand))
    return source;
  return memref::LoadOp::create(builder, loc, source,
                                access(builder, operand, coordinates));
}
