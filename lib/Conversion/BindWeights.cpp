// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// bind-weights: weights and state have names, and the runtime binds them; here
// each one that a function uses becomes an argument of it. Behind
// add-destinations, so that the arguments are in the order inputs, outputs,
// weights and state. State is updated in its argument's buffer.

#include "HostFunctions.h"

#include "lacuna/Conversion/Passes.h"
#include "lacuna/IR/Lacuna.h"
#include "lacuna/Transforms/Weights.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/MLProgram/IR/MLProgram.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/MapVector.h"

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
  if (Attribute panels = global->getAttr("lacuna.panels"))
    binding.set("panels", panels);
  binding.set("type", TypeAttr::get(eraseLayout(dense)));
  if (Attribute dtype = global->getAttr("lacuna.dtype"))
    binding.set("dtype", dtype);
  return binding.getDictionary(global.getContext());
}

/// The dictionary of a state.
static DictionaryAttr describeState(ml_program::GlobalOp global) {
  Builder builder(global.getContext());
  NamedAttrList binding;
  binding.set("state", global.getSymNameAttr());
  binding.set("type", TypeAttr::get(global.getType()));
  if (isa_and_nonnull<ml_program::ExternAttr>(global.getValueAttr()))
    binding.set("weight", global.getSymNameAttr());
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
  void getDependentDialects(DialectRegistry &registry) const override {
    BindWeightsBase::getDependentDialects(registry);
    registry.insert<memref::MemRefDialect>();
  }

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
    StateUses uses;
    WalkResult walk = function.walk([&](Operation *op) {
      if (auto load = dyn_cast<ml_program::GlobalLoadConstOp>(op))
        loads.push_back(load);
      else if (auto load = dyn_cast<ml_program::GlobalLoadOp>(op))
        uses.loads.push_back(load);
      else if (auto store = dyn_cast<ml_program::GlobalStoreOp>(op))
        uses.stores.push_back(store);
      else if (isa_and_nonnull<ml_program::MLProgramDialect>(
                   op->getDialect())) {
        op->emitOpError("is not supported in a compiled function; expected "
                        "ml_program.global_load_const, or global_load and "
                        "global_store of a mutable global");
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
    return bindState(uses, function, symbols, builder);
  }

  struct StateUses {
    SmallVector<ml_program::GlobalLoadOp> loads;
    SmallVector<ml_program::GlobalStoreOp> stores;
  };

  /// Each state is a tensor in its argument's buffer. At the very end, behind
  /// all that reads old values, the new ones are copied to these buffers; where
  /// bufferization made one in place, that is a copy of a buffer to itself.
  LogicalResult bindState(StateUses &uses, func::FuncOp function,
                          SymbolTable &symbols, OpBuilder &builder) {
    if (failed(checkOrder(uses, function)))
      return failure();
    llvm::MapVector<Operation *, Value> bound;
    auto getValue = [&](FlatSymbolRefAttr name) -> Value & {
      auto global = symbols.lookup<ml_program::GlobalOp>(name.getAttr());
      Value &value = bound[global];
      if (!value)
        value = addArgument(function, global, builder);
      return value;
    };
    for (ml_program::GlobalLoadOp load : uses.loads)
      load.getResult().replaceAllUsesWith(
          getValue(cast<FlatSymbolRefAttr>(load.getGlobal())));
    OpBuilder end(getReturn(function));
    SmallVector<std::pair<Value, Value>> copies;
    for (ml_program::GlobalStoreOp store : uses.stores) {
      Location loc = store.getLoc();
      Value old = getValue(cast<FlatSymbolRefAttr>(store.getGlobal()));
      Value buffer = old.getDefiningOp()->getOperand(0);
      Value value = store.getValue();
      // What may lie in another state's buffer is read before that is written.
      if (mayShareBuffer(value, old, bound))
        value = bufferization::AllocTensorOp::create(
            end, loc, cast<RankedTensorType>(value.getType()), ValueRange(),
            value);
      copies.push_back(
          {bufferization::ToBufferOp::create(end, loc, buffer.getType(), value,
                                             /*read_only=*/true),
           buffer});
    }
    for (auto [from, to] : copies)
      memref::CopyOp::create(end, from.getLoc(), from, to);
    for (ml_program::GlobalLoadOp load : uses.loads)
      load.erase();
    for (ml_program::GlobalStoreOp store : uses.stores)
      store.erase();
    return success();
  }

  /// Whether `value` may come to lie in the buffer of a state other than `own`.
  static bool mayShareBuffer(Value value, Value own,
                             const llvm::MapVector<Operation *, Value> &bound) {
    SetVector<Value> reached;
    reached.insert(value);
    for (unsigned i = 0; i < reached.size(); ++i) {
      Operation *op = reached[i].getDefiningOp();
      if (!op || isa<bufferization::ToTensorOp>(op))
        continue;
      SetVector<Value> operands(op->operand_begin(), op->operand_end());
      getUsedValuesDefinedAbove(op->getRegions(), operands);
      // A dispatch gives its results in the buffers of its outs.
      if (auto invoke = dyn_cast<InvokeOp>(op))
        operands =
            SetVector<Value>(invoke.getOuts().begin(), invoke.getOuts().end());
      for (Value operand : operands)
        if (isa<TensorType>(operand.getType()))
          reached.insert(operand);
    }
    return llvm::any_of(bound, [&](const auto &entry) {
      return entry.second != own && reached.contains(entry.second);
    });
  }

  /// What forward-state leaves.
  static LogicalResult checkOrder(const StateUses &uses,
                                  func::FuncOp function) {
    auto refuse = [](Operation *op) {
      return op->emitOpError("is not in the order of loads, work, one store "
                             "of each state; run forward-state first");
    };
    DenseSet<Attribute> stored;
    for (ml_program::GlobalStoreOp store : uses.stores) {
      if (store->getParentOp() != function ||
          !stored.insert(store.getGlobalAttr()).second)
        return refuse(store);
      for (ml_program::GlobalLoadOp load : uses.loads)
        if (load.getGlobal() == store.getGlobal() &&
            (load->getParentOp() != function || !load->isBeforeInBlock(store)))
          return refuse(load);
    }
    return success();
  }

  Value addArgument(func::FuncOp function, ml_program::GlobalOp global,
                    OpBuilder &builder) {
    auto tensor = cast<RankedTensorType>(global.getType());
    auto buffer = MemRefType::get(tensor.getShape(), tensor.getElementType());
    unsigned index = function.getNumArguments();
    NamedAttrList attributes;
    bool isState = global.getIsMutable();
    attributes.set(kBindingAttr,
                   isState ? describeState(global) : describe(global));
    // The insertion cannot fail: the function has a body and a plain type.
    (void)function.insertArgument(index, buffer,
                                  attributes.getDictionary(&getContext()),
                                  global.getLoc());
    ++numBindings;
    return bufferization::ToTensorOp::create(
        builder, global.getLoc(), tensor, function.getArgument(index),
        /*restrict=*/true, /*writable=*/isState);
  }

  void eraseUnusedWeights() {
    // Uses are looked for once, not once for each weight.
    auto uses = SymbolTable::getSymbolUses(&getOperation().getBodyRegion());
    if (!uses)
      return;
    DenseSet<StringAttr> used;
    for (SymbolTable::SymbolUse use : *uses)
      used.insert(use.getSymbolRef().getRootReference());
    for (auto global : llvm::make_early_inc_range(
             getOperation().getOps<ml_program::GlobalOp>()))
      if (!used.contains(global.getSymNameAttr()))
        global.erase();
  }
};
} // namespace
