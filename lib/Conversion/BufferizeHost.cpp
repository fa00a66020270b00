// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// bufferize-host: public functions from tensors to memrefs. Their arguments
// already are memrefs, so each function is bufferized alone, and dispatch
// functions (which routes bufferize in their own ways) are not seen.

#include "HostFunctions.h"

#include "lacuna/Conversion/Passes.h"

#include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Bufferization/Transforms/OneShotAnalysis.h"
#include "mlir/Dialect/Bufferization/Transforms/Transforms.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace lacuna {
#define GEN_PASS_DEF_BUFFERIZEHOST
#include "lacuna/Conversion/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace mlir::bufferization;
using namespace lacuna;

/// Upstream's message for an operation that it does not know names neither the
/// operation nor a way out.
static LogicalResult checkOperations(func::FuncOp function) {
  auto isTensor = [](Type type) { return isa<TensorType>(type); };
  WalkResult walk = function.getBody().walk([&](Operation *op) {
    if (isa<BufferizableOpInterface>(op) ||
        (llvm::none_of(op->getOperandTypes(), isTensor) &&
         llvm::none_of(op->getResultTypes(), isTensor)))
      return WalkResult::advance();
    op->emitError() << "the operation '" << op->getName()
                    << "' has no lowering; expected operations of linalg, or "
                       "of tensor that become memory: write this line of the "
                       "model with other operations";
    return WalkResult::interrupt();
  });
  return failure(walk.wasInterrupted());
}

static LogicalResult bufferizeFunction(func::FuncOp function) {
  IRRewriter rewriter(function.getContext());
  if (failed(checkOperations(function)) ||
      failed(eliminateEmptyTensors(rewriter, function)))
    return failure();
  OneShotBufferizationOptions options;
  options.bufferAlignment = 64;
  // Values of unknown layout, such as the results of scf.if, are contiguous.
  options.unknownTypeConverterFn = [](TensorType type, Attribute memorySpace,
                                      const BufferizationOptions &) {
    return getMemRefTypeWithStaticIdentityLayout(type, memorySpace);
  };
  BufferizationState state;
  return runOneShotBufferize(function, options, state);
}

namespace {
struct BufferizeHost : lacuna::impl::BufferizeHostBase<BufferizeHost> {
  void runOnOperation() override {
    if (failed(forEachHostFunction(getOperation(),
                                   [&](func::FuncOp function, SymbolTable &) {
                                     return bufferizeFunction(function);
                                   })))
      signalPassFailure();
  }
};
} // namespace
