// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Writes the loops around the kernels of route sparse-tensor; see the header.

#include "SparseTensorLoops.h"
#include "LoopBuilder.h"

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
class SparseLoops : LoopBuilder {
public:
  SparseLoops(OpBuilder &builder, Location loc,
              const SparseContraction &contraction,
              const SparseBuffers &buffers)
      : LoopBuilder(builder, loc), c(contraction), buffers(buffers) {}

  LogicalResult emit(function_ref<func::FuncOp(int64_t)> lookup);

private:
  const SparseContraction &c;
  SparseBuffers buffers;
  /// The loop that runs along each dimension of the other operand and of the
  /// result, and the loops that are columns: c.n, merged where possible.
  SmallVector<unsigned> otherLoops, outLoops, columnLoops;
  SmallVector<Value> batchSizes, rowSizes, columnSizes, storedSizes;
  Value batches, rows, columns;
  int64_t depth = 0;  // elements along k
  int64_t groups = 0; // of the layout along k

  /// The panels of one width: columns begin + i * width, i < count.
  struct Panels {
    int64_t width;
    Value begin, count;
    /// groups x m x width elements per panel; unused in direct form.
    Value packed;
  };

  void analyze();
  void mergeColumns();
  Value sizesOf(ArrayRef<unsigned> loops, SmallVectorImpl<Value> &sizes);
  Value castOther(Value value);
  Value narrow(Value value, Type type);
  SmallVector<Value> indicesOf(ArrayRef<unsigned> dims,
                               const DenseMap<unsigned, Value> &values);
  void bind(DenseMap<unsigned, Value> &values, ArrayRef<unsigned> loops,
            ArrayRef<Value> sizes, Value flat);
  bool readsDirectly(int64_t width);
  void pack(Panels &panels);
  void packBlocks(Value panel, int64_t width, Value first,
                  DenseMap<unsigned, Value> loops, int64_t end);
  void packElements(Value panel, int64_t width, Value first,
                    DenseMap<unsigned, Value> loops, int64_t begin);
  LogicalResult compute(const Panels &panels, func::FuncOp kernel);
  FailureOr<Value> computeRow(const Panels &panels, func::FuncOp kernel,
                              DenseMap<unsigned, Value> &loops, Value panel,
                              Value row);
  void storeResult(Value sum, ArrayRef<Value> indices, Value mask);
  void storeTile(const Panels &panels, Value tile, Value firstRow,
                 Value firstColumn, DenseMap<unsigned, Value> loops);
};
} // namespace

/// Merges columns that are several loops into one where both buffers hold them
/// side by side: [batch, tokens, k] is one matrix.
void SparseLoops::mergeColumns() {
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
Value SparseLoops::sizesOf(ArrayRef<unsigned> loops,
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

void SparseLoops::analyze() {
  auto loopsOf = [](AffineMap map) {
    SmallVector<unsigned> loops;
    for (unsigned i = 0; i < map.getNumResults(); ++i)
      loops.push_back(map.getDimPosition(i));
    return loops;
  };
  otherLoops = loopsOf(c.getOtherMap());
  outLoops = loopsOf(c.getOutMap());
  columnLoops = c.n;
  mergeColumns();
  batches = sizesOf(c.batch, batchSizes);
  rows = sizesOf(c.m, rowSizes);
  columns = sizesOf(columnLoops, columnSizes);
  ArrayRef<int64_t> shape = c.getWeightType().getShape();
  depth = shape[c.layout.getDim()];
  groups = c.layout.getNumGroups(shape);
  for (auto [dim, size] : llvm::enumerate(shape))
    if (int64_t(dim) != c.layout.getDim())
      storedSizes.push_back(constant(size));
}

/// An element of the other operand (or a vector of them) as the kernel wants
/// it: converted as the body says, then widened to the type of the sums.
Value SparseLoops::castOther(Value value) {
  auto typeLike = [&](Type element) -> Type {
    if (auto vector = dyn_cast<VectorType>(value.getType()))
      return vector.clone(element);
    return element;
  };
  for (Operation *cast : c.otherCasts) {
    OperationState state(loc, cast->getName().getStringRef(), value,
                         typeLike(cast->getResult(0).getType()));
    value = b.create(state)->getResult(0);
  }
  if (getElementTypeOrSelf(value.getType()) == c.sumType)
    return value;
  if (isa<FloatType>(c.sumType))
    return arith::ExtFOp::create(b, loc, typeLike(c.sumType), value);
  return arith::ExtSIOp::create(b, loc, typeLike(c.sumType), value);
}

/// A sum (or a vector of them) as an element of the result.
Value SparseLoops::narrow(Value value, Type element) {
  Type type = element;
  if (auto vector = dyn_cast<VectorType>(value.getType()))
    type = vector.clone(element);
  if (type == value.getType())
    return value;
  if (isa<FloatType>(element))
    return arith::TruncFOp::create(b, loc, type, value);
  return arith::TruncIOp::create(b, loc, type, value);
}

SmallVector<Value>
SparseLoops::indicesOf(ArrayRef<unsigned> dims,
                       const DenseMap<unsigned, Value> &values) {
  return llvm::map_to_vector(
      dims, [&](unsigned loop) { return values.lookup(loop); });
}

void SparseLoops::bind(DenseMap<unsigned, Value> &values,
                       ArrayRef<unsigned> loops, ArrayRef<Value> sizes,
                       Value flat) {
  for (auto [loop, value] : llvm::zip_equal(loops, delinearize(flat, sizes)))
    values[loop] = value;
}

/// A single column can be read where it is if k is contiguous in it, needs no
/// padding and has the type of the sums.
bool SparseLoops::readsDirectly(int64_t width) {
  return width == 1 && otherLoops.back() == c.k &&
         depth % c.layout.getM() == 0 &&
         c.getOtherType().getElementType() == c.sumType && c.otherCasts.empty();
}

/// Copies the columns to panels: groups x m x width, zero where a panel sticks
/// out of the columns or a group out of k.
void SparseLoops::pack(Panels &panels) {
  int64_t width = panels.width, padded = groups * c.layout.getM();
  Value count = mul(batches, panels.count);
  Value elements = mul(count, constant(padded * width));
  panels.packed = memref::AllocOp::create(
      b, loc, MemRefType::get({ShapedType::kDynamic}, c.sumType), elements,
      b.getI64IntegerAttr(64));
  parallel(count, [&](Value task) {
    DenseMap<unsigned, Value> loops;
    bind(loops, c.batch, batchSizes, div(task, panels.count));
    Value first =
        add(panels.begin, mul(rem(task, panels.count), constant(width)));
    Value panel = view(panels.packed, mul(task, constant(padded * width)),
                       {padded, width});
    // Whole blocks where the columns are rows of the buffer.
    bool blocks = width % kLanes == 0 && columnLoops.size() == 1 &&
                  otherLoops.back() == c.k;
    int64_t split = blocks ? depth / kLanes * kLanes : 0;
    if (split > 0)
      packBlocks(panel, width, first, loops, split);
    if (split < padded)
      packElements(panel, width, first, loops, split);
  });
}

/// Copies elements 0 .. end of k, by transposing blocks in registers. Columns
/// that do not exist read the last one, and become zero.
void SparseLoops::packBlocks(Value panel, int64_t width, Value first,
                             DenseMap<unsigned, Value> loops, int64_t end) {
  Value last = sub(columns, constant(1));
  VectorType type = lanesOf(c.getOtherType().getElementType());
  Value zero = arith::ConstantOp::create(b, loc, type, b.getZeroAttr(type));
  forLoop(constant(0), constant(end), kLanes, [&](Value k) {
    loops[c.k] = k;
    forLoop(constant(0), constant(width), kLanes, [&](Value lane) {
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

/// Copies elements `begin` .. of k one by one, and pads the groups.
void SparseLoops::packElements(Value panel, int64_t width, Value first,
                               DenseMap<unsigned, Value> loops, int64_t begin) {
  Value zero = arith::ConstantOp::create(b, loc, b.getZeroAttr(c.sumType));
  Value padded = constant(groups * c.layout.getM());
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
    forLoop(end, padded, 1, [&](Value k) {
      memref::StoreOp::create(b, loc, zero, panel, ValueRange{k, lane});
    });
  });
}

/// The sums of one row of the weight over one panel: a vector, or a scalar
/// where the panel is one column.
FailureOr<Value> SparseLoops::computeRow(const Panels &panels,
                                         func::FuncOp kernel,
                                         DenseMap<unsigned, Value> &loops,
                                         Value panel, Value row) {
  bind(loops, c.m, rowSizes, row);
  SmallVector<unsigned> storedLoops;
  AffineMap map = c.getWeightMap();
  for (unsigned dim = 0; dim < map.getNumResults(); ++dim)
    if (dim != c.layout.getDim())
      storedLoops.push_back(map.getDimPosition(dim));
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

/// Writes one sum, or the lanes of a vector of sums that `mask` has.
void SparseLoops::storeResult(Value sum, ArrayRef<Value> indices, Value mask) {
  Type element = cast<MemRefType>(buffers.out.getType()).getElementType();
  if (buffers.accumulate) {
    Type type = sum.getType();
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
    bool isFloat = isa<FloatType>(c.sumType);
    if (element != c.sumType)
      initial = isFloat ? Value(arith::ExtFOp::create(b, loc, type, initial))
                        : Value(arith::ExtSIOp::create(b, loc, type, initial));
    sum = isFloat ? Value(arith::AddFOp::create(b, loc, initial, sum))
                  : Value(arith::AddIOp::create(b, loc, initial, sum));
  }
  sum = narrow(sum, element);
  if (mask)
    vector::MaskedStoreOp::create(b, loc, buffers.out, indices, mask, sum);
  else
    memref::StoreOp::create(b, loc, sum, buffers.out, indices);
}

/// Writes a tile of kTaskRows x width sums to the result: as it is where the
/// result's columns lie side by side, in transposed blocks where its rows do,
/// and one by one otherwise.
void SparseLoops::storeTile(const Panels &panels, Value tile, Value firstRow,
                            Value firstColumn,
                            DenseMap<unsigned, Value> loops) {
  Value width = min(constant(panels.width), sub(columns, firstColumn));
  Value height = min(constant(kTaskRows), sub(rows, firstRow));
  bool single = columnLoops.size() == 1;
  if (single && outLoops.back() == columnLoops[0])
    return forLoop(constant(0), height, 1, [&](Value row) {
      bind(loops, c.m, rowSizes, add(firstRow, row));
      forLoop(constant(0), width, kLanes, [&](Value lane) {
        loops[columnLoops[0]] = add(firstColumn, lane);
        storeResult(load(tile, {row, lane}), indicesOf(outLoops, loops),
                    firstLanes(sub(width, lane)));
      });
    });
  if (single && c.m.size() == 1 && outLoops.back() == c.m[0])
    return forLoop(constant(0), height, kLanes, [&](Value row) {
      loops[c.m[0]] = add(firstRow, row);
      Value left = sub(height, row);
      forLoop(constant(0), width, kLanes, [&](Value lane) {
        SmallVector<Value> block;
        for (int64_t i = 0; i < kLanes; ++i)
          block.push_back(load(tile, {add(row, constant(i)), lane}));
        transpose(block);
        for (int64_t i = 0; i < kLanes; ++i) {
          Value column = add(lane, constant(i));
          loops[columnLoops[0]] = add(firstColumn, column);
          Value lanes = select(less(column, width), left, constant(0));
          storeResult(block[i], indicesOf(outLoops, loops), firstLanes(lanes));
        }
      });
    });
  forLoop(constant(0), width, 1, [&](Value lane) {
    bind(loops, columnLoops, columnSizes, add(firstColumn, lane));
    forLoop(constant(0), height, 1, [&](Value row) {
      bind(loops, c.m, rowSizes, add(firstRow, row));
      Value sum = memref::LoadOp::create(b, loc, tile, ValueRange{row, lane});
      storeResult(sum, indicesOf(outLoops, loops), Value());
    });
  });
}

/// Tasks of kTaskRows rows x one panel; those of one panel follow each other,
/// so that the panel stays in the cache.
LogicalResult SparseLoops::compute(const Panels &panels, func::FuncOp kernel) {
  int64_t width = panels.width, m = c.layout.getM();
  Value rowBlocks = ceilDiv(rows, kTaskRows);
  Value perBatch = mul(panels.count, rowBlocks);
  LogicalResult result = success();
  parallel(mul(batches, perBatch), [&](Value task) {
    DenseMap<unsigned, Value> loops;
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
        return storeResult(*sums, indicesOf(outLoops, loops), Value());
      vector::StoreOp::create(b, loc, *sums, tile,
                              ValueRange{sub(row, firstRow), constant(0)});
    });
    if (width > 1)
      storeTile(panels, tile, firstRow, firstColumn, loops);
  });
  return result;
}

LogicalResult SparseLoops::emit(function_ref<func::FuncOp(int64_t)> lookup) {
  analyze();
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
    if (!readsDirectly(width))
      pack(panels);
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
