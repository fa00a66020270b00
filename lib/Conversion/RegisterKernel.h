// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A contraction on buffers with its sums in registers: rows x two vectors of
// columns at a time, the columns' operand packed into a panel first (Goto and
// van de Geijn, Anatomy of High-Performance Matrix Multiplication, 2008).

#ifndef LACUNA_LIB_CONVERSION_REGISTERKERNEL_H
#define LACUNA_LIB_CONVERSION_REGISTERKERNEL_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace lacuna {

/// `C[m, n] += A[m, k] * B[k, n]` in a contraction whose C is contiguous along
/// n; loops besides m, n and k run around the kernel.
class RegisterKernel {
public:
  /// The kernel for `op`, or nothing where its form is another: then plain
  /// loops are right.
  static std::optional<RegisterKernel> match(mlir::linalg::LinalgOp op,
                                             int64_t vectorBits);

  /// Writes the loops at the builder's insertion point. `ranges` are the sizes
  /// of the contraction's loops.
  void emit(mlir::OpBuilder &builder, mlir::Location loc,
            llvm::ArrayRef<mlir::OpFoldResult> ranges);

  unsigned m = 0, n = 0, k = 0;

private:
  struct Operand {
    mlir::Value buffer;
    mlir::AffineMap map;
    llvm::SmallVector<mlir::Operation *> casts;
  };

  mlir::Value at(mlir::OpBuilder &builder, mlir::Location loc,
                 const Operand &operand, mlir::Value i, mlir::Value p);
  llvm::SmallVector<mlir::Value> getIndices(const Operand &operand,
                                            mlir::Value i, mlir::Value j,
                                            mlir::Value p);
  void emitPanels(mlir::OpBuilder &builder, mlir::Location loc);
  void pack(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value panel,
            mlir::Value j0, mlir::Value width, mlir::Value p0,
            mlir::Value depth);
  void emitRows(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value panel,
                mlir::Value j0, mlir::Value width, mlir::Value p0,
                mlir::Value depth);
  void emitBlock(mlir::OpBuilder &builder, mlir::Location loc, int64_t rows,
                 mlir::Value i0, mlir::Value panel, mlir::Value j0,
                 mlir::Value width, mlir::Value p0, mlir::Value depth);

  Operand a, b, c;
  mlir::Type sumType;
  int64_t lanes = 16, blockRows = 8;
  /// Along k B is contiguous, not along n.
  bool transposed = false;
  /// The loops' current values; m, n and k are set where they are known.
  llvm::SmallVector<mlir::Value> ivs;
  mlir::Value rangeM, rangeN, rangeK;
};

} // namespace lacuna

#endif // LACUNA_LIB_CONVERSION_REGISTERKERNEL_H
