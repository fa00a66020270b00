// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tries every set of routes that may share a weight; within a set each size
// takes the fastest, and neighbors that gain little by a change are merged.

#include "PlanIntervals.h"

#include <cmath>
#include <limits>

using namespace mlir;
using namespace lacuna;

// What memory is worth: as many bytes again as the dense weight has must make
// the region this much faster, in the mean over sizes.
static constexpr double kViewPrice = 0.03;
// A change of routes that gains less, in the mean over its sizes, is not made.
static constexpr double kLeastGain = 0.04;

/// log(time) of option `index` at size number `at`.
using Table = SmallVector<SmallVector<double>>;

namespace {
/// Sizes number `first` to `last`, the end excluded.
struct Stretch {
  size_t first, last;
  unsigned option;
};
} // namespace

static double sum(const Table &table, const Stretch &range, unsigned option) {
  double total = 0;
  for (size_t at = range.first; at < range.last; ++at)
    total += table[option][at];
  return total;
}

/// The fastest of `set` at each size, as ranges.
static SmallVector<Stretch> takeFastest(const Table &table, size_t numSizes,
                                        ArrayRef<unsigned> set) {
  SmallVector<Stretch> ranges;
  for (size_t at = 0; at < numSizes; ++at) {
    unsigned best = set.front();
    for (unsigned option : set)
      if (table[option][at] < table[best][at])
        best = option;
    if (!ranges.empty() && ranges.back().option == best)
      ranges.back().last = at + 1;
    else
      ranges.push_back({at, at + 1, best});
  }
  return ranges;
}

/// Gives ranges that gain little the route of a neighbor, the least first.
static void mergeNeighbors(const Table &table, SmallVector<Stretch> &ranges,
                           double leastGain) {
  while (ranges.size() > 1) {
    double least = std::numeric_limits<double>::infinity();
    size_t which = 0, into = 0;
    for (size_t i = 0; i < ranges.size(); ++i)
      for (size_t other : {i - 1, i + 1}) {
        if (other >= ranges.size())
          continue;
        double gain = (sum(table, ranges[i], ranges[other].option) -
                       sum(table, ranges[i], ranges[i].option)) /
                      (ranges[i].last - ranges[i].first);
        if (gain < least) {
          least = gain;
          which = i;
          into = other;
        }
      }
    if (least >= leastGain)
      return;
    ranges[which].option = ranges[into].option;
    SmallVector<Stretch> merged;
    for (const Stretch &range : ranges)
      if (!merged.empty() && merged.back().option == range.option)
        merged.back().last = range.last;
      else
        merged.push_back(range);
    ranges = std::move(merged);
  }
}

/// The first size after `below` at which `next` is faster than `previous`; it
/// is at `above`.
static int64_t findCrossing(const RouteOption &previous,
                            const RouteOption &next, int64_t below,
                            int64_t above) {
  while (above - below > 1) {
    int64_t middle = below + (above - below) / 2;
    (next.price(middle) < previous.price(middle) ? above : below) = middle;
  }
  return above;
}

SmallVector<Interval> lacuna::planIntervals(ArrayRef<RouteOption> options,
                                            ArrayRef<int64_t> sizes,
                                            double weightBytes, bool maySplit) {
  Table table;
  for (const RouteOption &option : options) {
    SmallVector<double> &row = table.emplace_back();
    for (int64_t size : sizes)
      row.push_back(std::log(option.price(size)));
  }
  double best = std::numeric_limits<double>::infinity();
  SmallVector<Stretch> plan;
  for (unsigned bits = 1; bits < 1u << options.size(); ++bits) {
    SmallVector<unsigned> set;
    for (unsigned option = 0; option < options.size(); ++option)
      if (bits >> option & 1)
        set.push_back(option);
    if (!maySplit && set.size() > 1)
      continue;
    SmallVector<Stretch> ranges = takeFastest(table, sizes.size(), set);
    mergeNeighbors(table, ranges, kLeastGain);
    double cost = 0, views = 0;
    SmallVector<bool> isUsed(options.size());
    for (const Stretch &range : ranges) {
      cost += sum(table, range, range.option) / sizes.size();
      if (!isUsed[range.option])
        views += options[range.option].viewBytes;
      isUsed[range.option] = true;
    }
    cost += kViewPrice * views / std::max(weightBytes, 1.0);
    if (cost < best) {
      best = cost;
      plan = ranges;
    }
  }
  SmallVector<Interval> intervals;
  for (const Stretch &range : plan) {
    const RouteOption *option = &options[range.option];
    int64_t from =
        intervals.empty()
            ? 0
            : findCrossing(*intervals.back().option, *option,
                           sizes[range.first - 1], sizes[range.first]);
    intervals.push_back({from, option});
  }
  return intervals;
}
