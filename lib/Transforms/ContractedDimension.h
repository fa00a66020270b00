// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which dimension of a weight its contractions sum over, however the weight
// reaches them.

#ifndef LACUNA_LIB_TRANSFORMS_CONTRACTEDDIMENSION_H
#define LACUNA_LIB_TRANSFORMS_CONTRACTEDDIMENSION_H

#include "mlir/IR/Value.h"
#include "llvm/ADT/SmallSet.h"

namespace lacuna {

/// The dimensions of `value` that contractions sum over, followed through
/// transposes, reshapes that keep a dimension, casts and dispatch regions.
llvm::SmallSet<int64_t, 2> findContractedDimensions(mlir::Value value);

} // namespace lacuna

#endif // LACUNA_LIB_TRANSFORMS_CONTRACTEDDIMENSION_H
