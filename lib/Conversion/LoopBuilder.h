// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Loops, index arithmetic and blocks of vectors, as the routes of the CPU write
// them by hand. Static sizes fold away.

#ifndef LACUNA_LIB_CONVERSION_LOOPBUILDER_H
#define LACUNA_LIB_CONVERSION_LOOPBUILDER_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"

namespace lacuna {

/// Writes at the insertion point of a builder; in the body of a loop that it
/// makes, the insertion point is in the body.
class LoopBuilder {
public:
  /// Lanes of the vectors below, and the side of a block: a power of two.
  static constexpr int64_t kLanes = 16;

  LoopBuilder(mlir::OpBuilder &builder, mlir::Location loc)
      : b(builder), loc(loc) {}

  mlir::OpBuilder &b;
  mlir::Location loc;

  mlir::Value constant(int64_t value) {
    return mlir::arith::ConstantIndexOp::create(b, loc, value);
  }
  mlir::Value add(mlir::Value x, mlir::Value y) {
    return b.createOrFold<mlir::arith::AddIOp>(loc, x, y);
  }
  mlir::Value sub(mlir::Value x, mlir::Value y) {
    return b.createOrFold<mlir::arith::SubIOp>(loc, x, y);
  }
  mlir::Value mul(mlir::Value x, mlir::Value y) {
    return b.createOrFold<mlir::arith::MulIOp>(loc, x, y);
  }
  mlir::Value div(mlir::Value x, mlir::Value y) {
    return b.createOrFold<mlir::arith::DivUIOp>(loc, x, y);
  }
  mlir::Value rem(mlir::Value x, mlir::Value y) {
    return b.createOrFold<mlir::arith::RemUIOp>(loc, x, y);
  }
  mlir::Value min(mlir::Value x, mlir::Value y) {
    return b.createOrFold<mlir::arith::MinSIOp>(loc, x, y);
  }
  mlir::Value max(mlir::Value x, mlir::Value y) {
    return b.createOrFold<mlir::arith::MaxSIOp>(loc, x, y);
  }
  mlir::Value less(mlir::Value x, mlir::Value y) {
    return b.createOrFold<mlir::arith::CmpIOp>(
        loc, mlir::arith::CmpIPredicate::slt, x, y);
  }
  mlir::Value equal(mlir::Value x, mlir::Value y) {
    return b.createOrFold<mlir::arith::CmpIOp>(
        loc, mlir::arith::CmpIPredicate::eq, x, y);
  }
  mlir::Value select(mlir::Value condition, mlir::Value x, mlir::Value y) {
    return b.createOrFold<mlir::arith::SelectOp>(loc, condition, x, y);
  }
  /// x / y rounded up, for y > 0.
  mlir::Value ceilDiv(mlir::Value x, int64_t y) {
    return div(add(x, constant(y - 1)), constant(y));
  }

  /// The indices where `flat` runs over all of `sizes`, the last fastest.
  llvm::SmallVector<mlir::Value> delinearize(mlir::Value flat,
                                             llvm::ArrayRef<mlir::Value> sizes);
  mlir::Value linearize(llvm::ArrayRef<mlir::Value> indices,
                        llvm::ArrayRef<mlir::Value> sizes);

  void forLoop(mlir::Value from, mlir::Value to, int64_t step,
               llvm::function_ref<void(mlir::Value)> body);
  /// Runs `body` where `condition` holds.
  void when(mlir::Value condition, llvm::function_ref<void()> body);
  /// `count` iterations in any order, on threads.
  void parallel(mlir::Value count, llvm::function_ref<void(mlir::Value)> body);

  /// Contiguous elements of `buffer` from `offset` on, as `shape`.
  mlir::Value view(mlir::Value buffer, mlir::Value offset,
                   llvm::ArrayRef<int64_t> shape);

  mlir::VectorType lanesOf(mlir::Type element) {
    return mlir::VectorType::get({kLanes}, element);
  }
  /// kLanes elements of `buffer` from `indices` on.
  mlir::Value load(mlir::Value buffer, llvm::ArrayRef<mlir::Value> indices);
  /// True in the first `count` lanes; in none where that is negative.
  mlir::Value firstLanes(mlir::Value count);
  /// `element`, or a vector of it where `value` is a vector.
  static mlir::Type typeLike(mlir::Value value, mlir::Type element);
  /// What the body's conversions `casts` make of an element or a vector.
  mlir::Value applyCasts(mlir::Value value,
                         llvm::ArrayRef<mlir::Operation *> casts);
  /// A number (or a vector) in a wider type; integers have a sign, which does
  /// not matter where their sums are cut off afterwards.
  mlir::Value widen(mlir::Value value, mlir::Type element);
  /// Transposes a block of kLanes vectors of kLanes elements.
  void transpose(llvm::SmallVectorImpl<mlir::Value> &rows);

private:
  void inside(mlir::OpBuilder &nested, llvm::function_ref<void()> body);
};

} // namespace lacuna

#endif // LACUNA_LIB_CONVERSION_LOOPBUILDER_H
