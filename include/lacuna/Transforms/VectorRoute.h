// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the route vector, n:m kernels of a CPU's vector instructions, can
// compute. The plan asks here whether the route can be taken, and the route
// reads the same analysis, so both answer alike.

#ifndef LACUNA_TRANSFORMS_VECTORROUTE_H
#define LACUNA_TRANSFORMS_VECTORROUTE_H

#include "lacuna/Transforms/SparseTensorRoute.h"

namespace lacuna {

/// The loop along the rows of the weight that lie side by side in its view:
/// that of its last dimension beside the layout's. None where there is no
/// other.
std::optional<unsigned> getVectorRowLoop(const SparseContraction &contraction);

/// The reason why route vector cannot compute `contraction` with the laid-out
/// operand `weight`, or nothing where it can.
std::optional<std::string> whyNotVector(mlir::linalg::LinalgOp contraction,
                                        mlir::OpOperand &weight);

} // namespace lacuna

#endif // LACUNA_TRANSFORMS_VECTORROUTE_H
