// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The CUDA toolkit: where its parts are, and its assembler as a function.

#ifndef LACUNA_DRIVER_PTXAS_H
#define LACUNA_DRIVER_PTXAS_H

#include "DeviceCode.h"

#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace lacuna {

/// Parts of a CUDA toolkit; empty paths where there is none.
struct Toolkit {
  std::string ptxas;
  /// libdevice.10.bc.
  std::string libdevice;
};

/// Looks in PATH and in the folders that CUDA_HOME, CUDA_PATH and CUDA_ROOT
/// name; where none of these is set, in /usr/local/cuda and in the folder in
/// which tools/dev puts a toolkit in a source tree. `ptxas` is the path that
/// the user gave, or empty: then it may be missing. `toolPath`: the running
/// tool.
llvm::Expected<Toolkit> findToolkit(const std::string &ptxas,
                                    llvm::StringRef toolPath);

struct Assembly {
  std::string cubin;
  std::vector<KernelUsage> kernels;
};

/// Assembles PTX. Errors name the kernel in which they are.
llvm::Expected<Assembly> assemble(llvm::StringRef ptx, const GPUTarget &target,
                                  const std::string &ptxas);

} // namespace lacuna

#endif // LACUNA_DRIVER_PTXAS_H
