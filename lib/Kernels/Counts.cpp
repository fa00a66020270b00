// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The formulas of docs/Kernels.md; see the header.

#include "Counts.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace lacuna;

/// The warps that multiply a step of the depth, and those that store.
static int64_t countWarps(ScheduleAttr schedule) {
  return schedule.getWarpsM() * schedule.getWarpsN();
}

//===- Epilogue -----------------------------------------------------------===//

// A value of a row is read by each lane that holds elements of the row; one of
// a column also past the last row and the last column.
AffineExpr Epilogue::countLoads(const KernelEmitter &emitter) const {
  SymbolicSizes sizes(emitter.axes, emitter.getContext());
  ScheduleAttr schedule = emitter.schedule;
  ResultTile tile = makeTile(emitter);
  AffineExpr tilesM = sizes.m.ceilDiv(schedule.getTileM()),
             tilesN = sizes.n.ceilDiv(schedule.getTileN());
  int64_t widthM = tile.isAlongRows() ? tile.getWidth() : 1,
          widthN = tile.isAlongRows() ? 1 : tile.getWidth();
  AffineExpr bytes = getAffineConstantExpr(0, emitter.getContext());
  for (const Leaf &leaf : leaves) {
    AffineExpr elements;
    if (loadsForVector(leaf, tile))
      elements = (leaf.alongM ? sizes.m : sizes.m.floorDiv(widthM)) *
                 (leaf.alongN ? sizes.n : sizes.n.floorDiv(widthN));
    else if (leaf.alongM)
      elements =
          sizes.m * tilesN * (schedule.getWarpsN() * tile.getLanesPerRow());
    else
      elements = tilesM * tilesN * (32 * countWarps(schedule)) *
                 (leaf.alongN ? int64_t(tile.getColumns().size()) * widthN : 1);
    auto type = cast<MemRefType>(leaf.argument.getType());
    bytes =
        bytes + elements * llvm::divideCeil(type.getElementTypeBitWidth(), 8);
  }
  return bytes;
}

int64_t Epilogue::getResultBytes() const {
  int64_t bytes = 0;
  for (const Output &output : outputs)
    bytes += llvm::divideCeil(
        cast<MemRefType>(output.destination.getType()).getElementTypeBitWidth(),
        8);
  return bytes;
}

//===- Kernel -------------------------------------------------------------===//

DictionaryAttr lacuna::countKernel(const KernelEmitter &emitter,
                                   const OperandProvider &provider,
                                   const Epilogue &epilogue) {
  ScheduleAttr schedule = emitter.schedule;
  MLIRContext *context = emitter.getContext();
  SymbolicSizes sizes(emitter.axes, context);
  AffineExpr tilesM = sizes.m.ceilDiv(schedule.getTileM()),
             tilesN = sizes.n.ceilDiv(schedule.getTileN()),
             steps = sizes.k.ceilDiv(emitter.getStageDepth());
  int64_t perStep = countWarps(schedule) * emitter.getWarpTilesM() *
                    emitter.getWarpTilesN() * emitter.getStageDepth() /
                    provider.getDepth(emitter.contraction.elementType);
  AffineExpr mma = tilesM * tilesN * steps * perStep;
  // Each element of A and B once for every tile of the other.
  AffineExpr loads = tilesN * provider.getGlobalBytes(emitter) +
                     tilesM * (sizes.n * sizes.k * emitter.getElementBytes()) +
                     epilogue.countLoads(emitter);
  AffineExpr stores = sizes.m * sizes.n * epilogue.getResultBytes();
  auto count = [&](StringRef name, AffineExpr perBatch) {
    auto map = AffineMap::get(0, 4, perBatch * sizes.batch, context);
    return NamedAttribute(StringAttr::get(context, name),
                          AffineMapAttr::get(map));
  };
  return DictionaryAttr::get(
      context,
      {count(provider.isSparse() ? "mma.sp" : "mma", mma),
       count("global.load.bytes", loads), count("global.store.bytes", stores)});
}
