// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How operand A of the contraction generator arrives in registers. A layout
// brings a provider (OperandProviderInterface); a plain tensor has one, too.

#ifndef LACUNA_KERNELS_PROVIDERS_H
#define LACUNA_KERNELS_PROVIDERS_H

#include "lacuna/IR/Lacuna.h"

#include "mlir/IR/AffineExpr.h"
#include "mlir/IR/Value.h"

#include <memory>

namespace mlir {
class DialectRegistry;
} // namespace mlir

namespace lacuna {

class KernelEmitter;

/// What one mma instruction reads of A.
struct FragmentA {
  /// Four 32-bit registers, as i32.
  llvm::SmallVector<mlir::Value, 4> registers;
  /// Metadata (i32) and its selector where the instruction is mma.sp; else
  /// null.
  mlir::Value metadata;
  int64_t selector = 0;
  /// The registers of B that meet it: from `firstB` on, `numB` of the four that
  /// a step of 64 bytes of depth has.
  unsigned firstB = 0, numB = 0;
};

/// Emits the loads of operand A. All methods are essential: there is no
/// default that a provider could forget to override.
class OperandProvider {
public:
  virtual ~OperandProvider() = default;
  /// Elements of depth that one instruction multiplies.
  virtual int64_t getDepth(mlir::Type element) const = 0;
  virtual bool isSparse() const = 0;
  /// Bytes of shared memory a stage takes: 128 bytes of depth of `rows` rows.
  virtual int64_t getStageBytes(int64_t rows) const = 0;
  /// Bytes read from global memory by the blocks that share a tile of columns
  /// and a batch, as a formula of SymbolicSizes; `lacuna.counts` of the kernel.
  virtual mlir::AffineExpr
  getGlobalBytes(const KernelEmitter &emitter) const = 0;
  /// Lays the ring out from byte `offset` of shared memory on.
  virtual void allocate(KernelEmitter &emitter, int64_t offset) = 0;
  /// Starts the copy of step `step` of the depth to stage `stage`.
  virtual void emitCopy(KernelEmitter &emitter, mlir::Value stage,
                        mlir::Value step) = 0;
  /// Loads what 64 bytes of depth, half `half` of a stage, have for the warp's
  /// `index`-th 16 rows, as the fragments of successive instructions.
  virtual llvm::SmallVector<FragmentA> emitFragments(KernelEmitter &emitter,
                                                     mlir::Value stage,
                                                     int64_t half,
                                                     int64_t index) = 0;
};

/// The provider of a plain tensor.
std::unique_ptr<OperandProvider> makeDenseProvider();

/// Attaches the providers to the layouts.
void registerOperandProviders(mlir::DialectRegistry &registry);

} // namespace lacuna

#include "lacuna/Kernels/OperandProviderInterface.h.inc"

#endif // LACUNA_KERNELS_PROVIDERS_H
