// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Arithmetic on sizes that may be constants or values: what is constant is
// computed here, so that static shapes leave no code behind.

#ifndef LACUNA_CONVERSION_SIZEBUILDER_H
#define LACUNA_CONVERSION_SIZEBUILDER_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/Builders.h"

namespace lacuna {

/// Builds index arithmetic at the builder's insertion point.
class SizeBuilder {
public:
  using Size = mlir::OpFoldResult;
  SizeBuilder(mlir::OpBuilder &builder, mlir::Location loc)
      : builder(builder), loc(loc) {}

  Size constant(int64_t value) { return builder.getIndexAttr(value); }
  mlir::Value value(Size size);
  Size mul(Size a, Size b);
  Size min(Size a, Size b);
  Size max(Size a, Size b);
  /// a / b rounded down; b is positive.
  Size div(Size a, Size b);
  /// a / b rounded up; a is not negative, b is positive.
  Size ceilDiv(Size a, Size b);

private:
  template <typename OpTy>
  Size fold(Size a, Size b, int64_t (*evaluate)(int64_t, int64_t));
  mlir::OpBuilder &builder;
  mlir::Location loc;
};

} // namespace lacuna

#endif // LACUNA_CONVERSION_SIZEBUILDER_H
