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
    for (func::FuncOp function : *functions)
      function.walk([&](func::CallOp call) { announce(call); });
  }

private:
  /// All calls of a host function are dispatches.
  void announce(func::CallOp call) {
    std::string name = call.getCallee().str();
    if (std::string place = describeLocation(call.getLoc()); !place.empty())
      name += " at " + place;
    OpBuilder builder(call);
    callRegion(builder, call.getLoc(), name, /*after=*/false);
    builder.setInsertionPointAfter(call);
    callRegion(builder, call.getLoc(), name, /*after=*/true);
    ++numAnnounced;
  }
};
} // namespace
