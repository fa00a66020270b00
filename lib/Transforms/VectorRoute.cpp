// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The analysis behind the vector kernels; see the header.

#include "lacuna/Transforms/VectorRoute.h"

using namespace mlir;
using namespace lacuna;

std::optional<std::string> lacuna::whyNotVector(linalg::LinalgOp contraction,
                                                OpOperand &weight) {
  std::string reason;
  if (!analyzeSparseContraction(contraction, weight, reason))
    return reason;
  return "vector kernels are not generated yet";
}
