// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The inner kernel of route sparse-tensor: one row of an n:m weight times a
// panel of the other operand. Upstream's sparsifier writes its loops; here it
// is described, and put into the loops that lower-sparse-tensor-dispatch
// writes around it.

#ifndef LACUNA_LIB_CONVERSION_SPARSETENSORKERNEL_H
#define LACUNA_LIB_CONVERSION_SPARSETENSORKERNEL_H

#include "lacuna/Transforms/SparseTensorRoute.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassManager.h"

namespace lacuna {

/// What tells one kernel from another. The row is `groups` groups of `m`
/// elements, `n` of which are kept; the panel is groups x m x `panel` elements
/// of the contraction's sum type (groups x m where `panel` is 1).
struct SparseKernel {
  const SparseContraction &contraction;
  int64_t groups;
  int64_t panel;

  /// A symbol that kernels have in common exactly where they are alike.
  std::string getName() const;

  /// Builds the kernel on tensors: (values, coordinates, panel, sums) to sums,
  /// entered by sparse_tensor.assemble.
  mlir::func::FuncOp build(mlir::OpBuilder &builder, mlir::Location loc) const;
};

/// Adds what makes loops on buffers of kernels whose panels have this size.
void buildSparsifyKernels(mlir::OpPassManager &manager, int64_t panel);

/// Keeps sums in registers instead of memory and lets products and sums
/// contract to fused multiply-adds.
void finishSparseKernel(mlir::func::FuncOp kernel);

/// Puts a finished kernel's body at the builder's insertion point, on these
/// buffers (of any layout), and returns the new sums. Fails, with an error at
/// `kernel`, where the sparsifier wrote what cannot be moved.
mlir::FailureOr<mlir::Value> inlineSparseKernel(mlir::OpBuilder &builder,
                                                mlir::func::FuncOp kernel,
                                                mlir::ValueRange buffers,
                                                mlir::Value sums);

} // namespace lacuna

#endif // LACUNA_LIB_CONVERSION_SPARSETENSORKERNEL_H
