// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The roofline by which plan-dispatches prices routes.

#ifndef LACUNA_LIB_TRANSFORMS_COSTMODEL_H
#define LACUNA_LIB_TRANSFORMS_COSTMODEL_H

#include "lacuna/IR/Lacuna.h"

namespace lacuna {

/// A contraction of a weight with an activation, as the cost model sees it:
/// for each of `batch` weights, rows x depth times depth x columns.
struct ContractionSize {
  int64_t batch = 1, rows = 0, depth = 0, columns = 0;
  int64_t weightElementBytes = 4, activationElementBytes = 4,
          resultElementBytes = 4;
};

/// What the target can do. Rates are per second and for all threads together.
struct TargetModel {
  /// Multiply-adds of the dense route once the tile is full (columns >= 16).
  double denseRate;
  /// Multiply-adds of the sparse-tensor route on the elements that are left,
  /// on panels of columns, and on single columns.
  double sparseTensorRate, sparseTensorColumnRate;
  /// Bytes from memory.
  double bandwidth;
  /// Seconds to start a dispatch.
  double launch;
};

/// What a GPU can do; rates in multiply-adds a second, bandwidth in bytes a
/// second, launch in seconds.
struct GPUModel {
  /// f16 and bf16 with f32 sums on tensor cores; f32 outside of them.
  double tensorRate, coreRate;
  double bandwidth, launch;
};

/// The model of a GPU target; null where `target` is none.
std::optional<GPUModel> getGPUModel(llvm::StringRef target);

/// Nanoseconds of a contraction of so many bits a tensor-core element; 0 bits
/// for one that the tensor cores cannot take.
int64_t priceDense(const ContractionSize &size, unsigned tensorBits,
                   const GPUModel &model);

/// Nanoseconds of the same over a weight whose sparse form is `form`.
int64_t priceTensorCore(const ContractionSize &size, unsigned tensorBits,
                        mlir::RankedTensorType weight, const GPUModel &model);

/// The model of a CPU that runs with so many threads.
TargetModel getCPUModel(int64_t threads);

/// Nanoseconds of the dense route.
int64_t priceDense(const ContractionSize &size, const TargetModel &model);

/// Nanoseconds of the sparse-tensor route over a weight of this layout.
int64_t priceSparseTensor(const ContractionSize &size,
                          mlir::RankedTensorType weight,
                          const TargetModel &model);

} // namespace lacuna

#endif // LACUNA_LIB_TRANSFORMS_COSTMODEL_H
