// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The mma instructions themselves, over registers.

#ifndef LACUNA_LIB_KERNELS_MMAINSTRUCTION_H
#define LACUNA_LIB_KERNELS_MMAINSTRUCTION_H

#include "KernelEmitter.h"
#include "lacuna/Kernels/Providers.h"

namespace lacuna {

/// The 32-bit words of a vector, as i32.
llvm::SmallVector<mlir::Value, 4> extractRegisters(KernelEmitter &emitter,
                                                   mlir::Value vector);

/// `registers`, each an f32, rounded to tf32 where the contraction asks for it;
/// unchanged otherwise.
void roundRegisters(KernelEmitter &emitter,
                    llvm::MutableArrayRef<mlir::Value> registers);

/// Sums of a lane of one m16n8 tile, in the order c0..c3.
using Sums = llvm::SmallVector<mlir::Value, 4>;

/// Sums, all zero.
Sums makeZeroSums(KernelEmitter &emitter);
/// As one vector of four, for loops to carry, and back.
mlir::Value packSums(KernelEmitter &emitter, llvm::ArrayRef<mlir::Value> sums);
Sums unpackSums(KernelEmitter &emitter, mlir::Value vector);
mlir::VectorType getSumsType(const TensorCoreContraction &contraction);

/// sums += A x B. `b` are the four registers of 64 bytes of depth.
void emitMma(KernelEmitter &emitter, const FragmentA &a,
             llvm::ArrayRef<mlir::Value> b, int64_t depth, Sums &sums);

} // namespace lacuna

#endif // LACUNA_LIB_KERNELS_MMAINSTRUCTION_H
