// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Private to the packing library: permuting the dimensions of a tensor, for
// Fortran order and for transposed parameters.

#ifndef LACUNA_PACKING_LIB_PERMUTE_H
#define LACUNA_PACKING_LIB_PERMUTE_H

#include "lacuna/Packing/Tensor.h"

namespace lacuna::packing {

/// A copy whose dimension i is dimension permutation[i] of `source`. The
/// permutation must be one, of the source's rank.
Result<Tensor> permute(const Tensor &source,
                       const std::vector<unsigned> &permutation);

/// rank - 1, ..., 1, 0.
std::vector<unsigned> reversal(size_t rank);

} // namespace lacuna::packing

#endif // LACUNA_PACKING_LIB_PERMUTE_H
