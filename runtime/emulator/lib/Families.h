// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The families of instructions. Each enters its decoders in the registry.

#ifndef LACUNA_EMULATOR_LIB_FAMILIES_H
#define LACUNA_EMULATOR_LIB_FAMILIES_H

namespace lacuna::emulator {

class Registry;

/// mov, cvta, isspacep
void registerMove(Registry &registry);
/// ld, ldu, st
void registerLoadStore(Registry &registry);
/// atom, red
void registerAtomic(Registry &registry);
/// bar, barrier, membar, fence, nanosleep, prefetch
void registerBarrier(Registry &registry);
/// bra, brx, call, ret, exit, trap
void registerControl(Registry &registry);
/// cp.async, cp.async.commit_group, cp.async.wait_group, cp.async.wait_all
void registerAsyncCopy(Registry &registry);
/// mma.sync
void registerMma(Registry &registry);
/// mma.sp
void registerMmaSparse(Registry &registry);
/// wmma.mma
void registerWmma(Registry &registry);
/// wmma.load, wmma.store
void registerWmmaMemory(Registry &registry);
/// ldmatrix, stmatrix, movmatrix
void registerMatrixMove(Registry &registry);

// The scalar instruction set: lib/isa.
void registerIntegerInstructions(Registry &registry);
void registerCarryInstructions(Registry &registry);
void registerBitInstructions(Registry &registry);
void registerFloatInstructions(Registry &registry);
void registerApproximationInstructions(Registry &registry);
void registerHalfInstructions(Registry &registry);
void registerComparisonInstructions(Registry &registry);
void registerConversionInstructions(Registry &registry);
void registerWarpInstructions(Registry &registry);

} // namespace lacuna::emulator

#endif // LACUNA_EMULATOR_LIB_FAMILIES_H
