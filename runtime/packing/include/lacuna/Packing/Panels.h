// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The view `panels` of a matrix: the order in which register tiles of a CPU
// read it.

#ifndef LACUNA_PACKING_PANELS_H
#define LACUNA_PACKING_PANELS_H

#include "lacuna/Packing/Weights.h"

#include <tuple>

namespace lacuna::packing {

/// Dimension `dim` of a matrix, its columns, cut into panels of `width`.
struct PanelShape {
  int64_t dim = 0, width = 0;

  bool operator<(const PanelShape &other) const {
    return std::tie(dim, width) < std::tie(other.dim, other.width);
  }
};

/// Whether a tensor of `shape` has such panels; the error says why not.
Status checkPanels(const Shape &shape, PanelShape panels);

/// [columns / width, depth, width]: the columns of a panel lie side by side,
/// at each position along the other dimension (the depth) in turn. Nothing is
/// padded, since the width divides the columns.
Result<Tensor> makePanels(const Tensor &source, PanelShape panels,
                          const ParallelFor &parallel = {});

} // namespace lacuna::packing

#endif // LACUNA_PACKING_PANELS_H
