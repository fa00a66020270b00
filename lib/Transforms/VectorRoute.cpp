// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The analysis behind the vector kernels; see the header.

#include "lacuna/Transforms/VectorRoute.h"

using namespace mlir;
using namespace lacuna;

std::optional<unsigned>
lacuna::getVectorRowLoop(const SparseContraction &contraction) {
  AffineMap map = contraction.getWeightMap();
  for (unsigned dim = map.getNumResults(); dim-- > 0;)
    if (dim != contraction.layout.getDim())
      return map.getDimPosition(dim);
  return std::nullopt;
}

std::optional<std::string> lacuna::whyNotVector(linalg::LinalgOp op,
                                                OpOperand &weight) {
  std::string reason;
  auto contraction = analyzeSparseContraction(op, weight, reason);
  if (!contraction)
    return reason;
  llvm::raw_string_ostream os(reason);
  Type stored = contraction->getWeightType().getElementType();
  if (!contraction->sumType.isF32() && !contraction->sumType.isInteger(32))
    os << "the sums are " << contraction->sumType
       << ", and vector kernels add in f32 or i32";
  else if (stored.getIntOrFloatBitWidth() > 32)
    os << "the weight's elements are " << stored
       << ", and vector kernels read at most 32 bits";
  else if (std::optional<unsigned> row = getVectorRowLoop(*contraction);
           row && llvm::is_contained(contraction->batch, *row))
    os << "the rows of one vector would be of different batches: the weight's "
          "last dimension beside that of the layout is a batch dimension";
  else
    return std::nullopt;
  return reason;
}
