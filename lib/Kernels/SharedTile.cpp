// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Copies and fragments of a plain operand's tile; see the header. Layouts of
// fragments: PTX ISA, "Matrix multiply-accumulate operation using mma
// instruction", and "ldmatrix" for the order of its matrices.

#include "SharedTile.h"
#include "MmaInstruction.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/NVGPU/IR/NVGPUDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace lacuna;

// Copies of a thread that are written out; more of them are a loop. Those of
// elements go through registers.
static constexpr int64_t kChunksUnrolled = 16, kElementsUnrolled = 4;

SharedTile::SharedTile(KernelEmitter &emitter, GlobalBuffer buffer,
                       const Axis &rowAxis, int64_t rows)
    : global(std::move(buffer)), rowAxis(rowAxis), rows(rows),
      element(emitter.contraction.elementType),
      elementBytes(emitter.getElementBytes()) {
  const Axis *innerAxis = global.getInnerAxis();
  bool alongDepth = innerAxis == &emitter.axes.k;
  bool alongRows = innerAxis == &rowAxis && !rowAxis.loops.empty();
  // ldmatrix turns matrices of 16-bit elements only.
  across = alongRows && elementBytes == 2;
  gathers = !alongDepth && !across;
  // The distance of runs is that of rows; a single one has none.
  copyBytes = gathers                         ? elementBytes
              : global.dimensions.size() == 1 ? kAccessBytes
                                              : emitter.getRowAccess(global);
  emitter.copiesElements |= copiesElements();
  int64_t depth = emitter.getStageDepth();
  outer = across ? depth : rows;
  inner = across ? rows : depth;
}

void SharedTile::allocate(KernelEmitter &emitter, int64_t offset) {
  shared = emitter.viewShared(
      offset, {emitter.schedule.getSlots(), outer, inner}, element);
}

/// Eight runs meet the same chunk in ldmatrix: they must differ in their bank
/// group, the chunk's place modulo 8 in memory.
Value SharedTile::swizzle(KernelEmitter &emitter, Value run,
                          Value chunk) const {
  int64_t chunks = inner * elementBytes / kAccessBytes;
  if (chunks == 1)
    return chunk;
  int64_t runsPerLine = std::max<int64_t>(1, 8 / chunks);
  Value phase =
      emitter.rem(emitter.div(run, runsPerLine), std::min<int64_t>(chunks, 8));
  return emitter.bitXor(chunk, phase);
}

/// Where an element of the tile lies.
struct SharedTile::Place {
  SmallVector<Value> global, shared;
  /// Whether the element exists, and how many of its run are left from it on.
  Value inside, left;
};

SharedTile::Place SharedTile::locate(KernelEmitter &emitter, Value run,
                                     Value position, Value step) const {
  const Axes &axes = emitter.axes;
  bool isA = &rowAxis == &axes.m;
  Value row = emitter.add(isA ? emitter.blockM : emitter.blockN,
                          across ? position : run);
  Value depth = emitter.add(emitter.mul(step, emitter.getStageDepth()),
                            across ? run : position);
  Value sizeRow = isA ? emitter.sizeM : emitter.sizeN;
  Place place;
  // No question is asked where tiles divide the axis.
  place.inside = arith::ConstantOp::create(emitter, emitter.getBoolAttr(true));
  if (!rowAxis.isStatic() || rowAxis.getStaticSize() % rows)
    place.inside = emitter.less(row, sizeRow);
  if (!axes.k.isStatic() || axes.k.getStaticSize() % emitter.getStageDepth())
    place.inside =
        emitter.both(place.inside, emitter.less(depth, emitter.sizeK));
  Value size = across ? sizeRow : emitter.sizeK;
  Value at = across ? row : depth;
  place.left = emitter.createOrFold<arith::SubIOp>(size, at);
  place.global = isA ? emitter.getIndices(global, row, Value(), depth)
                     : emitter.getIndices(global, Value(), row, depth);
  int64_t chunkElements = kAccessBytes / elementBytes;
  Value chunk = swizzle(emitter, run, emitter.div(position, chunkElements));
  place.shared = {run, emitter.add(emitter.mul(chunk, chunkElements),
                                   emitter.rem(position, chunkElements))};
  return place;
}

/// Calls `body` with the pieces that this thread moves, of `runs` runs of
/// `pieces` each: which run, and which piece of it. At most `unrolled` are
/// written out.
static void forEachPiece(KernelEmitter &emitter, int64_t runs, int64_t pieces,
                         int64_t unrolled,
                         function_ref<void(Value, Value)> body) {
  int64_t threads = emitter.schedule.getThreads(), total = runs * pieces;
  auto visit = [&](Value round) {
    // Where threads take whole runs, each stays with its piece of them.
    if (threads % pieces == 0) {
      Value run = emitter.add(emitter.div(emitter.thread, pieces),
                              emitter.mul(round, threads / pieces));
      return body(run, emitter.rem(emitter.thread, pieces));
    }
    Value piece = emitter.add(emitter.thread, emitter.mul(round, threads));
    body(emitter.div(piece, pieces), emitter.rem(piece, pieces));
  };
  int64_t full = total / threads;
  OpBuilder::InsertionGuard guard(emitter);
  if (full > unrolled) {
    int64_t step = full % unrolled ? 1 : unrolled;
    auto loop =
        scf::ForOp::create(emitter, emitter.constant(0), emitter.constant(full),
                           emitter.constant(step));
    emitter.keepLoop(loop);
    emitter.setInsertionPointToStart(loop.getBody());
    for (int64_t i = 0; i < step; ++i)
      visit(emitter.add(loop.getInductionVar(), i));
    emitter.setInsertionPointAfter(loop);
  } else {
    for (int64_t round = 0; round < full; ++round)
      visit(emitter.constant(round));
  }
  if (total % threads == 0)
    return;
  Value rest = emitter.constant(total % threads);
  auto some = scf::IfOp::create(emitter, emitter.less(emitter.thread, rest));
  emitter.setInsertionPointToStart(some.thenBlock());
  visit(emitter.constant(full));
}

void SharedTile::copyChunks(KernelEmitter &emitter, Value stage, Value step) {
  int64_t elements = copyBytes / elementBytes;
  int64_t pieces = inner / elements;
  bool whole = emitter.getRowAccess(global) % copyBytes == 0;
  auto tokenType = nvgpu::DeviceAsyncTokenType::get(emitter.getContext());
  forEachPiece(
      emitter, outer, pieces, kChunksUnrolled, [&](Value run, Value piece) {
        Place place = locate(emitter, run, emitter.mul(piece, elements), step);
        // What lies outside is filled with zeros: PTX ISA, "cp.async",
        // src-size.
        Value count = emitter.constant(elements);
        if (!whole)
          count = emitter.min(count, place.left);
        Value zero = emitter.constant(0);
        count =
            emitter.createOrFold<arith::SelectOp>(place.inside, count, zero);
        SmallVector<Value> target = {stage};
        target.append(place.shared);
        nvgpu::DeviceAsyncCopyOp::create(
            emitter, tokenType, shared, target, global.buffer, place.global,
            emitter.getIndexAttr(elements), count,
            copyBytes == kAccessBytes ? emitter.getUnitAttr() : UnitAttr());
      });
}

/// The element, or zero outside.
Value SharedTile::loadElement(KernelEmitter &emitter, const Place &place) {
  if (matchPattern(place.inside, m_One()))
    return memref::LoadOp::create(emitter, global.buffer, place.global);
  auto exists = scf::IfOp::create(emitter, element, place.inside,
                                  /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(emitter);
  emitter.setInsertionPointToStart(exists.thenBlock());
  Value loaded = memref::LoadOp::create(emitter, global.buffer, place.global);
  scf::YieldOp::create(emitter, loaded);
  emitter.setInsertionPointToStart(exists.elseBlock());
  Value zero = arith::ConstantOp::create(emitter, emitter.getZeroAttr(element));
  scf::YieldOp::create(emitter, zero);
  return exists.getResult(0);
}

// No cp.async moves fewer than 4 bytes.
void SharedTile::copyElements(KernelEmitter &emitter, Value stage, Value step) {
  // Where neighbors in memory are rows, a warp reads 8 of them x 4 of the
  // depth: 32 banks in the swizzled tile.
  int64_t runs = gathers ? outer / 8 * (inner / 4) : outer;
  int64_t pieces = gathers ? 32 : inner;
  forEachPiece(
      emitter, runs, pieces, kElementsUnrolled, [&](Value run, Value position) {
        if (gathers) {
          Value group = run, within = position;
          run = emitter.add(emitter.mul(emitter.rem(group, outer / 8), 8),
                            emitter.rem(within, 8));
          position = emitter.add(emitter.mul(emitter.div(group, outer / 8), 4),
                                 emitter.div(within, 8));
        }
        Place place = locate(emitter, run, position, step);
        Value value = loadElement(emitter, place);
        SmallVector<Value> target = {stage};
        target.append(place.shared);
        memref::StoreOp::create(emitter, value, shared, target);
      });
}

void SharedTile::emitCopy(KernelEmitter &emitter, Value stage, Value step) {
  copiesElements() ? copyElements(emitter, stage, step)
                   : copyChunks(emitter, stage, step);
}

SmallVector<Value, 4> SharedTile::loadMatrices(KernelEmitter &emitter,
                                               Value stage, Value run,
                                               Value chunk) const {
  int64_t perRegister = 4 / elementBytes;
  auto type = VectorType::get({4, perRegister}, element);
  Value column =
      emitter.mul(swizzle(emitter, run, chunk), kAccessBytes / elementBytes);
  Value matrices = nvgpu::LdMatrixOp::create(
      emitter, type, shared, ValueRange{stage, run, column},
      /*transpose=*/across, /*numTiles=*/4);
  return extractRegisters(emitter, matrices);
}

// Matrices in the order of a0..a3: rows 0-7 and 8-15 of the first 16 bytes of
// depth, then of the second; lanes 8i..8i+7 give the rows of matrix i.
SmallVector<Value, 4> SharedTile::loadA(KernelEmitter &emitter, Value stage,
                                        Value row, int64_t quarter) {
  Value low = emitter.rem(emitter.lane, 8),
        matrix = emitter.div(emitter.lane, 8);
  Value second = emitter.rem(matrix, 2), later = emitter.div(matrix, 2);
  if (!across)
    return loadMatrices(
        emitter, stage,
        emitter.add(emitter.add(row, low), emitter.mul(second, 8)),
        emitter.add(later, 2 * quarter));
  Value depth =
      emitter.add(emitter.add(low, emitter.mul(later, 8)), 16 * quarter);
  return loadMatrices(emitter, stage, depth,
                      emitter.add(emitter.div(row, 8), second));
}

// b0..b3: eight rows, and 16 bytes of depth after the other.
SmallVector<Value, 4> SharedTile::loadB(KernelEmitter &emitter, Value stage,
                                        Value row, int64_t half) {
  if (!across)
    return loadMatrices(emitter, stage,
                        emitter.add(row, emitter.rem(emitter.lane, 8)),
                        emitter.add(emitter.div(emitter.lane, 8), 4 * half));
  return loadMatrices(emitter, stage, emitter.add(emitter.lane, 32 * half),
                      emitter.div(row, 8));
}
