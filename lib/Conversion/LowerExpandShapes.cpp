// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// lower-expand-shapes: runs just before upstream's expand-strided-metadata and
// takes from it what it cannot do, several dynamic dimensions in one group.

#include "lacuna/Conversion/Passes.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace lacuna {
#define GEN_PASS_DEF_LOWEREXPANDSHAPES
#include "lacuna/Conversion/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

/// What the type says of an offset or a stride; `value` where it is dynamic.
static OpFoldResult fromType(OpBuilder &builder, int64_t known, Value value) {
  return ShapedType::isDynamic(known)
             ? OpFoldResult(value)
             : OpFoldResult(builder.getIndexAttr(known));
}

static void lower(memref::ExpandShapeOp expand) {
  OpBuilder builder(expand);
  Location loc = expand.getLoc();
  auto source =
      memref::ExtractStridedMetadataOp::create(builder, loc, expand.getSrc());
  auto [sourceStrides, sourceOffset] =
      cast<MemRefType>(expand.getSrc().getType()).getStridesAndOffset();
  auto [resultStrides, resultOffset] =
      expand.getResultType().getStridesAndOffset();
  SmallVector<OpFoldResult> sizes = expand.getMixedOutputShape();
  SmallVector<OpFoldResult> strides(sizes.size(), builder.getIndexAttr(1));
  AffineExpr a, b;
  bindSymbols(builder.getContext(), a, b);
  for (auto [dim, group] : llvm::enumerate(expand.getReassociationIndices())) {
    OpFoldResult stride =
        fromType(builder, sourceStrides[dim], source.getStrides()[dim]);
    for (int64_t inner : llvm::reverse(group)) {
      // A stride that the result's type knows has to be that constant.
      strides[inner] = ShapedType::isDynamic(resultStrides[inner])
                           ? stride
                           : builder.getIndexAttr(resultStrides[inner]);
      stride = affine::makeComposedFoldedAffineApply(builder, loc, a * b,
                                                     {stride, sizes[inner]});
    }
  }
  OpFoldResult offset = fromType(builder, resultOffset, source.getOffset());
  expand.replaceAllUsesWith(memref::ReinterpretCastOp::create(
                                builder, loc, expand.getResultType(),
                                source.getBaseBuffer(), offset, sizes, strides)
                                .getResult());
  expand.erase();
}

namespace {
struct LowerExpandShapes
    : lacuna::impl::LowerExpandShapesBase<LowerExpandShapes> {
  void runOnOperation() override {
    SmallVector<memref::ExpandShapeOp> expands;
    getOperation()->walk(
        [&](memref::ExpandShapeOp op) { expands.push_back(op); });
    llvm::for_each(expands, lower);
  }
};
} // namespace
