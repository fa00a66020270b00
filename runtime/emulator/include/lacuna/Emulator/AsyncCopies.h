// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The copies that the lanes of a warp have begun with cp.async and not yet
// waited for. A copy's bytes arrive in shared memory when its thread waits for
// it, and not earlier (PTX ISA, "cp.async": there is no order but by
// wait_group and wait_all): so a kernel that forgets to wait reads poison.

#ifndef LACUNA_EMULATOR_ASYNCCOPIES_H
#define LACUNA_EMULATOR_ASYNCCOPIES_H

#include "lacuna/Emulator/Lanes.h"

#include <vector>

namespace lacuna::emulator {

class AsyncCopies {
public:
  /// What reads find where a copy is under way: NaN in every float type.
  static constexpr uint8_t poison = 0xFF;
  /// More copies of one warp than this are a kernel that never waits.
  static constexpr size_t most = size_t(1) << 20;

  /// Begins a copy of `bytes` (at most 16), of which `sourceBytes` are read and
  /// the others are 0. False: there are too many.
  bool begin(unsigned lane, uint8_t *target, const uint8_t *source,
             unsigned bytes, unsigned sourceBytes);
  /// commit_group: what the lanes began since their last commit is a group.
  void commit(LaneMask lanes);
  /// wait_group: all groups of the lanes but the `newest` last ones are done.
  void wait(LaneMask lanes, uint32_t newest);
  /// Forgets all: a block begins.
  void clear();

private:
  struct Copy {
    uint8_t *target;
    const uint8_t *source;
    uint32_t group;
    uint8_t lane;
    uint8_t bytes;
    uint8_t sourceBytes;
  };
  /// In the order in which they were begun.
  std::vector<Copy> pending;
  /// The group that a lane's next copy belongs to: how many it has committed.
  uint32_t open[warpSize] = {};
};

} // namespace lacuna::emulator

#endif // LACUNA_EMULATOR_ASYNCCOPIES_H
