// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Scalars that a function is given become tensors of rank 0 where kernels use
// them: a host cannot read the memory of a GPU.

#ifndef LACUNA_LIB_TRANSFORMS_SCALAROPERANDS_H
#define LACUNA_LIB_TRANSFORMS_SCALAROPERANDS_H

#include "mlir/IR/PatternMatch.h"

namespace lacuna {

/// Patterns by which generics read scalars of the function as operands, and
/// arithmetic on such scalars becomes generics. Indices, and what becomes one,
/// stay: sizes are the host's.
void populateScalarOperandPatterns(mlir::RewritePatternSet &patterns);

} // namespace lacuna

#endif // LACUNA_LIB_TRANSFORMS_SCALAROPERANDS_H
