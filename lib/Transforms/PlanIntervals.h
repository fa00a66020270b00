// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From prices of routes over sizes to few intervals with one route each.

#ifndef LACUNA_LIB_TRANSFORMS_PLANINTERVALS_H
#define LACUNA_LIB_TRANSFORMS_PLANINTERVALS_H

#include "lacuna/IR/Lacuna.h"

namespace lacuna {

/// A route that may be taken.
struct RouteOption {
  Route route;
  /// Seconds at so many columns.
  std::function<double(int64_t)> price;
  /// Bytes that its view of the weight takes in memory.
  double viewBytes = 0;
};

struct Interval {
  int64_t from;
  const RouteOption *option;
};

/// The intervals, from 0 on, that minimize the mean of log(time) over `sizes`
/// (ascending) plus the price of the views that they need. `weightBytes`: the
/// dense weight. `maySplit`: else one route for all sizes.
llvm::SmallVector<Interval> planIntervals(llvm::ArrayRef<RouteOption> options,
                                          llvm::ArrayRef<int64_t> sizes,
                                          double weightBytes, bool maySplit);

} // namespace lacuna

#endif // LACUNA_LIB_TRANSFORMS_PLANINTERVALS_H
