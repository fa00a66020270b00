// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// guard-divisions: the first host pass. A model that is called with an empty
// tensor may compute `numel / 0` on its way to a reshape; that must not end
// the process.

#include "HostFunctions.h"

#include "lacuna/Conversion/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

namespace lacuna {
#define GEN_PASS_DEF_GUARDDIVISIONS
#include "lacuna/Conversion/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

static bool isScalarDivision(Operation *op) {
  return isa<arith::DivSIOp, arith::DivUIOp, arith::RemSIOp, arith::RemUIOp,
             arith::CeilDivSIOp, arith::CeilDivUIOp, arith::FloorDivSIOp>(op) &&
         op->getResult(0).getType().isIntOrIndex();
}

namespace {
struct GuardDivisions : lacuna::impl::GuardDivisionsBase<GuardDivisions> {
  void runOnOperation() override {
    auto functions = getHostFunctions(getOperation());
    if (failed(functions))
      return signalPassFailure();
    for (func::FuncOp function : *functions)
      function.walk([&](Operation *op) {
        if (isScalarDivision(op))
          guard(op);
      });
  }

private:
  void guard(Operation *division) {
    Value divisor = division->getOperand(1);
    std::optional<int64_t> constant = getConstantIntValue(divisor);
    if (constant && *constant != 0)
      return;
    OpBuilder builder(division);
    Location loc = division->getLoc();
    auto constantOf = [&](int64_t value) {
      return arith::ConstantOp::create(
          builder, loc, builder.getIntegerAttr(divisor.getType(), value));
    };
    Value isZero = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq,
                                         divisor, constantOf(0));
    division->setOperand(1, arith::SelectOp::create(builder, loc, isZero,
                                                    constantOf(1), divisor));
    ++numGuarded;
  }
};
} // namespace
