// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The loops and vectors of one contraction on buffers, for lower-contractions.

#ifndef LACUNA_LIB_CONVERSION_REGISTERTILE_H
#define LACUNA_LIB_CONVERSION_REGISTERTILE_H

#include "ContractionInfo.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

#include <array>

namespace lacuna {

class RegisterTile {
public:
  /// Fails where the operation is not a product and a sum of floats or integers
  /// or no operand lies along a useful loop.
  static mlir::FailureOr<RegisterTile> get(mlir::linalg::LinalgOp op,
                                           unsigned vectorBytes);

  /// Replaces the operation by loops, and with it a fill with zeros before it
  /// and a short elementwise operation behind it.
  void lower();

private:
  explicit RegisterTile(mlir::linalg::LinalgOp op) : op(op), info(op) {}

  using Values = llvm::SmallVector<mlir::Value>;
  struct Operand {
    mlir::Value buffer;
    mlir::AffineMap map;
    mlir::Operation *cast = nullptr; // extends an element, or null
  };
  /// The rows and columns of a register tile that are computed together, and
  /// whether all of them are known to be there.
  struct Extent {
    int64_t rows, columns;
    bool allRows = false, allColumns = false;
  };

  static bool isContiguous(mlir::Value buffer);
  bool matchBody();
  void matchFill();
  void matchEpilogue();
  bool isEpilogue(mlir::linalg::GenericOp consumer);
  void emit(mlir::OpBuilder &b);
  std::array<Extent, 3> chooseExtents();
  bool isPanel();
  void prefetch(mlir::OpBuilder &b, Extent extent);
  void emitRows(mlir::OpBuilder &b, mlir::Value lower, mlir::Value upper,
                Extent extent);
  void emitTile(mlir::OpBuilder &b, Extent extent);
  Values reduceOver(mlir::OpBuilder &b, Values sums,
                    llvm::ArrayRef<unsigned> loops, Extent extent);
  Values stepDot(mlir::OpBuilder &b, Values sums, Extent extent,
                 mlir::Value mask);
  Values stepOuter(mlir::OpBuilder &b, Values sums, Extent extent);
  void storeDot(mlir::OpBuilder &b, Values sums, Extent extent);
  void storeOuter(mlir::OpBuilder &b, Values sums, Extent extent);
  void store(mlir::OpBuilder &b, Values sums, Extent extent);
  void addToResult(mlir::OpBuilder &b, mlir::Value row, mlir::Value column,
                   mlir::Value sum, mlir::Value mask);
  void storeEpilogue(mlir::OpBuilder &b, mlir::Value row, mlir::Value inside,
                     mlir::Value column, mlir::Value sum, mlir::Value mask);

  Values indices(const Operand &operand, mlir::Value row, mlir::Value column);
  int64_t getBlockK();
  mlir::Value loadVector(mlir::OpBuilder &b, const Operand &operand,
                         mlir::Value row, mlir::Value column, mlir::Value mask);
  mlir::Value extend(mlir::OpBuilder &b, const Operand &operand,
                     mlir::Value value);
  mlir::Value multiplyAdd(mlir::OpBuilder &b, mlir::Value x, mlir::Value y,
                          mlir::Value sum);
  mlir::Value makeMask(mlir::OpBuilder &b, mlir::Value count, int64_t width);
  mlir::Value add(mlir::OpBuilder &b, mlir::Value x, mlir::Value y);
  Values getRows(mlir::OpBuilder &b, Extent extent);
  mlir::Value index(mlir::OpBuilder &b, int64_t value);
  mlir::VectorType vectorOf(mlir::Type type) const {
    return mlir::VectorType::get({lanes}, type);
  }

  mlir::linalg::LinalgOp op;
  ContractionInfo info;
  Operand a, b_, c;
  mlir::Type element; // of sums
  int64_t lanes = 0, registers = 0;
  llvm::SmallVector<mlir::Value> ivs; // by loop, where it is known
  llvm::SmallVector<mlir::Value> sizes;
  llvm::SmallVector<unsigned> outerReductions;
  mlir::Value firstK, lastK; // the block of k that is summed
  mlir::Value row, column;   // of the register tile
  mlir::Value ahead;         // along k, from what is read to what is fetched
  mlir::linalg::FillOp fill; // what the sums start from, or null
  bool overwrite = false;    // the result is not read before it is written
  mlir::linalg::GenericOp epilogue;   // computed from the sums, or null
  mlir::memref::AllocOp intermediate; // that nobody needs with the epilogue
};

} // namespace lacuna

#endif // LACUNA_LIB_CONVERSION_REGISTERTILE_H
