// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Fat binaries: one file with the code of several GPU targets, of which the
// driver takes what fits its device.

#ifndef LACUNA_DRIVER_FATBIN_H
#define LACUNA_DRIVER_FATBIN_H

#include "DeviceCode.h"

namespace lacuna {

/// The cubins and PTX of all images, uncompressed, as CUDA's `fatbinary
/// --compress=false` writes them.
std::string makeFatbin(llvm::ArrayRef<DeviceImage> images);

} // namespace lacuna

#endif // LACUNA_DRIVER_FATBIN_H
