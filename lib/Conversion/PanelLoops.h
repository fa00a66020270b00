// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What loops of a contraction have in common that copy columns of the other
// operand X to panels of static width, so that a stored weight meets contiguous
// vectors of X, compute tiles of the result transposed (rows of the weight by
// columns of a panel), and write them where the result wants them.

#ifndef LACUNA_LIB_CONVERSION_PANELLOOPS_H
#define LACUNA_LIB_CONVERSION_PANELLOOPS_H

#include "LoopBuilder.h"
#include "lacuna/Transforms/SparseTensorRoute.h"

#include <optional>

namespace lacuna {

/// The buffers of one contraction. `accumulate` says that `out` holds initial
/// values to add to; otherwise they are 0.
struct SparseBuffers {
  mlir::Value values, coordinates, other, out;
  bool accumulate = false;
};

class PanelLoops : protected LoopBuilder {
protected:
  PanelLoops(mlir::OpBuilder &builder, mlir::Location loc,
             const SparseContraction &contraction,
             const SparseBuffers &buffers);
  virtual ~PanelLoops() = default;

  using Loops = llvm::DenseMap<unsigned, mlir::Value>;

  /// The panels of one width: columns begin + i * width, i < count.
  struct Panels {
    int64_t width;
    mlir::Value begin, count;
    /// panelDepth x width elements per panel and batch.
    mlir::Value packed;
  };

  mlir::Value castOther(mlir::Value value);
  llvm::SmallVector<mlir::Value> indicesOf(llvm::ArrayRef<unsigned> dims,
                                           const Loops &values);
  void bind(Loops &values, llvm::ArrayRef<unsigned> loops,
            llvm::ArrayRef<mlir::Value> sizes, mlir::Value flat);

  /// Copies the columns of all panels to `packed`, on threads.
  void pack(const Panels &panels);
  /// Copies the columns from `first` on to a panel, zero where that sticks out
  /// of the columns or the padded depth out of k; `loops` know the batch.
  void packPanel(mlir::Value panel, int64_t width, mlir::Value first,
                 Loops loops);
  /// Writes `height` x `width` sums of `tile` to the result: as they are where
  /// the result's columns lie side by side, in transposed blocks where its rows
  /// do, and one by one otherwise. Blocks are read whole.
  void storeTile(mlir::Value tile, mlir::Value firstRow, mlir::Value height,
                 mlir::Value firstColumn, mlir::Value width, Loops loops);
  /// Writes one sum, or the first `count` lanes of a vector of sums along
  /// `laneLoop`, to the result from where `loops` stand.
  virtual void storeSums(mlir::Value sums, std::optional<unsigned> laneLoop,
                         Loops loops, mlir::Value count);

  const SparseContraction &c;
  SparseBuffers buffers;
  /// The loop that runs along each dimension of the other operand and of the
  /// result, the loops that are rows: c.m, and those that are columns: c.n,
  /// merged where possible.
  llvm::SmallVector<unsigned> otherLoops, outLoops, rowLoops, columnLoops;
  llvm::SmallVector<mlir::Value> batchSizes, rowSizes, columnSizes;
  mlir::Value batches, rows, columns;
  int64_t depth = 0;  // elements along k
  int64_t groups = 0; // of the layout along k
  /// Elements of a panel: by default those of whole groups, in the type of the
  /// sums.
  int64_t panelDepth = 0;
  mlir::Type panelType;

private:
  void mergeColumns();
  mlir::Value sizesOf(llvm::ArrayRef<unsigned> loops,
                      llvm::SmallVectorImpl<mlir::Value> &sizes);
  mlir::Value narrow(mlir::Value value, mlir::Type type);
  void packBlocks(mlir::Value panel, int64_t width, mlir::Value first,
                  Loops loops, int64_t end);
  void packRows(mlir::Value panel, int64_t width, mlir::Value first,
                Loops loops);
  void packElements(mlir::Value panel, int64_t width, mlir::Value first,
                    Loops loops, int64_t begin);
};

/// The argument that a tensor of a dispatch function was made of, or null.
mlir::Value getBuffer(mlir::Value tensor);

/// Whether all elements of `tensor` are known to be zero.
bool isZero(mlir::Value tensor);

} // namespace lacuna

#endif // LACUNA_LIB_CONVERSION_PANELLOOPS_H
