// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The one list of all families of instructions.

#include "Families.h"
#include "lacuna/Emulator/Decoder.h"

using namespace lacuna::emulator;

const Registry &Registry::get() {
  static const Registry registry = [] {
    Registry r;
    registerMove(r);
    registerLoadStore(r);
    registerAtomic(r);
    registerBarrier(r);
    registerControl(r);
    registerAsyncCopy(r);
    registerCarryInstructions(r); // before those without .cc
    registerIntegerInstructions(r);
    registerBitInstructions(r);
    registerFloatInstructions(r);
    registerApproximationInstructions(r);
    registerHalfInstructions(r);
    registerComparisonInstructions(r);
    registerConversionInstructions(r);
    registerWarpInstructions(r);
    registerMma(r);
    registerMmaSparse(r);
    registerMatrixMove(r);
    registerWmma(r);
    registerWmmaMemory(r);
    return r;
  }();
  return registry;
}
