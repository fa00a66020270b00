// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Calls of the runtime's C symbols from generated code; each declares its
// callee in the module when it is first needed.

#ifndef LACUNA_CONVERSION_RUNTIMECALLS_H
#define LACUNA_CONVERSION_RUNTIMECALLS_H

#include "mlir/IR/Builders.h"

namespace lacuna {

/// Marks functions that run a range of a parallel loop's iterations; their last
/// two arguments are the range.
constexpr llvm::StringLiteral kParallelBodyAttr = "lacuna.parallel_body";

/// Marks a module whose launches were lowered: the names of its kernels, in the
/// order of the indices that lacuna_rt_launch takes.
constexpr llvm::StringLiteral kKernelsAttr = "lacuna.kernels";

/// lacuna_rt_parallel_for(body, context, count, grain); sizes are of type
/// index.
void callParallelFor(mlir::OpBuilder &builder, mlir::Location loc,
                     mlir::Value body, mlir::Value context, mlir::Value count,
                     mlir::Value grain);

/// lacuna_rt_threads(): of type index.
mlir::Value callThreads(mlir::OpBuilder &builder, mlir::Location loc);

/// lacuna_rt_alloc(bytes): a pointer; `bytes` is of type index.
mlir::Value callAlloc(mlir::OpBuilder &builder, mlir::Location loc,
                      mlir::Value bytes);

/// lacuna_rt_free(pointer).
void callFree(mlir::OpBuilder &builder, mlir::Location loc,
              mlir::Value pointer);

/// lacuna_rt_copy(target, source, bytes), pointers to memory of the device;
/// `bytes` is of type index.
void callCopy(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value target,
              mlir::Value source, mlir::Value bytes);

/// memrefCopy(element bytes, source, target), pointers to unranked descriptors;
/// `elementBytes` is of type index.
void callMemrefCopy(mlir::OpBuilder &builder, mlir::Location loc,
                    mlir::Value elementBytes, mlir::Value source,
                    mlir::Value target);

/// lacuna_rt_launch(kernel, sizes, params, number of params): pointers to the
/// seven sizes, and to pointers to the parameters.
void callLaunch(mlir::OpBuilder &builder, mlir::Location loc, int32_t kernel,
                mlir::Value sizes, mlir::Value params, int32_t numParams);

/// lacuna_rt_fail(message), which does not return.
void callFail(mlir::OpBuilder &builder, mlir::Location loc,
              llvm::StringRef message);

/// The pointer to a region's name.
mlir::Value getRegionName(mlir::OpBuilder &builder, mlir::Location loc,
                          llvm::StringRef name);

/// lacuna_rt_region(name, after).
void callRegion(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value name,
                bool after);

} // namespace lacuna

#endif // LACUNA_CONVERSION_RUNTIMECALLS_H
