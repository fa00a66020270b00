// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the host passes share. See HostFunctions.h.

#include "HostFunctions.h"

#include "lacuna/IR/Lacuna.h"

using namespace mlir;
using namespace lacuna;

static LogicalResult checkHostFunction(func::FuncOp function,
                                       SymbolTable &symbols) {
  if (!function.getBody().hasOneBlock())
    return function.emitOpError("has unstructured control flow; expected one "
                                "block (scf operations for control flow)");
  WalkResult calls = function.walk([&](func::CallOp call) {
    auto callee = symbols.lookup<func::FuncOp>(call.getCallee());
    if (callee && callee->hasAttr(LacunaDialect::kDispatchAttr))
      return WalkResult::advance();
    call.emitOpError("calls @")
        << call.getCallee()
        << ", which was not inlined; expected functions that do not call "
           "themselves";
    return WalkResult::interrupt();
  });
  return failure(calls.wasInterrupted());
}

FailureOr<SmallVector<func::FuncOp>> lacuna::getHostFunctions(ModuleOp module) {
  SymbolTable symbols(module);
  SmallVector<func::FuncOp> functions;
  for (auto function : module.getOps<func::FuncOp>()) {
    if (!function.isPublic() || function->hasAttr(LacunaDialect::kDispatchAttr))
      continue;
    if (failed(checkHostFunction(function, symbols)))
      return failure();
    functions.push_back(function);
  }
  return functions;
}

LogicalResult lacuna::forEachHostFunction(
    ModuleOp module,
    function_ref<LogicalResult(func::FuncOp, SymbolTable &)> body) {
  FailureOr<SmallVector<func::FuncOp>> functions = getHostFunctions(module);
  if (failed(functions))
    return failure();
  SymbolTable symbols(module);
  for (func::FuncOp function : *functions)
    if (failed(body(function, symbols)))
      return failure();
  return success();
}

bool lacuna::isInput(func::FuncOp function, unsigned argument) {
  return !function.getArgAttr(argument, kOutputAttr) &&
         !function.getArgAttr(argument, kBindingAttr) &&
         !function.getArgAttr(argument, kArenaAttr);
}

std::string lacuna::getResultName(func::FuncOp function, unsigned index) {
  if (auto name = function.getResultAttrOfType<StringAttr>(
          index, LacunaDialect::kNameAttr))
    return name.str();
  return "result" + std::to_string(index);
}

func::ReturnOp lacuna::getReturn(func::FuncOp function) {
  return cast<func::ReturnOp>(function.getBody().front().getTerminator());
}

std::string lacuna::describeRegion(func::CallOp call, ArrayRef<Route> routes) {
  std::string text = call.getCallee().str();
  for (auto [i, route] : llvm::enumerate(routes))
    text += (i ? " or " : " by ") + getRouteName(route);
  if (std::string place = describeLocation(call.getLoc()); !place.empty())
    text += " at " + place;
  return text;
}

SmallVector<Route> lacuna::getRoutes(func::FuncOp dispatch,
                                     const SymbolTable &symbols) {
  if (auto own = dispatch->getAttrOfType<RouteAttr>(LacunaDialect::kRouteAttr))
    return {own.getValue()};
  llvm::SmallSetVector<Route, 4> routes;
  dispatch.walk([&](func::CallOp call) {
    if (auto callee = symbols.lookup<func::FuncOp>(call.getCallee()))
      if (auto route =
              callee->getAttrOfType<RouteAttr>(LacunaDialect::kRouteAttr))
        routes.insert(route.getValue());
  });
  return routes.takeVector();
}
