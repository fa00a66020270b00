// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The GPU architectures that Lacuna makes code for. See GPUTarget.h.

#include "lacuna/Transforms/GPUTarget.h"

#include "llvm/ADT/STLExtras.h"

using namespace lacuna;

llvm::ArrayRef<GPUTarget> lacuna::getGPUTargets() {
  // PTX ISA, "Release Notes": the version that introduces each target.
  static constexpr GPUTarget targets[] = {
      {"sm_80", 80, false, 70},   {"sm_86", 86, false, 71},
      {"sm_87", 87, false, 74},   {"sm_89", 89, false, 78},
      {"sm_90", 90, false, 78},   {"sm_90a", 90, true, 80},
      {"sm_100", 100, false, 86}, {"sm_100a", 100, true, 86},
      {"sm_103", 103, false, 88}, {"sm_103a", 103, true, 88},
      {"sm_110", 110, false, 90}, {"sm_110a", 110, true, 90},
      {"sm_120", 120, false, 87}, {"sm_120a", 120, true, 87},
      {"sm_121", 121, false, 88}, {"sm_121a", 121, true, 88},
  };
  return targets;
}

const GPUTarget *lacuna::findGPUTarget(llvm::StringRef name) {
  const auto *found = llvm::find_if(
      getGPUTargets(), [&](const GPUTarget &t) { return t.name == name; });
  return found == getGPUTargets().end() ? nullptr : found;
}
