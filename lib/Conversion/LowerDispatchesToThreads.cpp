// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// lower-dispatches-to-threads: the last pass of phase routed on a GPU. Whatever
// no generator took becomes plain kernels, one for each operation that is left
// after fusion, so that whole models run on the device. The dispatch function
// stays on the host: it finds sizes, takes scratch and launches.

#include "ThreadKernel.h"
#include "Tiling.h"
#include "lacuna/Conversion/KernelSupport.h"
#include "lacuna/Conversion/Passes.h"
#include "lacuna/Conversion/SizeBuilder.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/MemRef/Transforms/Transforms.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Tensor/Transforms/Transforms.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "mlir/Transforms/Passes.h"

namespace lacuna {
#define GEN_PASS_DEF_LOWERDISPATCHESTOTHREADS
#include "lacuna/Conversion/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

namespace {
struct LowerDispatchesToThreads
    : lacuna::impl::LowerDispatchesToThreadsBase<LowerDispatchesToThreads> {
  void getDependentDialects(DialectRegistry &registry) const override {
    LowerDispatchesToThreadsBase::getDependentDialects(registry);
    bufferizing.getDependentDialects(registry);
    arithmetic.getDependentDialects(registry);
  }

  LogicalResult initialize(MLIRContext *) override {
    bufferizing.clear();
    bufferizing.addPass(createBufferizeDispatch());
    bufferizing.addPass(createRelaxArithmetic());
    bufferizing.addPass(createCanonicalizerPass());
    bufferizing.addPass(createCSEPass());
    return success();
  }

  void runOnOperation() override {
    for (auto function :
         llvm::make_early_inc_range(getOperation().getOps<func::FuncOp>()))
      if (isLeft(function) && failed(lower(function)))
        return signalPassFailure();
  }

private:
  OpPassManager bufferizing{func::FuncOp::getOperationName()};
  NarrowArithmetic arithmetic;

  /// Whether no generator has taken the dispatch function: it still computes.
  static bool isLeft(func::FuncOp function) {
    // Without a route it only calls others.
    if (!function->hasAttr(LacunaDialect::kDispatchAttr) ||
        !function->hasAttr(LacunaDialect::kRouteAttr) || function.isExternal())
      return false;
    return !function
                .walk([](Operation *op) {
                  return isa<gpu::LaunchFuncOp>(op) ? WalkResult::interrupt()
                                                    : WalkResult::advance();
                })
                .wasInterrupted();
  }

  /// Sizes in terms of the arguments; chains of elementwise operations in one.
  static void fuse(func::FuncOp function) {
    IRRewriter rewriter(function.getContext());
    function.walk([&](linalg::LinalgOp op) {
      if (isa<linalg::GenericOp, linalg::FillOp>(op.getOperation()) ||
          !linalg::isElementwise(op))
        return;
      rewriter.setInsertionPoint(op);
      (void)linalg::generalizeNamedOp(rewriter, op);
    });
    RewritePatternSet patterns(function.getContext());
    memref::populateResolveRankedShapedTypeResultDimsPatterns(patterns);
    tensor::populateFoldTensorEmptyPatterns(patterns);
    linalg::populateElementwiseOpsFusionPatterns(
        patterns, [](OpOperand *operand) {
          Operation *producer = operand->get().getDefiningOp();
          return producer && producer->hasOneUse() &&
                 !linalg::isaContractionOpInterface(
                     dyn_cast<linalg::LinalgOp>(operand->getOwner()));
        });
    linalg::populateEraseUnusedOperandsAndResultsPatterns(patterns);
    for (StringRef name : {"tensor.dim", "tensor.empty"})
      RegisteredOperationName::lookup(name, function.getContext())
          ->getCanonicalizationPatterns(patterns, function.getContext());
    // Stopping before the fixed point leaves a valid function.
    (void)applyPatternsGreedily(function, std::move(patterns));
    function.walk(copyStarts);
  }

  /// A reduction that starts from an argument which it must not change takes a
  /// copy, in the memory of its result: see foldStart.
  static void copyStarts(linalg::LinalgOp op) {
    if (op.getNumReductionLoops() == 0)
      return;
    OpBuilder builder(op);
    for (OpOperand &init : op.getDpsInitsMutable()) {
      auto read = init.get().getDefiningOp<bufferization::ToTensorOp>();
      if (!read ||
          llvm::any_of(read.getBuffer().getUsers(), [&](Operation *user) {
            return isa<bufferization::MaterializeInDestinationOp>(user);
          }))
        continue;
      Value empty = tensor::EmptyOp::create(
          builder, op.getLoc(),
          tensor::getMixedSizes(builder, op.getLoc(), read),
          getElementTypeOrSelf(init.get().getType()));
      init.set(linalg::CopyOp::create(builder, op.getLoc(), init.get(), empty)
                   .getResult(0));
    }
  }

  LogicalResult lower(func::FuncOp function) {
    if (!isDenseDispatch(function))
      return function.emitOpError("has '")
             << LacunaDialect::kRouteAttr << "' "
             << function->getAttr(LacunaDialect::kRouteAttr)
             << ", which no generator has lowered: expected "
                "#lacuna.route<dense>, from which thread kernels are made; "
                "force route dense, or report the contraction";
    startOf.clear();
    fuse(function);
    if (failed(runPipeline(bufferizing, function)))
      return failure();
    unsigned index = 0;
    Block &body = function.getBody().front();
    assertions.clear();
    for (auto assertion : body.getOps<cf::AssertOp>())
      assertions.push_back(assertion);
    for (auto op : llvm::make_early_inc_range(body.getOps<linalg::LinalgOp>()))
      if (!foldStart(op) && failed(launch(op, function, index)))
        return failure();
    for (Operation *start : folded)
      start->erase();
    folded.clear();
    // Every kernel of the function has them, and what they check.
    for (Operation *assertion : assertions)
      assertion->erase();
    // Views and constants that kernels have repeated.
    for (Operation &op : llvm::make_early_inc_range(llvm::reverse(body)))
      if (isOpTriviallyDead(&op))
        op.erase();
    return checkHostOnly(function);
  }

  /// The operation that reads what `fill`, a fill or a copy, writes, if it does
  /// so first and overwrites everything.
  static linalg::LinalgOp findFilled(linalg::LinalgOp fill) {
    if (!isa<linalg::FillOp, linalg::CopyOp>(fill.getOperation()))
      return {};
    Value buffer = fill.getDpsInits().front();
    Operation *first = nullptr;
    for (Operation *user : buffer.getUsers()) {
      if (user == fill || isa<memref::DimOp>(user))
        continue;
      // Through a view others may read the buffer, unseen from here.
      if (user->getBlock() != fill->getBlock() ||
          isa<ViewLikeOpInterface>(user))
        return {};
      if (fill->isBeforeInBlock(user) &&
          (!first || user->isBeforeInBlock(first)))
        first = user;
    }
    auto reader = dyn_cast_or_null<linalg::LinalgOp>(first);
    if (!reader || llvm::is_contained(reader.getDpsInputs(), buffer) ||
        llvm::count(reader.getDpsInits(), buffer) != 1)
      return {};
    OpOperand *init =
        llvm::find_if(reader.getDpsInitsMutable(), [&](OpOperand &operand) {
          return operand.get() == buffer;
        });
    AffineMap map = reader.getMatchingIndexingMap(init);
    return map.isProjectedPermutation() ? reader : linalg::LinalgOp();
  }

  /// A fill or a copy is the start value of the operation behind it, not a
  /// kernel.
  bool foldStart(linalg::LinalgOp op) {
    linalg::LinalgOp reader = findFilled(op);
    if (!reader)
      return false;
    startOf[{reader, op.getDpsInits().front()}] = op.getDpsInputs().front();
    folded.push_back(op);
    ++numFills;
    return true;
  }

  LogicalResult launch(linalg::LinalgOp op, func::FuncOp function,
                       unsigned &index) {
    OpBuilder builder(op);
    Location loc = op.getLoc();
    SmallVector<Value> starts;
    for (Value init : op.getDpsInits())
      starts.push_back(startOf.lookup({op, init}));
    if (auto fill = dyn_cast<linalg::FillOp>(op.getOperation()))
      starts.assign(1, Value());
    ThreadKernel kernel(op, getLoopRanges(builder, op), starts, assertions);
    if (StringRef obstacle = kernel.getObstacle(); !obstacle.empty())
      return op.emitOpError() << obstacle << "; a thread cannot compute it";
    SizeBuilder sizes(builder, loc);
    OpFoldResult count = kernel.getNumBlocks(builder);
    if (getConstantIntValue(count) == 0) {
      op.erase();
      return success();
    }
    std::string name = getKernelName(function.getName(), "$" + Twine(index++));
    gpu::GPUFuncOp code = kernel.build(getKernelModule(getOperation()), name);
    if (failed(
            arithmetic.apply(code, [&](OpPassManager &passes, Operation *op) {
              return runPipeline(passes, op);
            })))
      return failure();
    Value one = sizes.value(sizes.constant(1));
    Value threads = sizes.value(sizes.constant(kBlockThreads));
    Value blocks = sizes.value(count);
    // A launch without blocks is an error of the driver.
    if (!getConstantIntValue(count)) {
      Value zero = sizes.value(sizes.constant(0));
      Value any = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ne,
                                        blocks, zero);
      auto branch = scf::IfOp::create(builder, loc, any);
      builder.setInsertionPointToStart(branch.thenBlock());
    }
    gpu::LaunchFuncOp::create(builder, loc, code, {blocks, one, one},
                              {threads, one, one}, Value(),
                              kernel.getArguments());
    op.erase();
    ++numKernels;
    numShared += kernel.isShared();
    return success();
  }

  /// What is left runs on the host, which never reads the device's memory.
  static LogicalResult checkHostOnly(func::FuncOp function) {
    WalkResult walked = function.walk([&](Operation *op) {
      StringRef dialect = op->getName().getDialectNamespace();
      bool isView = isa<memref::AllocOp, memref::DeallocOp, memref::DimOp,
                        memref::GetGlobalOp, memref::ExtractStridedMetadataOp,
                        ViewLikeOpInterface>(op);
      if (isView || isa<func::FuncOp, func::ReturnOp>(op) ||
          dialect == "arith" || dialect == "scf" || dialect == "gpu" ||
          dialect == "affine")
        return WalkResult::advance();
      op->emitOpError("cannot run on a GPU: expected linalg operations, copies "
                      "and views in a dispatch function");
      return WalkResult::interrupt();
    });
    return failure(walked.wasInterrupted());
  }

  /// What the model asserts of data that the function reads.
  SmallVector<Operation *> assertions;
  /// Start values of operations by their buffers: scalars or buffers.
  DenseMap<std::pair<Operation *, Value>, Value> startOf;
  /// Fills and copies that are start values.
  SmallVector<Operation *> folded;
};
} // namespace
