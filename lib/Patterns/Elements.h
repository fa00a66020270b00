// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Elements of files as f32, which is what is counted: an element is 0 there
// exactly where it is 0 in the file.

#ifndef LACUNA_LIB_PATTERNS_ELEMENTS_H
#define LACUNA_LIB_PATTERNS_ELEMENTS_H

#include "lacuna/Packing/Tensor.h"

namespace lacuna::patterns {

/// Reads `count` elements, which may be unaligned, into tiles: sixteen to each
/// tile, whose rows lie `tileStride` floats apart. Those of f64, which f32 may
/// not hold, are multiplied by 2^-exponent.
void loadElements(packing::ElementType type, const uint8_t *bytes,
                  int64_t count, int exponent, float *tiles,
                  int64_t tileStride);

/// The largest finite magnitude of so many elements of f64.
double findLargest(const uint8_t *bytes, int64_t count);

} // namespace lacuna::patterns

#endif // LACUNA_LIB_PATTERNS_ELEMENTS_H
