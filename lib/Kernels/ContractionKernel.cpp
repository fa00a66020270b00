// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The dense walk over the depth: a ring of stages in shared memory, filled
// ahead by cp.async, and mma on the stage that has arrived. What A is, is its
// provider's business; what becomes of the sums, the epilogue's.

#include "ContractionKernel.h"

#include "Counts.h"
#include "SharedTile.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace lacuna;

//===- Analysis -----------------------------------------------------------===//

static BlockArgument getBuffer(Value tensor) {
  auto read = tensor.getDefiningOp<bufferization::ToTensorOp>();
  return read ? dyn_cast<BlockArgument>(read.getBuffer()) : BlockArgument();
}

static linalg::LinalgOp findContraction(func::FuncOp function) {
  linalg::LinalgOp found;
  for (auto op : function.getOps<linalg::LinalgOp>())
    if (linalg::isaContractionOpInterface(op) &&
        op.getNumReductionLoops() > 0) {
      if (found)
        return {};
      found = op;
    }
  return found;
}

std::optional<ContractionKernel>
lacuna::analyzeContractionKernel(func::FuncOp function, std::string &reason) {
  auto refuse = [&](const Twine &why) {
    reason = why.str();
    return std::nullopt;
  };
  if (!function.getBody().hasOneBlock())
    return refuse("the function has control flow");
  linalg::LinalgOp op = findContraction(function);
  if (!op)
    return refuse("the function holds no contraction, or several");
  std::optional<TensorCoreContraction> contraction =
      analyzeTensorCoreContraction(op, reason);
  if (!contraction)
    return std::nullopt;
  std::optional<Axes> axes = getAxes(*contraction, reason);
  if (!axes)
    return std::nullopt;
  std::optional<Epilogue> epilogue =
      Epilogue::analyze(function, *contraction, reason);
  if (!epilogue)
    return std::nullopt;
  ContractionKernel kernel{function, *contraction, *axes, *epilogue, {}, {}};
  for (OpOperand &operand : op->getOpOperands()) {
    BlockArgument buffer = getBuffer(operand.get());
    kernel.buffers.push_back(buffer);
    if (&operand == kernel.contraction.b && !buffer)
      return refuse("the contraction reads a value that is no buffer");
  }
  if (kernel.contraction.getLaidOutType()) {
    auto assemble = kernel.contraction.a->get().getDefiningOp<AssembleOp>();
    if (!assemble || !assemble.getMma())
      return refuse("the weight is not given as the views of mma");
    for (Value component : assemble.getComponents())
      if (BlockArgument view = getBuffer(component))
        kernel.views.push_back(view);
    if (kernel.views.size() != assemble.getComponents().size())
      return refuse("the views of the weight are no buffers");
  } else if (!kernel.buffers[kernel.contraction.a->getOperandNumber()]) {
    return refuse("the contraction reads a value that is no buffer");
  }
  return kernel;
}

std::unique_ptr<OperandProvider>
ContractionKernel::makeProvider(ValueRange arguments) const {
  RankedTensorType type = contraction.getLaidOutType();
  if (!type)
    return makeDenseProvider();
  SmallVector<Value> values;
  for (BlockArgument view : views)
    values.push_back(arguments[view.getArgNumber()]);
  return cast<OperandProviderInterface>(type.getEncoding())
      .makeProvider(type, values);
}

SmallVector<Value> ContractionKernel::getBuffers(ValueRange arguments) const {
  SmallVector<Value> values;
  for (BlockArgument buffer : buffers)
    values.push_back(buffer ? arguments[buffer.getArgNumber()] : Value());
  return values;
}

Value ContractionKernel::emitRowsAreAligned(KernelEmitter &emitter,
                                            ValueRange arguments) const {
  SmallVector<GlobalBuffer> buffers;
  emitter.buffers = getBuffers(arguments);
  if (!contraction.getLaidOutType())
    buffers.push_back(emitter.viewOperand(contraction.a));
  buffers.push_back(emitter.viewOperand(contraction.b));
  epilogue.appendResults(emitter, arguments, buffers);
  Value aligned;
  for (const GlobalBuffer &global : buffers) {
    if (!emitter.hasDynamicRows(global))
      continue;
    auto type = cast<MemRefType>(global.buffer.getType());
    Value size =
        emitter.createOrFold<memref::DimOp>(global.buffer, type.getRank() - 1);
    int64_t elements =
        std::max<int64_t>(1, 8 * kAccessBytes / type.getElementTypeBitWidth());
    Value fits =
        arith::CmpIOp::create(emitter, arith::CmpIPredicate::eq,
                              emitter.rem(size, elements), emitter.constant(0));
    aligned = aligned ? emitter.both(aligned, fits) : fits;
  }
  return aligned;
}

//===- Emission -----------------------------------------------------------===//

namespace {
/// The operands' places in the ring and the walk over it.
class Walk {
public:
  Walk(KernelEmitter &emitter, OperandProvider &provider)
      : emitter(emitter), schedule(emitter.schedule), a(provider),
        b(emitter, emitter.viewOperand(emitter.contraction.b), emitter.axes.n,
          schedule.getTileN()),
        tilesM(emitter.getWarpTilesM()), tilesN(emitter.getWarpTilesN()) {
    a.allocate(emitter, 0);
    b.allocate(emitter,
               schedule.getStages() * a.getStageBytes(schedule.getTileM()));
  }

  /// The sums of the warp's m16n8 tiles, rows outermost; zero for those that
  /// are not computed.
  SmallVector<Sums> emit();

private:
  /// Copies step `step` of `steps` to `stage`, if there is one; it is a group
  /// in any case, since groups are counted.
  void copy(Value stage, Value step, Value steps) {
    Value exists = emitter.less(step, steps);
    bool isKnown = matchPattern(exists, m_One());
    if (isKnown || !matchPattern(exists, m_Zero())) {
      OpBuilder::InsertionGuard guard(emitter);
      if (!isKnown) {
        auto some = scf::IfOp::create(emitter, exists);
        emitter.setInsertionPointToStart(some.thenBlock());
      }
      a.emitCopy(emitter, stage, step);
      b.emitCopy(emitter, stage, step);
    }
    NVVM::CpAsyncCommitGroupOp::create(emitter);
  }
  void multiply(Value stage, MutableArrayRef<Sums> sums);
  Value next(Value stage) {
    Value after = emitter.add(stage, 1);
    Value wraps =
        arith::CmpIOp::create(emitter, arith::CmpIPredicate::eq, after,
                              emitter.constant(schedule.getStages()));
    return arith::SelectOp::create(emitter, wraps, emitter.constant(0), after);
  }

  KernelEmitter &emitter;
  ScheduleAttr schedule;
  OperandProvider &a;
  SharedTile b;
  int64_t tilesM, tilesN;
};
} // namespace

void Walk::multiply(Value stage, MutableArrayRef<Sums> sums) {
  int64_t depth = a.getDepth(emitter.contraction.elementType);
  for (int64_t half = 0; half < kStageBytes / kHalfBytes; ++half) {
    SmallVector<SmallVector<Value, 4>> columns;
    for (int64_t j = 0; j < tilesN; ++j) {
      Value row =
          emitter.add(emitter.mul(emitter.warpN, schedule.getWarpN()), 8 * j);
      columns.push_back(b.loadB(emitter, stage, row, half));
      roundRegisters(emitter, columns.back());
    }
    for (int64_t i = 0; i < tilesM; ++i)
      for (const FragmentA &fragment : a.emitFragments(emitter, stage, half, i))
        for (int64_t j = 0; j < tilesN; ++j)
          emitMma(emitter, fragment, columns[j], depth, sums[i * tilesN + j]);
  }
}

// All but one stage are in flight before the walk begins. In each step the
// stage that was read in the step before is filled again: the barrier that
// shows every thread the copies of the others also says that all have read it.
SmallVector<Sums> Walk::emit() {
  int64_t ahead = schedule.getStages() - 1;
  Value steps = emitter.ceilDiv(emitter.sizeK, emitter.getStageDepth());
  for (int64_t stage = 0; stage < ahead; ++stage)
    copy(emitter.constant(stage), emitter.constant(stage), steps);
  SmallVector<Value> carried(tilesM * tilesN,
                             packSums(emitter, makeZeroSums(emitter)));
  carried.append({emitter.constant(0), emitter.constant(ahead)});
  auto loop = scf::ForOp::create(emitter, emitter.constant(0), steps,
                                 emitter.constant(1), carried);
  // A step is long enough; an unrolled walk costs registers.
  emitter.keepLoop(loop);
  {
    OpBuilder::InsertionGuard guard(emitter);
    emitter.setInsertionPointToStart(loop.getBody());
    SmallVector<Value> values(loop.getRegionIterArgs());
    Value write = values.pop_back_val(), read = values.pop_back_val();
    NVVM::CpAsyncWaitGroupOp::create(emitter, ahead - 1);
    gpu::BarrierOp::create(emitter);
    copy(write, emitter.add(loop.getInductionVar(), ahead), steps);
    SmallVector<Sums> sums;
    for (Value value : values)
      sums.push_back(unpackSums(emitter, value));
    multiply(read, sums);
    SmallVector<Value> yielded;
    for (const Sums &sum : sums)
      yielded.push_back(packSums(emitter, sum));
    yielded.append({next(read), next(write)});
    scf::YieldOp::create(emitter, yielded);
  }
  NVVM::CpAsyncWaitGroupOp::create(emitter, 0);
  SmallVector<Sums> sums;
  for (int64_t i = 0; i < schedule.getWarpM() / 16; ++i)
    for (int64_t j = 0; j < schedule.getWarpN() / 8; ++j)
      sums.push_back(i < tilesM && j < tilesN
                         ? unpackSums(emitter, loop.getResult(i * tilesN + j))
                         : makeZeroSums(emitter));
  return sums;
}

gpu::GPUFuncOp lacuna::emitContractionKernel(ContractionKernel &kernel,
                                             ScheduleAttr schedule,
                                             bool rowsAreAligned,
                                             StringRef name,
                                             gpu::GPUModuleOp module) {
  Location loc = kernel.contraction.op.getLoc();
  OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
  auto type = builder.getFunctionType(kernel.function.getArgumentTypes(), {});
  auto function = gpu::GPUFuncOp::create(builder, loc, name, type);
  function->setAttr(gpu::GPUDialect::getKernelFuncAttrName(),
                    builder.getUnitAttr());
  function->setAttr(LacunaDialect::kScheduleAttr, schedule);
  function.setKnownBlockSizeAttr(builder.getDenseI32ArrayAttr(
      {static_cast<int32_t>(schedule.getThreads()), 1, 1}));
  builder.setInsertionPointToStart(&function.getBody().front());
  KernelEmitter emitter(loc, builder, kernel.contraction, kernel.axes, schedule,
                        rowsAreAligned);
  ValueRange arguments = function.getArguments();
  emitter.buffers = kernel.getBuffers(arguments);
  emitter.begin();
  std::unique_ptr<OperandProvider> provider = kernel.makeProvider(arguments);
  SmallVector<Sums> sums = Walk(emitter, *provider).emit();
  kernel.epilogue.emit(emitter, sums, arguments);
  // Copies by the element, and rounding to tf32 beside many sums, take
  // registers: ptxas would spill some to make room for more blocks on a
  // processor.
  int64_t sumsOfLane = schedule.getWarpM() * schedule.getWarpN() / 32;
  if (emitter.copiesElements || (kernel.contraction.tf32 && sumsOfLane >= 64))
    function->setAttr(NVVM::NVVMDialect::getMinctasmAttrName(),
                      builder.getI32IntegerAttr(1));
  function->setAttr(LacunaDialect::kCountsAttr,
                    countKernel(emitter, *provider, kernel.epilogue));
  gpu::ReturnOp::create(emitter);
  return function;
}
