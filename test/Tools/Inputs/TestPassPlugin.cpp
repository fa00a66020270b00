// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A pass plug-in as a user would write one: it knows the lacuna dialect by its
// name alone and counts the operations of a module.

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Tools/Plugins/PassPlugin.h"

namespace {
struct CountDispatches
    : mlir::PassWrapper<CountDispatches, mlir::OperationPass<mlir::ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(CountDispatches)
  llvm::StringRef getArgument() const final { return "test-count-dispatches"; }
  llvm::StringRef getDescription() const final {
    return "Count lacuna.dispatch operations";
  }
  void runOnOperation() override {
    unsigned count = 0;
    getOperation()->walk([&](mlir::Operation *op) {
      count += op->getName().getStringRef() == "lacuna.dispatch";
    });
    getOperation().emitRemark() << count << " dispatches";
  }
};
} // namespace

extern "C" LLVM_ATTRIBUTE_WEAK mlir::PassPluginLibraryInfo
mlirGetPassPluginInfo() {
  return {MLIR_PLUGIN_API_VERSION, "TestPassPlugin", "1",
          [] { mlir::PassRegistration<CountDispatches>(); }};
}
