// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Axes, positions and index arithmetic of kernels; see the header.

#include "KernelEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "llvm/Support/MathExtras.h"

#include <numeric>

using namespace mlir;
using namespace lacuna;

bool Axis::isStatic() const { return !ShapedType::isDynamicShape(sizes); }

int64_t Axis::getStaticSize() const {
  return ShapedType::getNumElements(sizes);
}

//===- Axes ---------------------------------------------------------------===//

/// Whether `second` follows `first` in every map that has one of them.
static bool lieTogether(ArrayRef<AffineMap> maps, unsigned first,
                        unsigned second) {
  return llvm::all_of(maps, [&](AffineMap map) {
    auto position = [&](unsigned loop) {
      return map.getResultPosition(getAffineDimExpr(loop, map.getContext()));
    };
    std::optional<unsigned> a = position(first), b = position(second);
    return a ? b && *b == *a + 1 : !b;
  });
}

static SmallVector<Axis> merge(ArrayRef<unsigned> loops,
                               ArrayRef<AffineMap> maps,
                               ArrayRef<int64_t> sizes) {
  SmallVector<Axis> axes;
  for (unsigned loop : loops) {
    if (axes.empty() || !lieTogether(maps, axes.back().loops.back(), loop))
      axes.emplace_back();
    axes.back().loops.push_back(loop);
    axes.back().sizes.push_back(sizes[loop]);
  }
  return axes;
}

/// The last axis is the tile's, the others are walked around it.
static Axis takeLast(SmallVector<Axis> axes, SmallVectorImpl<Axis> &batch) {
  if (axes.empty())
    return Axis();
  Axis last = axes.pop_back_val();
  batch.append(axes);
  return last;
}

std::optional<Axes> lacuna::getAxes(const TensorCoreContraction &contraction,
                                    std::string &reason) {
  linalg::LinalgOp op = contraction.op;
  SmallVector<int64_t> sizes = op.getStaticLoopRanges();
  SmallVector<AffineMap> maps = {contraction.getMap(contraction.a),
                                 contraction.getMap(contraction.b),
                                 contraction.getMap(contraction.getInit())};
  // The views of a laid-out weight keep its dimensions apart.
  Axes axes;
  auto apart = [&](ArrayRef<unsigned> loops) {
    SmallVector<Axis> single;
    for (unsigned loop : loops)
      single.push_back({{loop}, {sizes[loop]}});
    return single;
  };
  bool laidOut = !!contraction.getLaidOutType();
  axes.batch = laidOut ? apart(contraction.batch)
                       : merge(contraction.batch, maps, sizes);
  axes.m = takeLast(laidOut ? apart(contraction.m)
                            : merge(contraction.m, maps, sizes),
                    axes.batch);
  axes.n = takeLast(merge(contraction.n, maps, sizes), axes.batch);
  SmallVector<Axis> depth = merge(contraction.k, maps, sizes);
  if (depth.size() != 1) {
    reason = "the dimensions that are summed over do not lie together in both "
             "operands";
    return std::nullopt;
  }
  axes.k = depth.front();
  return axes;
}

SymbolicSizes::SymbolicSizes(const Axes &axes, MLIRContext *context) {
  auto get = [&](const Axis &axis, unsigned symbol) {
    return axis.isStatic()
               ? getAffineConstantExpr(axis.getStaticSize(), context)
               : getAffineSymbolExpr(symbol, context);
  };
  m = get(axes.m, 0);
  n = get(axes.n, 1);
  k = get(axes.k, 2);
  batch = getAffineConstantExpr(1, context);
  for (const Axis &axis : axes.batch) {
    batch = batch * get(axis, 3);
    if (!axis.isStatic()) {
      batch = getAffineSymbolExpr(3, context);
      break;
    }
  }
}

static int64_t countTiles(int64_t tiles, const Axis &axis, int64_t size) {
  if (!axis.isStatic())
    return tiles;
  return std::min<int64_t>(tiles, llvm::divideCeil(axis.getStaticSize(), size));
}

int64_t KernelEmitter::getWarpTilesM() const {
  return countTiles(schedule.getWarpM() / 16, axes.m, 16);
}

int64_t KernelEmitter::getWarpTilesN() const {
  return countTiles(schedule.getWarpN() / 8, axes.n, 8);
}

//===- Arithmetic ---------------------------------------------------------===//

Value KernelEmitter::constant(int64_t value) {
  return arith::ConstantIndexOp::create(*this, value);
}
Value KernelEmitter::add(Value a, Value b) {
  return createOrFold<arith::AddIOp>(a, b);
}
Value KernelEmitter::mul(Value a, Value b) {
  return createOrFold<arith::MulIOp>(a, b);
}
Value KernelEmitter::div(Value a, Value b) {
  return createOrFold<arith::DivUIOp>(a, b);
}
Value KernelEmitter::rem(Value a, Value b) {
  return createOrFold<arith::RemUIOp>(a, b);
}
Value KernelEmitter::bitXor(Value a, Value b) {
  return createOrFold<arith::XOrIOp>(a, b);
}
Value KernelEmitter::min(Value a, Value b) {
  return createOrFold<arith::MinUIOp>(a, b);
}
Value KernelEmitter::less(Value a, Value b) {
  return createOrFold<arith::CmpIOp>(arith::CmpIPredicate::ult, a, b);
}
Value KernelEmitter::both(Value a, Value b) {
  return createOrFold<arith::AndIOp>(a, b);
}

//===- Positions ----------------------------------------------------------===//

Value KernelEmitter::getSize(const Axis &axis) {
  if (axis.isStatic())
    return constant(axis.getStaticSize());
  linalg::LinalgOp op = contraction.op;
  Value size = constant(1);
  for (auto [loop, known] : llvm::zip(axis.loops, axis.sizes)) {
    Value extent;
    if (!ShapedType::isDynamic(known))
      extent = constant(known);
    for (OpOperand &operand : op->getOpOperands()) {
      Value buffer = buffers[operand.getOperandNumber()];
      if (extent || !buffer)
        continue;
      AffineMap map = op.getMatchingIndexingMap(&operand);
      for (auto [dimension, expr] : llvm::enumerate(map.getResults()))
        if (!extent && expr == getAffineDimExpr(loop))
          extent = createOrFold<memref::DimOp>(buffer, dimension);
    }
    size = mul(size, extent);
  }
  return size;
}

Value lacuna::emitBlockCount(KernelEmitter &emitter) {
  const Axes &axes = emitter.axes;
  Value count = emitter.mul(
      emitter.ceilDiv(emitter.getSize(axes.m), emitter.schedule.getTileM()),
      emitter.ceilDiv(emitter.getSize(axes.n), emitter.schedule.getTileN()));
  for (const Axis &axis : axes.batch)
    count = emitter.mul(count, emitter.getSize(axis));
  return count;
}

// Blocks are numbered along one dimension of the grid, whose limit of 2^31 - 1
// no model meets: columns innermost, then rows, then batches. Neighbors in time
// share their rows of the weight.
void KernelEmitter::begin() {
  sizeM = getSize(axes.m);
  sizeN = getSize(axes.n);
  sizeK = getSize(axes.k);
  thread = gpu::ThreadIdOp::create(*this, gpu::Dimension::x);
  lane = rem(thread, 32);
  Value warp = div(thread, 32);
  warpM = rem(warp, schedule.getWarpsM());
  warp = div(warp, schedule.getWarpsM());
  warpN = rem(warp, schedule.getWarpsN());
  warpK = div(warp, schedule.getWarpsN());
  // Numbers of blocks have 31 bits, so that no 64-bit division is made.
  auto narrow = [&](Value index) {
    return createOrFold<arith::IndexCastUIOp>(getI32Type(), index);
  };
  auto widen = [&](Value number) {
    return createOrFold<arith::IndexCastUIOp>(getIndexType(), number);
  };
  Value block = narrow(gpu::BlockIdOp::create(*this, gpu::Dimension::x));
  auto next = [&](Value count) {
    count = narrow(count);
    Value index = rem(block, count);
    block = div(block, count);
    return widen(index);
  };
  blockN = mul(next(ceilDiv(sizeN, schedule.getTileN())), schedule.getTileN());
  Value tilesM = ceilDiv(sizeM, schedule.getTileM());
  if (axes.batch.empty()) {
    blockM = mul(widen(block), schedule.getTileM());
    return;
  }
  blockM = mul(next(tilesM), schedule.getTileM());
  batchIndex.resize(axes.batch.size());
  for (unsigned i = axes.batch.size(); i-- > 0;)
    batchIndex[i] = i ? next(getSize(axes.batch[i])) : widen(block);
}

const Axis &KernelEmitter::getAxis(unsigned loop) const {
  for (const Axis &axis : axes.batch)
    if (llvm::is_contained(axis.loops, loop))
      return axis;
  for (const Axis *axis : {&axes.m, &axes.n})
    if (llvm::is_contained(axis->loops, loop))
      return *axis;
  return axes.k;
}

Value KernelEmitter::getAxisIndex(const Axis &axis, Value m, Value n,
                                  Value k) const {
  if (&axis == &axes.m)
    return m;
  if (&axis == &axes.n)
    return n;
  if (&axis == &axes.k)
    return k;
  return batchIndex[&axis - axes.batch.begin()];
}

Value KernelEmitter::getLoopIndex(unsigned loop, Value m, Value n, Value k) {
  const Axis &axis = getAxis(loop);
  Value index = getAxisIndex(axis, m, n, k);
  unsigned position = llvm::find(axis.loops, loop) - axis.loops.begin();
  for (unsigned i = axis.loops.size() - 1; i > position; --i)
    index = div(index, getSize({{axis.loops[i]}, {axis.sizes[i]}}));
  if (position == 0)
    return index;
  return rem(index, getSize({{loop}, {axis.sizes[position]}}));
}

GlobalBuffer KernelEmitter::view(Value buffer,
                                 ArrayRef<Coordinate> coordinates) {
  GlobalBuffer global;
  SmallVector<ReassociationIndices> groups;
  for (unsigned i = 0; i < coordinates.size();) {
    const Axis *whole = nullptr;
    unsigned count = 1;
    if (coordinates[i].isLoop) {
      const Axis &axis = getAxis(coordinates[i].value);
      count = axis.loops.size();
      bool matches = i + count <= coordinates.size();
      for (unsigned j = 0; matches && j < count; ++j)
        matches = coordinates[i + j] == Coordinate{true, axis.loops[j]};
      if (matches)
        whole = &axis;
      else
        count = 1;
    }
    global.dimensions.push_back({whole, coordinates[i]});
    groups.push_back(llvm::to_vector(llvm::seq<int64_t>(i, i + count)));
    i += count;
  }
  bool merged = groups.size() < coordinates.size();
  global.buffer =
      merged
          ? memref::CollapseShapeOp::create(*this, buffer, groups).getResult()
          : buffer;
  return global;
}

GlobalBuffer KernelEmitter::viewOperand(OpOperand *operand) {
  SmallVector<Coordinate> coordinates;
  for (AffineExpr expr : contraction.getMap(operand).getResults())
    coordinates.push_back({true, cast<AffineDimExpr>(expr).getPosition()});
  return view(buffers[operand->getOperandNumber()], coordinates);
}

/// Elements in a row, or ShapedType::kDynamic. An axis is known where any
/// operand knows it.
static int64_t getRowSize(const GlobalBuffer &global) {
  if (const Axis *axis = global.getInnerAxis(); axis && axis->isStatic())
    return axis->getStaticSize();
  return cast<MemRefType>(global.buffer.getType()).getShape().back();
}

bool KernelEmitter::hasDynamicRows(const GlobalBuffer &global) const {
  return !global.dimensions.empty() &&
         ShapedType::isDynamic(getRowSize(global));
}

int64_t KernelEmitter::getRowAccess(const GlobalBuffer &global) const {
  if (global.dimensions.empty())
    return 0;
  auto type = cast<MemRefType>(global.buffer.getType());
  int64_t bytes = llvm::divideCeil(type.getElementTypeBitWidth(), 8);
  if (hasDynamicRows(global))
    return rowsAreAligned ? kAccessBytes : bytes;
  return std::gcd(getRowSize(global) * bytes, kAccessBytes);
}

SmallVector<Value> KernelEmitter::getIndices(const GlobalBuffer &global,
                                             Value m, Value n, Value k) {
  SmallVector<Value> indices;
  for (const GlobalBuffer::Dimension &dimension : global.dimensions)
    if (dimension.axis)
      indices.push_back(getAxisIndex(*dimension.axis, m, n, k));
    else if (dimension.coordinate.isLoop)
      indices.push_back(getLoopIndex(dimension.coordinate.value, m, n, k));
    else
      indices.push_back(constant(dimension.coordinate.value));
  return indices;
}

Value KernelEmitter::viewShared(int64_t offset, ArrayRef<int64_t> shape,
                                Type element) {
  auto space =
      gpu::AddressSpaceAttr::get(getContext(), gpu::AddressSpace::Workgroup);
  if (!shared)
    shared = gpu::DynamicSharedMemoryOp::create(
        *this, MemRefType::get({ShapedType::kDynamic}, getI8Type(),
                               MemRefLayoutAttrInterface(), space));
  auto type =
      MemRefType::get(shape, element, MemRefLayoutAttrInterface(), space);
  return memref::ViewOp::create(*this, type, shared, constant(offset),
                                ValueRange());
}

void KernelEmitter::keepLoop(Operation *loop) {
  auto unroll = LLVM::LoopUnrollAttr::get(
      getContext(), /*disable=*/getBoolAttr(true), /*count=*/{},
      /*runtimeDisable=*/{}, /*full=*/{}, /*followupUnrolled=*/{},
      /*followupRemainder=*/{}, /*followupAll=*/{});
  loop->setAttr("llvm.loop_annotation",
                LLVM::LoopAnnotationAttr::get(getContext(), {}, {}, {}, unroll,
                                              {}, {}, {}, {}, {}, {}, {}, {},
                                              {}, {}, {}));
}
