// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// When the buffers of a host function hold something: the question that
// plan-arena asks before two of them share memory.

#ifndef LACUNA_CONVERSION_BUFFERLIFETIMES_H
#define LACUNA_CONVERSION_BUFFERLIFETIMES_H

#include "mlir/Dialect/Bufferization/Transforms/BufferViewFlowAnalysis.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace lacuna {

/// A range of operations in the order of the text, both ends included.
struct Lifetime {
  unsigned first, last;

  bool overlaps(const Lifetime &other) const {
    return first <= other.last && other.first <= last;
  }
};

/// Of a function of structured control flow. A change of it makes the
/// lifetimes stale.
class BufferLifetimes {
public:
  explicit BufferLifetimes(mlir::func::FuncOp function);

  /// From the first access of the buffer, through any alias, to the last.
  /// Nothing when the buffer leaves the function or its iteration of a loop:
  /// then one allocation is several buffers, or one that somebody else has.
  std::optional<Lifetime> get(mlir::memref::AllocOp alloc) const;

private:
  mlir::func::FuncOp function;
  mlir::BufferViewFlowAnalysis aliases;
  /// Of each operation: its number, and the last one inside of it.
  llvm::DenseMap<mlir::Operation *, Lifetime> numbers;
};

} // namespace lacuna

#endif // LACUNA_CONVERSION_BUFFERLIFETIMES_H
