// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// lower-vector-dispatch: route vector, from a function that holds one
// contraction of a laid-out weight, and maybe an elementwise operation on its
// result, to parallel loops on buffers.

#include "PanelLoops.h"
#include "VectorKernel.h"
#include "lacuna/Conversion/Passes.h"
#include "lacuna/IR/Lacuna.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"

namespace lacuna {
#define GEN_PASS_DEF_LOWERVECTORDISPATCH
#include "lacuna/Conversion/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

namespace {
/// What a function of this route computes.
struct Core {
  SparseContraction contraction;
  linalg::GenericOp epilogue; // or null
  VectorBuffers buffers;
};

struct LowerVectorDispatch
    : lacuna::impl::LowerVectorDispatchBase<LowerVectorDispatch> {
  using LowerVectorDispatchBase::LowerVectorDispatchBase;

  void runOnOperation() override {
    func::FuncOp function = getOperation();
    auto route = function->getAttrOfType<RouteAttr>(LacunaDialect::kRouteAttr);
    if (!route || route.getValue() != Route::Vector || function.isExternal())
      return;
    FailureOr<Core> core = match(function);
    if (failed(core))
      return signalPassFailure();
    lower(*core, function.getBody().front());
  }

private:
  /// Reads the form that split-sparse-tensor-dispatch gives.
  static FailureOr<Core> match(func::FuncOp function) {
    AssembleOp assemble;
    bufferization::MaterializeInDestinationOp result;
    auto refuse = [&](const Twine &why) -> FailureOr<Core> {
      return function.emitOpError("of route vector: ")
             << why << "; run split-sparse-tensor-dispatch first";
    };
    for (Operation &op : function.getBody().front()) {
      if (auto found = dyn_cast<AssembleOp>(op)) {
        if (assemble)
          return refuse("expected one laid-out weight, found more");
        assemble = found;
      }
      if (auto found =
              dyn_cast<bufferization::MaterializeInDestinationOp>(op)) {
        if (result)
          return refuse("expected one result, found more");
        result = found;
      }
    }
    if (!assemble || !assemble->hasOneUse() || !result)
      return refuse("expected a lacuna.assemble with one use and a result");
    if (!assemble.getVector())
      return refuse("expected the views of vector kernels in lacuna.assemble");
    OpOperand &use = *assemble->getUses().begin();
    auto op = dyn_cast<linalg::LinalgOp>(use.getOwner());
    if (!op)
      return refuse("expected a contraction");
    if (std::optional<std::string> why = whyNotVector(op, use))
      return op->emitOpError("cannot take route vector: ") << *why;
    std::string reason;
    Core core{*analyzeSparseContraction(op, use, reason), {}, {}};
    if (result.getSource().getDefiningOp() != op) {
      core.epilogue = getVectorEpilogue(op);
      if (!core.epilogue || result.getSource().getDefiningOp() != core.epilogue)
        return refuse("expected its only computation to be a contraction and "
                      "an elementwise operation on the result");
    }
    return findBuffers(core, assemble, result.getDest())
               ? FailureOr<Core>(core)
               : refuse("expected all operands to be arguments");
  }

  static bool findBuffers(Core &core, AssembleOp assemble, Value out) {
    VectorBuffers &buffers = core.buffers;
    buffers.values = getBuffer(assemble.getComponents()[0]);
    buffers.coordinates = getBuffer(assemble.getComponents()[1]);
    buffers.other = getBuffer(core.contraction.other->get());
    buffers.out = out;
    Value init = core.contraction.op.getDpsInits()[0];
    bool accumulates = !isZero(init);
    if (accumulates)
      buffers.initial = getBuffer(init);
    bool found = buffers.values && buffers.coordinates && buffers.other &&
                 isa<BlockArgument>(out) && (!accumulates || buffers.initial);
    if (!core.epilogue)
      return found;
    for (OpOperand *input : core.epilogue.getDpsInputOperands()) {
      bool isSum =
          input->get().getDefiningOp() == core.contraction.op.getOperation();
      buffers.epilogueInputs.push_back(isSum ? Value()
                                             : getBuffer(input->get()));
      found &= isSum || buffers.epilogueInputs.back();
    }
    return found;
  }

  static void emitForms(VectorKernel &kernel) {
    Value rest =
        canEmitColumns(kernel) ? emitColumns(kernel) : kernel.constant(0);
    Value some = kernel.less(rest, kernel.columns);
    if (std::optional<int64_t> known = getConstantIntValue(some)) {
      if (*known)
        emitLanes(kernel, rest);
      return;
    }
    kernel.when(some, [&] { emitLanes(kernel, rest); });
  }

  void lower(Core &core, Block &body) {
    SmallVector<Operation *> old = llvm::map_to_vector(
        body.without_terminator(), [](Operation &op) { return &op; });
    OpBuilder builder(body.getTerminator());
    Location loc = core.contraction.weight->getOwner()->getLoc();
    VectorKernel kernel(builder, loc, core.contraction, core.epilogue,
                        core.buffers, VectorTarget::get(features));
    emitForms(kernel);
    for (Operation *op : llvm::reverse(old))
      if (op->use_empty())
        op->erase();
    ++numLowered;
  }
};
} // namespace
