// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From an object file to a shared library, by the linker that comes with LLVM
// or another one of this host.

#ifndef LACUNA_DRIVER_LINKER_H
#define LACUNA_DRIVER_LINKER_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/TargetParser/Triple.h"

namespace lacuna {

struct LinkOptions {
  std::string object;
  std::string output;
  /// Where liblacuna_runtime.so.1 is; empty: looked for beside the tool.
  std::string runtimeDir;
  std::string toolPath;
  llvm::Triple triple;
  bool verbose = false;
};

/// Links the library. It needs the runtime, which it finds beside itself or
/// where it was found now.
llvm::Error linkSharedLibrary(const LinkOptions &options);

} // namespace lacuna

#endif // LACUNA_DRIVER_LINKER_H
