// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Roles of a contraction's loops, for the dense route.

#include "ContractionInfo.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

using namespace mlir;
using namespace lacuna;

bool lacuna::isDenseContraction(Operation *op) {
  auto linalgOp = dyn_cast_or_null<linalg::LinalgOp>(op);
  if (!linalgOp || !linalg::isaContractionOpInterface(linalgOp) ||
      linalgOp.getNumReductionLoops() == 0)
    return false;
  return llvm::all_of(linalgOp.getIndexingMapsArray(), [](AffineMap map) {
    return map.isProjectedPermutation();
  });
}

/// The loop along which the operand of `map` is contiguous.
static std::optional<unsigned> getLast(AffineMap map) {
  if (map.getNumResults() == 0)
    return std::nullopt;
  return map.getDimPosition(map.getNumResults() - 1);
}

/// Of `loops`, the one that is innermost in the operand of `map`.
static std::optional<unsigned> getInnermost(AffineMap map,
                                            ArrayRef<unsigned> loops) {
  for (unsigned i = map.getNumResults(); i > 0; --i)
    if (llvm::is_contained(loops, map.getDimPosition(i - 1)))
      return map.getDimPosition(i - 1);
  return std::nullopt;
}

ContractionInfo::ContractionInfo(linalg::LinalgOp op)
    : reductions(op.getNumLoops()) {
  for (auto [loop, type] : llvm::enumerate(op.getIteratorTypesArray()))
    if (type == utils::IteratorType::reduction)
      reductions.set(loop);
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  auto has = [](AffineMap map, unsigned loop) {
    return map.isFunctionOfDim(loop);
  };
  SmallVector<unsigned> ms, ns, ks;
  for (unsigned loop = 0; loop < op.getNumLoops(); ++loop) {
    bool a = has(maps[0], loop), b = has(maps[1], loop);
    if (reductions[loop])
      ks.push_back(loop);
    else if (a && !b)
      ms.push_back(loop);
    else if (b && !a)
      ns.push_back(loop);
  }
  // C is written along its contiguous loop.
  std::optional<unsigned> last = getLast(maps[2]);
  swapped = last && llvm::is_contained(ms, *last);
  if (swapped) {
    std::swap(maps[0], maps[1]);
    std::swap(ms, ns);
  }
  m = getInnermost(maps[2], ms);
  n = getInnermost(maps[2], ns);
  llvm::copy_if(ns, std::back_inserter(outerN),
                [&](unsigned loop) { return loop != n; });
  std::optional<unsigned> lastA = getLast(maps[0]), lastB = getLast(maps[1]);
  if (lastA && lastA == lastB && reductions[*lastA]) {
    form = Form::Dot;
    k = lastA;
  } else if (lastB && lastB == last && n == last) {
    form = Form::Outer;
    k = getInnermost(maps[0], ks);
  }
}
