// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// forward-state: a model may load and store a mutable global anywhere. From
// here on a function loads each once, at its start, and stores it once, at its
// end; what lies between is values, which other passes may move.

#include "lacuna/Transforms/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MLProgram/IR/MLProgram.h"
#include "llvm/ADT/MapVector.h"

namespace lacuna {
#define GEN_PASS_DEF_FORWARDSTATE
#include "lacuna/Transforms/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;
using namespace mlir::ml_program;

static bool isZero(Attribute value) {
  auto elements = dyn_cast<DenseElementsAttr>(value);
  if (!elements || !elements.isSplat())
    return false;
  if (auto integer = dyn_cast<IntegerAttr>(elements.getSplatValue<Attribute>()))
    return integer.getValue().isZero();
  auto real = dyn_cast<FloatAttr>(elements.getSplatValue<Attribute>());
  return real && real.getValue().isPosZero();
}

static LogicalResult checkState(GlobalOp global) {
  auto type = dyn_cast<RankedTensorType>(global.getType());
  if (!type || !type.hasStaticShape() || type.getEncoding())
    return global.emitOpError("is state of type ")
           << global.getType()
           << "; expected a ranked tensor of static shape without a layout: "
              "give each dimension its maximum";
  std::optional<Attribute> value = global.getValue();
  if (!value || isa<ExternAttr>(*value) || isZero(*value))
    return success();
  return global.emitOpError("is state that begins with ")
         << "values of its own; expected zeros, or #ml_program.extern, which "
            "takes them from the weights by name";
}

namespace {
struct ForwardState : lacuna::impl::ForwardStateBase<ForwardState> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    for (auto global : module.getOps<GlobalOp>())
      if (global.getIsMutable() && failed(checkState(global)))
        return signalPassFailure();
    SymbolTable symbols(module);
    for (auto function : module.getOps<func::FuncOp>())
      if (!function.isExternal() && failed(forward(function, symbols)))
        return signalPassFailure();
  }

private:
  /// The value of a global at a point of the function.
  struct Content {
    GlobalLoadOp loaded; ///< At the start of the function; may be null.
    Value current;
    Location stored;
  };

  LogicalResult forward(func::FuncOp function, SymbolTable &symbols) {
    llvm::MapVector<Operation *, Content> contents;
    WalkResult walked = function.walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (auto load = dyn_cast<GlobalLoadOp>(op)) {
        forwardLoad(load, function, symbols, contents);
        return WalkResult::skip();
      }
      if (auto store = dyn_cast<GlobalStoreOp>(op))
        return failed(forwardStore(store, function, symbols, contents))
                   ? WalkResult::interrupt()
                   : WalkResult::skip();
      return WalkResult::advance();
    });
    if (walked.wasInterrupted())
      return failure();
    OpBuilder builder(function.getBody().back().getTerminator());
    for (auto &[global, content] : contents)
      if (!content.loaded || content.current != content.loaded.getResult())
        GlobalStoreOp::create(builder, content.stored,
                              FlatSymbolRefAttr::get(global), content.current);
    for (auto &[global, content] : contents)
      if (content.loaded && content.loaded->use_empty())
        content.loaded.erase();
    return success();
  }

  void forwardLoad(GlobalLoadOp load, func::FuncOp function,
                   SymbolTable &symbols,
                   llvm::MapVector<Operation *, Content> &contents) {
    // The symbol has been verified.
    auto global = symbols.lookup<GlobalOp>(load.getGlobal().getLeafReference());
    OpBuilder builder(load);
    if (!global.getIsMutable()) {
      auto constant = GlobalLoadConstOp::create(
          builder, load.getLoc(), load.getType(), load.getGlobalAttr());
      load.replaceAllUsesWith(constant.getResult());
      load.erase();
      return;
    }
    auto found = contents.find(global);
    if (found == contents.end()) {
      builder.setInsertionPointToStart(&function.getBody().front());
      auto first = GlobalLoadOp::create(builder, load.getLoc(), load.getType(),
                                        load.getGlobalAttr());
      found =
          contents.insert({global, {first, first.getResult(), load.getLoc()}})
              .first;
    }
    load.replaceAllUsesWith(found->second.current);
    load.erase();
    ++numForwarded;
  }

  LogicalResult forwardStore(GlobalStoreOp store, func::FuncOp function,
                             SymbolTable &symbols,
                             llvm::MapVector<Operation *, Content> &contents) {
    if (store->getParentOp() != function || !function.getBody().hasOneBlock())
      return store.emitOpError("of '@")
             << store.getGlobal().getLeafReference().getValue()
             << "' is in control flow; expected stores that always happen: "
                "choose the value to store, with arith.select or the result "
                "of scf.if";
    auto global =
        symbols.lookup<GlobalOp>(store.getGlobal().getLeafReference());
    auto [entry, isNew] = contents.insert(
        {global, {GlobalLoadOp(), store.getValue(), store.getLoc()}});
    entry->second.current = store.getValue();
    entry->second.stored = store.getLoc();
    store.erase();
    return success();
  }
};
} // namespace
