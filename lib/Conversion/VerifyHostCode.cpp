// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// verify-host-code: on a GPU target the host sees buffers as handles. Stands
// behind bufferization, where all that is left outside of kernels is known.

#include "lacuna/Conversion/Passes.h"
#include "lacuna/IR/Lacuna.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

namespace lacuna {
#define GEN_PASS_DEF_VERIFYHOSTCODE
#include "lacuna/Conversion/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

static bool hasType(ValueRange values, bool (*predicate)(Type)) {
  return llvm::any_of(values.getTypes(), predicate);
}

/// Passes buffers on, or hands them to who may read them.
static bool treatsBuffersAsHandles(Operation *op) {
  return isa<memref::AllocOp, memref::DeallocOp, memref::CopyOp, memref::DimOp,
             memref::CastOp, memref::ExtractStridedMetadataOp,
             memref::AssumeAlignmentOp, ViewLikeOpInterface, CallOpInterface,
             gpu::LaunchFuncOp, RegionBranchOpInterface,
             RegionBranchTerminatorOpInterface, func::ReturnOp>(op) ||
         op->getName().getStringRef() == "arith.select";
}

/// Whether nothing but sizes of the buffer are asked for, through views.
static bool isOnlyMeasured(Value buffer) {
  return llvm::all_of(buffer.getUsers(), [](Operation *user) {
    return isa<memref::DimOp>(user) ||
           (isa<ViewLikeOpInterface>(user) && user->getNumResults() == 1 &&
            isOnlyMeasured(user->getResult(0)));
  });
}

namespace {
struct VerifyHostCode : lacuna::impl::VerifyHostCodeBase<VerifyHostCode> {
  using VerifyHostCodeBase::VerifyHostCodeBase;

  void runOnOperation() override {
    bool failed = false;
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      WalkResult walk = function.getBody().walk([&](Operation *op) {
        return mlir::failed(check(function, op)) ? WalkResult::interrupt()
                                                 : WalkResult::advance();
      });
      failed |= walk.wasInterrupted();
    }
    if (failed)
      signalPassFailure();
  }

private:
  LogicalResult check(func::FuncOp function, Operation *op) {
    auto isTensor = [](Type type) { return isa<TensorType>(type); };
    if (hasType(op->getOperands(), isTensor) ||
        hasType(op->getResults(), isTensor)) {
      bool isDispatch = function->hasAttr(LacunaDialect::kDispatchAttr);
      return op->emitError()
             << "'" << op->getName() << "' has no kernel on target " << target
             << (isDispatch ? ": no route of the GPU lowers this dispatch"
                            : ": it is not part of any dispatch")
             << "; expected an operation that GPU kernels can compute";
    }
    if (auto global = dyn_cast<memref::GetGlobalOp>(op);
        global && !isOnlyMeasured(global))
      return op->emitError()
             << "the constant @" << global.getName()
             << " is used outside of kernels, and lies in memory that target "
             << target << " cannot read; expected a named weight";
    auto isBuffer = [](Type type) { return isa<BaseMemRefType>(type); };
    if (treatsBuffersAsHandles(op) || !hasType(op->getOperands(), isBuffer))
      return success();
    auto load = dyn_cast<memref::LoadOp>(op);
    if (load && load.getMemRefType().getRank() == 0)
      return op->emitError()
             << "the host would read a scalar from the memory of target "
             << target
             << "; expected a tensor of rank 0, which kernels read themselves";
    if (isa<memref::LoadOp, memref::StoreOp>(op))
      return op->emitError()
             << "the host would " << (load ? "read" : "write")
             << " an element in the memory of target " << target << " ("
             << (load ? "tensor.extract" : "tensor.insert or from_elements")
             << " outside of linalg operations); expected slices of tensors, "
                "which kernels read and write: write this line of the model "
                "with operations on tensors";
    return op->emitError() << "'" << op->getName()
                           << "' would access the memory of target " << target
                           << " from the host; expected such work in kernels: "
                              "write this line of the model with operations "
                              "of linalg";
  }
};
} // namespace
