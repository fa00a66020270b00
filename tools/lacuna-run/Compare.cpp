// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An output against its reference.

#include "Values.h"

#include <cmath>
#include <cstdio>

using namespace lacuna;
using namespace lacuna::run;

namespace {
std::string describeIndex(uint64_t index, const packing::Shape &shape) {
  packing::Shape position(shape.size());
  for (size_t i = shape.size(); i-- > 0;) {
    position[i] = static_cast<int64_t>(index % uint64_t(shape[i]));
    index /= uint64_t(shape[i]);
  }
  return packing::toString(position);
}

struct Difference {
  double absolute = 0, relative = 0;
  uint64_t bad = 0, first = 0;
};

/// NaN and equal infinities match themselves only.
Difference measure(const Tensor &output, const Tensor &reference, double rtol,
                   double atol) {
  Difference result;
  uint64_t count = countElements(output);
  for (uint64_t i = 0; i < count; ++i) {
    double found = getElement(output, i), wanted = getElement(reference, i);
    if (found == wanted || (std::isnan(found) && std::isnan(wanted)))
      continue;
    double absolute = std::fabs(found - wanted);
    if (std::isnan(absolute))
      absolute = INFINITY;
    result.absolute = std::max(result.absolute, absolute);
    result.relative = std::max(
        result.relative, wanted == 0 ? INFINITY : absolute / std::fabs(wanted));
    bool close = std::isfinite(found) && std::isfinite(wanted) &&
                 absolute <= atol + rtol * std::fabs(wanted);
    if (!close && result.bad++ == 0)
      result.first = i;
  }
  return result;
}
} // namespace

bool lacuna::run::compare(const std::string &name, const Tensor &output,
                          const Tensor &reference, double rtol, double atol) {
  if (output.shape != reference.shape) {
    std::printf("%s: MISMATCH: shape %s, the reference has %s\n", name.c_str(),
                packing::toString(output.shape).c_str(),
                packing::toString(reference.shape).c_str());
    return false;
  }
  Difference difference = measure(output, reference, rtol, atol);
  std::printf("%s: %s: max abs error %.3g, max rel error %.3g (atol %g, rtol "
              "%g)\n",
              name.c_str(), difference.bad ? "MISMATCH" : "matches",
              difference.absolute, difference.relative, atol, rtol);
  if (difference.bad)
    std::printf("  %llu of %llu elements differ; the first at %s: %.9g, "
                "expected %.9g\n",
                static_cast<unsigned long long>(difference.bad),
                static_cast<unsigned long long>(countElements(output)),
                describeIndex(difference.first, output.shape).c_str(),
                getElement(output, difference.first),
                getElement(reference, difference.first));
  return difference.bad == 0;
}
