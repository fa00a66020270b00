// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// lower-contractions: the register kernel of route dense. Runs on tiles in
// buffers; small contractions are left to plain loops, which LLVM vectorizes.

#include "ContractionInfo.h"
#include "RegisterKernel.h"
#include "Tiling.h"
#include "lacuna/Conversion/Passes.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace lacuna {
#define GEN_PASS_DEF_LOWERCONTRACTIONS
#include "lacuna/Conversion/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

/// From so many rows on packing pays.
static constexpr int64_t kPackFrom = 24;

namespace {
struct LowerContractions
    : lacuna::impl::LowerContractionsBase<LowerContractions> {
  using LowerContractionsBase::LowerContractionsBase;

  void runOnOperation() override {
    if (!isDenseDispatch(getOperation()))
      return;
    SmallVector<linalg::LinalgOp> ops;
    getOperation().walk([&](linalg::LinalgOp op) {
      if (isDenseContraction(op) && op.hasPureBufferSemantics())
        ops.push_back(op);
    });
    for (linalg::LinalgOp op : ops)
      lower(op);
  }

private:
  void lower(linalg::LinalgOp op) {
    std::optional<RegisterKernel> kernel =
        RegisterKernel::match(op, vectorBits);
    if (!kernel)
      return;
    OpBuilder builder(op);
    Location loc = op.getLoc();
    SizeBuilder sizes(builder, loc);
    SmallVector<OpFoldResult> ranges = getLoopRanges(builder, op);
    OpFoldResult rows = ranges[kernel->m];
    if (std::optional<int64_t> known = getConstantIntValue(rows)) {
      if (*known < kPackFrom)
        return;
      kernel->emit(builder, loc, ranges);
    } else {
      Value many = arith::CmpIOp::create(
          builder, loc, arith::CmpIPredicate::sge, sizes.value(rows),
          sizes.value(sizes.constant(kPackFrom)));
      auto branch = scf::IfOp::create(builder, loc, many, /*withElse=*/true);
      builder.setInsertionPointToStart(branch.thenBlock());
      kernel->emit(builder, loc, ranges);
      builder.setInsertionPointToStart(branch.elseBlock());
      builder.clone(*op);
    }
    op->erase();
    ++numKernels;
  }
};
} // namespace
