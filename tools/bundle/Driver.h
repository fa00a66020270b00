// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Asks the machine for NVIDIA's driver and a GPU before anything else runs, so
// that a machine without them gets one clear answer.

#ifndef LACUNA_BUNDLE_DRIVER_H
#define LACUNA_BUNDLE_DRIVER_H

#include <string>

namespace lacuna::bundle {

/// "13.0" for 13000, and back; 0 where it is not one.
std::string describeVersion(int version);
int parseVersion(const std::string &text);

/// Checks what `cuda:N` needs: a driver of at least CUDA `version` (12050 for
/// 12.5, which knows PTX `ptx`), a GPU of that number and sm_80 or later.
/// Gives the driver's version. Throws a Failure with NoGPU or UnsuitableGPU.
int checkDriver(int ordinal, int version, const std::string &ptx);

/// Makes the GPU's primary context current on this thread, for libraries that
/// take the current one. Throws a Failure.
void enterContext(int ordinal);

} // namespace lacuna::bundle

#endif // LACUNA_BUNDLE_DRIVER_H
