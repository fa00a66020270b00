// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// lower-extrema: maxima and minima as LLVM knows them, before arith-expand
// takes them apart.

#include "lacuna/Conversion/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

namespace lacuna {
#define GEN_PASS_DEF_LOWEREXTREMA
#include "lacuna/Conversion/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

/// The intrinsic that means what `op` means, or null.
template <typename ArithOp, typename Intrinsic>
static Value lower(Operation *op) {
  auto extremum = dyn_cast<ArithOp>(op);
  if (!extremum)
    return {};
  OpBuilder builder(op);
  return Intrinsic::create(builder, op->getLoc(), extremum.getType(),
                           extremum.getLhs(), extremum.getRhs());
}

namespace {
struct LowerExtrema : lacuna::impl::LowerExtremaBase<LowerExtrema> {
  void runOnOperation() override {
    getOperation()->walk([&](Operation *op) {
      if (op->getNumResults() != 1)
        return;
      // Narrower floats are extended, the way that arith-expand knows.
      Type type = op->getResult(0).getType(),
           element = getElementTypeOrSelf(type);
      auto vector = dyn_cast<VectorType>(type);
      if (!(element.isF32() || element.isF64()) ||
          (type != element && (!vector || vector.getRank() != 1)))
        return;
      Value lowered = lower<arith::MaximumFOp, LLVM::MaximumOp>(op);
      if (!lowered)
        lowered = lower<arith::MinimumFOp, LLVM::MinimumOp>(op);
      if (!lowered)
        lowered = lower<arith::MaxNumFOp, LLVM::MaxNumOp>(op);
      if (!lowered)
        lowered = lower<arith::MinNumFOp, LLVM::MinNumOp>(op);
      if (!lowered)
        return;
      op->getResult(0).replaceAllUsesWith(lowered);
      op->erase();
      ++numLowered;
    });
  }
};
} // namespace
