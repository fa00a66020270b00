// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// lower-sparse-tensor-dispatch: route sparse-tensor, from a function that
// holds one contraction of a laid-out weight to parallel loops on buffers. The
// kernels of all functions go through upstream's sparsifier together, in
// nested modules (one per width of panel) that are erased again.

#include "SparseTensorLoops.h"
#include "lacuna/Conversion/Passes.h"
#include "lacuna/IR/Lacuna.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"

namespace lacuna {
#define GEN_PASS_DEF_LOWERSPARSETENSORDISPATCH
#include "lacuna/Conversion/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

namespace {
/// A dispatch function of this route with its one contraction.
struct Core {
  func::FuncOp function;
  SparseContraction contraction;
  SparseBuffers buffers;
};
} // namespace

/// Reads the form that split-sparse-tensor-dispatch gives.
static FailureOr<Core> match(func::FuncOp function) {
  Core core{function, {}, {}};
  AssembleOp assemble;
  bufferization::MaterializeInDestinationOp result;
  auto refuse = [&](const Twine &why) -> FailureOr<Core> {
    return function.emitOpError("of route sparse-tensor: ")
           << why << "; run split-sparse-tensor-dispatch first";
  };
  for (Operation &op : function.getBody().front()) {
    if (auto found = dyn_cast<AssembleOp>(op)) {
      if (assemble)
        return refuse("expected one laid-out weight, found more");
      assemble = found;
    }
    if (auto found = dyn_cast<bufferization::MaterializeInDestinationOp>(op)) {
      if (result)
        return refuse("expected one result, found more");
      result = found;
    }
  }
  if (!assemble || !assemble->hasOneUse() || !result)
    return refuse("expected a lacuna.assemble with one use and a result");
  OpOperand &use = *assemble->getUses().begin();
  auto op = dyn_cast<linalg::LinalgOp>(use.getOwner());
  if (!op || result.getSource().getDefiningOp() != op)
    return refuse("expected its only computation to be a contraction");
  std::string reason;
  auto contraction = analyzeSparseContraction(op, use, reason);
  if (!contraction)
    return op->emitOpError("cannot take route sparse-tensor: ") << reason;
  core.contraction = *contraction;
  Value init = op.getDpsInits()[0];
  SparseBuffers &buffers = core.buffers;
  buffers.values = getBuffer(assemble.getComponents()[0]);
  buffers.coordinates = getBuffer(assemble.getComponents()[1]);
  buffers.other = getBuffer(contraction->other->get());
  buffers.out = result.getDest();
  buffers.accumulate = !isZero(init);
  if (!buffers.values || !buffers.coordinates || !buffers.other ||
      !isa<BlockArgument>(buffers.out) ||
      (buffers.accumulate && getBuffer(init) != buffers.out))
    return refuse("expected all operands to be arguments");
  return core;
}

namespace {
struct LowerSparseTensorDispatch
    : lacuna::impl::LowerSparseTensorDispatchBase<LowerSparseTensorDispatch> {
  void runOnOperation() override {
    SmallVector<Core, 4> cores;
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      auto route =
          function->getAttrOfType<RouteAttr>(LacunaDialect::kRouteAttr);
      if (!route || route.getValue() != Route::SparseTensor ||
          function.isExternal())
        continue;
      FailureOr<Core> core = match(function);
      if (failed(core))
        return signalPassFailure();
      cores.push_back(*core);
    }
    if (cores.empty())
      return;
    llvm::MapVector<int64_t, ModuleOp> kernels = buildKernels(cores);
    LogicalResult result = success();
    for (auto [panel, module] : kernels) {
      OpPassManager manager(ModuleOp::getOperationName());
      buildSparsifyKernels(manager, panel);
      if (failed(runPipeline(manager, module)))
        result = failure();
      else
        module.walk(finishSparseKernel);
    }
    for (Core &core : cores)
      if (succeeded(result))
        result = lower(core, kernels);
    for (auto [panel, module] : kernels)
      module.erase();
    if (failed(result))
      signalPassFailure();
  }

private:
  static SparseKernel getKernel(const Core &core, int64_t panel) {
    const SparseContraction &contraction = core.contraction;
    int64_t groups =
        contraction.layout.getNumGroups(contraction.getWeightType().getShape());
    return {contraction, groups, panel};
  }

  llvm::MapVector<int64_t, ModuleOp> buildKernels(ArrayRef<Core> cores) {
    llvm::MapVector<int64_t, ModuleOp> modules;
    OpBuilder builder(&getContext());
    for (const Core &core : cores)
      for (int64_t panel : getPanels(core.contraction)) {
        Location loc = core.contraction.weight->getOwner()->getLoc();
        ModuleOp &module = modules[panel];
        builder.setInsertionPointToEnd(getOperation().getBody());
        if (!module)
          module = ModuleOp::create(builder, loc);
        SparseKernel kernel = getKernel(core, panel);
        if (module.lookupSymbol(kernel.getName()))
          continue;
        builder.setInsertionPointToEnd(module.getBody());
        kernel.build(builder, loc);
        ++numKernels;
      }
    return modules;
  }

  LogicalResult lower(Core &core, llvm::MapVector<int64_t, ModuleOp> &kernels) {
    Block &body = core.function.getBody().front();
    SmallVector<Operation *> old = llvm::map_to_vector(
        body.without_terminator(), [](Operation &op) { return &op; });
    OpBuilder builder(body.getTerminator());
    Location loc = core.contraction.weight->getOwner()->getLoc();
    auto lookup = [&](int64_t panel) {
      return kernels[panel].lookupSymbol<func::FuncOp>(
          getKernel(core, panel).getName());
    };
    if (failed(emitSparseLoops(builder, loc, core.contraction, core.buffers,
                               lookup)))
      return failure();
    for (Operation *op : llvm::reverse(old))
      op->erase();
    ++numLowered;
    return success();
  }
};
} // namespace
