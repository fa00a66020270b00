// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a weight's elements are like: the sums of Statistics.h, put in words
// that people use. Small, so that a checkpoint may have very many weights.

#ifndef LACUNA_PATTERNS_FINDINGS_H
#define LACUNA_PATTERNS_FINDINGS_H

#include "lacuna/Patterns/Scan.h"

#include <cmath>

namespace lacuna::patterns {

/// n:m along one of the weight's dimensions.
struct PatternFinding {
  packing::NMLayout layout;
  uint64_t groups = 0;
  /// Groups that have more than n nonzeros.
  uint64_t broken = 0;
  /// Elements that are left of all; 1 where groups are longer than what they
  /// stand on.
  double work = 1;
  /// Frobenius norm of what pruning to it sets to 0, over that of the weight.
  double lost = 0;

  bool holds() const { return broken == 0; }
  /// Useful: it also leaves a quarter of the work. A random half of zeros
  /// keeps 15:16, which nothing is gained by.
  bool pays() const { return holds() && work <= 0.75; }
  double getKept() const { return groups ? 1 - double(broken) / groups : 1; }
  /// Nearly there: at most 5 % of the groups break it, or at most 1 % of the
  /// norm is lost.
  bool nearlyHolds() const {
    return !holds() && (getKept() >= 0.95 || lost <= 0.01);
  }
};

/// Blocks of one size, or rows, or columns.
struct PartFinding {
  uint64_t total = 0, zero = 0;
  /// Not 0, but of less than 1 % of the mean part's norm.
  uint64_t nearZero = 0;
  /// Norm lost, as above, when the lightest half of all is set to 0.
  double lostHalf = 0;
};

struct Findings {
  /// The elements were seen; otherwise all that depends on them is NaN, and no
  /// pattern holds.
  bool known = true;
  uint64_t elements = 0, nonzeros = 0;
  /// NaN and infinity: norms say nothing where there are some.
  uint64_t nonfinite = 0;
  double norm = 0;
  /// Along each dimension of the matrix the usual patterns and those that
  /// hold.
  std::vector<PatternFinding> patterns;
  /// Blocks of 16x16, 32x32 and 64x64; total 0: not looked at.
  std::array<PartFinding, 3> blocks;
  /// Slices along the weight's dimensions of rows and columns.
  std::array<PartFinding, 2> lines;
  /// Density of up to 32x32 cells: 0 only where nothing is, 255 only where
  /// everything is.
  unsigned mapRows = 0, mapColumns = 0;
  std::vector<uint8_t> map;
  /// The nonzeros of up to 32 first rows and columns, a bit each.
  std::vector<uint32_t> corner;
  unsigned cornerColumns = 0;
  /// Of elements times 2^-exponent.
  std::vector<Sketch> sketches;
  int exponent = 0;

  double getDensity() const {
    return !known ? NAN : elements ? double(nonzeros) / elements : 1;
  }
  /// The pattern along `dim` that holds and leaves least, if at most
  /// three quarters; of several the one of the smallest groups, which implies
  /// the others. Null when none does.
  const PatternFinding *getBest(unsigned dim) const;
  const PatternFinding *find(const packing::NMLayout &layout) const;
};

/// Those of a weight whose elements are not at hand.
Findings makeUnknown(const MatrixView &view);

Findings summarize(const Statistics &stats, const MatrixView &view);

/// Two matrices that are nearly the same.
struct Similar {
  /// The weights' indices, and the matrices' in them.
  size_t first, second;
  int64_t firstMatrix = 0, secondMatrix = 0;
  /// Norm of the difference over the quadratic mean of their norms.
  double distance = 0;
};

/// Whether a weight's matrices are to be compared: it is one of several whose
/// names differ by one number, or a stack.
std::vector<bool> findFamilies(llvm::ArrayRef<ScanSource> sources);

/// Pairs whose distance is at most `most`, nearest first; 10000 at most.
std::vector<Similar> findSimilar(llvm::ArrayRef<ScanSource> sources,
                                 llvm::ArrayRef<Findings> findings,
                                 double most);

} // namespace lacuna::patterns

#endif // LACUNA_PATTERNS_FINDINGS_H
