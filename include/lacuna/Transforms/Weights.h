// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Weights as IR has them: extern ml_program globals and the loads that read
// them, and how a weight gets its layout.

#ifndef LACUNA_TRANSFORMS_WEIGHTS_H
#define LACUNA_TRANSFORMS_WEIGHTS_H

#include "lacuna/IR/Lacuna.h"

#include "mlir/Dialect/MLProgram/IR/MLProgram.h"
#include "mlir/IR/BuiltinOps.h"

namespace lacuna {

/// Attribute of a weight that is another one, pruned: the name of that one.
constexpr llvm::StringLiteral kPrunesAttr = "lacuna.prunes";

/// The weight that `value` is a load of, or null. A weight is an immutable
/// global with an extern value and a ranked tensor type.
mlir::ml_program::GlobalOp getWeight(mlir::Value value,
                                     mlir::SymbolTable &symbols);

/// Whether `global` is a weight, as above.
bool isWeight(mlir::ml_program::GlobalOp global);

/// The name that files know the weight `global` by. A view of a weight is a
/// global of its own, and names it (see setNarrowedFrom, and the pass
/// materialize-layouts).
llvm::StringRef getWeightName(mlir::ml_program::GlobalOp global);

/// Makes the weight `global`, whose type differs from that of `weight` by its
/// element type, a view of it: its attribute `lacuna.weight` names the weight,
/// `lacuna.type` is the weight's dense type, `lacuna.dtype` the element type
/// that values are rounded to at load.
void setNarrowedFrom(mlir::ml_program::GlobalOp global,
                     mlir::ml_program::GlobalOp weight);

/// Whether `op` is a contraction on tensors, named or generic.
bool isContraction(mlir::Operation *op);

/// Gives the weight `global` the type `type`, which differs from its own by the
/// layout alone. Uses of its loads see the former type through
/// `lacuna.convert`. Returns the new converts.
llvm::SmallVector<ConvertOp> setWeightType(mlir::ml_program::GlobalOp global,
                                           mlir::RankedTensorType type,
                                           mlir::ModuleOp module);

/// Folds `lacuna.convert`s of loads of plain weights into the weights: the
/// weight carries the layout from there on. A weight that is claimed under two
/// layouts is an error.
mlir::LogicalResult claimConvertedWeights(mlir::ModuleOp module);

} // namespace lacuna

#endif // LACUNA_TRANSFORMS_WEIGHTS_H
