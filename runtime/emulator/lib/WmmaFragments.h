// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Fragments of wmma. Where an element is in a fragment the PTX ISA leaves to
// the implementation ("Matrix Fragments for WMMA"); only the number of
// registers is given. Here the slots of a fragment, lane by lane, are the
// matrix row by row, whatever the layout in memory; where a fragment has more
// slots than the matrix has elements (f16), it begins again.

#ifndef LACUNA_EMULATOR_LIB_WMMAFRAGMENTS_H
#define LACUNA_EMULATOR_LIB_WMMAFRAGMENTS_H

#include "lacuna/Emulator/Decoder.h"
#include "lacuna/Emulator/Warp.h"

#include <string_view>

namespace lacuna::emulator {

enum class WmmaRole : uint8_t { A, B, Accumulator };

struct WmmaShape {
  std::string_view name;
  uint8_t m, n, k;
};
/// Takes one of the shapes; null when none of the emulator's is there.
const WmmaShape *takeWmmaShape(Modifiers &modifiers);

/// The fragment of one role, shape and element type.
struct WmmaFragment {
  unsigned rows = 0, columns = 0;
  unsigned registers = 0;
  /// Elements in a register, and bits of one.
  unsigned per = 0, bits = 0;
  Type registerType = Type::B32;

  /// Which element of the matrix, row by row, a slot of a lane is.
  unsigned element(unsigned lane, unsigned slot) const {
    return (lane * registers * per + slot) % (rows * columns);
  }
};

/// Nothing when wmma has no such fragment.
std::optional<WmmaFragment> wmmaFragment(const WmmaShape &shape, WmmaRole role,
                                         std::string_view type);

} // namespace lacuna::emulator

#endif // LACUNA_EMULATOR_LIB_WMMAFRAGMENTS_H
