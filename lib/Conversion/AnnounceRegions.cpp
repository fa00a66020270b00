// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// announce-regions: a CPU has no events that tell how long a region took, so
// the host code tells the runtime where each begins and ends.

#include "HostFunctions.h"

#include "lacuna/Conversion/Passes.h"
#include "lacuna/Conversion/RuntimeCalls.h"
#include "lacuna/IR/Lacuna.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace lacuna {
#define GEN_PASS_DEF_ANNOUNCEREGIONS
#include "lacuna/Conversion/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

namespace {
struct AnnounceRegions : lacuna::impl::AnnounceRegionsBase<AnnounceRegions> {
  void runOnOperation() override {
    auto functions = getHostFunctions(getOperation());
    if (failed(functions))
      return signalPassFailure();
    SymbolTable symbols(getOperation());
    for (func::FuncOp function : *functions)
      function.walk([&](func::CallOp call) {
        auto callee = symbols.lookup<func::FuncOp>(call.getCallee());
        announce(call, callee, symbols);
      });
  }

private:
  /// All calls of a host function are dispatches.
  void announce(func::CallOp call, func::FuncOp callee,
                const SymbolTable &symbols) {
    OpBuilder builder(call);
    Value name = makeName(builder, call, callee, symbols);
    callRegion(builder, call.getLoc(), name, /*after=*/false);
    builder.setInsertionPointAfter(call);
    callRegion(builder, call.getLoc(), name, /*after=*/true);
    ++numAnnounced;
  }

  /// "callee by ROUTE at PLACE", each if it is known. A function that chooses
  /// between others (choose-routes) has no route of its own: the name follows
  /// its conditions, which compare its arguments with constants.
  Value makeName(OpBuilder &builder, func::CallOp call, func::FuncOp callee,
                 const SymbolTable &symbols) {
    Value chosen;
    if (callee && !callee.isExternal())
      chosen = chooseName(builder, call, callee.getBody().front(), symbols);
    return chosen ? chosen : getName(builder, call, callee, symbols);
  }

  static Value getName(OpBuilder &builder, func::CallOp call,
                       func::FuncOp routed, const SymbolTable &symbols) {
    SmallVector<Route> routes;
    if (routed)
      routes = getRoutes(routed, symbols);
    return getRegionName(builder, call.getLoc(), describeRegion(call, routes));
  }

  /// The name by the call that `block` of the callee makes, or null.
  Value chooseName(OpBuilder &builder, func::CallOp call, Block &block,
                   const SymbolTable &symbols) {
    for (Operation &op : block) {
      if (auto inner = dyn_cast<func::CallOp>(op)) {
        auto routed = symbols.lookup<func::FuncOp>(inner.getCallee());
        return routed && routed->hasAttr(LacunaDialect::kRouteAttr)
                   ? getName(builder, call, routed, symbols)
                   : Value();
      }
      auto branch = dyn_cast<scf::IfOp>(op);
      if (!branch)
        continue;
      auto compare = branch.getCondition().getDefiningOp<arith::CmpIOp>();
      auto size =
          compare ? dyn_cast<BlockArgument>(compare.getLhs()) : BlockArgument();
      std::optional<int64_t> bound =
          compare ? getConstantIntValue(compare.getRhs()) : std::nullopt;
      if (!size || !bound || branch.getElseRegion().empty())
        return {};
      Location loc = call.getLoc();
      Value here = chooseName(builder, call, *branch.thenBlock(), symbols),
            beyond = chooseName(builder, call, *branch.elseBlock(), symbols);
      if (!here || !beyond)
        return {};
      Value isHere = arith::CmpIOp::create(
          builder, loc, compare.getPredicate(),
          call.getOperand(size.getArgNumber()),
          arith::ConstantIndexOp::create(builder, loc, *bound));
      return arith::SelectOp::create(builder, loc, isHere, here, beyond);
    }
    return {};
  }
};
} // namespace
