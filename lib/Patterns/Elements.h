// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Elements of files as f32, which is what is counted: an element is 0 there
// exactly where it is 0 in the file.

#ifndef LACUNA_LIB_PATTERNS_ELEMENTS_H
#define LACUNA_LIB_PATTERNS_ELEMENTS_H

#include "lacuna/Packing/Tensor.h"

namespace lacuna::patterns {

/// Reads `count` elements, which may be unaligned, into tiles: sixteen to each
/// tile, whose rows lie `tileStride` floats apart.
void loadElements(packing::ElementType type, const uint8_t *bytes,
                  int64_t count, float *tiles, int64_t tileStride);

} // namespace lacuna::patterns

#endif // LACUNA_LIB_PATTERNS_ELEMENTS_H
