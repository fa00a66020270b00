// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An n:m weight in the order in which a CPU's vector instructions read it: 16
// rows side by side, so that one vector holds one kept value of each. Every
// width of vector reads the same view. Made at load, once, from the canonical
// packed form. docs/Weights.md shows the order.
//
// The weight is seen as B matrices of M rows and depth K: K is the layout's
// dimension, M the last of the others (1 where there is none), B the rest.
// With Mb = ceil(M / 16) the two buffers are row-major:
//
//   vector.values       [B..., Mb, P, 16]  the weight's type
//   vector.coordinates  [B..., Mb, Q, 16]  i32
//
// P counts the kept values of a row: n of each group, and the groups are padded
// so that the coordinates of a row fill words of 32 bits. A coordinate takes b
// bits, 2 for m <= 4, 4 for m <= 16 and 8 beyond; Q = P * b / 32. Values
// [..., p, r] and the bits b * (p % (32 / b)) and up of word
// [..., p / (32 / b), r] are those of row r of the block and entry p % n of its
// group p / n. Rows and groups beyond the weight have values +0 and
// coordinates 0.

#ifndef LACUNA_PACKING_VECTOR_H
#define LACUNA_PACKING_VECTOR_H

#include "lacuna/Packing/Weights.h"

namespace lacuna::packing {

/// The sizes above for one weight.
struct VectorGeometry {
  NMGeometry packed;
  uint64_t batch = 0, rows = 0;                   ///< B, M.
  uint64_t rowBlocks = 0, entries = 0, words = 0; ///< Mb, P, Q.
  unsigned bits = 0;                              ///< b.
  Shape valuesShape, coordinatesShape;
  uint64_t valuesBytes = 0, coordinatesBytes = 0;

  static constexpr unsigned blockRows = 16;

  /// An error for sizes that overflow.
  static Result<VectorGeometry> get(const NMGeometry &packed);

  /// Blocks of all matrices, the unit in which the work can be cut, and what
  /// one takes in each buffer.
  uint64_t blocks() const { return batch * rowBlocks; }
  uint64_t blockValuesBytes() const;
  uint64_t blockCoordinatesBytes() const;
};

/// Blocks [begin, end).
struct BlockRange {
  uint64_t begin = 0;
  uint64_t end = 0;
};

/// Writes the blocks of the range. `values` and `coordinates` are those of the
/// whole packed weight and validated as they are read (see validateNM);
/// `vectorValues` and `vectorCoordinates` hold exactly the blocks of the range.
Status packVector(const VectorGeometry &geometry, ConstBytes values,
                  ConstBytes coordinates, MutableBytes vectorValues,
                  MutableBytes vectorCoordinates, BlockRange blocks);

/// The views `vector.values` and `vector.coordinates` of a weight.
struct VectorWeight {
  VectorGeometry geometry;
  Tensor values;      ///< geometry.valuesShape, of the weight's type.
  Tensor coordinates; ///< geometry.coordinatesShape, I32.
};
Result<VectorWeight> makeVector(const PackedWeight &weight,
                                const ParallelFor &parallel = {});

} // namespace lacuna::packing

#endif // LACUNA_PACKING_VECTOR_H
