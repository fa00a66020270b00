// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which views of each laid-out value its uses read. Needs flow against the
// data: from dispatch regions to loads, through arguments and results of
// private functions, to a fixpoint.

#include "LayoutNeeds.h"

#include "lacuna/Transforms/Weights.h"

using namespace mlir;
using namespace lacuna;

std::optional<Route> lacuna::getRoute(DispatchOp dispatch) {
  std::optional<PlanAttr> plan = dispatch.getPlan();
  if (!plan)
    return std::nullopt;
  Route route = plan->getChoices().front().getRoute();
  for (ChoiceAttr choice : plan->getChoices())
    if (choice.getRoute() != route)
      return std::nullopt;
  return route;
}

unsigned LayoutNeeds::ofInput(DispatchOp dispatch, unsigned index) {
  std::optional<Route> route = getRoute(dispatch);
  if (route == Route::Dense)
    return kDenseView;
  unsigned packed = route == Route::TensorCore ? kMmaView
                    : route == Route::Vector   ? kVectorView
                                               : kPackedView;
  unsigned need = kNoView;
  for (Operation *user : dispatch.getBody().getArgument(index).getUsers())
    need |= isContraction(user) ? packed : kDenseView;
  return need;
}

unsigned LayoutNeeds::ofResult(func::FuncOp function, unsigned index) const {
  unsigned need = kNoView;
  auto found = calls.find(function);
  if (found != calls.end())
    for (func::CallOp call : found->second)
      need |= get(call.getResult(index));
  return need;
}

unsigned LayoutNeeds::ofUse(OpOperand &use) const {
  Operation *user = use.getOwner();
  unsigned index = use.getOperandNumber();
  if (auto dispatch = dyn_cast<DispatchOp>(user))
    return ofInput(dispatch, index);
  if (auto convert = dyn_cast<ConvertOp>(user))
    return !getLayout(convert.getType()) || get(convert.getResult())
               ? kDenseView
               : kNoView;
  if (auto call = dyn_cast<func::CallOp>(user))
    return get(
        symbols->lookup<func::FuncOp>(call.getCallee()).getArgument(index));
  return ofResult(user->getParentOfType<func::FuncOp>(), index);
}

/// Whether `function` may have layouts in its signature.
static bool isOwn(func::FuncOp function) {
  return function && function.isPrivate() && !function.isExternal();
}

LogicalResult LayoutNeeds::check(Value value) {
  Operation *origin = value.getDefiningOp();
  auto callee = [&](func::CallOp call) {
    return symbols->lookup<func::FuncOp>(call.getCallee());
  };
  if (!origin) {
    auto function =
        dyn_cast<func::FuncOp>(value.getParentBlock()->getParentOp());
    if (!isOwn(function) || !value.getParentBlock()->isEntryBlock())
      return emitError(value.getLoc())
             << "expected a layout on arguments of private functions with a "
                "body only, found "
             << value.getType() << "; run --verify-layouts to see why";
  } else if (auto load = dyn_cast<ml_program::GlobalLoadConstOp>(origin)) {
    if (!getWeight(value, *symbols))
      return load.emitOpError("reads ")
             << value.getType()
             << " from a global that is no weight: expected an immutable "
                "global with an #ml_program.extern value";
  } else if (auto call = dyn_cast<func::CallOp>(origin)) {
    if (!isOwn(callee(call)))
      return call.emitOpError("returns ")
             << value.getType() << " from '" << call.getCallee()
             << "', which is not a private function with a body";
  } else if (!isa<PruneOp, ConvertOp>(origin)) {
    return origin->emitOpError("gives ")
           << value.getType()
           << ": expected a layout on loads of weights and on results of "
              "lacuna.convert and lacuna.prune only";
  }

  for (OpOperand &use : value.getUses()) {
    Operation *user = use.getOwner();
    if (isa<ConvertOp, func::ReturnOp>(user))
      continue;
    if (auto call = dyn_cast<func::CallOp>(user); call && isOwn(callee(call)))
      continue;
    auto dispatch = dyn_cast<DispatchOp>(user);
    if (!dispatch)
      return user->emitOpError("reads ")
             << value.getType()
             << " outside of a dispatch region: form-dispatches and "
                "plan-dispatches come before materialize-layouts";
    if (!getRoute(dispatch))
      return dispatch.emitOpError("reads ")
             << value.getType()
             << ", but has no plan that chooses one route: run "
                "--plan-dispatches first";
  }
  return success();
}

LogicalResult LayoutNeeds::compute(ModuleOp module) {
  SymbolTable table(module);
  symbols = &table;
  bool failed = false;
  auto add = [&](Value value) {
    if (!getLayout(value.getType()))
      return;
    failed |= mlir::failed(check(value));
    values.push_back(value);
  };
  module.walk<WalkOrder::PreOrder>([&](Operation *op) {
    for (Value result : op->getResults())
      add(result);
    if (isa<DispatchOp>(op))
      return WalkResult::skip();
    auto function = dyn_cast<func::FuncOp>(op);
    if (!function || isOwn(function))
      for (Region &region : op->getRegions())
        for (Block &block : region)
          for (Value argument : block.getArguments())
            add(argument);
    if (auto call = dyn_cast<func::CallOp>(op))
      if (auto callee = table.lookup<func::FuncOp>(call.getCallee()))
        calls[callee].push_back(call);
    if (function && !isOwn(function))
      for (Type type : llvm::concat<const Type>(function.getArgumentTypes(),
                                                function.getResultTypes()))
        if (getLayout(type)) {
          function.emitOpError("takes or returns ")
              << type
              << ": expected a layout in signatures of private functions with "
                 "a body only";
          failed = true;
        }
    return WalkResult::advance();
  });
  if (failed)
    return failure();

  for (bool changed = true; changed;) {
    changed = false;
    for (Value value : llvm::reverse(values)) {
      unsigned need = get(value);
      for (OpOperand &use : value.getUses())
        need |= ofUse(use);
      changed |= std::exchange(needs[value], need) != need;
    }
  }
  symbols = nullptr;
  return success();
}
