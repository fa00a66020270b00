// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The parts of a kernel of rows that are reduced: phases and turns, which
// RowKernel.cpp has, and sums, which RowReduction.cpp has.

#ifndef LACUNA_LIB_CONVERSION_ROWKERNELBUILDER_H
#define LACUNA_LIB_CONVERSION_ROWKERNELBUILDER_H

#include "RowEmitter.h"
#include "RowKernel.h"

namespace lacuna {

/// Emits one kernel.
class RowKernel {
public:
  RowKernel(RowEmitter &emitter, const RowSchedule &schedule,
            mlir::gpu::GPUFuncOp kernel)
      : emitter(emitter), group(emitter.group), schedule(schedule),
        kernel(kernel), kept(std::max<int64_t>(schedule.turns, 1)) {}

  void emit();

private:
  using Body = llvm::function_ref<void(llvm::MutableArrayRef<mlir::Value>)>;

  void emitPhase(unsigned phase);
  void emitOutputs();
  void emitTurns(llvm::SmallVector<mlir::Value> &carried, Body body);
  void emitTurn(int64_t turn, llvm::SmallVector<mlir::Value> &carried,
                Body body);
  void emitLoop(llvm::SmallVector<mlir::Value> &carried, Body body);
  llvm::SmallVector<int> getKeptNow() const;

  RowEmitter::Access getShared(int node);
  mlir::Value readShared(int node);

  llvm::SmallVector<mlir::Value> getNeutral(const RowReduction &reduction);
  void accumulate(const RowReduction &reduction,
                  llvm::MutableArrayRef<mlir::Value> sums);
  void finish(const RowReduction &reduction, llvm::ArrayRef<mlir::Value> sums);
  llvm::SmallVector<mlir::Value> combine(const RowReduction &reduction,
                                         llvm::ArrayRef<mlir::Value> left,
                                         llvm::ArrayRef<mlir::Value> right);
  llvm::SmallVector<mlir::Value>
  combineLanes(const RowReduction &reduction,
               llvm::ArrayRef<mlir::Value> lanes);
  llvm::SmallVector<mlir::Value>
  combineThreads(const RowReduction &reduction,
                 llvm::SmallVector<mlir::Value> own, int64_t threads);
  llvm::SmallVector<mlir::Value>
  combineWarps(const RowReduction &reduction,
               llvm::SmallVector<mlir::Value> own);
  llvm::SmallVector<mlir::Value> computeInOrder(const RowReduction &reduction);

  RowEmitter &emitter;
  const RowGroup &group;
  const RowSchedule &schedule;
  mlir::gpu::GPUFuncOp kernel;
  mlir::Value thread, lane, row, isRow, length, capacity, shared;
  /// By turn, where values are kept in registers.
  llvm::SmallVector<llvm::DenseMap<int, mlir::Value>> kept;
};

} // namespace lacuna

#endif // LACUNA_LIB_CONVERSION_ROWKERNELBUILDER_H
