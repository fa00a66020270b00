// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The body of a thread kernel. See ThreadKernel.h.

#include "ThreadKernel.h"

#include "lacuna/Conversion/KernelSupport.h"
#include "lacuna/Conversion/SizeBuilder.h"

#include "mlir/Dialect/Affine/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;
using namespace lacuna;

/// The largest grid that a launch may have (CUDA C++ Programming Guide,
/// "Compute Capabilities": x dimension of a grid).
static constexpr int64_t kMaxBlocks = 0x7fffffff;

/// Whether a block should share the reductions of one point.
static bool shouldShare(linalg::LinalgOp op, ArrayRef<OpFoldResult> ranges,
                        ArrayRef<unsigned> parallel,
                        ArrayRef<unsigned> reductions) {
  int64_t count = 1;
  for (unsigned loop : reductions) {
    std::optional<int64_t> size = getConstantIntValue(ranges[loop]);
    count = size ? count * *size : kBlockThreads;
  }
  // A contraction has enough points, as a rule, and a short sum is cheap.
  if (count <= 64 || linalg::isaContractionOpInterface(op))
    return false;
  return parallel.empty() ||
         llvm::any_of(op.getDpsInputOperands(), [&](OpOperand *operand) {
           AffineMap map = op.getMatchingIndexingMap(operand);
           return map.getNumResults() > 0 &&
                  llvm::any_of(reductions, [&](unsigned loop) {
                    return map.getResults().back().isFunctionOfDim(loop);
                  });
         });
}

ThreadKernel::ThreadKernel(linalg::LinalgOp op, ArrayRef<OpFoldResult> ranges,
                           ArrayRef<Value> starts,
                           ArrayRef<Operation *> assertions)
    : op(op), loc(op.getLoc()), ranges(ranges), starts(starts),
      assertions(assertions) {
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
  if (shouldShare(op, ranges, parallel, reductions))
    combiner = Combiner::match(op);
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

OpFoldResult ThreadKernel::getNumBlocks(OpBuilder &builder) const {
  SizeBuilder sizes(builder, loc);
  Size points = sizes.constant(1);
  for (unsigned loop : parallel)
    points = sizes.mul(points, ranges[loop]);
  if (!isShared())
    points = sizes.ceilDiv(points, sizes.constant(kBlockThreads));
  return sizes.min(points, sizes.constant(kMaxBlocks));
}

//===- From the host to the kernel ----------------------------------------===//

/// Whether the kernel can have `value` without being given it, views of
/// constants with sizes that it is given among them. A constant tensor lies in
/// the host's memory, so this is not only cheaper.
static bool isRepeatable(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op)
    return false;
  if (op->hasTrait<OpTrait::ConstantLike>() || isa<memref::GetGlobalOp>(op))
    return true;
  return isa<memref::SubViewOp, memref::CastOp, memref::CollapseShapeOp,
             memref::ExpandShapeOp, memref::ReinterpretCastOp>(op) &&
         llvm::all_of(op->getOperands(), [](Value operand) {
           return operand.getType().isIndex() || isRepeatable(operand);
         });
}

/// Whether `value` comes from elements of buffers, which the host cannot read.
static bool isFromData(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op || op->getNumRegions() != 0)
    return false;
  if (isa<memref::LoadOp>(op))
    return true;
  return isPure(op) && llvm::any_of(op->getOperands(), isFromData);
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
  for (Operation *assertion : assertions)
    used.insert(assertion->operand_begin(), assertion->operand_end());
  std::function<void(Value)> pass = [&](Value value) {
    if (!isRepeatable(value) && !isFromData(value)) {
      arguments.insert(value);
      return;
    }
    for (Value operand : value.getDefiningOp()->getOperands())
      pass(operand);
    repeated.insert(value.getDefiningOp());
  };
  for (Value value : used)
    pass(value);
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
  gpu::GPUFuncOp function =
      makeKernel(module, loc, name,
                 ValueRange(arguments.getArrayRef()).getTypes(), kBlockThreads);
  OpBuilder builder(function);
  builder.setInsertionPointToStart(&function.getBody().front());
  for (auto [from, to] : llvm::zip(arguments, function.getArguments()))
    mapping.map(from, to);
  cloneConstants(module, builder);
  for (Operation *assertion : assertions)
    makeTrap(cast<cf::AssertOp>(builder.clone(*assertion, mapping)));

  if (isShared())
    buildBlocks(builder, function);
  else
    buildThreads(builder);
  builder.setInsertionPointToEnd(&function.getBody().front());
  gpu::ReturnOp::create(builder, loc);
  return function;
}

static Value getConstant(OpBuilder &builder, Location loc, int64_t value) {
  return arith::ConstantIndexOp::create(builder, loc, value);
}

// Any grid covers all points: one that is too small takes several turns.
void ThreadKernel::buildThreads(OpBuilder &builder) {
  Value points = getProduct(builder, parallel);
  Value threads = getConstant(builder, loc, kBlockThreads);
  Value block = gpu::BlockIdOp::create(builder, loc, gpu::Dimension::x);
  Value thread = gpu::ThreadIdOp::create(builder, loc, gpu::Dimension::x);
  Value blocks = gpu::GridDimOp::create(builder, loc, gpu::Dimension::x);
  Value first = arith::MulIOp::create(builder, loc, block, threads);
  first = arith::AddIOp::create(builder, loc, first, thread);
  Value stride = arith::MulIOp::create(builder, loc, blocks, threads);
  auto loop = scf::ForOp::create(builder, loc, first, points, stride);
  builder.setInsertionPointToStart(loop.getBody());
  SmallVector<Value> coordinates(ranges.size());
  delinearize(builder, parallel, loop.getInductionVar(), coordinates);
  SmallVector<Value> starts = getStarts(builder, coordinates);
  store(builder, computePoint(builder, coordinates, starts), coordinates);
}

//===- What a thread computes ---------------------------------------------===//

Value ThreadKernel::getSize(OpBuilder &builder, unsigned loop) {
  if (auto size = dyn_cast<Value>(ranges[loop]))
    return mapping.lookup(size);
  return getConstant(builder, loc, *getConstantIntValue(ranges[loop]));
}

Value ThreadKernel::getProduct(OpBuilder &builder, ArrayRef<unsigned> loops) {
  if (loops.empty())
    return getConstant(builder, loc, 1);
  Value product = getSize(builder, loops.front());
  for (unsigned loop : loops.drop_front())
    product =
        arith::MulIOp::create(builder, loc, product, getSize(builder, loop));
  return product;
}

void ThreadKernel::delinearize(OpBuilder &builder, ArrayRef<unsigned> loops,
                               Value point,
                               MutableArrayRef<Value> coordinates) {
  for (unsigned i = loops.size(); i > 1; --i) {
    Value size = getSize(builder, loops[i - 1]);
    coordinates[loops[i - 1]] =
        arith::RemUIOp::create(builder, loc, point, size);
    point = arith::DivUIOp::create(builder, loc, point, size);
  }
  if (!loops.empty())
    coordinates[loops.front()] = point;
}

/// What the body reads of the results: null where it reads nothing.
SmallVector<Value> ThreadKernel::getStarts(OpBuilder &builder,
                                           ValueRange coordinates) {
  SmallVector<Value> values;
  for (auto [i, init] : llvm::enumerate(op.getDpsInitsMutable()))
    if (starts[i] && isa<MemRefType>(starts[i].getType()))
      values.push_back(
          memref::LoadOp::create(builder, loc, mapping.lookup(starts[i]),
                                 access(builder, init, coordinates)));
    else if (starts[i])
      values.push_back(mapping.lookup(starts[i]));
    else if (op.payloadUsesValueFromOperand(&init) || !reductions.empty())
      values.push_back(load(builder, init, coordinates));
    else
      values.push_back(Value());
  return values;
}

SmallVector<Value> ThreadKernel::computePoint(OpBuilder &builder,
                                              SmallVector<Value> coordinates,
                                              SmallVector<Value> accumulators) {
  // Loops around each other, each of which passes the accumulators on.
  Operation *outermost = nullptr;
  for (unsigned loop : reductions) {
    auto sum = scf::ForOp::create(builder, loc, getConstant(builder, loc, 0),
                                  getSize(builder, loop),
                                  getConstant(builder, loc, 1), accumulators);
    if (!outermost)
      outermost = sum;
    else
      scf::YieldOp::create(builder, loc, sum.getResults());
    builder.setInsertionPointToStart(sum.getBody());
    coordinates[loop] = sum.getInductionVar();
    accumulators = llvm::to_vector_of<Value>(sum.getRegionIterArgs());
  }
  SmallVector<Value> values = computeBody(builder, coordinates, accumulators);
  if (!outermost)
    return values;
  scf::YieldOp::create(builder, loc, values);
  builder.setInsertionPointAfter(outermost);
  return outermost->getResults();
}

void ThreadKernel::store(OpBuilder &builder, ValueRange values,
                         ValueRange coordinates) {
  for (auto [value, init] : llvm::zip(values, op.getDpsInitsMutable()))
    memref::StoreOp::create(builder, loc, value, mapping.lookup(init.get()),
                            access(builder, init, coordinates));
}

/// What only the chosen value of `select` needs: operations, and arguments of
/// the body.
static SetVector<Value> findOnlyChosen(arith::SelectOp select) {
  SetVector<Value> found;
  auto isOnlyHere = [&](Value value) {
    return llvm::all_of(value.getUsers(), [&](Operation *user) {
      return user == select ? select.getCondition() != value &&
                                  select.getFalseValue() != value
                            : user->getNumResults() == 1 &&
                                  found.contains(user->getResult(0));
    });
  };
  SmallVector<Value> next{select.getTrueValue()};
  while (!next.empty()) {
    Value value = next.pop_back_val();
    Operation *op = value.getDefiningOp();
    if (value.getParentBlock() != select->getBlock() || !isOnlyHere(value) ||
        (op &&
         (!isPure(op) || op->getNumResults() != 1 || isa<linalg::IndexOp>(op))))
      continue;
    found.insert(value);
    if (op)
      llvm::append_range(next, op->getOperands());
  }
  return found;
}

/// `select` as a branch, in which what only the chosen value needs is computed.
static Value emitChoice(OpBuilder &builder, arith::SelectOp select,
                        const SetVector<Value> &onlyChosen, IRMapping &values,
                        llvm::function_ref<void(OpBuilder &)> mapInputs) {
  Location loc = select.getLoc();
  auto branch = scf::IfOp::create(builder, loc, select.getType(),
                                  values.lookupOrDefault(select.getCondition()),
                                  /*withElseRegion=*/true);
  OpBuilder inside = branch.getThenBodyBuilder();
  mapInputs(inside);
  for (Operation &op : select->getBlock()->without_terminator())
    if (op.getNumResults() == 1 && onlyChosen.contains(op.getResult(0)))
      inside.clone(op, values);
  scf::YieldOp::create(inside, loc,
                       values.lookupOrDefault(select.getTrueValue()));
  OpBuilder otherwise = branch.getElseBodyBuilder();
  scf::YieldOp::create(otherwise, loc,
                       values.lookupOrDefault(select.getFalseValue()));
  return branch.getResult(0);
}

SmallVector<Value> ThreadKernel::computeBody(OpBuilder &builder,
                                             ValueRange coordinates,
                                             ValueRange accumulators) {
  // A reduction that chooses, like a scatter, reads what it chooses.
  auto choice = reductions.empty() ? arith::SelectOp()
                                   : op.getBlock()
                                         ->getTerminator()
                                         ->getOperand(0)
                                         .getDefiningOp<arith::SelectOp>();
  SetVector<Value> onlyChosen;
  if (choice && op.getNumDpsInits() == 1)
    onlyChosen = findOnlyChosen(choice);
  IRMapping values = mapping;
  auto mapInputs = [&](OpBuilder &builder, bool chosen) {
    for (OpOperand *operand : op.getDpsInputOperands()) {
      BlockArgument argument = op.getMatchingBlockArgument(operand);
      if (op.payloadUsesValueFromOperand(operand) &&
          onlyChosen.contains(argument) == chosen)
        values.map(argument, load(builder, *operand, coordinates));
    }
  };
  mapInputs(builder, false);
  for (auto [argument, accumulator] :
       llvm::zip(op.getRegionOutputArgs(), accumulators))
    if (accumulator)
      values.map(argument, accumulator);
  for (Operation &inner : op.getBlock()->without_terminator()) {
    if (auto index = dyn_cast<linalg::IndexOp>(inner)) {
      values.map(index.getResult(), coordinates[index.getDim()]);
      continue;
    }
    if (inner.getNumResults() == 1 && onlyChosen.contains(inner.getResult(0)))
      continue;
    if (&inner == choice && !onlyChosen.empty()) {
      values.map(choice.getResult(), emitChoice(builder, choice, onlyChosen,
                                                values, [&](OpBuilder &inside) {
                                                  mapInputs(inside, true);
                                                }));
      continue;
    }
    Operation *copy = builder.clone(inner, values);
    copy->walk([&](linalg::IndexOp index) {
      index.replaceAllUsesWith(coordinates[index.getDim()]);
      index.erase();
    });
    copy->walk(makeTrap); // copy may be gone now
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
