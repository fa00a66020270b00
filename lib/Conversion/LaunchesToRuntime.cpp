// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// launches-to-runtime: the step of phase host that GPU targets have besides the
// others. Behind it no kernel is left in the module, only indices of kernels.

#include "lacuna/Conversion/Passes.h"
#include "lacuna/Conversion/RuntimeCalls.h"
#include "lacuna/IR/Lacuna.h"

#include "mlir/Conversion/LLVMCommon/MemRefBuilder.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

namespace lacuna {
#define GEN_PASS_DEF_LAUNCHESTORUNTIME
#include "lacuna/Conversion/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

/// A kernel, before or behind phase device.
static bool isKernel(Operation &op) {
  if (auto function = dyn_cast<gpu::GPUFuncOp>(op))
    return function.isKernel();
  return op.hasAttr(NVVM::NVVMDialect::getKernelFuncAttrName());
}

/// An array of `count` elements in the frame of the function.
static Value allocate(Operation *user, Location loc, Type type, int64_t count) {
  auto function = user->getParentOfType<FunctionOpInterface>();
  OpBuilder top = OpBuilder::atBlockBegin(&function.getFunctionBody().front());
  auto pointer = LLVM::LLVMPointerType::get(top.getContext());
  Value size = LLVM::ConstantOp::create(top, loc, top.getI64Type(), count);
  return LLVM::AllocaOp::create(top, loc, pointer, type, size);
}

namespace {
struct LaunchesToRuntime
    : lacuna::impl::LaunchesToRuntimeBase<LaunchesToRuntime> {
  void runOnOperation() override {
    if (failed(collectKernels()))
      return signalPassFailure();
    SmallVector<gpu::LaunchFuncOp> launches;
    for (auto function : getOperation().getOps<func::FuncOp>())
      function.walk([&](gpu::LaunchFuncOp op) { launches.push_back(op); });
    for (gpu::LaunchFuncOp launch : launches)
      if (failed(lower(launch)))
        return signalPassFailure();
    for (auto module :
         llvm::make_early_inc_range(getOperation().getOps<gpu::GPUModuleOp>()))
      module.erase();
    getOperation()->removeAttr(gpu::GPUDialect::getContainerModuleAttrName());
  }

private:
  llvm::StringMap<int32_t> kernels;

  LogicalResult collectKernels() {
    SmallVector<StringRef> names;
    for (auto module : getOperation().getOps<gpu::GPUModuleOp>())
      for (Operation &op : *module.getBody()) {
        if (!isKernel(op))
          continue;
        StringRef name = cast<SymbolOpInterface>(op).getName();
        if (!kernels.try_emplace(name, names.size()).second)
          return op.emitError() << "kernel @" << name
                                << " has the name of another; expected names "
                                   "that are unique in the module";
        names.push_back(name);
      }
    getOperation()->setAttr(kKernelsAttr,
                            Builder(&getContext()).getStrArrayAttr(names));
    return success();
  }

  LogicalResult lower(gpu::LaunchFuncOp launch) {
    if (launch.getNumResults() || !launch.getAsyncDependencies().empty() ||
        launch.getAsyncObject())
      return launch.emitOpError("has tokens or a stream of its own; expected a "
                                "launch on the stream of the call");
    if (launch.hasClusterSize())
      return launch.emitOpError(
          "has clusters of blocks, which lacuna_rt_launch does not have");
    auto kernel = kernels.find(launch.getKernelName());
    if (kernel == kernels.end())
      return launch.emitOpError("launches @")
             << launch.getKernelName() << ", which is no kernel of this module";
    OpBuilder builder(launch);
    SmallVector<Value> params;
    for (Value operand : launch.getKernelOperands())
      if (failed(explode(builder, launch, operand, params)))
        return failure();
    callLaunch(builder, launch.getLoc(), kernel->second,
               storeSizes(builder, launch),
               storeParams(builder, launch, params), params.size());
    launch.erase();
    ++numLaunches;
    return success();
  }

  /// What the kernel takes for `operand`, as the conversion of its signature
  /// made it.
  static LogicalResult explode(OpBuilder &builder, gpu::LaunchFuncOp launch,
                               Value operand, SmallVector<Value> &params) {
    Location loc = launch.getLoc();
    LLVMTypeConverter converter(builder.getContext());
    Type type = converter.convertType(operand.getType());
    auto buffer = dyn_cast<MemRefType>(operand.getType());
    if (!type || (!buffer && !operand.getType().isIntOrIndexOrFloat()))
      return launch.emitOpError("gives its kernel a value of type ")
             << operand.getType() << "; expected ranked memrefs and scalars";
    if (type != operand.getType())
      operand = UnrealizedConversionCastOp::create(builder, loc, type, operand)
                    .getResult(0);
    if (buffer)
      MemRefDescriptor::unpack(builder, loc, operand, buffer, params);
    else
      params.push_back(operand);
    return success();
  }

  /// Blocks and threads along x, y, z, and bytes of dynamic shared memory.
  static Value storeSizes(OpBuilder &builder, gpu::LaunchFuncOp launch) {
    Location loc = launch.getLoc();
    Type i64 = builder.getI64Type();
    gpu::KernelDim3 grid = launch.getGridSizeOperandValues();
    gpu::KernelDim3 block = launch.getBlockSizeOperandValues();
    Value shared = launch.getDynamicSharedMemorySize();
    Value array = allocate(launch, loc, i64, 7);
    std::array<Value, 7> values{grid.x,  grid.y,  grid.z, block.x,
                                block.y, block.z, shared};
    for (auto [i, size] : llvm::enumerate(values)) {
      Value word;
      if (!size)
        word = LLVM::ConstantOp::create(builder, loc, i64, 0);
      else if (size.getType().isIndex())
        word = arith::IndexCastOp::create(builder, loc, i64, size);
      else if (size.getType() != i64)
        word = arith::ExtUIOp::create(builder, loc, i64, size);
      else
        word = size;
      Value slot =
          LLVM::GEPOp::create(builder, loc, array.getType(), i64, array,
                              ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(i)});
      LLVM::StoreOp::create(builder, loc, word, slot);
    }
    return array;
  }

  /// An array of pointers to the values.
  static Value storeParams(OpBuilder &builder, gpu::LaunchFuncOp launch,
                           ArrayRef<Value> params) {
    Location loc = launch.getLoc();
    auto pointer = LLVM::LLVMPointerType::get(builder.getContext());
    Value array = allocate(launch, loc, pointer, params.size());
    for (auto [i, value] : llvm::enumerate(params)) {
      Value place = allocate(launch, loc, value.getType(), 1);
      LLVM::StoreOp::create(builder, loc, value, place);
      Value slot =
          LLVM::GEPOp::create(builder, loc, pointer, pointer, array,
                              ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(i)});
      LLVM::StoreOp::create(builder, loc, place, slot);
    }
    return array;
  }
};
} // namespace
