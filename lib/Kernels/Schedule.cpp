// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The choice of schedules; docs/Kernels.md gives the reasons.

#include "Schedule.h"

#include "SharedTile.h"

#include "lacuna/CostModel/CostModel.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace lacuna;

// Shared memory of a block where a kernel runs on every later architecture:
// sm_86, sm_89 and sm_120 have the least (CUDA Programming Guide, "Compute
// Capabilities": 99 KB).
static constexpr int64_t kSharedBytes = 99 * 1024;
// With small tiles several blocks share a processor.
static constexpr int64_t kSmallStage = 12 * 1024, kSmallBytes = 48 * 1024;
static constexpr int64_t kMaxStages = 6;
// Blocks that keep a large GPU busy: processors of an A100.
static constexpr int64_t kBlocks = 108;
// Where the number of columns is dynamic: up to here they are decoded tokens.
static constexpr int64_t kFewColumns = 16;

int64_t lacuna::getSharedBytes(ScheduleAttr schedule,
                               const OperandProvider &provider) {
  int64_t ring =
      schedule.getSlots() * (provider.getStageBytes(schedule.getTileM()) +
                             SharedTile::getStageBytes(schedule.getTileN()));
  // Sums take the place of the ring in the end; they have at most 4 bytes.
  return std::max(ring, (schedule.getWarpsK() - 1) * schedule.getTileM() *
                            schedule.getTileN() * 4);
}

/// Whether 16-byte copies move a plain operand, whose rows are `rowAxis`.
static bool copiesWide(const TensorCoreContraction &contraction,
                       const Axes &axes, OpOperand *operand,
                       const Axis &rowAxis, bool rowsAreAligned) {
  int64_t bytes = contraction.elementType.getIntOrFloatBitWidth() / 8;
  AffineMap map = contraction.getMap(operand);
  unsigned last = map.getDimPosition(map.getNumResults() - 1);
  bool alongDepth = llvm::is_contained(axes.k.loops, last);
  bool alongRows = llvm::is_contained(rowAxis.loops, last) && bytes == 2;
  const Axis &inner = alongDepth ? axes.k : rowAxis;
  bool isAligned = inner.isStatic()
                       ? inner.getStaticSize() * bytes % kAccessBytes == 0
                       : rowsAreAligned;
  return (alongDepth || alongRows) && isAligned;
}

static int64_t chooseStages(const TileShape &tile, const Axes &axes,
                            int64_t stageDepth,
                            const OperandProvider &provider) {
  int64_t bytes = tile.warpsK * (provider.getStageBytes(tile.m) +
                                 SharedTile::getStageBytes(tile.n));
  int64_t budget = bytes <= kSmallStage ? kSmallBytes : kSharedBytes;
  int64_t stages = std::clamp<int64_t>(budget / bytes, 2, kMaxStages);
  if (axes.k.isStatic())
    stages = std::min<int64_t>(
        stages,
        1 + llvm::divideCeil(axes.k.getStaticSize(), stageDepth * tile.warpsK));
  return std::max<int64_t>(stages, 2);
}

FailureOr<SmallVector<ScheduledColumns>>
lacuna::chooseSchedules(const TensorCoreContraction &contraction,
                        const Axes &axes, const OperandProvider &provider,
                        bool rowsAreAligned, const ScheduleOverride &override,
                        function_ref<InFlightDiagnostic()> emitError) {
  MLIRContext *context = contraction.op->getContext();
  int64_t rows = axes.m.isStatic() ? axes.m.getStaticSize() : kBlocks * 64;
  int64_t depth =
      kStageBytes * 8 / contraction.elementType.getIntOrFloatBitWidth();
  int64_t batch = 1;
  for (const Axis &axis : axes.batch)
    batch *= axis.isStatic() ? axis.getStaticSize() : 1;
  int64_t steps =
      axes.k.isStatic() ? llvm::divideCeil(axes.k.getStaticSize(), depth) : 1;
  SmallVector<int64_t> columns;
  if (axes.n.isStatic())
    columns = {axes.n.getStaticSize()};
  else
    columns = {kFewColumns, std::numeric_limits<int64_t>::max()};
  if (!override.tile.empty())
    columns = {columns.back()};

  bool isWide =
      copiesWide(contraction, axes, contraction.b, axes.n, rowsAreAligned) &&
      (contraction.getLaidOutType() ||
       copiesWide(contraction, axes, contraction.a, axes.m, rowsAreAligned));
  SmallVector<ScheduledColumns> schedules;
  for (int64_t count : columns) {
    TileShape tile = chooseTileShape(rows, count, batch, steps, isWide);
    if (!override.tile.empty()) {
      ArrayRef<int64_t> warps = override.warps;
      if (override.tile.size() != 2 || warps.size() < 2 || warps.size() > 3) {
        emitError() << "expected two sizes in tile and in warps: rows, "
                       "columns; in warps, by choice, a third: depth";
        return failure();
      }
      tile = {override.tile[0], override.tile[1], warps[0], warps[1],
              warps.size() > 2 ? warps[2] : 1};
    }
    int64_t stages = override.stages
                         ? override.stages
                         : chooseStages(tile, axes, depth, provider);
    auto schedule =
        ScheduleAttr::getChecked(emitError, context, tile.m, tile.n, depth,
                                 tile.warpsM, tile.warpsN, stages, tile.warpsK);
    if (!schedule)
      return failure();
    if (getSharedBytes(schedule, provider) > kSharedBytes) {
      emitError() << "the schedule needs " << getSharedBytes(schedule, provider)
                  << " bytes of shared memory, and a block has " << kSharedBytes
                  << "; use fewer stages or a smaller tile";
      return failure();
    }
    schedules.push_back({schedule, count});
  }
  return schedules;
}
