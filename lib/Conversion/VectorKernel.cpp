// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sizes, panels and products of the kernels of route vector; see the header.

#include "VectorKernel.h"
#include "Tiling.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/ADT/StringExtras.h"

#include <numeric>

using namespace mlir;
using namespace lacuna;

VectorTarget VectorTarget::get(StringRef features) {
  auto has = [&](StringRef feature) {
    return llvm::any_of(llvm::split(features, ','), [&](StringRef given) {
      given.consume_front("+");
      return given == feature;
    });
  };
  if (has("avx512f"))
    return {64, true};
  if (has("avx2"))
    return {32, true};
  return {has("avx") ? 32u : 16u, false};
}

static SmallVector<unsigned> loopsOf(AffineMap map) {
  SmallVector<unsigned> loops;
  for (unsigned i = 0; i < map.getNumResults(); ++i)
    loops.push_back(map.getDimPosition(i));
  return loops;
}

VectorKernel::VectorKernel(OpBuilder &builder, Location loc,
                           const SparseContraction &contraction,
                           linalg::GenericOp epilogue,
                           const VectorBuffers &buffers, VectorTarget target)
    : LoopBuilder(builder, loc), c(contraction), epilogue(epilogue),
      buffers(buffers), target(target) {
  auto isNarrow = [](RankedTensorType type) {
    return type.getElementType().isInteger() &&
           type.getElementTypeBitWidth() <= 8;
  };
  // Vectors of f32 multiply and add in one, those of i32 multiply slowly.
  factorType = c.sumType.isInteger() && isNarrow(c.getWeightType()) &&
                       isNarrow(c.getOtherType())
                   ? Type(b.getF32Type())
                   : c.sumType;
  otherLoops = loopsOf(c.getOtherMap());
  outLoops = loopsOf(c.getOutMap());
  rowLoop = getVectorRowLoop(c);
  ArrayRef<int64_t> shape = c.getWeightType().getShape();
  for (auto [dim, loop] : llvm::enumerate(loopsOf(c.getWeightMap()))) {
    if (loop == c.k)
      continue;
    if (loop == rowLoop) {
      rows = shape[dim];
      continue;
    }
    outerLoops.push_back(loop);
    outerSizes.push_back(constant(shape[dim]));
    outers *= shape[dim];
  }
  rowBlocks = llvm::divideCeil(rows, kLanes);
  auto sizesOf = [&](ArrayRef<unsigned> loops, SmallVectorImpl<Value> &sizes) {
    Value product = constant(1);
    for (unsigned loop : loops) {
      sizes.push_back(getSize(loop));
      product = mul(product, sizes.back());
    }
    return product;
  };
  columns = sizesOf(c.n, columnSizes);
  batches = sizesOf(c.batch, batchSizes);

  n = c.layout.getN();
  m = c.layout.getM();
  bits = c.layout.getVectorBits();
  perWord = 32 / bits;
  entries = cast<MemRefType>(buffers.values.getType()).getShape().end()[-2];
  words = entries / perWord;
  depth = shape[c.layout.getDim()];
  paddedDepth = entries / n * m;
}

Value VectorKernel::getSize(unsigned loop) {
  auto *dim = llvm::find(outLoops, loop);
  return b.createOrFold<memref::DimOp>(loc, buffers.out,
                                       int64_t(dim - outLoops.begin()));
}

void VectorKernel::bind(Loops &loops, ArrayRef<unsigned> of,
                        ArrayRef<Value> sizes, Value flat) {
  for (auto [loop, value] : llvm::zip_equal(of, delinearize(flat, sizes)))
    loops[loop] = value;
}

SmallVector<Value> VectorKernel::indicesOf(ArrayRef<unsigned> dims,
                                           const Loops &loops) {
  return llvm::map_to_vector(dims,
                             [&](unsigned loop) { return loops.lookup(loop); });
}

//===- Products -----------------------------------------------------------===//

Value VectorKernel::castWeight(Value value) {
  return widen(applyCasts(value, c.weightCasts), factorType);
}

Value VectorKernel::castOther(Value value) {
  return widen(applyCasts(value, c.otherCasts), factorType);
}

Value VectorKernel::multiplyAdd(Value w, Value x, Value acc) {
  if (isa<IntegerType>(factorType))
    return arith::AddIOp::create(b, loc, arith::MulIOp::create(b, loc, w, x),
                                 acc);
  auto contract = arith::FastMathFlags::contract;
  Value product = arith::MulFOp::create(b, loc, w, x, contract);
  return arith::AddFOp::create(b, loc, product, acc, contract);
}

Value VectorKernel::addSums(Value x, Value y) {
  if (isa<IntegerType>(getElementTypeOrSelf(x)))
    return arith::AddIOp::create(b, loc, x, y);
  return arith::AddFOp::create(b, loc, x, y);
}

Value VectorKernel::zeros(int64_t lanes, Type element) {
  auto type = VectorType::get({lanes}, element);
  return arith::ConstantOp::create(b, loc, type, b.getZeroAttr(type));
}

//===- Operands -----------------------------------------------------------===//

/// Columns of the type of the sums, one behind the other, that need no padding.
bool VectorKernel::readsDirectly() {
  if (otherLoops.back() != c.k || depth != paddedDepth ||
      c.getOtherType().getElementType() != factorType || !c.otherCasts.empty())
    return false;
  // Batches before columns.
  ArrayRef<unsigned> leading = ArrayRef(otherLoops).drop_back();
  return leading.take_back(c.n.size()) == ArrayRef(c.n);
}

Value VectorKernel::getPanelRow(Value first, const Loops &loops) {
  if (!readsDirectly())
    return mul(linearize(indicesOf(c.batch, loops), batchSizes),
               sub(columns, first));
  SmallVector<unsigned> order(ArrayRef(otherLoops).drop_back(1 + c.n.size()));
  SmallVector<Value> sizes =
      llvm::map_to_vector(order, [&](unsigned loop) { return getSize(loop); });
  return add(mul(linearize(indicesOf(order, loops), sizes), columns), first);
}

Value VectorKernel::getColumns(Value first) {
  if (readsDirectly())
    return buffers.other;
  Value each = sub(columns, first);
  Value count = mul(batches, each);
  Value panel = memref::AllocOp::create(
      b, loc, MemRefType::get({ShapedType::kDynamic}, factorType),
      mul(count, constant(paddedDepth)), b.getI64IntegerAttr(64));
  Value grain = constant(
      std::max<int64_t>(1, kTaskElements / std::max<int64_t>(1, paddedDepth)));
  parallel(count, [&](Value row) {
    GrainOp::create(b, loc, grain);
    Loops loops;
    bind(loops, c.batch, batchSizes, div(row, each));
    bind(loops, c.n, columnSizes, add(first, rem(row, each)));
    packColumn(panel, row, loops);
  });
  return panel;
}

void VectorKernel::packColumn(Value panel, Value row, Loops loops) {
  Value first = mul(row, constant(paddedDepth));
  Value zero = arith::ConstantOp::create(b, loc, b.getZeroAttr(factorType));
  // Whole vectors where k lies side by side.
  int64_t split = otherLoops.back() == c.k ? depth / kLanes * kLanes : 0;
  forLoop(constant(0), constant(split), kLanes, [&](Value k) {
    loops[c.k] = k;
    Value block = load(buffers.other, indicesOf(otherLoops, loops));
    vector::StoreOp::create(b, loc, castOther(block), panel, add(first, k));
  });
  forLoop(constant(split), constant(depth), 1, [&](Value k) {
    loops[c.k] = k;
    Value element = memref::LoadOp::create(b, loc, buffers.other,
                                           indicesOf(otherLoops, loops));
    memref::StoreOp::create(b, loc, castOther(element), panel, add(first, k));
  });
  forLoop(constant(depth), constant(paddedDepth), 1, [&](Value k) {
    memref::StoreOp::create(b, loc, zero, panel, add(first, k));
  });
}

void VectorKernel::freeColumns(Value panel) {
  if (panel != buffers.other)
    memref::DeallocOp::create(b, loc, panel);
}

Value VectorKernel::viewValues(Value block) {
  return view(buffers.values, mul(block, constant(entries * kLanes)),
              {entries, kLanes});
}

Value VectorKernel::viewCoordinates(Value block) {
  return view(buffers.coordinates, mul(block, constant(words * kLanes)),
              {words, kLanes});
}

void VectorKernel::prefetch(Value buffer, int64_t perBlock, Value first,
                            int64_t count) {
  constexpr int64_t lineBytes = 64;
  int64_t all = outers * rowBlocks * perBlock;
  first = min(first, constant(std::max<int64_t>(0, all - count)));
  Value rows = view(buffer, constant(0), {all, kLanes});
  Type element = cast<MemRefType>(buffer.getType()).getElementType();
  int64_t bytes = element.getIntOrFloatBitWidth() / 8 * kLanes;
  for (int64_t i = 0; i < count; i += std::max<int64_t>(1, lineBytes / bytes))
    memref::PrefetchOp::create(
        b, loc, rows, ValueRange{add(first, constant(i)), constant(0)},
        /*isWrite=*/false, /*localityHint=*/2, /*isDataCache=*/true);
}
