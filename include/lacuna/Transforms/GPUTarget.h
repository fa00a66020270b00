// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The GPU architectures that Lacuna makes code for. One table; plan, kernels
// and driver read what they need of it.

#ifndef LACUNA_TRANSFORMS_GPUTARGET_H
#define LACUNA_TRANSFORMS_GPUTARGET_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace lacuna {

struct GPUTarget {
  /// As --target, ptxas and LLVM write it: "sm_90a".
  llvm::StringLiteral name;
  /// 10 * major + minor of the compute capability: 90.
  unsigned number;
  /// Has the features of this architecture alone; code for it runs on no
  /// other.
  bool isSpecific;
  /// The first version of PTX that names it, times 10: 80.
  unsigned ptxVersion;

  /// Adds and multiplies bf16 (PTX ISA 9.7.4, "Half Precision Floating Point
  /// Instructions": add.bf16 needs sm_90).
  bool hasBF16Arithmetic() const { return number >= 90; }
};

/// All of them, by number.
llvm::ArrayRef<GPUTarget> getGPUTargets();

/// The one of this name; null for "cpu" and unknown names.
const GPUTarget *findGPUTarget(llvm::StringRef name);

} // namespace lacuna

#endif // LACUNA_TRANSFORMS_GPUTARGET_H
