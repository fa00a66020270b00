// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Predicts how long a contraction takes by a route on a target. Used by
// plan-dispatches and by lacuna-advise; docs/Plan.md has the formulas.

#ifndef LACUNA_COSTMODEL_COSTMODEL_H
#define LACUNA_COSTMODEL_COSTMODEL_H

#include "lacuna/CostModel/TargetModel.h"

#include <cstdint>

namespace lacuna {

enum class Route : uint32_t;

/// A contraction of a weight with an activation: for each of `batch` weights,
/// rows x depth times depth x columns.
struct ContractionSize {
  int64_t batch = 1, rows = 0, depth = 0, columns = 0;
  /// Of an activation and of a result.
  int64_t activationElementBytes = 4, resultElementBytes = 4;

  double getOperations() const {
    return double(batch) * rows * depth * columns;
  }
};

/// What a route reads of a weight.
struct WeightView {
  /// The share of multiply-adds that is left, in (0, 1].
  double work = 1;
  /// Bytes of all its buffers, for all of `batch`.
  double bytes = 0;
  /// The layout n:m; 0 on route dense.
  int64_t n = 0, m = 0;
  /// "f32", "tf32" (f32 rounded on tensor cores), "f16", "bf16", "i8"; another
  /// name is priced as f32, and on a GPU outside of tensor cores.
  std::string element = "f32";
};

/// What a contraction waits for most of its time.
enum class Bound { Memory, Compute, Launch };

struct Prediction {
  double seconds = 0;
  /// From and to memory; activations and results included.
  double bytes = 0;
  /// Multiply-adds that are executed, padding of GPU tiles included.
  double operations = 0;
  /// Rounds of tiles over a GPU's multiprocessors; 0 on a CPU.
  int64_t waves = 0;
  Bound bound = Bound::Memory;
  /// Every constant used was measured on hardware of this target.
  bool calibrated = false;
};

/// How the target runs it.
struct Conditions {
  int64_t threads = 1; ///< CPUs
  /// Bytes that a run reads before it comes back to this weight, such as all
  /// weights of the model; 0: those of the view.
  double footprint = 0;
};

/// The prediction for a route that can compute the contraction.
Prediction predict(Route route, const ContractionSize &size,
                   const WeightView &view, const Conditions &conditions,
                   const TargetModel &model);

/// "memory", "compute", "launch".
llvm::StringRef getBoundName(Bound bound);

/// The tile that a block of a GPU computes of rows x columns; warps along its
/// rows, columns and depth.
struct TileShape {
  int64_t m, n, warpsM, warpsN, warpsK = 1;
};

/// The tile of a tensor-core kernel. `steps`: of 128 bytes of depth. `isWide`:
/// operands are copied 16 bytes at a time.
TileShape chooseTileShape(int64_t rows, int64_t columns, int64_t batch,
                          int64_t steps, bool isWide);

} // namespace lacuna

#endif // LACUNA_COSTMODEL_COSTMODEL_H
