// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which dimensions of the tensors of a dispatch function are surely of the same
// size, and where on the host that size is known.

#ifndef LACUNA_LIB_CONVERSION_SIZECLASSES_H
#define LACUNA_LIB_CONVERSION_SIZECLASSES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseMap.h"

namespace lacuna {

class SizeClasses {
public:
  /// Where a size is known: a number, a dimension of a buffer, or a value.
  struct Source {
    std::optional<int64_t> number;
    mlir::Value value;
    unsigned dimension = 0;

    bool isKnown() const { return number || value; }
    /// The size; `mapped` gives the kernel's or the host's own for a value.
    mlir::OpFoldResult
    emit(mlir::OpBuilder &builder, mlir::Location loc,
         llvm::function_ref<mlir::Value(mlir::Value)> mapped) const;
  };

  SizeClasses() = default;
  explicit SizeClasses(mlir::func::FuncOp function);

  Source getSource(mlir::Value tensor, unsigned dimension) const;
  Source getSource(mlir::OpFoldResult size) const;
  bool areSame(const Source &a, const Source &b) const;

private:
  using Key = std::pair<void *, unsigned>;
  static Key getKey(const Source &source);
  Key find(Key key) const;

  llvm::DenseMap<Key, Key> parents;
};

} // namespace lacuna

#endif // LACUNA_LIB_CONVERSION_SIZECLASSES_H
