// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sizes of temporaries for plan-arena: what they are nominally, to compare
// them before they are known, and the arithmetic that computes them when the
// function runs.

#ifndef LACUNA_CONVERSION_ARENASIZES_H
#define LACUNA_CONVERSION_ARENASIZES_H

#include "lacuna/Conversion/SizeBuilder.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/OpDefinition.h"
#include "llvm/ADT/DenseMap.h"

namespace lacuna {

/// What devices align allocations to, so that a slot is as good as one.
constexpr int64_t kAlignment = 256;
/// No memory is as large. Sizes stop here rather than overflow, and the
/// runtime then refuses the call.
constexpr int64_t kLimit = int64_t(1) << 50;
/// Stands for each dynamic dimension where sizes have to be compared before
/// they are known.
constexpr int64_t kNominalSize = 64;

/// Sizes as they are for dynamic dimensions of kNominalSize.
class Nominal {
public:
  int64_t get(mlir::OpFoldResult size);

private:
  mlir::Attribute fold(mlir::Value value);

  llvm::DenseMap<mlir::Value, mlir::Attribute> known;
};

/// Sizes that are not negative, of which no product overflows.
class Bytes {
public:
  Bytes(mlir::OpBuilder &builder, mlir::Location loc)
      : builder(builder), loc(loc), sizes(builder, loc) {}

  mlir::OpFoldResult mul(mlir::OpFoldResult a, mlir::OpFoldResult b);
  mlir::OpFoldResult add(mlir::OpFoldResult a, mlir::OpFoldResult b);
  mlir::OpFoldResult max(mlir::OpFoldResult a, mlir::OpFoldResult b);
  /// The next multiple of kAlignment.
  mlir::OpFoldResult align(mlir::OpFoldResult bytes);

private:
  mlir::OpBuilder &builder;
  mlir::Location loc;
  SizeBuilder sizes;
};

} // namespace lacuna

#endif // LACUNA_CONVERSION_ARENASIZES_H
