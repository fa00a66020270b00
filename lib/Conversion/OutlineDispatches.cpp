// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// outline-dispatches: from regions on tensors to functions on buffers, the
// first step of phase routed. Functions are shared between regions that are
// alike, before any code is generated: operations and inputs are put into an
// order that the region alone decides, since it stands in its function's.

#include "lacuna/Conversion/Passes.h"
#include "lacuna/IR/Lacuna.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MLProgram/IR/MLProgram.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
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
    SmallVector<ChooseOp> choices;
    getOperation().walk([&](ChooseOp op) { choices.push_back(op); });
    for (ChooseOp choice : choices)
      if (failed(outlineChoice(choice, symbols)))
        return signalPassFailure();
    SmallVector<DispatchOp> dispatches;
    getOperation().walk([&](DispatchOp op) { dispatches.push_back(op); });
    for (DispatchOp dispatch : dispatches)
      if (failed(outline(dispatch, symbols)))
        return signalPassFailure();
  }

private:
  llvm::StringMap<func::FuncOp> known;

  static void copyNumber(DispatchOp dispatch, InvokeOp invoke) {
    if (Attribute number = dispatch->getAttr(LacunaDialect::kRegionAttr))
      invoke->setAttr(LacunaDialect::kRegionAttr, number);
  }

  LogicalResult checkLayouts(DispatchOp dispatch) {
    for (Type type : llvm::concat<const Type>(
             SmallVector<Type>(dispatch.getInputs().getTypes()),
             SmallVector<Type>(dispatch.getResultTypes())))
      if (getLayout(type))
        return dispatch.emitOpError("reads or gives a laid-out tensor of type ")
               << type << "; run materialize-layouts first";
    return success();
  }

  LogicalResult outline(DispatchOp dispatch, SymbolTable &symbols) {
    if (failed(checkLayouts(dispatch)))
      return failure();
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
    copyNumber(dispatch, invoke);
    dispatch.replaceAllUsesWith(invoke.getResults());
    dispatch.erase();
    ++numOutlined;
    return success();
  }

  /// A region of a choice, which alone reads its results, maybe in another
  /// shape (see pack-panels).
  static FailureOr<DispatchOp> getRegion(ChooseOp choice, unsigned index) {
    DispatchOp region;
    for (auto [i, value] : llvm::enumerate(choice.getAlternative(index))) {
      Value result = value;
      if (auto collapse = value.getDefiningOp<tensor::CollapseShapeOp>())
        result = collapse.getSrc();
      auto producer = result.getDefiningOp<DispatchOp>();
      if (!producer || (region && region != producer) ||
          cast<OpResult>(result).getResultNumber() != i)
        return choice.emitOpError("expected alternative ")
               << index << " to be the results of one dispatch region";
      region = producer;
    }
    if (!region)
      return choice.emitOpError("has no results");
    return region;
  }

  /// One function that calls the function of one of the regions.
  LogicalResult outlineChoice(ChooseOp choice, SymbolTable &symbols) {
    Location loc = choice.getLoc();
    auto type = choice.getResultTypes();
    SmallVector<DispatchOp> regions;
    llvm::SetVector<Value> inputs;
    inputs.insert(choice.getSize());
    for (unsigned i = 0, e = choice.getFrom().size(); i < e; ++i) {
      FailureOr<DispatchOp> region = getRegion(choice, i);
      if (failed(region) || failed(checkLayouts(*region)))
        return failure();
      regions.push_back(*region);
      RegionOrder order((*region).getBody().front());
      for (BlockArgument input : order.inputs)
        inputs.insert((*region).getInputs()[input.getArgNumber()]);
    }
    OpBuilder builder(&getContext());
    SmallVector<Type> types;
    for (Value input : inputs)
      types.push_back(getArgumentType(input.getType()));
    for (Type result : type)
      types.push_back(getArgumentType(result));
    auto function = func::FuncOp::create(
        loc, "dispatch", builder.getFunctionType(types, TypeRange()));
    function.setPrivate();
    function->setAttr(LacunaDialect::kDispatchAttr, builder.getUnitAttr());
    Block *entry = function.addEntryBlock();
    builder.setInsertionPointToStart(entry);
    IRMapping mapping;
    mapping.map(inputs.getArrayRef(),
                entry->getArguments().take_front(inputs.size()));
    ValueRange outs = entry->getArguments().drop_front(inputs.size());
    DenseMap<Operation *, func::FuncOp> functions;
    for (auto [i, region] : llvm::enumerate(regions)) {
      RegionOrder order(region.getBody().front());
      func::FuncOp &callee = functions[region];
      if (!callee)
        callee =
            share(makeFunction(region, order, /*updated=*/-1), region, symbols);
      if (i + 1 < regions.size()) {
        Value end = arith::ConstantIndexOp::create(builder, loc,
                                                   choice.getFrom()[i + 1]);
        Value isHere =
            arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ult,
                                  mapping.lookup(choice.getSize()), end);
        auto branch = scf::IfOp::create(builder, loc, isHere,
                                        /*withElseRegion=*/true);
        builder.setInsertionPointToStart(branch.thenBlock());
        call(builder, region, order, callee, mapping, outs);
        builder.setInsertionPointToStart(branch.elseBlock());
        continue;
      }
      call(builder, region, order, callee, mapping, outs);
    }
    builder.setInsertionPointToEnd(entry);
    func::ReturnOp::create(builder, loc);
    function = share(function, regions.front(), symbols);

    builder.setInsertionPoint(choice);
    SmallVector<Value> destinations;
    DispatchOp first = regions.front();
    for (unsigned i = 0, e = type.size(); i < e; ++i) {
      // In panels a result has the same dynamic sizes, in the same order.
      SmallVector<Value> sizes;
      for (OpFoldResult size : first.getMixedResultSizes(i))
        if (auto value = dyn_cast<Value>(size))
          sizes.push_back(value);
      destinations.push_back(
          tensor::EmptyOp::create(builder, loc, type[i], sizes));
    }
    auto invoke =
        InvokeOp::create(builder, loc, type, function.getSymName(),
                         inputs.getArrayRef(), destinations, /*updates=*/false);
    copyNumber(first, invoke);
    choice.replaceAllUsesWith(invoke.getResults());
    // A region of several intervals is there several times.
    llvm::SetVector<Value> alternatives(choice.getAlternatives().begin(),
                                        choice.getAlternatives().end());
    choice.erase();
    for (Value value : alternatives)
      if (auto collapse = value.getDefiningOp<tensor::CollapseShapeOp>();
          collapse && collapse->use_empty())
        collapse.erase();
    for (auto &[region, callee] : functions)
      if (region->use_empty())
        region->erase();
    ++numOutlined;
    return success();
  }

  /// The call of `callee`, made of `region`, with buffers of `outs` in the
  /// shapes of the region's results.
  static void call(OpBuilder &builder, DispatchOp region,
                   const RegionOrder &order, func::FuncOp callee,
                   const IRMapping &mapping, ValueRange outs) {
    Location loc = region.getLoc();
    SmallVector<Value> operands;
    for (BlockArgument input : order.inputs)
      operands.push_back(
          mapping.lookup(region.getInputs()[input.getArgNumber()]));
    for (auto [result, out] : llvm::zip(region.getResults(), outs)) {
      auto type = cast<MemRefType>(getArgumentType(result.getType()));
      if (type == out.getType()) {
        operands.push_back(out);
        continue;
      }
      auto collapse = cast<tensor::CollapseShapeOp>(*result.user_begin());
      SmallVector<ReassociationIndices> groups =
          collapse.getReassociationIndices();
      SmallVector<OpFoldResult> sizes;
      for (auto [dim, group] : llvm::enumerate(groups))
        for (int64_t inner : group)
          sizes.push_back(
              type.isDynamicDim(inner)
                  ? OpFoldResult(memref::DimOp::create(builder, loc, out, dim)
                                     .getResult())
                  : builder.getIndexAttr(type.getDimSize(inner)));
      operands.push_back(memref::ExpandShapeOp::create(builder, loc, type, out,
                                                       groups, sizes));
    }
    func::CallOp::create(builder, loc, callee, operands);
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
