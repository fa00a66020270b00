// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How the dense route cuts iteration spaces into tiles, for tile-dispatch (on
// tensors, with fusion) and parallelize-buffers (what is left, on buffers).

#ifndef LACUNA_LIB_CONVERSION_TILING_H
#define LACUNA_LIB_CONVERSION_TILING_H

#include "lacuna/Conversion/SizeBuilder.h"
#include "lacuna/IR/Lacuna.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace lacuna {

/// True for an outlined dispatch function of route `dense` with a body.
bool isDenseDispatch(mlir::func::FuncOp function);

/// Tiles of an operation's loops, and how many of them are worth a task.
struct Tiles {
  llvm::SmallVector<mlir::OpFoldResult> sizes; // 0: not tiled
  mlir::OpFoldResult grain;
  bool any() const;
};

/// Elements that a tile of an elementwise operation or a group of rows has at
/// most, where one row is not longer: the operands of a few operations stay in
/// the first-level cache.
constexpr int64_t kTileElements = 4096;
/// A task is worth handing to another thread from so many elementwise element
/// operations, or multiply-adds, on.
constexpr int64_t kTaskElements = 16384;
constexpr int64_t kTaskMultiplyAdds = 131072;

/// Tiles for an operation whose loops in `tileable` may be cut. `weight` is the
/// number of operations on each element.
Tiles tileElements(SizeBuilder &sizes, mlir::linalg::LinalgOp op,
                   llvm::ArrayRef<mlir::OpFoldResult> ranges,
                   const llvm::SmallBitVector &tileable, int64_t weight);

/// Tiles for a contraction, by its loops.
Tiles tileContraction(SizeBuilder &sizes, mlir::linalg::LinalgOp op,
                      llvm::ArrayRef<mlir::OpFoldResult> ranges);

/// Tiles of the outermost of a reduction's loops, each of which makes a partial
/// sum. Their number depends on the sizes alone.
Tiles tilePartialSums(SizeBuilder &sizes,
                      llvm::ArrayRef<mlir::OpFoldResult> ranges);

/// Sizes of `op`'s loops.
llvm::SmallVector<mlir::OpFoldResult> getLoopRanges(mlir::OpBuilder &builder,
                                                    mlir::linalg::LinalgOp op);

} // namespace lacuna

#endif // LACUNA_LIB_CONVERSION_TILING_H
