// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// lower-contractions: sums of products on buffers, within one tile of
// tile-dispatch, become register tiles of vectors. Operands that lie along k in
// memory are multiplied lane by lane and summed across lanes at the end (Dot);
// else rows of B are multiplied with broadcast elements of A (Outer). Rows
// beyond an edge repeat the last one and are not stored; columns are masked.

#include "ContractionInfo.h"
#include "RegisterTile.h"
#include "Tiling.h"
#include "lacuna/Conversion/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace lacuna {
#define GEN_PASS_DEF_LOWERCONTRACTIONS
#include "lacuna/Conversion/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

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
    for (linalg::LinalgOp op : ops) {
      FailureOr<RegisterTile> tile = RegisterTile::get(op, vectorBytes);
      if (failed(tile)) {
        ++numLeft;
        continue;
      }
      tile->lower();
      ++numLowered;
    }
  }
};
} // namespace
