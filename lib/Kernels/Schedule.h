// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which tile, how many warps and stages a kernel has.

#ifndef LACUNA_LIB_KERNELS_SCHEDULE_H
#define LACUNA_LIB_KERNELS_SCHEDULE_H

#include "KernelEmitter.h"
#include "lacuna/Kernels/Providers.h"

namespace lacuna {

/// What the pass's options ask for; empty or 0: choose.
struct ScheduleOverride {
  llvm::SmallVector<int64_t> tile, warps;
  int64_t stages = 0;
};

/// A schedule and the largest number of columns that it is for.
struct ScheduledColumns {
  ScheduleAttr schedule;
  int64_t upTo;
};

/// Schedules by ascending number of columns; the last one is for any number.
/// One alone where that number is static. `rowsAreAligned` as in KernelEmitter.
llvm::FailureOr<llvm::SmallVector<ScheduledColumns>>
chooseSchedules(const TensorCoreContraction &contraction, const Axes &axes,
                const OperandProvider &provider, bool rowsAreAligned,
                const ScheduleOverride &override,
                llvm::function_ref<mlir::InFlightDiagnostic()> emitError);

/// Bytes of shared memory of a block.
int64_t getSharedBytes(ScheduleAttr schedule, const OperandProvider &provider);

} // namespace lacuna

#endif // LACUNA_LIB_KERNELS_SCHEDULE_H
