// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What code is made for: the targets that --target knows, and the processor.

#ifndef LACUNA_DRIVER_TARGET_H
#define LACUNA_DRIVER_TARGET_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Target/TargetMachine.h"

namespace lacuna {

/// The names that --target takes.
llvm::ArrayRef<llvm::StringRef> getTargetNames();

/// What the help says of --target-model, with the names that are built in.
llvm::StringRef getTargetModelHelp();

struct Processor {
  /// As LLVM names it, such as "znver4"; never "native".
  std::string name;
  /// LLVM's feature string, "+avx2,-avx512f".
  std::string featureString;
  /// The instruction sets that code may use, which the runtime looks for on
  /// the host before it runs any: "avx2,fma".
  std::string features;
  bool hasAVX512 = false;
  std::unique_ptr<llvm::TargetMachine> machine;
};

/// "native" or a processor of the host's architecture. An error names near
/// names.
llvm::Expected<Processor> getProcessor(llvm::StringRef name);

/// Of several names, each once. The runtime takes the first that its host can
/// run, so wide vectors come first, and then many features.
llvm::Expected<std::vector<Processor>>
getProcessors(llvm::ArrayRef<std::string> names);

} // namespace lacuna

#endif // LACUNA_DRIVER_TARGET_H
