// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What ld, st, atom and red share: addresses of a warp and their counts.

#ifndef LACUNA_EMULATOR_LIB_ACCESSHELPERS_H
#define LACUNA_EMULATOR_LIB_ACCESSHELPERS_H

#include "lacuna/Emulator/Warp.h"

namespace lacuna::emulator {

/// op[0] + imm in each lane of the mask; addresses in 32-bit registers wrap at
/// 32 bits in the spaces that have 32-bit addresses.
void gatherAddresses(Warp &w, const Instruction &i, LaneMask mask, Space space,
                     uint64_t (&out)[warpSize]);

/// Adds the bytes and bank conflicts of an access to the warp's counters.
void countAccess(Warp &w, const uint64_t (&addresses)[warpSize], LaneMask mask,
                 Space space, unsigned bytes, Access access);

} // namespace lacuna::emulator

#endif // LACUNA_EMULATOR_LIB_ACCESSHELPERS_H
