// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Writes the loops around the kernels of route sparse-tensor; see the header.

#include "SparseTensorLoops.h"
#include "PanelLoops.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace lacuna;

/// Rows of the weight in one task.
static constexpr int64_t kTaskRows = 32;
/// A wide panel is worth its padding from this many columns on, a narrow one
/// from the second number on.
static constexpr int64_t kWidePanel = 64, kWideFrom = 41;
static constexpr int64_t kNarrowPanel = 16, kNarrowFrom = 4;

// Tiles are transposed in registers by whole blocks.
static_assert(kTaskRows % LoopBuilder::kLanes == 0 &&
              kWidePanel % LoopBuilder::kLanes == 0 &&
              kNarrowPanel % LoopBuilder::kLanes == 0);

SmallVector<int64_t> lacuna::getPanels(const SparseContraction &contraction) {
  return {kWidePanel, kNarrowPanel, 1};
}

namespace {
/// The loops of one contraction.
class SparseLoops : PanelLoops {
public:
  SparseLoops(OpBuilder &builder, Location loc,
              const SparseContraction &contraction,
              const SparseBuffers &buffers)
      : PanelLoops(builder, loc, contraction, buffers) {}

  LogicalResult emit(function_ref<func::FuncOp(int64_t)> lookup);

private:
  bool readsDirectly(int64_t width);
  LogicalResult compute(const Panels &panels, func::FuncOp kernel);
  FailureOr<Value> computeRow(const Panels &panels, func::FuncOp kernel,
                              Loops &loops, Value panel, Value row);
};
} // namespace

/// A single column can be read where it is if k is contiguous in it, needs no
/// padding and has the type of the sums.
bool SparseLoops::readsDirectly(int64_t width) {
  return width == 1 && otherLoops.back() == c.k &&
         depth % c.layout.getM() == 0 &&
         c.getOtherType().getElementType() == c.sumType && c.otherCasts.empty();
}

/// The sums of one row of the weight over one panel: a vector, or a scalar
/// where the panel is one column.
FailureOr<Value> SparseLoops::computeRow(const Panels &panels,
                                         func::FuncOp kernel, Loops &loops,
                                         Value panel, Value row) {
  bind(loops, rowLoops, rowSizes, row);
  SmallVector<unsigned> storedLoops;
  SmallVector<Value> storedSizes;
  AffineMap map = c.getWeightMap();
  for (auto [dim, size] : llvm::enumerate(c.getWeightType().getShape())) {
    if (int64_t(dim) == c.layout.getDim())
      continue;
    storedLoops.push_back(map.getDimPosition(dim));
    storedSizes.push_back(constant(size));
  }
  int64_t stored = groups * c.layout.getN();
  Value offset = mul(linearize(indicesOf(storedLoops, loops), storedSizes),
                     constant(stored));
  Type type = c.sumType;
  if (panels.width > 1)
    type = VectorType::get({panels.width}, c.sumType);
  Value sums = arith::ConstantOp::create(b, loc, type, b.getZeroAttr(type));
  return inlineSparseKernel(b, kernel,
                            {view(buffers.values, offset, {stored}),
                             view(buffers.coordinates, offset, {stored}),
                             panel},
                            sums);
}

/// Tasks of kTaskRows rows x one panel; those of one panel follow each other,
/// so that the panel stays in the cache.
LogicalResult SparseLoops::compute(const Panels &panels, func::FuncOp kernel) {
  int64_t width = panels.width, m = c.layout.getM();
  Value rowBlocks = ceilDiv(rows, kTaskRows);
  Value perBatch = mul(panels.count, rowBlocks);
  LogicalResult result = success();
  parallel(mul(batches, perBatch), [&](Value task) {
    Loops loops;
    Value packedPanel = div(task, rowBlocks);
    bind(loops, c.batch, batchSizes, div(packedPanel, panels.count));
    Value firstRow = mul(rem(task, rowBlocks), constant(kTaskRows));
    Value firstColumn =
        add(panels.begin, mul(rem(packedPanel, panels.count), constant(width)));
    Value lastRow = min(rows, add(firstRow, constant(kTaskRows)));
    SmallVector<int64_t> shape{groups, m};
    if (width > 1)
      shape.push_back(width);
    Value panel, tile;
    if (panels.packed) {
      panel = view(panels.packed,
                   mul(packedPanel, constant(groups * m * width)), shape);
    } else {
      SmallVector<Value> sizes;
      bind(loops, columnLoops, columnSizes, firstColumn);
      loops[c.k] = constant(0);
      for (unsigned dim = 0; dim < otherLoops.size(); ++dim)
        sizes.push_back(
            b.createOrFold<memref::DimOp>(loc, buffers.other, int64_t(dim)));
      panel = view(buffers.other,
                   linearize(indicesOf(otherLoops, loops), sizes), shape);
    }
    // Scratch: memory-to-runtime finds it a place outside of the tasks' loop.
    if (width > 1)
      tile = memref::AllocOp::create(
          b, loc, MemRefType::get({kTaskRows, width}, c.sumType),
          b.getI64IntegerAttr(64));
    else
      bind(loops, columnLoops, columnSizes, firstColumn);
    forLoop(firstRow, lastRow, 1, [&](Value row) {
      FailureOr<Value> sums = computeRow(panels, kernel, loops, panel, row);
      if (failed(sums)) {
        result = failure();
        return;
      }
      if (width == 1)
        return storeSums(*sums, std::nullopt, loops, Value());
      vector::StoreOp::create(b, loc, *sums, tile,
                              ValueRange{sub(row, firstRow), constant(0)});
    });
    if (width > 1)
      storeTile(tile, firstRow, sub(lastRow, firstRow), firstColumn,
                min(constant(width), sub(columns, firstColumn)), loops);
  });
  return result;
}

LogicalResult SparseLoops::emit(function_ref<func::FuncOp(int64_t)> lookup) {
  Value begin = constant(0);
  for (int64_t width : getPanels(c)) {
    Value left = sub(columns, begin);
    Panels panels{width, begin, left, Value()};
    // A last panel that is not full is taken where enough of it is used.
    if (width == kWidePanel)
      panels.count =
          div(add(left, constant(kWidePanel - kWideFrom)), constant(width));
    else if (width == kNarrowPanel)
      panels.count =
          div(add(left, constant(kNarrowPanel - kNarrowFrom)), constant(width));
    if (!readsDirectly(width)) {
      Value size =
          mul(mul(batches, panels.count), constant(panelDepth * width));
      panels.packed = memref::AllocOp::create(
          b, loc, MemRefType::get({ShapedType::kDynamic}, panelType), size,
          b.getI64IntegerAttr(64));
      pack(panels);
    }
    if (failed(compute(panels, lookup(width))))
      return failure();
    if (panels.packed)
      memref::DeallocOp::create(b, loc, panels.packed);
    begin = min(columns, add(begin, mul(panels.count, constant(width))));
  }
  return success();
}

LogicalResult lacuna::emitSparseLoops(
    OpBuilder &builder, Location loc, const SparseContraction &contraction,
    const SparseBuffers &buffers, function_ref<func::FuncOp(int64_t)> lookup) {
  return SparseLoops(builder, loc, contraction, buffers).emit(lookup);
}
