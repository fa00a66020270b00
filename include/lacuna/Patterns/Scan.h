// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Streams weights past the tile kernel, on several threads and in bounded
// memory: pages of mapped files are given back as soon as they were counted.

#ifndef LACUNA_PATTERNS_SCAN_H
#define LACUNA_PATTERNS_SCAN_H

#include "lacuna/Patterns/Statistics.h"

#include "lacuna/Packing/Weights.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace lacuna::patterns {

/// How the elements of a weight are seen: `batch` matrices, one after another.
/// A weight that is stored packed is seen with its layout's dimension last, as
/// it lies in the file.
struct MatrixView {
  int64_t batch = 1, rows = 0, columns = 0;
  /// The weight's dimensions that rows and columns are. No columns where they
  /// are several dimensions (the window of a convolution).
  unsigned rowDim = 0;
  std::optional<unsigned> columnDim;

  uint64_t getNumElements() const { return batch * rows * columns; }
  /// Groups of m along the rows' dimension or the columns'.
  uint64_t getNumGroups(bool alongColumns, unsigned m) const;
};

/// The view of a weight; none where it has fewer than two dimensions that are
/// larger than 1, or no elements.
std::optional<MatrixView> getMatrixView(const packing::Shape &shape,
                                        std::optional<unsigned> packedDim);

/// The view in which `dim` is rows or columns, whatever the others are. The
/// shape has elements.
MatrixView getMatrixViewAlong(const packing::Shape &shape, unsigned dim);

/// A weight to be counted.
struct ScanSource {
  packing::StoredWeight weight;
  MatrixView view;
  /// Each matrix gets a sketch, to be compared with others.
  bool sketches = false;
  /// The bytes are of a mapped file, so that its pages may be given back.
  bool isMapped = true;

  uint64_t getNumBytes() const;
};

/// Told after each piece how many bytes it had, on any thread.
using Progress = llvm::function_ref<void(uint64_t bytes)>;

/// Takes what is in a weight, in the order of the sources, one at a time.
using Consumer = llvm::function_ref<void(size_t source, Statistics &&stats)>;

/// Counts all weights. An error names the weight whose packed form is not
/// valid.
packing::Status scan(llvm::ArrayRef<const ScanSource *> sources,
                     unsigned numThreads, Progress progress, Consumer consume);

} // namespace lacuna::patterns

#endif // LACUNA_PATTERNS_SCAN_H
