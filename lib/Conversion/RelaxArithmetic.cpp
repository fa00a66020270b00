// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// relax-arithmetic: what a dispatch may do with rounding, and no more. Runs
// while reductions are still operations, so that it knows them.

#include "lacuna/Conversion/Passes.h"
#include "lacuna/IR/Lacuna.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace lacuna {
#define GEN_PASS_DEF_RELAXARITHMETIC
#include "lacuna/Conversion/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

static void allow(Operation *op, arith::FastMathFlags flags) {
  auto arithmetic = dyn_cast<arith::ArithFastMathInterface>(op);
  if (!arithmetic)
    return;
  arith::FastMathFlags now = arithmetic.getFastMathFlagsAttr().getValue();
  op->setAttr(arithmetic.getFastMathAttrName(),
              arith::FastMathFlagsAttr::get(op->getContext(), now | flags));
}

namespace {
struct RelaxArithmetic : lacuna::impl::RelaxArithmeticBase<RelaxArithmetic> {
  void runOnOperation() override {
    getOperation()->walk([](Operation *op) {
      if (isa<arith::MulFOp, arith::AddFOp, arith::SubFOp>(op))
        allow(op, arith::FastMathFlags::contract);
    });
    getOperation()->walk([](linalg::LinalgOp op) {
      if (op.getNumReductionLoops() == 0)
        return;
      // The sums and products that start from the accumulator.
      Block *body = op.getBlock();
      for (BlockArgument accumulator :
           body->getArguments().take_back(op.getNumDpsInits()))
        for (Operation *user : accumulator.getUsers())
          allow(user, arith::FastMathFlags::reassoc);
    });
  }
};
} // namespace
