// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the kernels of route vector are made of: the buffers and sizes of one
// contraction of an n:m weight with what is computed from its sums, panels of
// the other operand, and the way of sums to the result. Form "lanes"
// (VectorLanes.cpp) computes few columns; each form is one function here.

#ifndef LACUNA_LIB_CONVERSION_VECTORKERNEL_H
#define LACUNA_LIB_CONVERSION_VECTORKERNEL_H

#include "LoopBuilder.h"
#include "lacuna/Transforms/VectorRoute.h"

namespace lacuna {

/// The processor that the code is for.
struct VectorTarget {
  /// Bytes of a vector register.
  unsigned bytes = 16;
  /// Whether integers have vectors of this width: from AVX2 on.
  bool hasIntegers = false;

  /// From a list of features, separated by commas.
  static VectorTarget get(llvm::StringRef features);
};

/// The buffers of one contraction.
struct VectorBuffers {
  /// The views `vector.values` and `vector.coordinates` of W, and X.
  mlir::Value values, coordinates, other;
  /// What the sums are added to; null where that is 0.
  mlir::Value initial;
  /// The result: of the epilogue where there is one.
  mlir::Value out;
  /// For each input of the epilogue; null for the contraction's result.
  llvm::SmallVector<mlir::Value> epilogueInputs;
};

/// The elementwise operation that alone reads the result of `contraction` and
/// can be computed on vectors of its sums, or null.
mlir::linalg::GenericOp getVectorEpilogue(mlir::linalg::LinalgOp contraction);

/// Y[b, n, m] = epilogue(init[b, n, m] + sum over k of W[b, m, k] X[b, n, k]).
/// `rowLoop` is the loop of the weight's rows that lie side by side in its view
/// (blocks of 16); `outerLoops` are its other ones, batch or rows, whose sizes
/// are static as well. The columns are all of `c.n`, flattened.
class VectorKernel : public LoopBuilder {
public:
  using Loops = llvm::DenseMap<unsigned, mlir::Value>;

  VectorKernel(mlir::OpBuilder &builder, mlir::Location loc,
               const SparseContraction &contraction,
               mlir::linalg::GenericOp epilogue, const VectorBuffers &buffers,
               VectorTarget target);

  const SparseContraction &c;
  mlir::linalg::GenericOp epilogue; // or null
  VectorBuffers buffers;
  VectorTarget target;

  /// The loop along each dimension of X and of the result.
  llvm::SmallVector<unsigned> otherLoops, outLoops;
  std::optional<unsigned> rowLoop;
  llvm::SmallVector<unsigned> outerLoops;
  llvm::SmallVector<mlir::Value> outerSizes, columnSizes, batchSizes;
  /// Products of the sizes.
  mlir::Value columns, batches;
  int64_t outers = 1, rows = 1, rowBlocks = 1;

  /// The view: entries of a row, and words of coordinates; of `depth` elements
  /// along k in groups of m, `paddedDepth` with the view's groups of zeros.
  int64_t n, m, bits, perWord, entries, words, depth, paddedDepth;

  /// Binds `loops` to the indices where `flat` runs over `sizes`.
  void bind(Loops &loops, llvm::ArrayRef<unsigned> of,
            llvm::ArrayRef<mlir::Value> sizes, mlir::Value flat);
  llvm::SmallVector<mlir::Value> indicesOf(llvm::ArrayRef<unsigned> dims,
                                           const Loops &loops);
  mlir::Value getSize(unsigned loop);

  /// Whether a register holds the elements of a group of X and the processor
  /// has a permutation that picks one of them for each lane.
  bool permutes() const { return target.hasIntegers && m <= target.bytes / 4; }

  /// What products are computed in: the type of the sums, or f32 where that is
  /// faster and sums of kExactProducts of them are exact.
  mlir::Type factorType;
  static constexpr int64_t kExactProducts = 256;

  /// An element of W or X, or a vector of them, converted as the body says and
  /// widened to the type of the factors.
  mlir::Value castWeight(mlir::Value value);
  mlir::Value castOther(mlir::Value value);
  /// acc + w * x in the type of the factors; fused where the processor can.
  mlir::Value multiplyAdd(mlir::Value w, mlir::Value x, mlir::Value acc);
  mlir::Value addSums(mlir::Value x, mlir::Value y);
  mlir::Value zeros(int64_t lanes, mlir::Type element);

  /// The columns of X from `first` on as rows of paddedDepth elements in the
  /// type of the factors, zero beyond k: the buffer itself where it is like
  /// that, or a packed copy, which freeColumns frees. Column `first` of the
  /// batch that `loops` stand at is row getPanelRow.
  mlir::Value getColumns(mlir::Value first);
  void freeColumns(mlir::Value panel);
  mlir::Value getPanelRow(mlir::Value first, const Loops &loops);

  /// Values [entries, 16] and coordinates [words, 16] of one block of rows,
  /// `block` counted over all outer loops.
  mlir::Value viewValues(mlir::Value block);
  mlir::Value viewCoordinates(mlir::Value block);

  /// Asks for `count` rows of 16 elements of a view from row `first` on,
  /// counted over all blocks, which have `perBlock` each; for the last ones
  /// beyond those.
  void prefetch(mlir::Value buffer, int64_t perBlock, mlir::Value first,
                int64_t count);

  /// Adds the initial values to `sums`, a vector along `laneLoop` from where
  /// `loops` stand, computes the epilogue, and writes the first `count` lanes
  /// (all where that is null) to the result. `laneLoop` is none for a vector
  /// whose first lane alone counts.
  void store(mlir::Value sums, std::optional<unsigned> laneLoop, Loops loops,
             mlir::Value count);

private:
  bool readsDirectly();
  void packColumn(mlir::Value panel, mlir::Value row, Loops loops);
  bool isAlong(mlir::AffineMap map, std::optional<unsigned> laneLoop);
  void storeLanes(mlir::Value sums, std::optional<unsigned> laneLoop,
                  const Loops &loops, mlir::Value mask);
  mlir::Value read(mlir::Value buffer, mlir::AffineMap map, mlir::Type type,
                   std::optional<unsigned> laneLoop,
                   llvm::ArrayRef<mlir::Value> outIndices, mlir::Value mask);
  mlir::Value like(mlir::Value value, mlir::Type element, bool isSigned);
};

/// Few columns, those from `first` on: vectors are 16 rows of W, whose
/// coordinates pick their element of a group of X in a register.
void emitLanes(VectorKernel &kernel, mlir::Value first);

/// Whether form "columns" can compute `kernel`.
bool canEmitColumns(const VectorKernel &kernel);
/// Many columns: vectors are columns of one row of a packed panel of X, which
/// the coordinates pick by address (VectorColumns.cpp). Gives the first column
/// that it leaves, so few of them that form "lanes" is faster.
mlir::Value emitColumns(VectorKernel &kernel);

} // namespace lacuna

#endif // LACUNA_LIB_CONVERSION_VECTORKERNEL_H
