// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// tensor.gather, scatter and generate as linalg.generic, for normalize-linalg.

#ifndef LACUNA_LIB_TRANSFORMS_INDEXEDOPERATIONS_H
#define LACUNA_LIB_TRANSFORMS_INDEXEDOPERATIONS_H

#include "mlir/IR/PatternMatch.h"

namespace lacuna {

/// A gather reads its source by tensor.extract. A scatter becomes a reduction
/// over its updates, in which each element of the result looks for itself among
/// the coordinates, in their order: of several updates for one element, the
/// last one stays. Coordinates outside of the tensor fail an assertion. What a
/// generate yields is the body of an elementwise operation.
void populateIndexedOperations(mlir::RewritePatternSet &patterns);

} // namespace lacuna

#endif // LACUNA_LIB_TRANSFORMS_INDEXEDOPERATIONS_H
