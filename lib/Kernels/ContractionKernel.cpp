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
               schedule.getSlots() * a.getStageBytes(schedule.getTileM()));
  }

  /// The sums of the warp's m16n8 tiles, rows outermost; zero for those that
  /// are not computed. Where warps share the depth, what is emitted behind is
  /// for the first among them, which has the sums of all.
  SmallVector<Sums> emit();

private:
  /// Copies the steps of a round, one for each warp that shares the depth, to
  /// `stage`, as far as there are any; they are a group in any case, since
  /// groups are counted.
  void copy(Value stage, Value round) {
    for (int64_t warp = 0; warp < schedule.getWarpsK(); ++warp) {
      Value step = getStep(round, emitter.constant(warp));
      Value slot = getStep(stage, emitter.constant(warp));
      ifExists(step, [&] {
        a.emitCopy(emitter, slot, step);
        b.emitCopy(emitter, slot, step);
      });
    }
    NVVM::CpAsyncCommitGroupOp::create(emitter);
  }
  /// Of round `round`, or of that stage of the ring: the step that a warp
  /// takes.
  Value getStep(Value round, Value warp) {
    if (schedule.getWarpsK() == 1)
      return round;
    return emitter.add(emitter.mul(round, schedule.getWarpsK()), warp);
  }
  void ifExists(Value step, function_ref<void()> body) {
    Value exists = emitter.less(step, steps);
    if (matchPattern(exists, m_Zero()))
      return;
    OpBuilder::InsertionGuard guard(emitter);
    if (!matchPattern(exists, m_One())) {
      auto some = scf::IfOp::create(emitter, exists);
      emitter.setInsertionPointToStart(some.thenBlock());
    }
    body();
  }
  SmallVector<Value> multiplyStep(Value stage, Value round, ValueRange carried);
  void multiply(Value stage, MutableArrayRef<Sums> sums);
  void addWarps(MutableArrayRef<Sums> sums);
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
  Value steps;
};
} // namespace

/// `carried` and the products of the warp's step of a round, if it has one.
SmallVector<Value> Walk::multiplyStep(Value stage, Value round,
                                      ValueRange carried) {
  auto compute = [&] {
    SmallVector<Sums> sums;
    for (Value value : carried)
      sums.push_back(unpackSums(emitter, value));
    multiply(getStep(stage, emitter.warpK), sums);
    SmallVector<Value> results;
    for (const Sums &sum : sums)
      results.push_back(packSums(emitter, sum));
    return results;
  };
  std::optional<int64_t> known = getConstantIntValue(steps);
  if (schedule.getWarpsK() == 1 ||
      (known && *known % schedule.getWarpsK() == 0))
    return compute();
  Value exists = emitter.less(getStep(round, emitter.warpK), steps);
  auto some = scf::IfOp::create(emitter, carried.getTypes(), exists,
                                /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(emitter);
  emitter.setInsertionPointToStart(some.thenBlock());
  scf::YieldOp::create(emitter, compute());
  emitter.setInsertionPointToStart(some.elseBlock());
  scf::YieldOp::create(emitter, carried);
  return some.getResults();
}

/// Adds the sums of the warps that share the depth, in their order, through
/// shared memory, to those of the first, which goes on alone.
void Walk::addWarps(MutableArrayRef<Sums> sums) {
  int64_t others = schedule.getWarpsK() - 1;
  if (others == 0)
    return;
  int64_t warps = schedule.getWarpsM() * schedule.getWarpsN();
  Type type = emitter.contraction.sumType;
  Value shared = emitter.viewShared(
      0, {others, warps, static_cast<int64_t>(sums.size()), 32, 4}, type);
  Value warp = emitter.add(emitter.mul(emitter.warpN, schedule.getWarpsM()),
                           emitter.warpM);
  Value zero = emitter.constant(0);
  llvm::Align alignment(type.getIntOrFloatBitWidth() / 2);
  auto at = [&](Value other, int64_t tile) {
    return SmallVector<Value>{other, warp, emitter.constant(tile), emitter.lane,
                              zero};
  };
  Value isFirst = arith::CmpIOp::create(emitter, arith::CmpIPredicate::eq,
                                        emitter.warpK, zero);
  // All have read the ring, whose place the sums take.
  gpu::BarrierOp::create(emitter);
  {
    OpBuilder::InsertionGuard guard(emitter);
    auto branch = scf::IfOp::create(emitter, isFirst, /*withElseRegion=*/true);
    emitter.setInsertionPointToStart(branch.elseBlock());
    Value other =
        arith::SubIOp::create(emitter, emitter.warpK, emitter.constant(1));
    for (auto [tile, sum] : llvm::enumerate(sums))
      vector::StoreOp::create(emitter, packSums(emitter, sum), shared,
                              at(other, tile), /*nontemporal=*/false,
                              llvm::MaybeAlign(alignment));
  }
  gpu::BarrierOp::create(emitter);
  auto first = scf::IfOp::create(emitter, isFirst);
  emitter.setInsertionPointToStart(first.thenBlock());
  for (auto [tile, sum] : llvm::enumerate(sums)) {
    Value total = packSums(emitter, sum);
    for (int64_t other = 0; other < others; ++other) {
      Value part = vector::LoadOp::create(
          emitter, getSumsType(emitter.contraction), shared,
          at(emitter.constant(other), tile), /*nontemporal=*/false,
          llvm::MaybeAlign(alignment));
      total = isa<FloatType>(type)
                  ? arith::AddFOp::create(emitter, total, part).getResult()
                  : arith::AddIOp::create(emitter, total, part).getResult();
    }
    sum = unpackSums(emitter, total);
  }
}

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
  steps = emitter.ceilDiv(emitter.sizeK, emitter.getStageDepth());
  Value rounds = emitter.ceilDiv(steps, schedule.getWarpsK());
  for (int64_t stage = 0; stage < ahead; ++stage)
    copy(emitter.constant(stage), emitter.constant(stage));
  SmallVector<Value> carried(tilesM * tilesN,
                             packSums(emitter, makeZeroSums(emitter)));
  carried.append({emitter.constant(0), emitter.constant(ahead)});
  auto loop = scf::ForOp::create(emitter, emitter.constant(0), rounds,
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
    copy(write, emitter.add(loop.getInductionVar(), ahead));
    SmallVector<Value> yielded =
        multiplyStep(read, loop.getInductionVar(), values);
    yielded.append({next(read), next(write)});
    scf::YieldOp::create(emitter, yielded);
  }
  NVVM::CpAsyncWaitGroupOp::create(emitter, 0);
  SmallVector<Sums> computed, sums;
  for (Value value : loop.getResults().drop_back(2))
    computed.push_back(unpackSums(emitter, value));
  addWarps(computed);
  for (int64_t i = 0; i < schedule.getWarpM() / 16; ++i)
    for (int64_t j = 0; j < schedule.getWarpN() / 8; ++j)
      sums.push_back(i < tilesM && j < tilesN ? computed[i * tilesN + j]
                                              : makeZeroSums(emitter));
  return sums;
}

/// The blocks that a processor shall hold at least; 0: as ptxas likes. Left
/// alone, it spills a few registers to make room for more blocks where others
/// than the sums need many: copies by the element, rounding to tf32, the sums
/// of warps that share the depth, the addresses of a small block's large tiles.
static int64_t getMinBlocks(const KernelEmitter &emitter) {
  ScheduleAttr schedule = emitter.schedule;
  int64_t sumsOfLane = schedule.getWarpM() * schedule.getWarpN() / 32;
  if (emitter.copiesElements || (emitter.contraction.tf32 && sumsOfLane >= 64))
    return 1;
  if (schedule.getWarpsK() > 1)
    return 512 / schedule.getThreads(); // 128 registers a thread.
  if (schedule.getThreads() < 128 && sumsOfLane >= 32)
    return 384 / schedule.getThreads(); // 168.
  return 0;
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
  if (int64_t blocks = getMinBlocks(emitter))
    function->setAttr(NVVM::NVVMDialect::getMinctasmAttrName(),
                      builder.getI32IntegerAttr(blocks));
  function->setAttr(LacunaDialect::kCountsAttr,
                    countKernel(emitter, *provider, kernel.epilogue));
  emitter.setInsertionPointToEnd(&function.getBody().front());
  gpu::ReturnOp::create(emitter);
  return function;
}
