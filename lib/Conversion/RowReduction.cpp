// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sums along a row: a vector of partial sums in each thread, then among lanes,
// threads and warps. See RowKernelBuilder.h.

#include "RowKernelBuilder.h"
#include "lacuna/Conversion/KernelSupport.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace mlir;
using namespace lacuna;

/// Sums and products of narrow floats are those of f32.
static Type getSumType(Operation *op) {
  Type type = op->getResult(0).getType();
  bool isNarrow = isa<FloatType>(type) && type.getIntOrFloatBitWidth() < 32;
  return isNarrow && isa<arith::AddFOp, arith::MulFOp>(op)
             ? Float32Type::get(op->getContext())
             : type;
}

/// `op`, which combines an accumulator with a term, on values of another type.
static Value applyTo(RowEmitter &emitter, Operation *op, Value accumulator,
                     Value sum, Value term) {
  IRMapping mapping;
  for (Value operand : op->getOperands())
    mapping.map(operand, operand == accumulator ? sum : term);
  Value result = emitter.clone(*op, mapping)->getResult(0);
  result.setType(sum.getType());
  return result;
}

SmallVector<Value> RowKernel::getNeutral(const RowReduction &reduction) {
  SmallVector<Value> values;
  for (auto [i, op] : llvm::enumerate(reduction.combiner.getOperations())) {
    if (reduction.combiner.getChoice()) {
      // A part that finds nothing better than the start is never chosen.
      values.push_back(
          emitter.broadcast(emitter.evaluate(reduction.starts[i])));
      continue;
    }
    TypedAttr neutral = *arith::getNeutralElement(op);
    Type type = getSumType(op);
    if (type != neutral.getType())
      neutral =
          FloatAttr::get(type, cast<FloatAttr>(neutral).getValueAsDouble());
    values.push_back(
        emitter.broadcast(arith::ConstantOp::create(emitter, neutral)));
  }
  return values;
}

void RowKernel::accumulate(const RowReduction &reduction,
                           MutableArrayRef<Value> sums) {
  linalg::GenericOp op = reduction.op;
  const Combiner &combiner = reduction.combiner;
  IRMapping mapping;
  emitter.mapInputs(op, reduction.operands, mapping);
  auto lookup = [&](Value value) {
    Value own = mapping.lookupOrNull(value);
    return emitter.broadcast(own ? own : emitter.map(value));
  };
  if (combiner.getChoice()) {
    for (auto [argument, sum] : llvm::zip(op.getRegionOutputArgs(), sums))
      mapping.map(argument, sum);
    emitter.cloneBody(op, reduction.loops, mapping);
    for (auto [i, sum] : llvm::enumerate(sums))
      sum = lookup(op.getBody()->getTerminator()->getOperand(i));
    return;
  }
  emitter.cloneBody(op, reduction.loops, mapping, combiner.getOperations());
  for (auto [i, sum] : llvm::enumerate(sums)) {
    Operation *operation = combiner.getOperations()[i];
    Value accumulator = combiner.getAccumulator(i);
    Value term =
        lookup(operation->getOperand(operation->getOperand(0) == accumulator));
    if (term.getType() != sum.getType())
      term = arith::ExtFOp::create(emitter, sum.getType(), term);
    sum = applyTo(emitter, operation, accumulator, sum, term);
  }
}

/// The better one; of equal ones, the one that comes first in the row.
SmallVector<Value> RowKernel::combine(const RowReduction &reduction,
                                      ArrayRef<Value> left,
                                      ArrayRef<Value> right) {
  const Combiner &combiner = reduction.combiner;
  SmallVector<Value> results;
  Operation *choice = combiner.getChoice();
  if (!choice) {
    for (auto [i, op] : llvm::enumerate(combiner.getOperations()))
      results.push_back(
          applyTo(emitter, op, combiner.getAccumulator(i), left[i], right[i]));
    return results;
  }
  IRMapping mapping;
  mapping.map(combiner.getAccumulator(0), left[0]);
  mapping.map(combiner.getAccumulator(1), left[1]);
  mapping.map(combiner.getElement(), right[0]);
  mapping.map(combiner.getOperations()[1]->getOperand(1), right[1]);
  Value better = emitter.clone(*choice, mapping)->getResult(0);
  Value equal = isa<FloatType>(left[0].getType())
                    ? arith::CmpFOp::create(emitter, arith::CmpFPredicate::OEQ,
                                            left[0], right[0])
                          .getResult()
                    : arith::CmpIOp::create(emitter, arith::CmpIPredicate::eq,
                                            left[0], right[0])
                          .getResult();
  Value before = arith::CmpIOp::create(emitter, arith::CmpIPredicate::slt,
                                       right[1], left[1]);
  Value first = arith::AndIOp::create(emitter, equal, before);
  mapping.map(choice->getResult(0),
              arith::OrIOp::create(emitter, better, first).getResult());
  for (Operation *op : combiner.getOperations())
    results.push_back(emitter.clone(*op, mapping)->getResult(0));
  return results;
}

SmallVector<Value> RowKernel::combineLanes(const RowReduction &reduction,
                                           ArrayRef<Value> lanes) {
  SmallVector<SmallVector<Value>> parts;
  for (int64_t i = 0; i < emitter.width; ++i) {
    SmallVector<Value> &part = parts.emplace_back();
    for (Value value : lanes)
      part.push_back(emitter.width == 1
                         ? value
                         : vector::ExtractOp::create(emitter, value, i));
  }
  for (; parts.size() > 1; parts.resize(parts.size() / 2))
    for (unsigned i = 0, half = parts.size() / 2; i < half; ++i)
      parts[i] = combine(reduction, parts[i], parts[i + half]);
  return parts.front();
}

/// Among `threads` neighbors, all of which get the result.
SmallVector<Value> RowKernel::combineThreads(const RowReduction &reduction,
                                             SmallVector<Value> own,
                                             int64_t threads) {
  for (int32_t offset = threads / 2; offset > 0; offset /= 2) {
    SmallVector<Value> others;
    for (Value value : own)
      others.push_back(shuffle(emitter, emitter.getLoc(), value, offset,
                               gpu::ShuffleMode::XOR));
    own = combine(reduction, own, others);
  }
  return own;
}

/// Among the warps of the block, through shared memory.
SmallVector<Value> RowKernel::combineWarps(const RowReduction &reduction,
                                           SmallVector<Value> own) {
  int64_t warps = schedule.blockThreads / kWarpThreads;
  auto space = gpu::AddressSpaceAttr::get(emitter.getContext(),
                                          gpu::AddressSpace::Workgroup);
  SmallVector<Value> buffers;
  for (Value value : own)
    buffers.push_back(kernel.addWorkgroupAttribution(
        MemRefType::get({warps}, value.getType(), AffineMap(), space),
        emitter.getLoc()));
  Value inWarp = emitter.rem(thread, emitter.constant(kWarpThreads));
  Value warp = emitter.div(thread, emitter.constant(kWarpThreads));
  Value isFirst = arith::CmpIOp::create(emitter, arith::CmpIPredicate::eq,
                                        inWarp, emitter.constant(0));
  auto branch = scf::IfOp::create(emitter, isFirst);
  {
    OpBuilder::InsertionGuard guard(emitter);
    emitter.setInsertionPointToStart(branch.thenBlock());
    for (auto [value, buffer] : llvm::zip(own, buffers))
      memref::StoreOp::create(emitter, value, buffer, warp);
  }
  gpu::BarrierOp::create(emitter);
  Value from = emitter.rem(inWarp, emitter.constant(warps));
  for (auto [value, buffer] : llvm::zip(own, buffers))
    value = memref::LoadOp::create(emitter, buffer, from);
  return combineThreads(reduction, own, warps);
}

/// The loop as the program has it, for what parts cannot tell: where a NaN is
/// the best value, the position stays that of the best one before it.
SmallVector<Value> RowKernel::computeInOrder(const RowReduction &reduction) {
  SmallVector<Value> starts;
  for (int start : reduction.starts)
    starts.push_back(emitter.evaluate(start));
  auto loop = scf::ForOp::create(emitter, emitter.constant(0), length,
                                 emitter.constant(1), starts);
  OpBuilder::InsertionGuard guard(emitter);
  emitter.setInsertionPointToStart(loop.getBody());
  llvm::SaveAndRestore width(emitter.width, int64_t(1));
  llvm::SaveAndRestore place(emitter.position);
  llvm::SaveAndRestore readKept(emitter.readKept, {});
  emitter.position.back() = loop.getInductionVar();
  emitter.moveAlongRow();
  SmallVector<Value> sums(loop.getRegionIterArgs());
  accumulate(reduction, sums);
  scf::YieldOp::create(emitter, sums);
  emitter.moveAlongRow();
  return loop.getResults();
}

void RowKernel::finish(const RowReduction &reduction, ArrayRef<Value> sums) {
  SmallVector<Value> total = combineLanes(reduction, sums);
  total = combineThreads(reduction, total,
                         std::min(schedule.rowThreads, kWarpThreads));
  if (schedule.rowThreads > kWarpThreads)
    total = combineWarps(reduction, total);
  const Combiner &combiner = reduction.combiner;
  if (Value doubtful = combiner.isDoubtful(emitter, emitter.getLoc(), total)) {
    auto branch = scf::IfOp::create(emitter, ValueRange(total).getTypes(),
                                    doubtful, /*withElseRegion=*/true);
    OpBuilder::InsertionGuard guard(emitter);
    emitter.setInsertionPointToStart(branch.thenBlock());
    scf::YieldOp::create(emitter, computeInOrder(reduction));
    emitter.setInsertionPointToStart(branch.elseBlock());
    scf::YieldOp::create(emitter, total);
    total = branch.getResults();
  }
  for (auto [i, op] : llvm::enumerate(combiner.getOperations())) {
    Value value = total[i];
    if (!combiner.getChoice()) {
      Value start = emitter.evaluate(reduction.starts[i]);
      if (start.getType() != value.getType())
        start = arith::ExtFOp::create(emitter, value.getType(), start);
      value = applyTo(emitter, op, combiner.getAccumulator(i), start, value);
      if (Type type = op->getResult(0).getType(); type != value.getType())
        value = arith::TruncFOp::create(emitter, type, value);
    }
    if (reduction.nodes[i] >= 0)
      emitter.setRowValue(reduction.nodes[i], value);
  }
}
