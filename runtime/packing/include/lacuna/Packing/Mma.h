// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An n:m weight in the order in which a GPU's sparse tensor cores read it: the
// fragments of operand A of `mma.sp` and its metadata (PTX ISA, "Matrix
// fragments for multiply-accumulate operation with sparse matrix A"). Made at
// load, once, from the canonical packed form, so that a kernel's lane finds
// its registers side by side in memory. docs/Weights.md shows the order.
//
// The weight is seen as B matrices of M rows and depth K: K is the layout's
// dimension, M the last of the others (1 where there is none), B the rest.
// With Mt = ceil(M / 16) and Kt = ceil(K / KT) the two buffers are row-major:
//
//   values    [B..., Mt, Kt, S, 32, E]  the weight's type
//   metadata  [B..., Mt, Kt, 32]        i32
//
//   layout and type                instruction     KT  S   E
//   2:4 of f16, bf16               mma.sp m16n8k32 64  2   8
//   2:4 of i8, u8                  mma.sp m16n8k64 64  1  16
//   1:2 of f32 (computed as tf32)  mma.sp m16n8k16 32  2   4
//
// values[..., mt, kt, s, lane, :] are the 16 bytes of A's registers 0 to 3 of
// `lane` in step s of the tile; metadata[..., mt, kt, lane] is the lane's
// metadata operand for all steps of the tile: step s has the sparsity selector
// s. Rows and groups beyond the weight have values +0 and legal metadata.
//
// A group of 2:4 stores two positions idx0 < idx1, as `ordered_metadata` asks
// for. They do not depend on how the packed form spelled a group with fewer
// than two nonzeros: the one nonzero stands beside position 3, or at position
// 3 beside 0; a group of zeros has positions 0 and 1 and values +0.

#ifndef LACUNA_PACKING_MMA_H
#define LACUNA_PACKING_MMA_H

#include "lacuna/Packing/Weights.h"

namespace lacuna::packing {

/// The sizes above for one weight.
struct MmaGeometry {
  NMGeometry packed;
  uint64_t batch = 0, rows = 0, depth = 0;         ///< B, M, K.
  uint64_t rowTiles = 0, depthTiles = 0;           ///< Mt, Kt.
  unsigned tileDepth = 0, steps = 0, elements = 0; ///< KT, S, E.
  Shape valuesShape, metadataShape;
  uint64_t valuesBytes = 0, metadataBytes = 0;

  static constexpr unsigned tileRows = 16;

  /// An error when mma.sp has no form for the layout and type, and for sizes
  /// that overflow.
  static Result<MmaGeometry> get(const NMGeometry &packed);

  /// Row tiles of all matrices, the unit in which the work can be cut, and
  /// what one takes in each buffer.
  uint64_t tiles() const { return batch * rowTiles; }
  uint64_t tileValuesBytes() const;
  uint64_t tileMetadataBytes() const;
};

/// Tiles [begin, end).
struct TileRange {
  uint64_t begin = 0;
  uint64_t end = 0;
};

/// Writes the tiles of the range. `values` and `coordinates` are those of the
/// whole packed weight and validated as they are read (see validateNM);
/// `mmaValues` and `mmaMetadata` hold exactly the tiles of the range.
Status packMma(const MmaGeometry &geometry, ConstBytes values,
               ConstBytes coordinates, MutableBytes mmaValues,
               MutableBytes mmaMetadata, TileRange tiles);

/// The views `mma.values` and `mma.metadata` of a weight.
struct MmaWeight {
  MmaGeometry geometry;
  Tensor values;   ///< geometry.valuesShape, of the weight's type.
  Tensor metadata; ///< geometry.metadataShape, I32.
};
Result<MmaWeight> makeMma(const PackedWeight &weight,
                          const ParallelFor &parallel = {});

} // namespace lacuna::packing

#endif // LACUNA_PACKING_MMA_H
