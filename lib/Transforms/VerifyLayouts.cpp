// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// verify-layouts: where a layout may stand. Runs after each early pass, so that
// no upstream rewrite turns a laid-out value into something else unseen.

#include "DispatchGroup.h"
#include "lacuna/IR/Lacuna.h"
#include "lacuna/Transforms/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MLProgram/IR/MLProgram.h"

namespace lacuna {
#define GEN_PASS_DEF_VERIFYLAYOUTS
#include "lacuna/Transforms/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

/// The operand at which a value enters a contraction is an input, not the
/// start value.
static bool isContractionInput(OpOperand &use) {
  return isContraction(use.getOwner()) &&
         cast<linalg::LinalgOp>(use.getOwner()).isDpsInput(&use);
}

static bool isPrivate(Operation *op) {
  auto function = dyn_cast_or_null<func::FuncOp>(op);
  return function && function.isPrivate();
}

/// Whether `op` may have results of laid-out types.
static bool mayProduce(Operation *op, bool materialized) {
  return materialized ? isa<AssembleOp>(op)
                      : isa<ConvertOp, PruneOp, AssembleOp, func::CallOp,
                            ml_program::GlobalLoadConstOp>(op);
}

/// Whether a laid-out value may be used here.
static bool mayUse(OpOperand &use, bool materialized) {
  Operation *op = use.getOwner();
  if (isContractionInput(use))
    return true;
  if (materialized)
    return false;
  if (isa<func::ReturnOp>(op))
    return isPrivate(op->getParentOp());
  return isa<ConvertOp, DispatchOp, func::CallOp>(op);
}

/// Where in a signature or attribute a layout may stand by itself.
static bool mayDeclare(Operation *op, bool materialized) {
  if (materialized)
    return false;
  if (auto global = dyn_cast<ml_program::GlobalOp>(op))
    return !global.getIsMutable() &&
           isa_and_nonnull<ml_program::ExternAttr>(
               global.getValue().value_or(Attribute()));
  return isPrivate(op);
}

/// What to write instead, for operations that people meet.
static StringRef getAdvice(Operation *op) {
  if (isa<func::FuncOp>(op))
    return "inputs and results of a public function are plain: make a weight "
           "an extern ml_program.global, and prune run-time values inside";
  if (isa<ml_program::GlobalOp>(op))
    return "only an immutable global with an extern value has a layout";
  if (op->hasTrait<OpTrait::ConstantLike>())
    return "make it an extern ml_program.global, or convert the plain constant "
           "with lacuna.convert";
  return "lacuna.convert to the plain type before it, and to a layout after "
         "it where its result has one";
}

namespace {
struct VerifyLayouts : lacuna::impl::VerifyLayoutsBase<VerifyLayouts> {
  using VerifyLayoutsBase::VerifyLayoutsBase;

  void runOnOperation() override {
    bool valid = true;
    getOperation().walk([&](Operation *op) { valid &= check(op); });
    if (!valid)
      signalPassFailure();
  }

private:
  bool reject(Operation *op, Type type, StringRef what) {
    op->emitOpError() << what << " of type " << type
                      << (materialized ? " after materialize-layouts"
                                       : ", where a layout cannot stand")
                      << "; " << getAdvice(op);
    return false;
  }

  bool check(Operation *op) {
    for (OpOperand &use : op->getOpOperands())
      if (getLayout(use.get().getType()) && !mayUse(use, materialized))
        return reject(op, use.get().getType(), "uses a value");
    for (Type type : op->getResultTypes())
      if (getLayout(type) && !mayProduce(op, materialized))
        return reject(op, type, "gives a value");
    if (!checkBlockArguments(op))
      return false;
    return checkDeclaration(op);
  }

  bool checkBlockArguments(Operation *op) {
    for (Region &region : op->getRegions())
      for (BlockArgument argument : region.getArguments())
        if (getLayout(argument.getType()) &&
            (materialized || !(isa<DispatchOp>(op) || isPrivate(op))))
          return reject(op, argument.getType(), "binds an argument");
    return true;
  }

  /// Types that stand in attributes: signatures, globals, constants.
  bool checkDeclaration(Operation *op) {
    if (mayDeclare(op, materialized))
      return true;
    Type found;
    auto find = [&](Type type) {
      if (getLayout(type))
        found = type;
    };
    if (auto function = dyn_cast<func::FuncOp>(op))
      function.getFunctionType().walk(find);
    if (auto global = dyn_cast<ml_program::GlobalOp>(op))
      global.getType().walk(find);
    return !found || reject(op, found, "declares something");
  }
};
} // namespace
