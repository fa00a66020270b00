// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One linalg operation on buffers as one kernel, for
// lower-dispatches-to-threads: which values the kernel is given, and what one
// thread of it computes.

#ifndef LACUNA_LIB_CONVERSION_THREADKERNEL_H
#define LACUNA_LIB_CONVERSION_THREADKERNEL_H

#include "Combiner.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/IRMapping.h"

namespace lacuna {

/// Threads of a block of every thread kernel.
constexpr int64_t kBlockThreads = 256;

/// Builds kernels that compute one linalg operation each.
class ThreadKernel {
public:
  /// `ranges` are the sizes of the loops of `op`, on the host. `starts` holds,
  /// for each result, the value that a fill before `op` put everywhere in its
  /// buffer, or the buffer that was copied to it, or null where the buffer's
  /// own contents are the start. `assertions` are about data, which the kernel
  /// reads in the host's stead.
  ThreadKernel(mlir::linalg::LinalgOp op,
               llvm::ArrayRef<mlir::OpFoldResult> ranges,
               llvm::ArrayRef<mlir::Value> starts,
               llvm::ArrayRef<mlir::Operation *> assertions = {});

  /// Why a thread cannot compute an element of the operation; empty if it can.
  llvm::StringRef getObstacle();

  /// The kernel `name` at the end of `module`, in one of two forms. A thread
  /// for each point of the parallel loops; reductions are loops in the thread.
  /// Or a block for each point, whose threads share the reductions, where
  /// threads beside each other then read elements beside each other.
  mlir::gpu::GPUFuncOp build(mlir::gpu::GPUModuleOp module,
                             llvm::StringRef name);

  /// What the kernel takes, values of the host in the order of its arguments.
  llvm::ArrayRef<mlir::Value> getArguments() const {
    return arguments.getArrayRef();
  }

  /// Blocks of a launch, computed on the host: 0 where there is no point.
  mlir::OpFoldResult getNumBlocks(mlir::OpBuilder &builder) const;

  /// Whether a block shares the reductions of a point.
  bool isShared() const { return combiner.has_value(); }

private:
  using Size = mlir::OpFoldResult;

  void collectArguments();
  void cloneConstants(mlir::gpu::GPUModuleOp module, mlir::OpBuilder &builder);
  void buildThreads(mlir::OpBuilder &builder);
  void buildBlocks(mlir::OpBuilder &builder, mlir::gpu::GPUFuncOp function);
  mlir::Value getProduct(mlir::OpBuilder &builder,
                         llvm::ArrayRef<unsigned> loops);
  /// Sets the coordinates of `loops` to those of their point number `point`.
  void delinearize(mlir::OpBuilder &builder, llvm::ArrayRef<unsigned> loops,
                   mlir::Value point,
                   llvm::MutableArrayRef<mlir::Value> coordinates);
  llvm::SmallVector<mlir::Value> getStarts(mlir::OpBuilder &builder,
                                           mlir::ValueRange coordinates);
  llvm::SmallVector<mlir::Value>
  computePoint(mlir::OpBuilder &builder,
               llvm::SmallVector<mlir::Value> coordinates,
               llvm::SmallVector<mlir::Value> accumulators);
  llvm::SmallVector<mlir::Value>
  computePart(mlir::OpBuilder &builder, mlir::Value thread,
              llvm::SmallVector<mlir::Value> coordinates,
              mlir::ValueRange starts);
  void storeTotal(mlir::OpBuilder &builder, llvm::ArrayRef<mlir::Value> ofWarps,
                  llvm::ArrayRef<mlir::Value> coordinates,
                  llvm::ArrayRef<mlir::Value> starts);
  void store(mlir::OpBuilder &builder, mlir::ValueRange values,
             mlir::ValueRange coordinates);
  llvm::SmallVector<mlir::Value> computeBody(mlir::OpBuilder &builder,
                                             mlir::ValueRange coordinates,
                                             mlir::ValueRange accumulators);
  llvm::SmallVector<mlir::Value> access(mlir::OpBuilder &builder,
                                        mlir::OpOperand &operand,
                                        mlir::ValueRange coordinates);
  mlir::Value load(mlir::OpBuilder &builder, mlir::OpOperand &operand,
                   mlir::ValueRange coordinates);
  mlir::Value getSize(mlir::OpBuilder &builder, unsigned loop);

  mlir::linalg::LinalgOp op;
  mlir::Location loc;
  llvm::SmallVector<Size> ranges;
  llvm::SmallVector<mlir::Value> starts;
  std::optional<Combiner> combiner;
  /// Loops whose points are threads or blocks, in the order in which the first
  /// result lies in memory, and the others.
  llvm::SmallVector<unsigned> parallel, reductions;
  llvm::SetVector<mlir::Value> arguments;
  /// Operations of the host that the kernel repeats: constants, views of them,
  /// and what is computed from data.
  llvm::SetVector<mlir::Operation *> repeated;
  llvm::SmallVector<mlir::Operation *> assertions;
  /// From the host's values to the kernel's.
  mlir::IRMapping mapping;
};

} // namespace lacuna

#endif // LACUNA_LIB_CONVERSION_THREADKERNEL_H
