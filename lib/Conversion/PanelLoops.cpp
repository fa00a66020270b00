// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Packs panels and writes tiles; see the header.

#include "PanelLoops.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace lacuna;

Value lacuna::getBuffer(Value tensor) {
  auto toTensor = tensor.getDefiningOp<bufferization::ToTensorOp>();
  if (!toTensor || !isa<BlockArgument>(toTensor.getBuffer()))
    return {};
  return toTensor.getBuffer();
}

bool lacuna::isZero(Value tensor) {
  if (auto fill = tensor.getDefiningOp<linalg::FillOp>())
    return matchPattern(fill.value(), m_AnyZeroFloat()) ||
           matchPattern(fill.value(), m_Zero());
  return matchPattern(tensor, m_AnyZeroFloat()) ||
         matchPattern(tensor, m_Zero());
}

PanelLoops::PanelLoops(OpBuilder &builder, Location loc,
                       const SparseContraction &contraction,
                       const SparseBuffers &buffers)
    : LoopBuilder(builder, loc), c(contraction), buffers(buffers),
      panelType(contraction.sumType) {
  auto loopsOf = [](AffineMap map) {
    SmallVector<unsigned> loops;
    for (unsigned i = 0; i < map.getNumResults(); ++i)
      loops.push_back(map.getDimPosition(i));
    return loops;
  };
  otherLoops = loopsOf(c.getOtherMap());
  outLoops = loopsOf(c.getOutMap());
  rowLoops = c.m;
  columnLoops = c.n;
  mergeColumns();
  batches = sizesOf(c.batch, batchSizes);
  rows = sizesOf(rowLoops, rowSizes);
  columns = sizesOf(columnLoops, columnSizes);
  ArrayRef<int64_t> shape = c.getWeightType().getShape();
  depth = shape[c.layout.getDim()];
  groups = c.layout.getNumGroups(shape);
  panelDepth = groups * c.layout.getM();
}

/// Merges columns that are several loops into one where both buffers hold them
/// side by side: [batch, tokens, k] is one matrix.
void PanelLoops::mergeColumns() {
  if (c.n.size() < 2)
    return;
  auto find = [&](ArrayRef<unsigned> dims) -> std::optional<size_t> {
    auto it = std::search(dims.begin(), dims.end(), c.n.begin(), c.n.end());
    if (it == dims.end())
      return std::nullopt;
    return it - dims.begin();
  };
  std::optional<size_t> inOther = find(otherLoops), inOut = find(outLoops);
  if (!inOther || !inOut)
    return;
  auto merge = [&](Value &buffer, SmallVector<unsigned> &dims, size_t at) {
    SmallVector<ReassociationIndices> groups;
    for (size_t dim = 0; dim < dims.size(); ++dim) {
      if (dim <= at || dim >= at + c.n.size())
        groups.emplace_back();
      groups.back().push_back(dim);
    }
    buffer = memref::CollapseShapeOp::create(b, loc, buffer, groups);
    dims.erase(dims.begin() + at + 1, dims.begin() + at + c.n.size());
  };
  merge(buffers.other, otherLoops, *inOther);
  merge(buffers.out, outLoops, *inOut);
  columnLoops = {c.n.front()};
}

/// The sizes of `loops`, and their product.
Value PanelLoops::sizesOf(ArrayRef<unsigned> loops,
                          SmallVectorImpl<Value> &sizes) {
  Value product = constant(1);
  for (unsigned loop : loops) {
    auto *inOut = llvm::find(outLoops, loop);
    sizes.push_back(b.createOrFold<memref::DimOp>(
        loc, buffers.out, int64_t(inOut - outLoops.begin())));
    product = mul(product, sizes.back());
  }
  return product;
}

/// An element of the other operand (or a vector of them) as the kernel wants
/// it: converted as the body says, then widened to the type of panels.
Value PanelLoops::castOther(Value value) {
  return widen(applyCasts(value, c.otherCasts), panelType);
}

/// A sum (or a vector of them) as an element of the result.
Value PanelLoops::narrow(Value value, Type element) {
  Type type = typeLike(value, element);
  if (type == value.getType())
    return value;
  if (isa<FloatType>(element))
    return arith::TruncFOp::create(b, loc, type, value);
  return arith::TruncIOp::create(b, loc, type, value);
}

SmallVector<Value> PanelLoops::indicesOf(ArrayRef<unsigned> dims,
                                         const Loops &values) {
  return llvm::map_to_vector(
      dims, [&](unsigned loop) { return values.lookup(loop); });
}

void PanelLoops::bind(Loops &values, ArrayRef<unsigned> loops,
                      ArrayRef<Value> sizes, Value flat) {
  for (auto [loop, value] : llvm::zip_equal(loops, delinearize(flat, sizes)))
    values[loop] = value;
}

void PanelLoops::pack(const Panels &panels) {
  int64_t width = panels.width;
  parallel(mul(batches, panels.count), [&](Value task) {
    Loops loops;
    bind(loops, c.batch, batchSizes, div(task, panels.count));
    Value first =
        add(panels.begin, mul(rem(task, panels.count), constant(width)));
    Value panel = view(panels.packed, mul(task, constant(panelDepth * width)),
                       {panelDepth, width});
    packPanel(panel, width, first, loops);
  });
}

void PanelLoops::packPanel(Value panel, int64_t width, Value first,
                           Loops loops) {
  // Whole blocks where the columns are rows of the buffer, and rows of it where
  // they lie side by side.
  int64_t split = 0;
  if (width % kLanes == 0 && columnLoops.size() == 1) {
    if (otherLoops.back() == c.k) {
      split = depth / kLanes * kLanes;
      packBlocks(panel, width, first, loops, split);
    } else if (otherLoops.back() == columnLoops[0]) {
      split = depth;
      packRows(panel, width, first, loops);
    }
  }
  if (split < panelDepth)
    packElements(panel, width, first, loops, split);
}

/// Copies elements 0 .. end of k, by transposing blocks in registers. Columns
/// that do not exist read the last one, and become zero.
void PanelLoops::packBlocks(Value panel, int64_t width, Value first,
                            Loops loops, int64_t end) {
  Value last = sub(columns, constant(1));
  VectorType type = lanesOf(c.getOtherType().getElementType());
  Value zero = arith::ConstantOp::create(b, loc, type, b.getZeroAttr(type));
  forLoop(constant(0), constant(width), kLanes, [&](Value lane) {
    forLoop(constant(0), constant(end), kLanes, [&](Value k) {
      loops[c.k] = k;
      SmallVector<Value> block;
      for (int64_t i = 0; i < kLanes; ++i) {
        Value column = add(add(first, lane), constant(i));
        loops[columnLoops[0]] = min(column, last);
        Value row = load(buffers.other, indicesOf(otherLoops, loops));
        block.push_back(select(less(column, columns), row, zero));
      }
      transpose(block);
      for (int64_t i = 0; i < kLanes; ++i)
        vector::StoreOp::create(b, loc, castOther(block[i]), panel,
                                ValueRange{add(k, constant(i)), lane});
    });
  });
}

/// Copies all of k where columns lie side by side.
void PanelLoops::packRows(Value panel, int64_t width, Value first,
                          Loops loops) {
  VectorType type = lanesOf(c.getOtherType().getElementType());
  Value zero = arith::ConstantOp::create(b, loc, type, b.getZeroAttr(type));
  forLoop(constant(0), constant(depth), 1, [&](Value k) {
    loops[c.k] = k;
    for (int64_t lane = 0; lane < width; lane += kLanes) {
      Value column = add(first, constant(lane));
      Value mask = firstLanes(sub(columns, column));
      // Where the mask has no lane, nothing is read.
      loops[columnLoops[0]] = column;
      Value row = vector::MaskedLoadOp::create(b, loc, type, buffers.other,
                                               indicesOf(otherLoops, loops),
                                               mask, zero);
      vector::StoreOp::create(b, loc, castOther(row), panel,
                              ValueRange{k, constant(lane)});
    }
  });
}

/// Copies elements `begin` .. of k one by one, zero where there is none.
void PanelLoops::packElements(Value panel, int64_t width, Value first,
                              Loops loops, int64_t begin) {
  Value zero = arith::ConstantOp::create(b, loc, b.getZeroAttr(panelType));
  forLoop(constant(0), constant(width), 1, [&](Value lane) {
    Value column = add(first, lane);
    bind(loops, columnLoops, columnSizes, column);
    Value end = select(less(column, columns), constant(depth), constant(begin));
    forLoop(constant(begin), end, 1, [&](Value k) {
      loops[c.k] = k;
      Value element = memref::LoadOp::create(b, loc, buffers.other,
                                             indicesOf(otherLoops, loops));
      memref::StoreOp::create(b, loc, castOther(element), panel,
                              ValueRange{k, lane});
    });
    forLoop(end, constant(panelDepth), 1, [&](Value k) {
      memref::StoreOp::create(b, loc, zero, panel, ValueRange{k, lane});
    });
  });
}

void PanelLoops::storeSums(Value sums, std::optional<unsigned> laneLoop,
                           Loops loops, Value count) {
  Type element = cast<MemRefType>(buffers.out.getType()).getElementType();
  SmallVector<Value> indices = indicesOf(outLoops, loops);
  Value mask = laneLoop ? firstLanes(count) : Value();
  if (buffers.accumulate) {
    Value initial;
    if (mask) {
      VectorType lanes = lanesOf(element);
      Value zero =
          arith::ConstantOp::create(b, loc, lanes, b.getZeroAttr(lanes));
      initial = vector::MaskedLoadOp::create(b, loc, lanes, buffers.out,
                                             indices, mask, zero);
    } else {
      initial = memref::LoadOp::create(b, loc, buffers.out, indices);
    }
    initial = widen(initial, c.sumType);
    sums = isa<FloatType>(c.sumType)
               ? Value(arith::AddFOp::create(b, loc, initial, sums))
               : Value(arith::AddIOp::create(b, loc, initial, sums));
  }
  sums = narrow(sums, element);
  if (mask)
    vector::MaskedStoreOp::create(b, loc, buffers.out, indices, mask, sums);
  else
    memref::StoreOp::create(b, loc, sums, buffers.out, indices);
}

void PanelLoops::storeTile(Value tile, Value firstRow, Value height,
                           Value firstColumn, Value width, Loops loops) {
  bool single = columnLoops.size() == 1;
  if (single && outLoops.back() == columnLoops[0])
    return forLoop(constant(0), height, 1, [&](Value row) {
      bind(loops, rowLoops, rowSizes, add(firstRow, row));
      forLoop(constant(0), width, kLanes, [&](Value lane) {
        loops[columnLoops[0]] = add(firstColumn, lane);
        storeSums(load(tile, {row, lane}), columnLoops[0], loops,
                  sub(width, lane));
      });
    });
  if (single && rowLoops.size() == 1 && outLoops.back() == rowLoops[0]) {
    // Side by side as far as the tile goes, so that a page of the result is
    // met once; and what is computed from the sums has one copy.
    auto type = cast<MemRefType>(tile.getType());
    Value turned = memref::AllocOp::create(
        b, loc,
        MemRefType::get({kLanes, type.getDimSize(0)}, type.getElementType()),
        b.getI64IntegerAttr(64));
    return forLoop(constant(0), width, kLanes, [&](Value lane) {
      forLoop(constant(0), height, kLanes, [&](Value row) {
        loops[rowLoops[0]] = add(firstRow, row);
        SmallVector<Value> block;
        for (int64_t i = 0; i < kLanes; ++i) {
          block.push_back(load(tile, {add(row, constant(i)), lane}));
          loops[columnLoops[0]] = min(add(firstColumn, add(lane, constant(i))),
                                      sub(columns, constant(1)));
          memref::PrefetchOp::create(b, loc, buffers.out,
                                     indicesOf(outLoops, loops),
                                     /*isWrite=*/true, 3, true);
        }
        transpose(block);
        for (int64_t i = 0; i < kLanes; ++i)
          vector::StoreOp::create(b, loc, block[i], turned,
                                  ValueRange{constant(i), row});
      });
      Value left = min(constant(kLanes), sub(width, lane));
      forLoop(constant(0), left, 1, [&](Value i) {
        loops[columnLoops[0]] = add(firstColumn, add(lane, i));
        forLoop(constant(0), height, kLanes, [&](Value row) {
          loops[rowLoops[0]] = add(firstRow, row);
          storeSums(load(turned, {i, row}), rowLoops[0], loops,
                    sub(height, row));
        });
      });
    });
  }
  forLoop(constant(0), width, 1, [&](Value lane) {
    bind(loops, columnLoops, columnSizes, add(firstColumn, lane));
    forLoop(constant(0), height, 1, [&](Value row) {
      bind(loops, rowLoops, rowSizes, add(firstRow, row));
      Value sum = memref::LoadOp::create(b, loc, tile, ValueRange{row, lane});
      storeSums(sum, std::nullopt, loops, Value());
    });
  });
}
