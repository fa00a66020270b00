// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// guard-divisions: the pass behind outline-dispatches, while bodies are still
// scalar. LLVM IR leaves a division by zero undefined, x86 traps and GPUs give
// some number; here all targets give the same.

#include "lacuna/Conversion/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

#include "llvm/ADT/SetVector.h"

namespace lacuna {
#define GEN_PASS_DEF_GUARDDIVISIONS
#include "lacuna/Conversion/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

static bool isSignedDivision(Operation *op) {
  return isa<arith::DivSIOp, arith::RemSIOp, arith::CeilDivSIOp,
             arith::FloorDivSIOp>(op);
}

static bool needsGuard(Operation *op) {
  if (!isSignedDivision(op) &&
      !isa<arith::DivUIOp, arith::RemUIOp, arith::CeilDivUIOp>(op))
    return false;
  if (!op->getResult(0).getType().isIntOrIndex())
    return false;
  std::optional<int64_t> divisor = getConstantIntValue(op->getOperand(1));
  return !divisor || *divisor == 0 || (*divisor == -1 && isSignedDivision(op));
}

static void guard(Operation *op) {
  OpBuilder builder(op);
  Location loc = op->getLoc();
  Value divisor = op->getOperand(1);
  auto constant = [&](int64_t value) -> Value {
    return arith::ConstantOp::create(
        builder, loc, builder.getIntegerAttr(divisor.getType(), value));
  };
  auto equals = [&](int64_t value) -> Value {
    return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq,
                                 divisor, constant(value));
  };
  Value replaced = equals(0), isMinusOne;
  if (isSignedDivision(op)) {
    isMinusOne = equals(-1);
    replaced = arith::OrIOp::create(builder, loc, replaced, isMinusOne);
  }
  op->setOperand(
      1, arith::SelectOp::create(builder, loc, replaced, constant(1), divisor));
  // A remainder by -1 is one by 1.
  if (!isMinusOne || isa<arith::RemSIOp>(op))
    return;
  Value negated =
      arith::SubIOp::create(builder, loc, constant(0), op->getOperand(0));
  builder.setInsertionPointAfter(op);
  Value quotient = op->getResult(0);
  auto chosen =
      arith::SelectOp::create(builder, loc, isMinusOne, negated, quotient);
  quotient.replaceAllUsesExcept(chosen, chosen);
}

namespace {
struct GuardDivisions : lacuna::impl::GuardDivisionsBase<GuardDivisions> {
  void runOnOperation() override {
    // The body of a named operation is fixed.
    llvm::SmallSetVector<Operation *, 4> named;
    getOperation().walk([&](Operation *op) {
      Operation *parent = op->getParentOp();
      if (isa_and_present<linalg::LinalgOp>(parent) &&
          !isa<linalg::GenericOp>(parent) && needsGuard(op))
        named.insert(parent);
    });
    IRRewriter rewriter(&getContext());
    for (Operation *op : named) {
      rewriter.setInsertionPoint(op);
      if (failed(linalg::generalizeNamedOp(rewriter,
                                           cast<linalg::LinalgOp>(op)))) {
        op->emitOpError("divides integers and has no generic form");
        return signalPassFailure();
      }
    }
    SmallVector<Operation *> divisions;
    getOperation().walk([&](Operation *op) {
      if (needsGuard(op))
        divisions.push_back(op);
    });
    for (Operation *op : divisions)
      guard(op);
    numGuarded += divisions.size();
  }
};
} // namespace
