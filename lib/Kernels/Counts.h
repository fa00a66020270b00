// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a kernel does, as formulas of its sizes.

#ifndef LACUNA_LIB_KERNELS_COUNTS_H
#define LACUNA_LIB_KERNELS_COUNTS_H

#include "Epilogue.h"
#include "KernelEmitter.h"
#include "lacuna/Kernels/Providers.h"

namespace lacuna {

/// Instructions of warps (`mma`, `mma.sp`) and bytes that threads ask global
/// memory for (`global.load.bytes`, `global.store.bytes`) of one launch of the
/// kernel that is emitted: an affine map for each, of SymbolicSizes to the
/// exact number. The names are those of the emulator's counters.
mlir::DictionaryAttr countKernel(const KernelEmitter &emitter,
                                 const OperandProvider &provider,
                                 const Epilogue &epilogue);

} // namespace lacuna

#endif // LACUNA_LIB_KERNELS_COUNTS_H
