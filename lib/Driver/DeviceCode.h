// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From kernels of phase device to PTX, by LLVM's NVPTX code generator.

#ifndef LACUNA_DRIVER_DEVICECODE_H
#define LACUNA_DRIVER_DEVICECODE_H

#include "lacuna/Transforms/GPUTarget.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace lacuna {

/// What ptxas says of a kernel.
struct KernelUsage {
  std::string name;
  unsigned registers = 0;
  unsigned sharedBytes = 0; ///< Static shared memory.
  unsigned stackBytes = 0;  ///< Local memory of a thread.
  unsigned spillBytes = 0;  ///< Stores and loads of registers.
};

/// What a GPU target adds to an artifact.
struct DeviceImage {
  const GPUTarget *target = nullptr;
  std::string ptx;
  /// Empty where no ptxas made one.
  std::string cubin;
  /// Of each kernel, as ptxas says it; empty as the cubin is.
  std::vector<KernelUsage> usage;
};

/// The kernels of all gpu.modules of a module of phase device, in LLVM IR; a
/// module without code where there are none.
llvm::Expected<std::unique_ptr<llvm::Module>>
translateKernels(mlir::ModuleOp module, llvm::LLVMContext &context);

/// Optimizes kernels and writes PTX of the lowest version that they need.
/// `libdevice` is the path of the library that mathematics is taken from, empty
/// if there is none; an error names functions that are then missing.
llvm::Expected<std::string> emitPTX(llvm::Module &kernels,
                                    const GPUTarget &target,
                                    const std::string &libdevice);

/// The lowest version of PTX, times 10, that has what the kernels use and names
/// the target.
unsigned getPTXVersion(const llvm::Module &kernels, const GPUTarget &target);

} // namespace lacuna

#endif // LACUNA_DRIVER_DEVICECODE_H
