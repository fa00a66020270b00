// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Kernels of rows that are reduced: threads share a row, in phases between
// which the row's values are kept, so that memory is read once. See
// RowKernel.h.

#include "RowKernel.h"

#include "RowKernelBuilder.h"
#include "lacuna/Conversion/KernelSupport.h"

#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace mlir;
using namespace lacuna;

//===- Turns --------------------------------------------------------------===//

/// Nodes that this phase is the first to need, and not the last.
SmallVector<int> RowKernel::getKeptNow() const {
  SmallVector<int> found;
  for (auto [i, node] : llvm::enumerate(group.nodes))
    if (node.slot && node.firstPhase == emitter.phase)
      found.push_back(i);
  return found;
}

void RowKernel::emitTurn(int64_t turn, SmallVector<Value> &carried, Body body) {
  int64_t length = group.getStaticSize(group.getRowAxis());
  int64_t first = turn * schedule.rowThreads * emitter.width;
  bool isGuarded = schedule.getBlockRows() > 1 ||
                   first + schedule.rowThreads * emitter.width > length;
  emitter.moveAlongRow();
  emitter.position.back() =
      emitter.add(emitter.mul(lane, emitter.constant(emitter.width)),
                  emitter.constant(first));
  emitter.readKept = [&](int node) { return kept[turn].lookup(node); };
  SmallVector<int> keptNow = getKeptNow();
  if (!isGuarded) {
    body(carried);
    for (int node : keptNow)
      kept[turn][node] = emitter.broadcast(emitter.evaluate(node));
    return;
  }
  SmallVector<Value> otherwise(carried);
  for (int node : keptNow) {
    Type type = getElementTypeOrSelf(group.nodes[node].tensor.getType());
    otherwise.push_back(emitter.getZero(emitter.getLanes(type)));
  }
  Value isInside = emitter.less(emitter.position.back(), this->length);
  auto branch =
      scf::IfOp::create(emitter, ValueRange(otherwise).getTypes(), isInside,
                        /*withElseRegion=*/!otherwise.empty());
  OpBuilder::InsertionGuard guard(emitter);
  emitter.setInsertionPointToStart(branch.thenBlock());
  SmallVector<Value> results(carried);
  body(results);
  for (int node : keptNow)
    results.push_back(emitter.broadcast(emitter.evaluate(node)));
  emitter.moveAlongRow();
  if (otherwise.empty())
    return;
  scf::YieldOp::create(emitter, results);
  emitter.setInsertionPointToStart(branch.elseBlock());
  scf::YieldOp::create(emitter, otherwise);
  for (auto [value, result] : llvm::zip(carried, branch.getResults()))
    value = result;
  for (auto [node, result] :
       llvm::zip(keptNow, branch.getResults().drop_front(carried.size())))
    kept[turn][node] = result;
}

/// The place in shared memory of what is kept of a node.
RowEmitter::Access RowKernel::getShared(int number) {
  const RowNode &node = group.nodes[number];
  Type element = getElementTypeOrSelf(node.tensor.getType());
  int64_t rows = schedule.getBlockRows(), before = 0;
  for (unsigned slot = 0; slot < *node.slot; ++slot)
    before += group.slots[slot];
  auto space = gpu::AddressSpaceAttr::get(emitter.getContext(),
                                          gpu::AddressSpace::Workgroup);
  auto type = MemRefType::get({rows, ShapedType::kDynamic}, element,
                              AffineMap(), space);
  Value offset = emitter.mul(capacity, emitter.constant(rows * before));
  Value view = memref::ViewOp::create(emitter, type, shared, offset, capacity);
  return {view, {row, emitter.position.back()}, 1u, /*isAligned=*/true};
}

Value RowKernel::readShared(int node) {
  RowEmitter::Access place = getShared(node);
  if (schedule.alwaysFits)
    return emitter.load(place);
  Type type = getElementTypeOrSelf(group.nodes[node].tensor.getType());
  Value fits = emitter.less(emitter.position.back(), capacity);
  auto branch = scf::IfOp::create(emitter, emitter.getLanes(type), fits,
                                  /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(emitter);
  emitter.setInsertionPointToStart(branch.thenBlock());
  scf::YieldOp::create(emitter, emitter.load(place));
  emitter.setInsertionPointToStart(branch.elseBlock());
  // What does not fit is read and computed again.
  emitter.apart([&] {
    llvm::SaveAndRestore readKept(emitter.readKept, {});
    scf::YieldOp::create(emitter, emitter.broadcast(emitter.evaluate(node)));
  });
  return branch.getResult(0);
}

void RowKernel::emitLoop(SmallVector<Value> &carried, Body body) {
  Value first = emitter.mul(lane, emitter.constant(emitter.width));
  Value step = emitter.constant(schedule.rowThreads * emitter.width);
  auto loop = scf::ForOp::create(emitter, first, length, step, carried);
  OpBuilder::InsertionGuard guard(emitter);
  emitter.setInsertionPointToStart(loop.getBody());
  emitter.moveAlongRow();
  emitter.position.back() = loop.getInductionVar();
  emitter.readKept = [&](int node) { return readShared(node); };
  SmallVector<Value> results(loop.getRegionIterArgs());
  body(results);
  SmallVector<Value> values;
  SmallVector<int> keptNow = getKeptNow();
  for (int node : keptNow)
    values.push_back(emitter.broadcast(emitter.evaluate(node)));
  {
    OpBuilder::InsertionGuard inside(emitter);
    if (!keptNow.empty() && !schedule.alwaysFits) {
      Value fits = emitter.less(emitter.position.back(), capacity);
      auto branch = scf::IfOp::create(emitter, fits);
      emitter.setInsertionPointToStart(branch.thenBlock());
    }
    for (auto [node, value] : llvm::zip(keptNow, values))
      emitter.store(getShared(node), value);
  }
  if (!carried.empty())
    scf::YieldOp::create(emitter, results);
  for (auto [value, result] : llvm::zip(carried, loop.getResults()))
    value = result;
  emitter.moveAlongRow();
}

void RowKernel::emitTurns(SmallVector<Value> &carried, Body body) {
  if (schedule.turns == 0)
    return emitLoop(carried, body);
  for (int64_t turn = 0; turn < schedule.turns; ++turn)
    emitTurn(turn, carried, body);
  emitter.moveAlongRow();
}

//===- Phases -------------------------------------------------------------===//

void RowKernel::emitPhase(unsigned phase) {
  emitter.phase = phase;
  SmallVector<const RowReduction *> now;
  for (const RowReduction &reduction : group.reductions)
    if (reduction.phase == phase)
      now.push_back(&reduction);
  SmallVector<Value> carried;
  for (const RowReduction *reduction : now) {
    for (int operand : reduction->operands)
      if (operand >= 0)
        emitter.prepare(operand);
    for (int start : reduction->starts)
      emitter.prepare(start);
    carried.append(getNeutral(*reduction));
  }
  emitTurns(carried, [&](MutableArrayRef<Value> sums) {
    for (const RowReduction *reduction : now) {
      unsigned count = reduction->starts.size();
      accumulate(*reduction, sums.take_front(count));
      sums = sums.drop_front(count);
    }
  });
  ArrayRef<Value> sums = carried;
  for (const RowReduction *reduction : now) {
    finish(*reduction, sums.take_front(reduction->starts.size()));
    sums = sums.drop_front(reduction->starts.size());
  }
}

void RowKernel::emitOutputs() {
  emitter.phase = group.getNumPhases() - 1;
  SmallVector<const RowOutput *> along, once;
  for (const RowOutput &output : group.outputs) {
    emitter.prepare(output.node);
    (output.alongRow ? along : once).push_back(&output);
  }
  SmallVector<Value> none;
  if (!along.empty())
    emitTurns(none, [&](MutableArrayRef<Value>) {
      for (const RowOutput *output : along)
        emitter.store(*output);
    });
  if (once.empty())
    return;
  Value isFirst = arith::CmpIOp::create(emitter, arith::CmpIPredicate::eq, lane,
                                        emitter.constant(0));
  auto branch = scf::IfOp::create(
      emitter, arith::AndIOp::create(emitter, isFirst, isRow));
  OpBuilder::InsertionGuard guard(emitter);
  emitter.setInsertionPointToStart(branch.thenBlock());
  llvm::SaveAndRestore width(emitter.width, int64_t(1));
  for (const RowOutput *output : once)
    emitter.store(*output);
}

void RowKernel::emit() {
  emitter.begin(kernel);
  emitter.width = schedule.width;
  thread = gpu::ThreadIdOp::create(emitter, gpu::Dimension::x);
  Value block = gpu::BlockIdOp::create(emitter, gpu::Dimension::x);
  Value rowThreads = emitter.constant(schedule.rowThreads);
  bool isShared = schedule.getBlockRows() > 1;
  lane = isShared ? emitter.rem(thread, rowThreads) : thread;
  row = isShared ? emitter.div(thread, rowThreads) : emitter.constant(0);
  Value number = emitter.add(
      emitter.mul(block, emitter.constant(schedule.getBlockRows())), row);
  Value rows = emitter.getNumRows();
  length = emitter.getSize(group.getRowAxis());
  isRow = emitter.less(number, rows);
  if (isShared) {
    // Threads behind the last row go along with an empty one.
    Value last = arith::SubIOp::create(emitter, rows, emitter.constant(1));
    number = arith::MinUIOp::create(emitter, number, last);
    length =
        arith::SelectOp::create(emitter, isRow, length, emitter.constant(0));
  }
  emitter.setRow(number);
  if (schedule.turns == 0 && !group.slots.empty()) {
    capacity = kernel.getArguments().back();
    auto space = gpu::AddressSpaceAttr::get(emitter.getContext(),
                                            gpu::AddressSpace::Workgroup);
    shared = gpu::DynamicSharedMemoryOp::create(
        emitter, MemRefType::get({ShapedType::kDynamic}, emitter.getI8Type(),
                                 AffineMap(), space));
  }
  for (unsigned phase = 0; phase + 1 < group.getNumPhases(); ++phase)
    emitPhase(phase);
  emitOutputs();
  gpu::ReturnOp::create(emitter);
}

gpu::GPUFuncOp lacuna::emitRowKernel(const RowGroup &group,
                                     const RowSchedule &schedule,
                                     gpu::GPUModuleOp module, StringRef name) {
  func::FuncOp function = group.getFunction();
  SmallVector<Type> types(
      ValueRange(group.hostValues.getArrayRef()).getTypes());
  OpBuilder builder(function);
  if (schedule.turns == 0)
    types.push_back(builder.getIndexType());
  gpu::GPUFuncOp kernel =
      makeKernel(module, function.getLoc(), name, types, schedule.blockThreads);
  // Left alone, ptxas spills a few registers for one more block on a processor.
  kernel->setAttr(NVVM::NVVMDialect::getMinctasmAttrName(),
                  builder.getI32IntegerAttr(schedule.getBlocksPerProcessor()));
  RowEmitter emitter(function.getLoc(), builder, group);
  RowKernel(emitter, schedule, kernel).emit();
  return kernel;
}
