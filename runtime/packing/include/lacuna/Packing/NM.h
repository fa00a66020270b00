// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The n:m layout `nm<n:m, dim = d>`: at most n of every m neighbors along
// dimension d are stored. Checking, packing, unpacking and pruning, for any
// rank, any dimension and any element type. docs/Weights.md shows the form.
//
// For a tensor of shape S let D = S[d], G = ceil(D / m), and "rest" be S
// without dimension d. The packed form is two row-major buffers of shape
// [rest..., G, n]: `values` (of the element type) and `coordinates` (uint8,
// the position inside the group, strictly increasing). A group stores its
// nonzeros; with fewer than n of them also the lowest unused coordinates,
// whose values are the source's (so +0 or -0.0), or +0 beyond a ragged tail.
// An element is zero when it equals 0; NaN is not zero.
//
// A "row" is one index of rest: the unit in which the work can be cut, by
// threads or by a stream. Rows are numbered as in the packed buffers.

#ifndef LACUNA_PACKING_NM_H
#define LACUNA_PACKING_NM_H

#include "lacuna/Packing/Tensor.h"

namespace lacuna::packing {

struct NMLayout {
  unsigned n = 0;
  unsigned m = 0;
  unsigned dim = 0;

  /// Reads "nm<2:4, dim = 1>" (blanks are free) and checks nm_c1 (0 < n < m)
  /// and nm_c2 (m <= 64). Where "dim" is left out, as rule files may, it
  /// becomes `defaultDim`; without that it is an error.
  static Result<NMLayout>
  parse(std::string_view text,
        std::optional<unsigned> defaultDim = std::nullopt);

  /// "nm<2:4, dim = 1>".
  std::string str() const;

  bool operator==(const NMLayout &other) const {
    return n == other.n && m == other.m && dim == other.dim;
  }
  bool operator!=(const NMLayout &other) const { return !(*this == other); }
};

/// A layout put on a type and shape, with the sizes that follow; all of them
/// are known to fit into int64_t. Seen along d the tensor is
/// [outer, extent, inner], and there are outer * inner rows.
struct NMGeometry {
  NMLayout layout;
  ElementType type = ElementType::F32;
  Shape shape;
  Shape packedShape; ///< [rest..., G, n], of values and of coordinates.
  uint64_t outer = 0, extent = 0, inner = 0, groups = 0, rows = 0;
  uint64_t denseBytes = 0, valuesBytes = 0, coordinatesBytes = 0;

  /// An error for nm_c1, nm_c2, nm_c3 (dim < rank) and sizes that overflow.
  static Result<NMGeometry> get(const NMLayout &layout, ElementType type,
                                const Shape &shape);

  /// Bytes that one row takes in each packed buffer.
  uint64_t rowValuesBytes() const;
  uint64_t rowCoordinatesBytes() const { return groups * layout.n; }
};

/// Rows [begin, end).
struct RowRange {
  uint64_t begin = 0;
  uint64_t end = 0;
};

/// In all functions below `dense` is the whole tensor, and `values` and
/// `coordinates` hold exactly the rows of the range; sizes that differ from
/// the geometry's are an error. The overloads without a range take all rows.

/// Whether the tensor keeps to the layout. The error names the first
/// offending group (rows in order, then groups) and in it the first nonzero
/// too many, by its index in the tensor.
Status checkNM(const NMGeometry &geometry, ConstBytes dense, RowRange rows);
Status checkNM(const NMGeometry &geometry, ConstBytes dense);

/// Writes the canonical packed form; fails as checkNM does, and then the
/// content of the outputs is undefined.
Status packNM(const NMGeometry &geometry, ConstBytes dense, MutableBytes values,
              MutableBytes coordinates, RowRange rows);
Status packNM(const NMGeometry &geometry, ConstBytes dense, MutableBytes values,
              MutableBytes coordinates);

/// Whether a packed form from outside may be used: coordinates below m and
/// strictly increasing in each group, values +0 beyond a ragged tail.
Status validateNM(const NMGeometry &geometry, ConstBytes values,
                  ConstBytes coordinates, RowRange rows);
Status validateNM(const NMGeometry &geometry, ConstBytes values,
                  ConstBytes coordinates);

/// Writes the rows of the dense tensor, zeros included; validates as it goes.
Status unpackNM(const NMGeometry &geometry, ConstBytes values,
                ConstBytes coordinates, MutableBytes dense, RowRange rows);
Status unpackNM(const NMGeometry &geometry, ConstBytes values,
                ConstBytes coordinates, MutableBytes dense);

/// Keeps the n elements of largest magnitude of each group of the dense
/// tensor, in place, and sets the others to +0. Of equal magnitudes the lower
/// coordinate wins; NaN counts as the largest.
Status pruneNM(const NMGeometry &geometry, MutableBytes dense, RowRange rows);
Status pruneNM(const NMGeometry &geometry, MutableBytes dense);

} // namespace lacuna::packing

#endif // LACUNA_PACKING_NM_H
