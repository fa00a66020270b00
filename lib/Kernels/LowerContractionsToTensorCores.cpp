// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// lower-contractions-to-tensor-cores: dispatch functions around a contraction
// become kernels and launches of them, in phase routed of a GPU target. What is
// left alone is for lower-dispatches-to-threads.

#include "ContractionKernel.h"
#include "Schedule.h"

#include "lacuna/Conversion/KernelSupport.h"
#include "lacuna/Kernels/Passes.h"
#include "lacuna/Transforms/GPUTarget.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/NVGPU/IR/NVGPUDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Remarks.h"

namespace lacuna {
#define GEN_PASS_DEF_LOWERCONTRACTIONSTOTENSORCORES
#include "lacuna/Kernels/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

/// Launches `kernel` with the function's arguments, unless there is nothing to
/// compute: a grid of no blocks cannot be launched.
static void emitLaunch(KernelEmitter &emitter, gpu::GPUFuncOp kernel,
                       int64_t sharedBytes, ValueRange arguments) {
  Value blocks = emitBlockCount(emitter);
  Value zero = emitter.constant(0), one = emitter.constant(1);
  auto some = scf::IfOp::create(emitter, emitter.less(zero, blocks));
  OpBuilder::InsertionGuard guard(emitter);
  emitter.setInsertionPointToStart(some.thenBlock());
  Value bytes = arith::ConstantOp::create(
      emitter, emitter.getI32IntegerAttr(sharedBytes));
  Value threads = emitter.constant(emitter.schedule.getThreads());
  gpu::LaunchFuncOp::create(emitter, kernel, gpu::KernelDim3{blocks, one, one},
                            gpu::KernelDim3{threads, one, one}, bytes,
                            arguments);
}

namespace {
struct LowerContractionsToTensorCores
    : lacuna::impl::LowerContractionsToTensorCoresBase<
          LowerContractionsToTensorCores> {
  using LowerContractionsToTensorCoresBase::LowerContractionsToTensorCoresBase;

  void runOnOperation() override {
    if (!findGPUTarget(target)) {
      getOperation().emitError() << "unknown GPU target '" << target
                                 << "'; expected one such as sm_80";
      return signalPassFailure();
    }
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (function->hasAttr(LacunaDialect::kDispatchAttr) &&
          !function.isExternal() && failed(lower(function)))
        return signalPassFailure();
  }

private:
  LogicalResult lower(func::FuncOp function);
  /// Emits the kernels for aligned rows or any, and at `builder` their
  /// launches.
  LogicalResult emitKernels(ContractionKernel &kernel, OpBuilder &builder,
                            bool rowsAreAligned, StringRef suffix);

  ScheduleOverride getOverride() const {
    return {llvm::to_vector(llvm::make_range(tile.begin(), tile.end())),
            llvm::to_vector(llvm::make_range(warps.begin(), warps.end())),
            stages};
  }
};
} // namespace

LogicalResult LowerContractionsToTensorCores::lower(func::FuncOp function) {
  auto route = function->getAttrOfType<RouteAttr>(LacunaDialect::kRouteAttr);
  std::string reason;
  std::optional<ContractionKernel> kernel =
      analyzeContractionKernel(function, reason);
  if (!kernel) {
    if (route && route.getValue() == Route::TensorCore)
      return function.emitOpError(
                 "is on route tensor-core, but has no kernel: ")
             << reason << "; force route dense";
    remark::missed(function.getLoc(),
                   remark::RemarkOpts::name("mma").category("kernels").function(
                       function.getName()))
        << reason;
    ++numLeft;
    return success();
  }
  Block &body = function.getBody().front();
  SmallVector<Operation *> former = llvm::map_to_vector(
      body.without_terminator(), [](Operation &op) { return &op; });
  OpBuilder builder(body.getTerminator());
  KernelEmitter emitter(function.getLoc(), builder, kernel->contraction,
                        kernel->axes, {}, /*rowsAreAligned=*/true);
  Value aligned = kernel->emitRowsAreAligned(emitter, function.getArguments());
  if (!aligned) {
    if (failed(emitKernels(*kernel, builder, /*rowsAreAligned=*/true, "")))
      return failure();
  } else {
    auto choice = scf::IfOp::create(builder, function.getLoc(), aligned,
                                    /*withElseRegion=*/true);
    builder.setInsertionPointToStart(choice.thenBlock());
    if (failed(emitKernels(*kernel, builder, /*rowsAreAligned=*/true, "")))
      return failure();
    builder.setInsertionPointToStart(choice.elseBlock());
    if (failed(
            emitKernels(*kernel, builder, /*rowsAreAligned=*/false, "$ragged")))
      return failure();
  }
  ++numKernels;
  numSparse += !!kernel->contraction.getLaidOutType();
  for (Operation *op : llvm::reverse(former))
    op->erase();
  return success();
}

LogicalResult LowerContractionsToTensorCores::emitKernels(
    ContractionKernel &kernel, OpBuilder &builder, bool rowsAreAligned,
    StringRef suffix) {
  func::FuncOp function = kernel.function;
  // In front of the functions that launch what is in it.
  gpu::GPUModuleOp module = getKernelModule(getOperation());
  Block *body = getOperation().getBody();
  module->moveBefore(body, body->begin());
  ValueRange arguments = function.getArguments();
  auto provider = kernel.makeProvider(arguments);
  auto schedules = chooseSchedules(kernel.contraction, kernel.axes, *provider,
                                   rowsAreAligned, getOverride(),
                                   [&] { return function.emitOpError(); });
  if (failed(schedules))
    return failure();
  for (auto [i, scheduled] : llvm::enumerate(*schedules)) {
    bool isLast = i + 1 == schedules->size();
    std::string name = (function.getName() + suffix).str();
    if (!isLast)
      name += "$n" + std::to_string(scheduled.upTo);
    gpu::GPUFuncOp gpuFunction = emitContractionKernel(
        kernel, scheduled.schedule, rowsAreAligned, name, module);
    KernelEmitter emitter(function.getLoc(), builder, kernel.contraction,
                          kernel.axes, scheduled.schedule, rowsAreAligned);
    emitter.buffers = kernel.getBuffers(arguments);
    if (!isLast) {
      Value few = emitter.less(emitter.getSize(kernel.axes.n),
                               emitter.constant(scheduled.upTo + 1));
      auto choice = scf::IfOp::create(emitter, few, /*withElseRegion=*/true);
      emitter.setInsertionPointToStart(choice.thenBlock());
      emitLaunch(emitter, gpuFunction,
                 getSharedBytes(scheduled.schedule, *provider), arguments);
      builder.setInsertionPointToStart(choice.elseBlock());
      continue;
    }
    emitLaunch(emitter, gpuFunction,
               getSharedBytes(scheduled.schedule, *provider), arguments);
  }
  return success();
}
