// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The loops around the kernels of route sparse-tensor. The other operand X is
// copied in panels of static width, so that a stored weight meets one
// contiguous vector of X; tasks of rows x one panel run in parallel; each task
// computes its tile of the result transposed and writes it where the result
// wants it.

#ifndef LACUNA_LIB_CONVERSION_SPARSETENSORLOOPS_H
#define LACUNA_LIB_CONVERSION_SPARSETENSORLOOPS_H

#include "PanelLoops.h"
#include "SparseTensorKernel.h"

namespace lacuna {

/// Widths of panels that a contraction needs, widest first: its columns are
/// covered by panels of the first width, the rest by the next.
llvm::SmallVector<int64_t> getPanels(const SparseContraction &contraction);

/// Writes the loops of `contraction` on `buffers` at the insertion point;
/// `lookup` finds the finished kernel for a panel's width.
mlir::LogicalResult
emitSparseLoops(mlir::OpBuilder &builder, mlir::Location loc,
                const SparseContraction &contraction,
                const SparseBuffers &buffers,
                llvm::function_ref<mlir::func::FuncOp(int64_t panel)> lookup);

} // namespace lacuna

#endif // LACUNA_LIB_CONVERSION_SPARSETENSORLOOPS_H
