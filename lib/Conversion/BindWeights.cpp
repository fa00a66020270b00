// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// bind-weights: weights have names, and the runtime binds them; here each one
// that a function reads becomes an argument of it. Behind add-destinations,
// so that the arguments are in the order inputs, outputs, weights.

#include "HostFunctions.h"

#include "lacuna/Conversion/Passes.h"
#include "lacuna/IR/Lacuna.h"
#include "lacuna/Transforms/Weights.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/MLProgram/IR/MLProgram.h"

namespace lacuna {
#define GEN_PASS_DEF_BINDWEIGHTS
#include "lacuna/Conversion/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

/// The dictionary of `lacuna.binding`: from the global's attributes, where
/// materialize-layouts left them, otherwise the dense weight of its own name.
static DictionaryAttr describe(ml_program::GlobalOp global) {
  Builder builder(global.getContext());
  auto weight = global->getAttrOfType<StringAttr>("lacuna.weight");
  auto view = global->getAttrOfType<StringAttr>("lacuna.view");
  auto type = global->getAttrOfType<TypeAttr>("lacuna.type");
  NamedAttrList binding;
  binding.set("weight", weight ? weight : global.getSymNameAttr());
  binding.set("view", view ? view : builder.getStringAttr("dense"));
  Type dense = type ? type.getValue() : global.getType();
  Attribute layout = global->getAttr("lacuna.layout");
  if (!layout)
    layout = getLayout(dense);
  if (auto storage = dyn_cast_or_null<StorageLayoutInterface>(layout))
    layout = builder.getStringAttr(storage.getSpelling());
  if (layout)
    binding.set("layout", layout);
  if (Attribute prunes = global->getAttr(kPrunesAttr))
    binding.set("prunes", prunes);
  binding.set("type", TypeAttr::get(eraseLayout(dense)));
  if (Attribute dtype = global->getAttr("lacuna.dtype"))
    binding.set("dtype", dtype);
  return binding.getDictionary(global.getContext());
}

static LogicalResult checkGlobal(ml_program::GlobalOp global, Operation *load) {
  auto type = dyn_cast<RankedTensorType>(global.getType());
  if (type && type.hasStaticShape() && !type.getEncoding() &&
      !global.getIsMutable() &&
      isa_and_nonnull<ml_program::ExternAttr>(global.getValueAttr()))
    return success();
  InFlightDiagnostic diagnostic = load->emitOpError("reads '@")
                                  << global.getSymName()
                                  << "', which is not a weight; expected an "
                                     "immutable ml_program.global with an "
                                     "extern value and a static tensor type "
                                     "without a layout";
  diagnostic.attachNote(global.getLoc()) << "it is defined here";
  return diagnostic;
}

namespace {
struct BindWeights : lacuna::impl::BindWeightsBase<BindWeights> {
  void runOnOperation() override {
    if (failed(forEachHostFunction(
            getOperation(), [&](func::FuncOp function, SymbolTable &symbols) {
              return bind(function, symbols);
            })))
      return signalPassFailure();
    eraseUnusedWeights();
  }

private:
  LogicalResult bind(func::FuncOp function, SymbolTable &symbols) {
    SmallVector<ml_program::GlobalLoadConstOp> loads;
    WalkResult walk = function.walk([&](Operation *op) {
      if (auto load = dyn_cast<ml_program::GlobalLoadConstOp>(op)) {
        loads.push_back(load);
        return WalkResult::advance();
      }
      if (isa_and_nonnull<ml_program::MLProgramDialect>(op->getDialect())) {
        op->emitOpError("is not supported in a compiled function; expected "
                        "weights read by ml_program.global_load_const");
        return WalkResult::interrupt();
      }
      return WalkResult::advance();
    });
    if (walk.wasInterrupted())
      return failure();

    Block &body = function.getBody().front();
    OpBuilder builder = OpBuilder::atBlockBegin(&body);
    DenseMap<Operation *, Value> bound;
    for (ml_program::GlobalLoadConstOp load : loads) {
      auto global = symbols.lookup<ml_program::GlobalOp>(
          load.getGlobal().getLeafReference());
      if (failed(checkGlobal(global, load)))
        return failure();
      Value &value = bound[global];
      if (!value)
        value = addArgument(function, global, builder);
      load.getResult().replaceAllUsesWith(value);
    }
    for (ml_program::GlobalLoadConstOp load : loads)
      load.erase();
    return success();
  }

  Value addArgument(func::FuncOp function, ml_program::GlobalOp global,
                    OpBuilder &builder) {
    auto tensor = cast<RankedTensorType>(global.getType());
    auto buffer = MemRefType::get(tensor.getShape(), tensor.getElementType());
    unsigned index = function.getNumArguments();
    NamedAttrList attributes;
    attributes.set(kBindingAttr, describe(global));
    // The insertion cannot fail: the function has a body and a plain type.
    (void)function.insertArgument(index, buffer,
                                  attributes.getDictionary(&getContext()),
                                  global.getLoc());
    ++numBindings;
    return bufferization::ToTensorOp::create(
        builder, global.getLoc(), tensor, function.getArgument(index),
        /*restrict=*/true, /*writable=*/false);
  }

  void eraseUnusedWeights() {
    for (auto global : llvm::make_early_inc_range(
             getOperation().getOps<ml_program::GlobalOp>()))
      if (SymbolTable::symbolKnownUseEmpty(global, getOperation()))
        global.erase();
  }
};
} // namespace
