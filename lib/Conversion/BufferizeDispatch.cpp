// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// bufferize-dispatch: from tensors to buffers within one dispatch function. The
// results are computed in the buffers of its arguments.

#include "Tiling.h"
#include "lacuna/Conversion/Passes.h"

#include "mlir/Dialect/Bufferization/Transforms/Bufferize.h"
#include "mlir/Dialect/Bufferization/Transforms/OneShotAnalysis.h"
#include "mlir/Dialect/Bufferization/Transforms/Transforms.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace lacuna {
#define GEN_PASS_DEF_BUFFERIZEDISPATCH
#include "lacuna/Conversion/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

/// Copies become loops like any other operation.
static void makeCopyGeneric(memref::CopyOp copy) {
  IRRewriter rewriter(copy);
  auto type = cast<MemRefType>(copy.getTarget().getType());
  AffineMap map = rewriter.getMultiDimIdentityMap(type.getRank());
  SmallVector<utils::IteratorType> loops(type.getRank(),
                                         utils::IteratorType::parallel);
  linalg::GenericOp::create(
      rewriter, copy.getLoc(), copy.getSource(), copy.getTarget(),
      ArrayRef<AffineMap>{map, map}, loops,
      [](OpBuilder &builder, Location loc, ValueRange arguments) {
        linalg::YieldOp::create(builder, loc, arguments[0]);
      });
  rewriter.eraseOp(copy);
}

/// Results of a loop that begin as one empty tensor get one each: where nothing
/// reads the results, upstream's analysis sees no conflict between their
/// writers, though the loop's body reads what they wrote.
static void separateEmptyTensors(func::FuncOp function) {
  function.walk([](scf::ForallOp loop) {
    for (OpOperand &output : loop.getOutputsMutable())
      if (auto empty = output.get().getDefiningOp<tensor::EmptyOp>())
        output.set(OpBuilder(loop).clone(*empty)->getResult(0));
  });
}

namespace {
struct BufferizeDispatch
    : lacuna::impl::BufferizeDispatchBase<BufferizeDispatch> {
  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (!isDenseDispatch(function))
      return;
    separateEmptyTensors(function);
    IRRewriter rewriter(&getContext());
    if (failed(bufferization::eliminateEmptyTensors(rewriter, function)))
      return signalPassFailure();
    bufferization::OneShotBufferizationOptions options;
    options.setFunctionBoundaryTypeConversion(
        bufferization::LayoutMapOption::IdentityLayoutMap);
    options.opFilter.denyOperation(
        [](Operation *op) { return isa<func::FuncOp, func::ReturnOp>(op); });
    bufferization::BufferizationState state;
    if (failed(bufferization::runOneShotBufferize(function, options, state)))
      return signalPassFailure();
    // Copies of a buffer to itself fold away here.
    RewritePatternSet patterns(&getContext());
    for (StringRef name : {"memref.copy", "memref.subview", "memref.cast",
                           "memref.dim", "scf.forall"})
      RegisteredOperationName::lookup(name, &getContext())
          ->getCanonicalizationPatterns(patterns, &getContext());
    if (failed(applyPatternsGreedily(function, std::move(patterns))))
      return signalPassFailure();
    function.walk([&](memref::CopyOp copy) {
      if (isa<MemRefType>(copy.getTarget().getType()) &&
          isa<MemRefType>(copy.getSource().getType()))
        makeCopyGeneric(copy);
    });
  }
};
} // namespace
