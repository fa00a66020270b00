// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The device code of an artifact: from the kernels of all GPU targets to PTX
// and cubins.

#ifndef LACUNA_DRIVER_DEVICE_H
#define LACUNA_DRIVER_DEVICE_H

#include "DeviceCode.h"
#include "Fatbin.h"

#include "lacuna/Driver/Compile.h"

namespace lacuna {

/// A module of phase device.
struct KernelModule {
  const GPUTarget *target;
  mlir::ModuleOp module;
};

/// Makes PTX, all targets at a time, and cubins unless the options or a missing
/// ptxas forbid it (the latter is a warning). Says what kernels need in verbose
/// mode, and which spill as warnings.
llvm::Expected<std::vector<DeviceImage>>
makeDeviceImages(llvm::ArrayRef<KernelModule> modules,
                 const CompileOptions &options);

} // namespace lacuna

#endif // LACUNA_DRIVER_DEVICE_H
