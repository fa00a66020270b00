// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The kernel of a contraction, assembled of its parts.

#ifndef LACUNA_LIB_KERNELS_CONTRACTIONKERNEL_H
#define LACUNA_LIB_KERNELS_CONTRACTIONKERNEL_H

#include "Epilogue.h"
#include "lacuna/Kernels/Providers.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"

namespace lacuna {

/// A contraction with all that its kernels are made of.
struct ContractionKernel {
  mlir::func::FuncOp function;
  TensorCoreContraction contraction;
  Axes axes;
  Epilogue epilogue;
  /// The function's arguments that the operands of the contraction read; null
  /// for the start value where it is none.
  llvm::SmallVector<mlir::BlockArgument> buffers;
  /// The views of a laid-out A.
  llvm::SmallVector<mlir::BlockArgument> views;

  /// The provider of A over the function's arguments as `arguments` has them.
  std::unique_ptr<OperandProvider>
  makeProvider(mlir::ValueRange arguments) const;
  /// The buffers among `arguments`.
  llvm::SmallVector<mlir::Value> getBuffers(mlir::ValueRange arguments) const;
  /// Whether the rows of all buffers that are accessed widely, where their size
  /// is known at run time only, are multiples of kAccessBytes; null where all
  /// sizes are known.
  mlir::Value emitRowsAreAligned(KernelEmitter &emitter,
                                 mlir::ValueRange arguments) const;
};

/// What the generator makes of `function`, or nothing and why.
std::optional<ContractionKernel>
analyzeContractionKernel(mlir::func::FuncOp function, std::string &reason);

/// Builds the kernel `name` at the end of `module`, with the arguments of the
/// function; see KernelEmitter for `rowsAreAligned`. The schedule and what the
/// kernel counts are left on it.
mlir::gpu::GPUFuncOp emitContractionKernel(ContractionKernel &kernel,
                                           ScheduleAttr schedule,
                                           bool rowsAreAligned,
                                           llvm::StringRef name,
                                           mlir::gpu::GPUModuleOp module);

} // namespace lacuna

#endif // LACUNA_LIB_KERNELS_CONTRACTIONKERNEL_H
