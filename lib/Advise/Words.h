// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What text and HTML say alike. Names of weights are as the file has them:
// each form escapes them in its own way.

#ifndef LACUNA_LIB_ADVISE_WORDS_H
#define LACUNA_LIB_ADVISE_WORDS_H

#include "Report.h"

namespace lacuna::advise {

/// "12.3 %"; 100 and 0 only where it is exactly that.
std::string percent(double share);
/// "43.1 MB".
std::string formatSize(double bytes);
/// "384x1536xf32".
std::string describeShape(const WeightReport &weight);
/// "1.40x", or "-" where dense is as fast.
std::string formatGain(double value);
/// Norm lost by pruning to n:m, in percent.
std::string formatLoss(const WeightReport &weight, unsigned n, unsigned m);

const LayoutAdvice *findAdvice(const WeightReport &weight,
                               const PatternFinding *pattern);

/// Some weight's elements were seen.
bool isKnown(const Report &report);
/// What a "?" means, where one is printed; else nothing.
std::string explainUnknown(const Report &report);
/// All contractions that read a weight.
std::vector<const Use *> getUses(const WeightReport &weight);
/// "batch", "12 x batch" or "128".
std::string describeColumns(const Use &use);

/// Why layouts do not pay: of each weight at the layout that it keeps, or at
/// 2:4; told once for weights that are alike.
std::vector<std::string> getReasons(const Report &report);

/// What stands out in a weight beside the pattern that it keeps.
std::vector<std::string> getNotes(const WeightReport &weight);

/// The weight's name; of a stack, "name[3]".
std::string describeMatrix(const Report &report, size_t weight, int64_t matrix);

} // namespace lacuna::advise

#endif // LACUNA_LIB_ADVISE_WORDS_H
