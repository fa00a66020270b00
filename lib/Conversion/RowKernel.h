// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The three forms of kernels that lower-dispatches-to-rows makes of a row
// group. All take the group's host values, in their order.

#ifndef LACUNA_LIB_CONVERSION_ROWKERNEL_H
#define LACUNA_LIB_CONVERSION_ROWKERNEL_H

#include "RowSchedule.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"

namespace lacuna {

/// Reductions along the rows and what is computed of them. A loop takes one
/// more argument: how many elements of a row shared memory holds.
mlir::gpu::GPUFuncOp emitRowKernel(const RowGroup &group,
                                   const RowSchedule &schedule,
                                   mlir::gpu::GPUModuleOp module,
                                   llvm::StringRef name);

/// An elementwise group: a thread for `width` neighbors. With `hasTail` the row
/// may end within them; it is then the only one.
mlir::gpu::GPUFuncOp emitPointKernel(const RowGroup &group, int64_t width,
                                     bool hasTail,
                                     mlir::gpu::GPUModuleOp module,
                                     llvm::StringRef name);

constexpr int64_t kPointThreads = 256;

/// An elementwise group that reads buffers along another axis than it writes:
/// by square tiles, which are turned in shared memory.
mlir::gpu::GPUFuncOp emitTileKernel(const RowGroup &group, unsigned tileAxis,
                                    mlir::gpu::GPUModuleOp module,
                                    llvm::StringRef name);

constexpr int64_t kTileSize = 32, kTileThreads = 256;

/// The axis other than the row's along which some buffer is contiguous.
std::optional<unsigned> findTileAxis(const RowGroup &group);

} // namespace lacuna

#endif // LACUNA_LIB_CONVERSION_ROWKERNEL_H
