// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A plain operand's tile in shared memory: how it gets there and how mma's
// registers are read from it. Operand B always is one, and a dense A.

#ifndef LACUNA_LIB_KERNELS_SHAREDTILE_H
#define LACUNA_LIB_KERNELS_SHAREDTILE_H

#include "KernelEmitter.h"

namespace lacuna {

/// `rows` rows of 128 bytes of depth of a global buffer, in each stage of the
/// ring. 16-byte chunks are XOR-swizzled so that neither the copies nor
/// ldmatrix have a bank conflict.
///
/// The tile lies as the buffer does: along the depth, or, for 16-bit elements
/// whose rows are neighbors in memory, across it (ldmatrix.trans turns it
/// then).
class SharedTile {
public:
  /// `rowAxis` is axes.m or axes.n. `block` and `size` are the block's first
  /// row and the number of all rows.
  SharedTile(KernelEmitter &emitter, GlobalBuffer global, const Axis &rowAxis,
             int64_t rows);

  static int64_t getStageBytes(int64_t rows) { return rows * kStageBytes; }

  void allocate(KernelEmitter &emitter, int64_t offset);
  void emitCopy(KernelEmitter &emitter, mlir::Value stage, mlir::Value step);

  /// Four registers of A, as i32: 16 rows from `row` on, 32 bytes of depth,
  /// quarter `quarter` of the stage.
  llvm::SmallVector<mlir::Value, 4> loadA(KernelEmitter &emitter,
                                          mlir::Value stage, mlir::Value row,
                                          int64_t quarter);
  /// Four registers of B: 8 rows from `row` on, 64 bytes of depth.
  llvm::SmallVector<mlir::Value, 4> loadB(KernelEmitter &emitter,
                                          mlir::Value stage, mlir::Value row,
                                          int64_t half);

private:
  bool copiesElements() const { return copyBytes < 4 || gathers; }
  mlir::Value swizzle(KernelEmitter &emitter, mlir::Value outer,
                      mlir::Value chunk) const;
  void copyChunks(KernelEmitter &emitter, mlir::Value stage, mlir::Value step);
  void copyElements(KernelEmitter &emitter, mlir::Value stage,
                    mlir::Value step);
  struct Place;
  Place locate(KernelEmitter &emitter, mlir::Value outer, mlir::Value inner,
               mlir::Value step) const;
  mlir::Value loadElement(KernelEmitter &emitter, const Place &place);
  llvm::SmallVector<mlir::Value, 4> loadMatrices(KernelEmitter &emitter,
                                                 mlir::Value stage,
                                                 mlir::Value outer,
                                                 mlir::Value chunk) const;

  GlobalBuffer global;
  const Axis &rowAxis;
  int64_t rows;
  mlir::Type element;
  int64_t elementBytes;
  /// Bytes of one copy from global memory: 16, 8 or 4 by cp.async, as the pitch
  /// of the buffer's rows allows; below that one element through registers.
  int64_t copyBytes;
  /// The tile lies across the depth.
  bool across = false;
  /// The tile lies along the depth, but neighbors in memory are rows: elements
  /// are turned on their way.
  bool gathers = false;
  /// Size of the tile: `outer` runs of `inner` elements.
  int64_t outer, inner;
  mlir::Value shared;
};

} // namespace lacuna

#endif // LACUNA_LIB_KERNELS_SHAREDTILE_H
