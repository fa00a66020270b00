// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// outline-dispatches: from regions on tensors to functions on buffers, the
// first step of phase routed. Functions are shared between regions that are
// alike, before any code is generated: operations and inputs are put into an
// order that the region alone decides, since it stands in its function's.

#include "lacuna/Conversion/Passes.h"
#include "lacuna/IR/Lacuna.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MLProgram/IR/MLProgram.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/StringExtras.h"

namespace lacuna {
#define GEN_PASS_DEF_OUTLINEDISPATCHES
#include "lacuna/Conversion/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

/// The contiguous buffer of a tensor; other types are passed as they are.
static Type getArgumentType(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor ? MemRefType::get(tensor.getShape(), tensor.getElementType())
                : type;
}

/// `name` in the characters that PTX allows in a name (PTX ISA 4.4): what is
/// made of a dispatch on a GPU has its name.
static std::string makeIdentifier(StringRef name) {
  std::string identifier;
  for (char c : name)
    identifier += llvm::isAlnum(c) || c == '$' ? c : '_';
  if (identifier.empty() || llvm::isDigit(identifier.front()))
    identifier.insert(0, "_");
  return identifier;
}

/// The operand that `dispatch` only inserts slices into, if its result is that
/// and nothing else is left to be read of the operand, or -1. Its buffer can be
/// updated in place: a key-value cache is not copied for one more position.
static int64_t findUpdated(DispatchOp dispatch) {
  if (dispatch.getNumResults() != 1)
    return -1;
  auto yield = cast<YieldOp>(dispatch.getBody().front().getTerminator());
  Value value = yield.getValues().front();
  while (auto insert = value.getDefiningOp<tensor::InsertSliceOp>()) {
    if (!insert->hasOneUse())
      return -1;
    value = insert.getDest();
  }
  auto argument = dyn_cast<BlockArgument>(value);
  if (!argument || argument == yield.getValues().front() ||
      !argument.hasOneUse())
    return -1;
  Value operand = dispatch.getInputs()[argument.getArgNumber()];
  Operation *producer = operand.getDefiningOp();
  // Of what must stay as it is the region makes the copy, on all threads.
  bool isOurs =
      isa_and_nonnull<ml_program::GlobalLoadOp>(producer) ||
      (isa_and_nonnull<InvokeOp, DispatchOp>(producer) && operand.hasOneUse());
  return isOurs ? static_cast<int64_t>(argument.getArgNumber()) : -1;
}

namespace {
/// A region in an order that does not depend on where it was found: operations
/// follow what they read, in the order in which a walk backwards from the
/// results meets them, and so do the inputs. Layers of a network differ in
/// which of them had a value computed earlier.
class RegionOrder {
public:
  explicit RegionOrder(Block &body) : body(body) {
    // What has effects keeps its order, and all inputs.
    if (!llvm::all_of(body.without_terminator(),
                      [](Operation &op) { return isMemoryEffectFree(&op); })) {
      for (Operation &op : body.without_terminator())
        operations.insert(&op);
      inputs.insert(body.args_begin(), body.args_end());
      return;
    }
    visit(body.getTerminator());
    operations.remove(body.getTerminator());
  }

  llvm::SetVector<Operation *> operations;
  llvm::SetVector<BlockArgument> inputs;

private:
  void visit(Operation *op) {
    if (operations.contains(op))
      return;
    SetVector<Value> used(op->operand_begin(), op->operand_end());
    getUsedValuesDefinedAbove(op->getRegions(), used);
    for (Value value : used) {
      if (Operation *producer = value.getDefiningOp())
        visit(producer);
      else if (value.getParentBlock() == &body)
        inputs.insert(cast<BlockArgument>(value));
    }
    operations.insert(op);
  }

  Block &body;
};

struct OutlineDispatches
    : lacuna::impl::OutlineDispatchesBase<OutlineDispatches> {
  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    SmallVector<DispatchOp> dispatches;
    getOperation().walk([&](DispatchOp op) { dispatches.push_back(op); });
    for (DispatchOp dispatch : dispatches)
      if (failed(outline(dispatch, symbols)))
        return signalPassFailure();
  }

private:
  llvm::StringMap<func::FuncOp> known;

  LogicalResult outline(DispatchOp dispatch, SymbolTable &symbols) {
    for (Type type : llvm::concat<const Type>(
             SmallVector<Type>(dispatch.getInputs().getTypes()),
             SmallVector<Type>(dispatch.getResultTypes())))
      if (getLayout(type))
        return dispatch.emitOpError("reads or gives a laid-out tensor of type ")
               << type << "; run materialize-layouts first";
    int64_t updated = findUpdated(dispatch);
    RegionOrder order(dispatch.getBody().front());
    SmallVector<Value> inputs, outs;
    if (updated >= 0) {
      outs.push_back(dispatch.getInputs()[updated]);
      order.inputs.remove(dispatch.getBody().getArgument(updated));
    }
    func::FuncOp function =
        share(makeFunction(dispatch, order, updated), dispatch, symbols);
    OpBuilder builder(dispatch);
    for (BlockArgument input : order.inputs)
      inputs.push_back(dispatch.getInputs()[input.getArgNumber()]);
    for (unsigned i = outs.size(), e = dispatch.getNumResults(); i < e; ++i)
      outs.push_back(tensor::EmptyOp::create(
          builder, dispatch.getLoc(), dispatch.getMixedResultSizes(i),
          getElementTypeOrSelf(dispatch.getResult(i).getType())));
    auto invoke =
        InvokeOp::create(builder, dispatch.getLoc(), dispatch.getResultTypes(),
                         function.getSymName(), inputs, outs, updated >= 0);
    dispatch.replaceAllUsesWith(invoke.getResults());
    dispatch.erase();
    ++numOutlined;
    return success();
  }

  /// The region as a function that stands in no module yet. The argument number
  /// `updated`, if there is one, is what the result's buffer holds before; it
  /// is not among the inputs.
  static func::FuncOp makeFunction(DispatchOp dispatch,
                                   const RegionOrder &order, int64_t updated) {
    Location loc = dispatch.getLoc();
    OpBuilder builder(dispatch.getContext());
    SmallVector<Type> types;
    for (BlockArgument input : order.inputs)
      types.push_back(getArgumentType(input.getType()));
    for (Type type : dispatch.getResultTypes())
      types.push_back(getArgumentType(type));
    auto function = func::FuncOp::create(
        loc, "dispatch", builder.getFunctionType(types, TypeRange()));
    function.setPrivate();
    function->setAttr(LacunaDialect::kDispatchAttr, builder.getUnitAttr());
    Route route = dispatch.getPlan()
                      ? dispatch.getPlan()->getChoices().front().getRoute()
                      : Route::Dense;
    function->setAttr(LacunaDialect::kRouteAttr,
                      RouteAttr::get(dispatch.getContext(), route));
    Block *entry = function.addEntryBlock();
    builder.setInsertionPointToStart(entry);
    IRMapping mapping;
    auto map = [&](Value from, Value to, bool isUpdated) {
      mapping.map(from, isa<TensorType>(from.getType())
                            ? bufferization::ToTensorOp::create(
                                  builder, loc, from.getType(), to,
                                  /*restrict=*/true, /*writable=*/isUpdated)
                                  .getResult()
                            : to);
    };
    for (auto [from, to] : llvm::zip(order.inputs, entry->getArguments()))
      map(from, to, /*isUpdated=*/false);
    Block &body = dispatch.getBody().front();
    if (updated >= 0)
      map(body.getArgument(updated), entry->getArguments().back(),
          /*isUpdated=*/true);
    for (Operation *op : order.operations)
      builder.clone(*op, mapping);
    auto yield = cast<YieldOp>(body.getTerminator());
    ValueRange outs = entry->getArguments().take_back(dispatch.getNumResults());
    for (auto [value, out] : llvm::zip(yield.getValues(), outs))
      bufferization::MaterializeInDestinationOp::create(
          builder, loc, /*result=*/Type(), mapping.lookupOrDefault(value), out,
          /*restrict=*/true, /*writable=*/true);
    func::ReturnOp::create(builder, loc);
    return function;
  }

  /// The function that is like `function`; `function` itself if it is the
  /// first of its kind.
  func::FuncOp share(func::FuncOp function, DispatchOp dispatch,
                     SymbolTable &symbols) {
    std::string text;
    llvm::raw_string_ostream os(text);
    function->print(os, OpPrintingFlags().useLocalScope());
    auto [entry, isNew] = known.try_emplace(text, function);
    if (!isNew) {
      function->erase();
      return entry->second;
    }
    auto parent = dispatch->getParentOfType<func::FuncOp>();
    function.setName(makeIdentifier(parent.getName()) + "$dispatch_" +
                     std::to_string(numFunctions.getValue()));
    symbols.insert(function, Block::iterator(parent));
    ++numFunctions;
    return function;
  }
};
} // namespace
