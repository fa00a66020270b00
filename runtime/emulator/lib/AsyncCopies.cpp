// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Copies under way: a list per warp, and for each lane the number of its open
// group.

#include "lacuna/Emulator/AsyncCopies.h"

using namespace lacuna::emulator;

bool AsyncCopies::begin(unsigned lane, uint8_t *target, const uint8_t *source,
                        unsigned bytes, unsigned sourceBytes) {
  if (pending.size() >= most)
    return false;
  std::memset(target, poison, bytes);
  pending.push_back({target, source, open[lane], static_cast<uint8_t>(lane),
                     static_cast<uint8_t>(bytes),
                     static_cast<uint8_t>(sourceBytes)});
  return true;
}

void AsyncCopies::commit(LaneMask lanes) {
  forEachLaneSerial(lanes, [&](unsigned lane) { ++open[lane]; });
}

void AsyncCopies::wait(LaneMask lanes, uint32_t newest) {
  size_t kept = 0;
  for (const Copy &copy : pending) {
    // Groups are counted modulo 2^32; a lane has far fewer under way.
    bool done = (lanes >> copy.lane & 1) && open[copy.lane] != copy.group &&
                open[copy.lane] - copy.group > newest;
    if (!done) {
      pending[kept++] = copy;
      continue;
    }
    if (copy.sourceBytes)
      std::memcpy(copy.target, copy.source, copy.sourceBytes);
    std::memset(copy.target + copy.sourceBytes, 0,
                copy.bytes - copy.sourceBytes);
  }
  pending.resize(kept);
}

void AsyncCopies::clear() {
  pending.clear();
  std::memset(open, 0, sizeof(open));
}
