// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which CPU features this host has, by LLVM's names.

#ifndef LACUNA_RUNTIME_LIB_CPUFEATURES_H
#define LACUNA_RUNTIME_LIB_CPUFEATURES_H

#include <string>
#include <vector>

namespace lacuna::runtime {

/// Those of `features` that this host lacks, whose names are unknown here, or
/// that the environment's LACUNA_CPU_LACKS takes away, for tests. Throws an
/// Error where that names what is no feature.
std::vector<std::string>
findMissingFeatures(const std::vector<std::string> &features);

} // namespace lacuna::runtime

#endif // LACUNA_RUNTIME_LIB_CPUFEATURES_H
