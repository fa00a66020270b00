// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What is counted of a matrix while it streams by. Everything adds up, so that
// slices of a matrix may be counted apart and merged in their order: the result
// does not depend on the number of threads.
//
// The energy of an element is its square. Squares are taken in f32, of
// magnitudes that a power of two has brought near 2^58, tile row by tile row,
// and added up in f64. So any element type may have any magnitudes; what is
// below 2^-121 of the largest magnitude in its tile row counts as that, so that
// a sum of energies is 0 only where every element is.

#ifndef LACUNA_PATTERNS_STATISTICS_H
#define LACUNA_PATTERNS_STATISTICS_H

#include "llvm/ADT/ArrayRef.h"

#include <array>
#include <cstdint>
#include <vector>

namespace lacuna::patterns {

/// Rows and columns of a tile, the unit of counting.
constexpr int64_t kTile = 16;
/// Rows and columns of the largest block.
constexpr int64_t kStrip = 64;

/// The group sizes m that are looked at.
constexpr std::array<unsigned, 4> kGroupSizes = {2, 4, 8, 16};
/// Places of all group sizes: 2 + 4 + 8 + 16.
constexpr unsigned kNumPlaces = 30;
/// Where the places of groups of m begin.
constexpr unsigned getFirstPlace(unsigned m) { return m - 2; }

/// Of all groups of m neighbors along one dimension: at place i how many have
/// more than i nonzeros, and the energy of their i-th largest elements.
struct GroupSums {
  std::array<uint64_t, kNumPlaces> more{};
  std::array<double, kNumPlaces> energy{};

  void merge(const GroupSums &other);
  /// Groups of m with more than n nonzeros: those that break n:m.
  uint64_t getBroken(unsigned n, unsigned m) const;
  /// Energy of what pruning to n:m sets to 0.
  double getLost(unsigned n, unsigned m) const;
};

/// How energies of blocks, rows or columns are spread, in bins of a quarter of
/// an octave.
class EnergyHistogram {
public:
  uint64_t total = 0, zero = 0;

  void add(double value);
  void merge(const EnergyHistogram &other);
  /// How many are not 0 but below `limit`, to the resolution of the bins.
  uint64_t countBelow(double limit) const;
  /// Energy of the lightest `share` of all.
  double getLightest(double share) const;

private:
  struct Bin {
    uint64_t count = 0;
    double energy = 0;
  };
  /// By its number, made where it is not there yet.
  Bin &getBin(unsigned number);

  /// From the number `first` on.
  std::vector<Bin> bins;
  unsigned first = 0;
};

/// Nonzeros in up to 32x32 cells.
struct DensityMap {
  static constexpr unsigned kCells = 32;
  unsigned rows = 0, columns = 0;
  std::vector<uint64_t> nonzeros, elements;

  void merge(const DensityMap &other);
};

/// A random projection: elements are added with random signs to one of its
/// numbers. The distance of two projections estimates that of the matrices, to
/// about 1 / sqrt(2 * kSketch) of it.
constexpr unsigned kSketch = 1024;
using Sketch = std::array<float, kSketch>;

/// All of it, for one tensor or a slice of one.
struct Statistics {
  /// Elements were multiplied by 2^-exponent: what is below tells of those.
  int exponent = 0;
  uint64_t nonzeros = 0, nonfinite = 0;
  double energy = 0;
  /// Along the matrix's rows dimension (groups of rows), then its columns.
  std::array<GroupSums, 2> groups;
  /// Rows and columns.
  std::array<EnergyHistogram, 2> lines;
  /// Blocks of 16x16, 32x32 and 64x64.
  std::array<EnergyHistogram, 3> blocks;
  DensityMap map;
  /// The nonzeros of the first 32 rows and columns, a bit each.
  std::array<uint32_t, 32> corner{};

  /// Of a matrix that is not complete: energies of columns, and its sketch.
  std::vector<double> columns;
  std::vector<Sketch> sketches;

  void merge(const Statistics &other);
};

/// What the tile kernel adds to while it goes over the tiles of 16 rows.
struct TileSums {
  uint64_t nonzeros = 0, nonfinite = 0;
  double energy = 0;
  std::array<GroupSums, 2> groups;
};

/// Sixteen rows of tiles side by side: tile t is the 16x16 floats from
/// `elements + 256 * t`, row by row; beyond the matrix they are 0.
struct TileRow {
  const float *elements;
  int64_t count;
  /// The first row and the first tile column in the matrix, for the sketch.
  uint64_t row, tile;
};

/// Where the kernel puts what belongs to a place.
struct TileOutputs {
  double *tileEnergies;   ///< [count], set
  uint16_t *tileNonzeros; ///< [count], set
  double *columnEnergies; ///< [count * 16], added to; may be null
  double *rowEnergies;    ///< [16], added to
  float *sketch;          ///< [kSketch], added to; may be null
  bool countsColumns;     ///< also groups along columns
};

void countTiles(const TileRow &tiles, const TileOutputs &outputs,
                TileSums &sums);

} // namespace lacuna::patterns

#endif // LACUNA_PATTERNS_STATISTICS_H
