// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which CPU features this host has, by LLVM's names.

#ifndef LACUNA_RUNTIME_LIB_CPUFEATURES_H
#define LACUNA_RUNTIME_LIB_CPUFEATURES_H

#include <string>
#include <vector>

namespace lacuna::runtime {

/// Those of `features` that this host lacks, or whose names are unknown here.
std::vector<std::string>
findMissingFeatures(const std::vector<std::string> &features);

} // namespace lacuna::runtime

#endif // LACUNA_RUNTIME_LIB_CPUFEATURES_H
