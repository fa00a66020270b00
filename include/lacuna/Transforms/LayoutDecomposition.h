// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What layouts mean, said in upstream linalg: pruning and packing of values
// that are only known at run time. Layouts answer questions and build no IR, so
// this is where their decompositions live.

#ifndef LACUNA_TRANSFORMS_LAYOUTDECOMPOSITION_H
#define LACUNA_TRANSFORMS_LAYOUTDECOMPOSITION_H

#include "lacuna/IR/Lacuna.h"

#include "mlir/IR/Builders.h"

namespace lacuna {

/// Emits linalg that keeps of `source`, a tensor without a layout, what
/// `layout` has room for and sets the rest to the background, as
/// `lacuna.prune` does. Returns a tensor of the type of `source`, which is
/// static; fails with an error at `loc` for a layout that nothing prunes to.
mlir::FailureOr<mlir::Value> buildPrune(mlir::OpBuilder &builder,
                                        mlir::Location loc, mlir::Value source,
                                        StorageLayoutInterface layout);

/// Who vouches that a value satisfies the layout that it is packed to.
enum class Claim {
  True,   ///< The operation that made the value put it into the layout.
  Checked ///< Nobody: a value that breaks the layout fails a `cf.assert`.
};

/// Emits linalg that packs `source`, which satisfies `layout`, to its canonical
/// components, in the order of `getComponents`. Fails with an error at `loc`
/// for a layout that cannot be packed at run time.
mlir::FailureOr<llvm::SmallVector<mlir::Value>>
buildPack(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value source,
          StorageLayoutInterface layout, Claim claim);

} // namespace lacuna

#endif // LACUNA_TRANSFORMS_LAYOUTDECOMPOSITION_H
