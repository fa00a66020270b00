// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// materialize-layouts: the first consumer of the plan. Laid-out values become
// the buffers that their uses read; after it only lacuna.assemble, in the body
// of a region on a route that skips, gives a tensor a layout.

#include "LayoutNeeds.h"
#include "LayoutViews.h"

#include "lacuna/Conversion/Passes.h"
#include "lacuna/Transforms/LayoutDecomposition.h"
#include "lacuna/Transforms/Weights.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/MapVector.h"

namespace lacuna {
#define GEN_PASS_DEF_MATERIALIZELAYOUTS
#include "lacuna/Conversion/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

namespace {
struct MaterializeLayouts
    : lacuna::impl::MaterializeLayoutsBase<MaterializeLayouts> {
  void runOnOperation() override;

private:
  FailureOr<Views *> getViews(Value value);
  LogicalResult viewWeight(Value load, unsigned need, Views &views);
  LogicalResult viewRunTime(Value value, unsigned need, Views &views);
  FlatSymbolRefAttr getViewGlobal(ml_program::GlobalOp weight, StringRef view,
                                  RankedTensorType type);

  void expandArguments(func::FuncOp function);
  LogicalResult expandReturns(func::FuncOp function);
  LogicalResult expandCall(func::CallOp call);
  LogicalResult expandDispatch(DispatchOp dispatch);
  LogicalResult eraseInBody(DispatchOp dispatch);
  LogicalResult expandUses();
  void eraseLeftovers();

  LayoutNeeds needs;
  std::optional<SymbolTable> symbols;
  DenseMap<Value, Views> viewsOf;
  llvm::MapVector<std::pair<Operation *, StringRef>, FlatSymbolRefAttr> globals;
  /// Needs of the arguments that functions had when the pass began.
  DenseMap<Operation *, SmallVector<unsigned>> argumentNeeds;
  SmallVector<std::pair<func::FuncOp, SmallVector<Type>>> pendingResults;
  DenseSet<Operation *> expandedCalls;
  /// Operations that views replace.
  SmallVector<Operation *> replaced;
};
} // namespace

//===- Views --------------------------------------------------------------===//

FlatSymbolRefAttr MaterializeLayouts::getViewGlobal(ml_program::GlobalOp weight,
                                                    StringRef view,
                                                    RankedTensorType type) {
  FlatSymbolRefAttr &symbol = globals[{weight, view}];
  if (symbol)
    return symbol;
  OpBuilder builder(weight);
  auto global = cast<ml_program::GlobalOp>(builder.clone(*weight));
  global.setSymName((weight.getSymName() + "." + view).str());
  global.setType(type);
  global.setValueAttr(ml_program::ExternAttr::get(&getContext(), type));
  auto weightType = cast<RankedTensorType>(weight.getType());
  global->setAttr("lacuna.weight",
                  builder.getStringAttr(getWeightName(weight)));
  global->setAttr("lacuna.view", builder.getStringAttr(view));
  global->setAttr("lacuna.layout",
                  builder.getStringAttr(getLayout(weightType).getSpelling()));
  // A view in another element type already names the weight's own.
  if (!global->hasAttr("lacuna.type"))
    global->setAttr("lacuna.type", TypeAttr::get(weightType.dropEncoding()));
  symbols->insert(global);
  ++numViews;
  return symbol = FlatSymbolRefAttr::get(global.getSymNameAttr());
}

LogicalResult MaterializeLayouts::viewWeight(Value load, unsigned need,
                                             Views &views) {
  ml_program::GlobalOp weight = getWeight(load, *symbols);
  auto type = cast<RankedTensorType>(load.getType());
  OpBuilder builder(load.getDefiningOp());
  auto read = [&](StringRef view, RankedTensorType viewType) -> Value {
    return ml_program::GlobalLoadConstOp::create(
        builder, load.getLoc(), viewType,
        getViewGlobal(weight, view, viewType));
  };
  if (need & kDenseView)
    views.dense = read("dense", cast<RankedTensorType>(eraseLayout(type)));
  if (need & kPackedView)
    for (const LayoutComponent &component : getLayout(type).getComponents(type))
      views.components.push_back(read(component.name, component.type));
  if (need & kMmaView)
    for (const LayoutComponent &view : getMmaViews(type))
      views.mma.push_back(read(view.name, view.type));
  if (need & kVectorView)
    for (const LayoutComponent &view : getVectorViews(type))
      views.vector.push_back(read(view.name, view.type));
  return success();
}

// The results of prune and convert: pruned and packed where they stand.
LogicalResult MaterializeLayouts::viewRunTime(Value value, unsigned need,
                                              Views &views) {
  Operation *op = value.getDefiningOp();
  StorageLayoutInterface layout = getLayout(value.getType());
  Value source = op->getOperand(0);
  if (need & (kMmaView | kVectorView))
    return op->emitOpError("gives ")
           << value.getType() << " at run time to a region on route "
           << (need & kMmaView ? "tensor-core" : "vector")
           << ": expected a weight, whose views are made at load; use route "
              "dense";
  if (getLayout(source.getType())) {
    FailureOr<Views *> sourceViews = getViews(source);
    if (failed(sourceViews))
      return failure();
    source = (*sourceViews)->dense;
  }
  OpBuilder builder(op);
  Operation *previous = op->getPrevNode();
  views.dense = source;
  if (isa<PruneOp>(op)) {
    FailureOr<Value> pruned = buildPrune(builder, op->getLoc(), source, layout);
    if (failed(pruned))
      return failure();
    views.dense = *pruned;
  }
  if (need & kPackedView) {
    auto packed = buildPack(builder, op->getLoc(), views.dense, layout,
                            isa<PruneOp>(op) ? Claim::True : Claim::Checked);
    if (failed(packed))
      return failure();
    views.components = *packed;
    ++numPacked;
  }

  SmallVector<linalg::GenericOp> generics;
  for (Operation *next = previous ? previous->getNextNode()
                                  : &op->getBlock()->front();
       next != op; next = next->getNextNode())
    if (auto generic = dyn_cast<linalg::GenericOp>(next))
      generics.push_back(generic);
  StringRef target = "cpu";
  getOperation().walk([&](DispatchOp dispatch) {
    if (dispatch.getPlan())
      target = dispatch.getPlan()->getTarget();
    return WalkResult::interrupt();
  });
  for (linalg::GenericOp generic : generics) {
    Value former = generic.getResult(0);
    Value wrapped = wrapInDispatch(generic, target);
    if (views.dense == former)
      views.dense = wrapped;
    llvm::replace(views.components, former, wrapped);
  }
  return success();
}

FailureOr<Views *> MaterializeLayouts::getViews(Value value) {
  auto found = viewsOf.find(value);
  if (found != viewsOf.end())
    return &found->second;
  Operation *op = value.getDefiningOp();
  if (auto call = dyn_cast<func::CallOp>(op)) {
    if (failed(expandCall(call)))
      return failure();
    return &viewsOf[value];
  }
  Views views;
  LogicalResult result = isa<ml_program::GlobalLoadConstOp>(op)
                             ? viewWeight(value, needs.get(value), views)
                             : viewRunTime(value, needs.get(value), views);
  if (failed(result))
    return failure();
  return &(viewsOf[value] = views);
}

//===- Signatures ---------------------------------------------------------===//

// Adds the arguments that hold the views; the former ones go at the end.
void MaterializeLayouts::expandArguments(func::FuncOp function) {
  for (int i = function.getNumArguments() - 1; i >= 0; --i) {
    BlockArgument argument = function.getArgument(i);
    if (!getLayout(argument.getType()))
      continue;
    auto type = cast<RankedTensorType>(argument.getType());
    unsigned need = needs.get(argument);
    SmallVector<Value> added;
    for (Type view : getViewTypes(type, need)) {
      unsigned at = i + 1 + added.size();
      (void)function.insertArgument(at, view, DictionaryAttr(),
                                    argument.getLoc());
      added.push_back(function.getArgument(at));
    }
    viewsOf[argument] = takeViews(added, type, need);
  }
}

LogicalResult MaterializeLayouts::expandReturns(func::FuncOp function) {
  if (llvm::none_of(function.getResultTypes(), getLayout))
    return success();
  WalkResult walked = function.walk([&](func::ReturnOp op) {
    SmallVector<Value> values;
    for (auto [i, value] : llvm::enumerate(op.getOperands())) {
      if (!getLayout(value.getType())) {
        values.push_back(value);
        continue;
      }
      FailureOr<Views *> views = getViews(value);
      if (failed(views))
        return WalkResult::interrupt();
      llvm::append_range(values,
                         flattenViews(**views, needs.ofResult(function, i)));
    }
    op->setOperands(values);
    return WalkResult::advance();
  });
  SmallVector<Type> results;
  for (auto [i, type] : llvm::enumerate(function.getResultTypes()))
    if (getLayout(type))
      llvm::append_range(results, getViewTypes(cast<RankedTensorType>(type),
                                               needs.ofResult(function, i)));
    else
      results.push_back(type);
  pendingResults.push_back({function, results});
  return failure(walked.wasInterrupted());
}

LogicalResult MaterializeLayouts::expandCall(func::CallOp call) {
  if (!expandedCalls.insert(call).second)
    return success();
  auto callee = symbols->lookup<func::FuncOp>(call.getCallee());
  SmallVector<Value> operands;
  for (auto [i, value] : llvm::enumerate(call.getOperands())) {
    if (!getLayout(value.getType())) {
      operands.push_back(value);
      continue;
    }
    FailureOr<Views *> views = getViews(value);
    if (failed(views))
      return failure();
    llvm::append_range(operands,
                       flattenViews(**views, argumentNeeds[callee][i]));
  }
  SmallVector<Type> types;
  for (auto [i, result] : llvm::enumerate(call.getResults()))
    if (getLayout(result.getType()))
      llvm::append_range(types,
                         getViewTypes(cast<RankedTensorType>(result.getType()),
                                      needs.ofResult(callee, i)));
    else
      types.push_back(result.getType());
  OpBuilder builder(call);
  auto expanded = func::CallOp::create(builder, call.getLoc(), call.getCallee(),
                                       types, operands);
  ValueRange rest = expanded.getResults();
  for (auto [i, result] : llvm::enumerate(call.getResults())) {
    if (!getLayout(result.getType())) {
      result.replaceAllUsesWith(rest.front());
      rest = rest.drop_front();
      continue;
    }
    auto type = cast<RankedTensorType>(result.getType());
    unsigned need = needs.ofResult(callee, i);
    viewsOf[result] = takeViews(rest, type, need);
    rest = rest.drop_front(getViewTypes(type, need).size());
  }
  return success();
}

//===- Dispatch regions ---------------------------------------------------===//

// On route dense the body is the erased program.
LogicalResult MaterializeLayouts::eraseInBody(DispatchOp dispatch) {
  SmallVector<Operation *> gone;
  WalkResult walked = dispatch.getBody().walk([&](Operation *op) {
    if (auto prune = dyn_cast<PruneOp>(op)) {
      OpBuilder builder(op);
      FailureOr<Value> pruned = buildPrune(
          builder, op->getLoc(), prune.getSource(), getLayout(prune.getType()));
      if (failed(pruned))
        return WalkResult::interrupt();
      prune.getResult().replaceAllUsesWith(*pruned);
      gone.push_back(op);
    } else if (auto convert = dyn_cast<ConvertOp>(op)) {
      convert.getResult().replaceAllUsesWith(convert.getSource());
      gone.push_back(op);
    } else {
      for (Value result : op->getResults())
        result.setType(eraseLayout(result.getType()));
    }
    return WalkResult::advance();
  });
  for (Operation *op : gone)
    op->erase();
  return failure(walked.wasInterrupted());
}

/// On a route that skips, whatever has a layout in the body is assembled from
/// operands.
static LogicalResult verifyAssembled(DispatchOp dispatch) {
  WalkResult walked = dispatch.getBody().walk([&](Operation *op) {
    if (isa<AssembleOp>(op))
      return WalkResult::advance();
    for (Value result : op->getResults())
      if (getLayout(result.getType())) {
        op->emitOpError("gives ")
            << result.getType() << " inside of a dispatch region on route "
            << getRouteName(*getRoute(dispatch))
            << ": expected layouts on operands of the region only";
        return WalkResult::interrupt();
      }
    return WalkResult::advance();
  });
  return failure(walked.wasInterrupted());
}

LogicalResult MaterializeLayouts::expandDispatch(DispatchOp dispatch) {
  std::optional<Route> route = getRoute(dispatch);
  Block &body = dispatch.getBody().front();
  OpBuilder inBody = OpBuilder::atBlockBegin(&body);
  for (int i = dispatch.getInputs().size() - 1; i >= 0; --i) {
    Value input = dispatch.getInputs()[i];
    if (!getLayout(input.getType()))
      continue;
    FailureOr<Views *> views = getViews(input);
    if (failed(views))
      return failure();
    unsigned need = LayoutNeeds::ofInput(dispatch, i);
    SmallVector<Value> operands = flattenViews(**views, need);
    BlockArgument former = body.getArgument(i);
    SmallVector<Value> arguments;
    for (auto [offset, operand] : llvm::enumerate(operands))
      arguments.push_back(body.insertArgument(i + 1 + offset, operand.getType(),
                                              former.getLoc()));
    auto type = cast<RankedTensorType>(former.getType());
    Views inner = takeViews(arguments, type, need);
    if (route != Route::Dense) {
      for (Operation *user : llvm::make_early_inc_range(former.getUsers()))
        if (auto convert = dyn_cast<ConvertOp>(user);
            convert && !getLayout(convert.getType())) {
          convert.getResult().replaceAllUsesWith(inner.dense);
          convert.erase();
        }
      if (need & kPackedView)
        former.replaceAllUsesWith(AssembleOp::create(
            inBody, former.getLoc(), type, inner.components, /*mma=*/false,
            /*vector=*/false));
      if (need & kMmaView)
        former.replaceAllUsesWith(AssembleOp::create(
            inBody, former.getLoc(), type, inner.mma, /*mma=*/true,
            /*vector=*/false));
      if (need & kVectorView)
        former.replaceAllUsesWith(AssembleOp::create(
            inBody, former.getLoc(), type, inner.vector, /*mma=*/false,
            /*vector=*/true));
    } else if (inner.dense) {
      former.replaceAllUsesWith(inner.dense);
    }
    numAssembled += (need & (kPackedView | kMmaView | kVectorView)) != 0;
    numDense += (need & kDenseView) != 0;
    if (!former.use_empty())
      return (*former.getUsers().begin())->emitOpError("reads ")
             << type << " on route " << getRouteName(*route)
             << ", but is no contraction";
    body.eraseArgument(i);
    dispatch.getInputsMutable().slice(i, 1).assign(operands);
  }
  if (!route)
    return success();
  return route == Route::Dense ? eraseInBody(dispatch)
                               : verifyAssembled(dispatch);
}

LogicalResult MaterializeLayouts::expandUses() {
  SmallVector<Operation *> users;
  getOperation().walk<WalkOrder::PreOrder>([&](Operation *op) {
    bool laidOut = llvm::any_of(op->getOperandTypes(), getLayout) ||
                   llvm::any_of(op->getResultTypes(), getLayout);
    if (laidOut || isa<DispatchOp>(op))
      users.push_back(op);
    return isa<DispatchOp>(op) ? WalkResult::skip() : WalkResult::advance();
  });
  for (Operation *op : users) {
    if (auto dispatch = dyn_cast<DispatchOp>(op)) {
      if (failed(expandDispatch(dispatch)))
        return failure();
    } else if (auto call = dyn_cast<func::CallOp>(op)) {
      if (failed(expandCall(call)))
        return failure();
    } else if (auto convert = dyn_cast<ConvertOp>(op);
               convert && !getLayout(convert.getType())) {
      FailureOr<Views *> views = getViews(convert.getSource());
      if (failed(views))
        return failure();
      convert.getResult().replaceAllUsesWith((*views)->dense);
    }
    if (!isa<DispatchOp, func::ReturnOp>(op))
      replaced.push_back(op);
  }
  return success();
}

void MaterializeLayouts::eraseLeftovers() {
  for (Operation *op : llvm::reverse(replaced))
    op->erase();
  for (auto function : getOperation().getOps<func::FuncOp>())
    for (int i = function.getNumArguments() - 1; i >= 0; --i)
      if (getLayout(function.getArgumentTypes()[i]))
        (void)function.eraseArgument(i);
  for (auto [function, results] : pendingResults)
    function.setType(
        FunctionType::get(&getContext(), function.getArgumentTypes(), results));
  for (auto global : llvm::make_early_inc_range(
           getOperation().getOps<ml_program::GlobalOp>()))
    if (getLayout(global.getType()))
      symbols->erase(global);
}

void MaterializeLayouts::runOnOperation() {
  ModuleOp module = getOperation();
  // A pass object runs again on the next module of a pipeline.
  viewsOf.clear();
  globals.clear();
  replaced.clear();
  pendingResults.clear();
  expandedCalls.clear();
  argumentNeeds.clear();
  needs = LayoutNeeds();
  if (failed(claimConvertedWeights(module)) || failed(needs.compute(module)))
    return signalPassFailure();
  symbols.emplace(module);
  SmallVector<func::FuncOp> functions(module.getOps<func::FuncOp>());
  for (func::FuncOp function : functions) {
    if (function.isExternal())
      continue;
    for (Value argument : function.getArguments())
      argumentNeeds[function].push_back(needs.get(argument));
  }
  for (func::FuncOp function : functions)
    if (!function.isExternal())
      expandArguments(function);
  if (failed(expandUses()))
    return signalPassFailure();
  for (func::FuncOp function : functions)
    if (failed(expandReturns(function)))
      return signalPassFailure();
  eraseLeftovers();
  symbols.reset();
}
