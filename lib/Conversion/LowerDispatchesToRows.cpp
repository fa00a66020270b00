// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// lower-dispatches-to-rows: what surrounds a network's contractions, in phase
// routed of a GPU target. A dispatch function of elementwise operations and
// reductions along rows becomes one kernel; what is left alone is for
// lower-dispatches-to-threads.

#include "RowKernel.h"
#include "RowSchedule.h"
#include "Tiling.h"
#include "lacuna/Conversion/KernelSupport.h"
#include "lacuna/Conversion/Passes.h"
#include "lacuna/Conversion/SizeBuilder.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace lacuna {
#define GEN_PASS_DEF_LOWERDISPATCHESTOROWS
#include "lacuna/Conversion/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

/// What a warp may take at most where the length of rows is not known.
static constexpr int64_t kWarpLength = 1024;
/// Shared memory of a block: 99 KB is what every architecture from sm_80 on has
/// (CUDA C++ Programming Guide, "Compute Capabilities"), of which reductions
/// take a little; several blocks share a processor where each takes less.
static constexpr int64_t kSharedBytes = 96 << 10, kWarpSharedBytes = 48 << 10;

//===- The pass -----------------------------------------------------------===//

namespace {
struct LowerDispatchesToRows
    : lacuna::impl::LowerDispatchesToRowsBase<LowerDispatchesToRows> {
  void getDependentDialects(DialectRegistry &registry) const override {
    LowerDispatchesToRowsBase::getDependentDialects(registry);
    arithmetic.getDependentDialects(registry);
  }

  void runOnOperation() override {
    for (auto function :
         llvm::make_early_inc_range(getOperation().getOps<func::FuncOp>()))
      if (isDenseDispatch(function) && failed(lower(function)))
        return signalPassFailure();
  }

private:
  NarrowArithmetic arithmetic;

  LogicalResult lower(func::FuncOp function);
  void launchReductions(const RowGroup &group, OpBuilder &builder);
  void launchLoops(const RowGroup &group, OpBuilder &builder, int64_t width,
                   StringRef suffix, OpFoldResult length);
  void launchPoints(const RowGroup &group, OpBuilder &builder);
  void launchTiles(const RowGroup &group, OpBuilder &builder, unsigned axis);
  void launch(const RowGroup &group, OpBuilder &builder, gpu::GPUFuncOp kernel,
              OpFoldResult blocks, int64_t threads, ValueRange more = {},
              Value sharedBytes = {});

  /// Kernels of the function, whose arithmetic is still to be lowered.
  SmallVector<gpu::GPUFuncOp> kernels;
};
} // namespace

/// Sizes of tensors as those of buffers, where they are known.
static void resolveSizes(func::FuncOp function) {
  SizeClasses classes(function);
  function.walk([&](tensor::DimOp dim) {
    std::optional<int64_t> index = dim.getConstantIndex();
    if (!index)
      return;
    SizeClasses::Source source = classes.getSource(dim.getSource(), *index);
    if (!source.isKnown())
      return;
    OpBuilder builder(dim);
    OpFoldResult size =
        source.emit(builder, dim.getLoc(), [](Value value) { return value; });
    dim.replaceAllUsesWith(
        getValueOrCreateConstantIndexOp(builder, dim.getLoc(), size));
    dim.erase();
  });
}

/// The size of an axis on the host.
static OpFoldResult getSize(const RowGroup &group, OpBuilder &builder,
                            unsigned axis) {
  Location loc = group.getFunction().getLoc();
  SizeBuilder sizes(builder, loc);
  OpFoldResult size = sizes.constant(1);
  for (unsigned dim : group.axes[axis])
    size = sizes.mul(size, group.sizes[dim].emit(builder, loc, [](Value value) {
      return value;
    }));
  return size;
}

static OpFoldResult getNumRows(const RowGroup &group, OpBuilder &builder) {
  SizeBuilder sizes(builder, group.getFunction().getLoc());
  OpFoldResult rows = sizes.constant(1);
  for (unsigned axis = 0; axis < group.getRowAxis(); ++axis)
    rows = sizes.mul(rows, getSize(group, builder, axis));
  return rows;
}

void LowerDispatchesToRows::launch(const RowGroup &group, OpBuilder &builder,
                                   gpu::GPUFuncOp kernel, OpFoldResult blocks,
                                   int64_t threads, ValueRange more,
                                   Value sharedBytes) {
  kernels.push_back(kernel);
  Location loc = group.getFunction().getLoc();
  SizeBuilder sizes(builder, loc);
  OpBuilder::InsertionGuard guard(builder);
  // A launch without blocks is an error of the driver.
  std::optional<int64_t> known = getConstantIntValue(blocks);
  if (known == 0)
    return;
  Value one = sizes.value(sizes.constant(1));
  Value count = sizes.value(blocks),
        size = sizes.value(sizes.constant(threads));
  if (!known) {
    Value zero = sizes.value(sizes.constant(0));
    Value any = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ne,
                                      count, zero);
    auto branch = scf::IfOp::create(builder, loc, any);
    builder.setInsertionPointToStart(branch.thenBlock());
  }
  SmallVector<Value> arguments(group.hostValues.getArrayRef());
  llvm::append_range(arguments, more);
  gpu::LaunchFuncOp::create(
      builder, loc, kernel, gpu::KernelDim3{count, one, one},
      gpu::KernelDim3{size, one, one}, sharedBytes, arguments);
}

/// Rows whose length is not known, or too long for registers: a warp for each
/// up to some length, a block for longer ones.
void LowerDispatchesToRows::launchLoops(const RowGroup &group,
                                        OpBuilder &builder, int64_t width,
                                        StringRef suffix, OpFoldResult length) {
  Location loc = group.getFunction().getLoc();
  SizeBuilder sizes(builder, loc);
  OpBuilder::InsertionGuard guard(builder);
  int64_t bytes = 0;
  for (unsigned slot : group.slots)
    bytes += slot;
  gpu::GPUModuleOp module = getKernelModule(getOperation());
  OpFoldResult rows = getNumRows(group, builder);
  // Places in shared memory begin at multiples of 16 bytes.
  constexpr int64_t kRound = 16;
  OpFoldResult rounded = sizes.mul(
      sizes.ceilDiv(length, sizes.constant(kRound)), sizes.constant(kRound));
  auto emit = [&](RowSchedule schedule, StringRef kind, OpFoldResult capacity) {
    schedule.width = width;
    std::string name =
        getKernelName(group.getFunction().getName(), kind + suffix);
    Value elements = sizes.value(capacity), shared;
    if (bytes > 0)
      shared = arith::IndexCastOp::create(
          builder, loc, builder.getI32Type(),
          sizes.value(sizes.mul(
              capacity, sizes.constant(bytes * schedule.getBlockRows()))));
    launch(group, builder, emitRowKernel(group, schedule, module, name),
           sizes.ceilDiv(rows, sizes.constant(schedule.getBlockRows())),
           schedule.blockThreads, elements, shared);
  };
  RowSchedule warp, block;
  warp.rowThreads = kWarpThreads;
  warp.alwaysFits = true;
  int64_t most = kWarpLength;
  if (bytes > 0)
    most = std::min(most, kWarpSharedBytes / (bytes * warp.getBlockRows()) /
                              kRound * kRound);
  std::optional<int64_t> known = getConstantIntValue(length);
  bool hasWarps = group.axes.size() > 1 && !(known && *known > most);
  if (hasWarps) {
    Value isShort = arith::CmpIOp::create(
        builder, loc, arith::CmpIPredicate::ule, sizes.value(length),
        sizes.value(sizes.constant(most)));
    auto branch =
        scf::IfOp::create(builder, loc, isShort, /*withElseRegion=*/true);
    builder.setInsertionPointToStart(branch.thenBlock());
    emit(warp, "$warp", rounded);
    builder.setInsertionPointToStart(branch.elseBlock());
  }
  if (known)
    block = scheduleRows(*known, width);
  OpFoldResult capacity = rounded;
  if (bytes > 0)
    capacity = sizes.min(
        rounded, sizes.constant(kSharedBytes / bytes / kRound * kRound));
  emit(block, hasWarps ? "$block" : "", capacity);
}

void LowerDispatchesToRows::launchReductions(const RowGroup &group,
                                             OpBuilder &builder) {
  Location loc = group.getFunction().getLoc();
  SizeBuilder sizes(builder, loc);
  int64_t width = fitSeams(group, getMaxWidth(group));
  OpFoldResult length = getSize(group, builder, group.getRowAxis());
  if (std::optional<int64_t> known = getConstantIntValue(length)) {
    width = fitLength(*known, width);
    RowSchedule schedule = scheduleRows(*known, width);
    if (schedule.turns == 0 && *known > 0)
      return launchLoops(group, builder, width, "", length);
    schedule.turns = std::max<int64_t>(schedule.turns, 1);
    std::string name = getKernelName(group.getFunction().getName(), "");
    launch(
        group, builder,
        emitRowKernel(group, schedule, getKernelModule(getOperation()), name),
        sizes.ceilDiv(getNumRows(group, builder),
                      sizes.constant(schedule.getBlockRows())),
        schedule.blockThreads);
    return;
  }
  int64_t sure = fitLength(getKnownFactor(group), width);
  if (sure == width)
    return launchLoops(group, builder, width, "", length);
  OpBuilder::InsertionGuard guard(builder);
  Value rest = arith::RemUIOp::create(builder, loc, sizes.value(length),
                                      sizes.value(sizes.constant(width)));
  Value isAligned =
      arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, rest,
                            sizes.value(sizes.constant(0)));
  auto branch =
      scf::IfOp::create(builder, loc, isAligned, /*withElseRegion=*/true);
  builder.setInsertionPointToStart(branch.thenBlock());
  launchLoops(group, builder, width, "", length);
  builder.setInsertionPointToStart(branch.elseBlock());
  launchLoops(group, builder, sure, "$ragged", length);
}

void LowerDispatchesToRows::launchPoints(const RowGroup &group,
                                         OpBuilder &builder) {
  Location loc = group.getFunction().getLoc();
  SizeBuilder sizes(builder, loc);
  gpu::GPUModuleOp module = getKernelModule(getOperation());
  OpFoldResult length = getSize(group, builder, group.getRowAxis());
  auto emit = [&](int64_t width, bool hasTail, StringRef suffix) {
    OpFoldResult step = sizes.constant(width);
    OpFoldResult places =
        hasTail ? sizes.ceilDiv(length, step) : sizes.div(length, step);
    OpFoldResult points = sizes.mul(getNumRows(group, builder), places);
    std::string name = getKernelName(group.getFunction().getName(), suffix);
    launch(group, builder, emitPointKernel(group, width, hasTail, module, name),
           sizes.ceilDiv(points, sizes.constant(kPointThreads)), kPointThreads);
  };
  int64_t most = getMaxWidth(group), width = fitSeams(group, most);
  int64_t sure = fitLength(getKnownFactor(group), width);
  // Of one row, every buffer begins at a multiple of 16 bytes.
  bool isOneRow = group.axes.size() == 1;
  if (sure == width)
    return emit(width, false, "");
  if (isOneRow && group.seams.empty())
    return emit(width, true, "");
  if (getConstantIntValue(length))
    return emit(sure, false, "");
  OpBuilder::InsertionGuard guard(builder);
  Value rest = arith::RemUIOp::create(builder, loc, sizes.value(length),
                                      sizes.value(sizes.constant(width)));
  Value isAligned =
      arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, rest,
                            sizes.value(sizes.constant(0)));
  auto branch =
      scf::IfOp::create(builder, loc, isAligned, /*withElseRegion=*/true);
  builder.setInsertionPointToStart(branch.thenBlock());
  emit(width, false, "");
  builder.setInsertionPointToStart(branch.elseBlock());
  emit(sure, false, "$ragged");
}

void LowerDispatchesToRows::launchTiles(const RowGroup &group,
                                        OpBuilder &builder, unsigned axis) {
  SizeBuilder sizes(builder, group.getFunction().getLoc());
  OpFoldResult blocks = sizes.constant(1);
  for (unsigned i = 0; i < group.axes.size(); ++i) {
    OpFoldResult size = getSize(group, builder, i);
    if (i == axis || i == group.getRowAxis())
      size = sizes.ceilDiv(size, sizes.constant(kTileSize));
    blocks = sizes.mul(blocks, size);
  }
  std::string name = getKernelName(group.getFunction().getName(), "");
  launch(group, builder,
         emitTileKernel(group, axis, getKernelModule(getOperation()), name),
         blocks, kTileThreads);
}

LogicalResult LowerDispatchesToRows::lower(func::FuncOp function) {
  bool isTaken =
      function.walk([](gpu::LaunchFuncOp) { return WalkResult::interrupt(); })
          .wasInterrupted();
  if (isTaken)
    return success();
  resolveSizes(function);
  std::string reason;
  std::optional<RowGroup> group = RowGroup::analyze(function, reason);
  if (!group) {
    remark::missed(
        function.getLoc(),
        remark::RemarkOpts::name("rows").category("kernels").function(
            function.getName()))
        << reason;
    ++numLeft;
    return success();
  }
  Block &body = function.getBody().front();
  SmallVector<Operation *> former = llvm::map_to_vector(
      body.without_terminator(), [](Operation &op) { return &op; });
  OpBuilder builder(body.getTerminator());
  kernels.clear();
  if (group->hasReductions())
    launchReductions(*group, builder);
  else if (std::optional<unsigned> axis = findTileAxis(*group))
    launchTiles(*group, builder, *axis);
  else
    launchPoints(*group, builder);
  for (gpu::GPUFuncOp kernel : kernels)
    if (failed(
            arithmetic.apply(kernel, [&](OpPassManager &passes, Operation *op) {
              return runPipeline(passes, op);
            })))
      return failure();
  for (Operation *op : llvm::reverse(former))
    if (op->use_empty() &&
        (isa<bufferization::MaterializeInDestinationOp, linalg::LinalgOp>(op) ||
         isOpTriviallyDead(op)))
      op->erase();
  ++numFunctions;
  numKernels += kernels.size();
  numReductions += group->reductions.size();
  return success();
}
