// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The inner loop. A tile's squares are sorted down its rows
// by a network (Batcher's odd-even merge sort, Knuth, The Art of Computer
// Programming, volume 3, 5.3.4), sixteen columns at a time; a network that
// sorts 16 elements has sorted 2, 4 and 8 on its way, so that one pass tells of
// every n:m what its n largest are. The transposed tile tells the same of the
// other dimension.

#include "lacuna/Patterns/Statistics.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

using namespace lacuna::patterns;

// Written once, compiled for three widths of vectors, chosen at load.
#if defined(__x86_64__) && defined(__linux__)
#define LACUNA_VECTOR_CLONES                                                   \
  __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define LACUNA_VECTOR_CLONES
#endif
#define LACUNA_INLINE __attribute__((always_inline)) static inline

namespace {
using Vector = float __attribute__((ext_vector_type(16)));
using Doubles = double __attribute__((ext_vector_type(16)));
using Mask = int __attribute__((ext_vector_type(16)));
using Bits = unsigned __attribute__((ext_vector_type(16)));

/// Scaled magnitudes lie between these: their squares are normal numbers, and
/// so are sums of as many as a tile row has.
constexpr float kLeast = 0x1p-63f, kMost = 0x1p58f;
constexpr float kLargestFinite = 3.4028235e38f;

/// A step of the network: the larger of the two goes to `high`.
struct Comparator {
  unsigned high, low;
};

/// Comparators that make sorted runs of 2 * run of sorted runs of `run`.
template <unsigned run> struct Merge {
  template <typename Fn> static constexpr unsigned forEach(Fn fn) {
    unsigned count = 0;
    for (unsigned k = run; k >= 1; k /= 2)
      for (unsigned j = k % run; j + k < kTile; j += 2 * k)
        for (unsigned i = 0; i < k && i + j + k < kTile; ++i)
          if ((i + j) / (2 * run) == (i + j + k) / (2 * run))
            fn(count++, Comparator{i + j, i + j + k});
    return count;
  }
  static constexpr unsigned count =
      forEach([](unsigned, Comparator) constexpr {});
  static constexpr auto comparators = [] {
    std::array<Comparator, count> list{};
    forEach([&](unsigned i, Comparator c) constexpr { list[i] = c; });
    return list;
  }();
};

/// Sums of one tile row and one dimension, in vectors.
struct VectorSums {
  Vector energy[kNumPlaces];
  Mask more[kNumPlaces];
};
} // namespace

LACUNA_INLINE void compareExchange(Vector *v, unsigned high, unsigned low) {
  Vector a = v[high], b = v[low];
  v[high] = __builtin_elementwise_max(a, b);
  v[low] = __builtin_elementwise_min(a, b);
}

template <unsigned run, size_t... i>
LACUNA_INLINE void mergeRuns(Vector *v, std::index_sequence<i...>) {
  (compareExchange(v, Merge<run>::comparators[i].high,
                   Merge<run>::comparators[i].low),
   ...);
}

/// Sorts runs of 2 * run, then adds them up place by place.
template <unsigned run>
LACUNA_INLINE void sortAndSum(Vector *v, bool isDense, VectorSums &sums) {
  mergeRuns<run>(v, std::make_index_sequence<Merge<run>::count>());
  constexpr unsigned m = 2 * run, first = getFirstPlace(m);
#pragma clang loop unroll(full)
  for (unsigned place = 0; place < m; ++place) {
    Vector sum = v[place];
    for (unsigned i = place + m; i < kTile; i += m)
      sum += v[i];
    sums.energy[first + place] += sum;
  }
  if (isDense)
    return;
#pragma clang loop unroll(full)
  for (unsigned i = 0; i < kTile; ++i)
    sums.more[first + i % m] -= v[i] > 0.0f;
}

LACUNA_INLINE void sumGroups(const Vector *squares, bool isDense,
                             VectorSums &sums) {
  Vector v[kTile];
  for (unsigned i = 0; i < kTile; ++i)
    v[i] = squares[i];
  sortAndSum<1>(v, isDense, sums);
  sortAndSum<2>(v, isDense, sums);
  sortAndSum<4>(v, isDense, sums);
  sortAndSum<8>(v, isDense, sums);
}

/// Swaps the off-diagonal quarters of blocks of 2 * half.
template <unsigned half, int... lane>
LACUNA_INLINE void transposeStep(Vector *v,
                                 std::integer_sequence<int, lane...>) {
#pragma clang loop unroll(full)
  for (unsigned i = 0; i < kTile; ++i) {
    if (i & half)
      continue;
    Vector a = v[i], b = v[i + half];
    v[i] = __builtin_shufflevector(
        a, b, ((lane & int(half)) ? lane - int(half) + 16 : lane)...);
    v[i + half] = __builtin_shufflevector(
        a, b, ((lane & int(half)) ? lane + 16 : lane + int(half))...);
  }
}

LACUNA_INLINE void transpose(Vector *v) {
  std::make_integer_sequence<int, kTile> lanes;
  transposeStep<8>(v, lanes);
  transposeStep<4>(v, lanes);
  transposeStep<2>(v, lanes);
  transposeStep<1>(v, lanes);
}

/// A well mixed number of a place in the matrix (SplitMix64's finalizer).
LACUNA_INLINE uint64_t mix(uint64_t row, uint64_t tile) {
  uint64_t z = row * 0x9e3779b97f4a7c15u + tile * 0xd1342543de82ef95u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

/// Adds sixteen neighbors of a row, with random signs, to sixteen neighbors of
/// the sketch.
LACUNA_INLINE void project(const Vector &x, uint64_t row, uint64_t tile,
                           float *sketch) {
  const Bits lanes = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  uint64_t random = mix(row, tile);
  Bits bits = (Bits)(unsigned(random));
  Bits signs = (bits << lanes) & 0x80000000u;
  Bits flipped = __builtin_bit_cast(Bits, x) ^ signs;
  float *place = sketch + 16 * ((random >> 32) % (kSketch / 16));
  Vector sum;
  std::memcpy(&sum, place, sizeof(sum));
  sum += __builtin_bit_cast(Vector, flipped);
  std::memcpy(place, &sum, sizeof(sum));
}

/// The power of two that brings the largest finite magnitude to kMost, as far
/// as f32 has one.
LACUNA_INLINE float getScale(const TileRow &tiles) {
  Vector most = 0.0f;
  for (int64_t i = 0; i < tiles.count * kTile; ++i) {
    Vector x;
    std::memcpy(&x, tiles.elements + i * kTile, sizeof(x));
    x = __builtin_elementwise_abs(x);
    // NaN compares with nothing.
    most =
        __builtin_elementwise_max(most, x <= kLargestFinite ? x : (Vector)0.0f);
  }
  int exponent = 0;
  (void)std::frexp(__builtin_reduce_max(most), &exponent);
  return std::ldexp(1.0f, std::min(58 - exponent, 127));
}

LACUNA_INLINE void addTo(double *place, const Vector &energies, double unit) {
  Doubles sum;
  std::memcpy(&sum, place, sizeof(sum));
  sum += __builtin_convertvector(energies, Doubles) * unit;
  std::memcpy(place, &sum, sizeof(sum));
}

static void flush(const VectorSums &vectors, uint64_t denseTiles, double unit,
                  GroupSums &sums) {
  for (unsigned m : kGroupSizes)
    for (unsigned i = 0; i < m; ++i) {
      unsigned place = getFirstPlace(m) + i;
      // Every group of a dense tile has m nonzeros.
      sums.more[place] += denseTiles * (kTile * kTile / m);
      for (unsigned lane = 0; lane < kTile; ++lane) {
        sums.more[place] += vectors.more[place][lane];
        sums.energy[place] += unit * vectors.energy[place][lane];
      }
    }
}

LACUNA_VECTOR_CLONES
void lacuna::patterns::countTiles(const TileRow &tiles,
                                  const TileOutputs &outputs, TileSums &sums) {
  const float scale = getScale(tiles);
  const double unit = 1 / (double(scale) * scale);
  VectorSums vectors[2] = {};
  uint64_t denseTiles = 0;
  Vector rows = 0.0f;
  Mask nonfinite = 0;
  for (int64_t t = 0; t < tiles.count; ++t) {
    Vector squares[kTile], columns = 0.0f;
    Mask nonzero = 0;
    for (unsigned i = 0; i < kTile; ++i) {
      Vector x;
      std::memcpy(&x, tiles.elements + (t * kTile + i) * kTile, sizeof(x));
      if (outputs.sketch)
        project(x, tiles.row + i, tiles.tile + t, outputs.sketch);
      Vector magnitude = __builtin_elementwise_abs(x);
      nonfinite -= !(magnitude <= kLargestFinite);
      Mask isNonzero = magnitude != 0.0f;
      nonzero -= isNonzero;
      magnitude *= scale;
      // NaN, which compares with nothing, is the largest.
      magnitude = magnitude < kMost ? magnitude : (Vector)kMost;
      magnitude = magnitude > kLeast ? magnitude : (Vector)kLeast;
      magnitude = isNonzero ? magnitude : (Vector)0.0f;
      squares[i] = magnitude * magnitude;
      columns += squares[i];
    }
    unsigned count = __builtin_reduce_add(nonzero);
    bool isDense = count == kTile * kTile;
    denseTiles += isDense;
    outputs.tileNonzeros[t] = count;
    float sum = 0;
    for (unsigned lane = 0; lane < kTile; ++lane)
      sum += columns[lane];
    double energy = unit * sum;
    outputs.tileEnergies[t] = energy;
    sums.nonzeros += count;
    sums.energy += energy;
    if (count == 0)
      continue;
    if (outputs.columnEnergies)
      addTo(outputs.columnEnergies + t * kTile, columns, unit);
    sumGroups(squares, isDense, vectors[0]);
    transpose(squares);
    for (unsigned i = 0; i < kTile; ++i)
      rows += squares[i];
    if (outputs.countsColumns)
      sumGroups(squares, isDense, vectors[1]);
  }
  addTo(outputs.rowEnergies, rows, unit);
  sums.nonfinite += unsigned(__builtin_reduce_add(nonfinite));
  flush(vectors[0], denseTiles, unit, sums.groups[0]);
  if (outputs.countsColumns)
    flush(vectors[1], denseTiles, unit, sums.groups[1]);
}
