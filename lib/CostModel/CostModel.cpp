// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Bytes, operations and fixed costs of the routes; docs/Plan.md has the
// formulas in words.

#include "lacuna/CostModel/CostModel.h"

#include "lacuna/IR/Lacuna.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>

using namespace lacuna;

// From here on routes pack the activation into panels (docs/Plan.md).
static constexpr int64_t kSparseTensorPanelFrom = 4, kVectorPanelFrom = 49;
// As SparseTensorLoops.cpp cuts the columns.
static constexpr int64_t kPanel = 16;
// Blocks that keep a large GPU busy: processors of an A100.
static constexpr int64_t kBlocks = 108;

/// Few columns: the weight's bytes are the bound, every warp has its own rows,
/// and where that makes few of them, several share the depth. Many: warps of 64
/// x 32, four or eight of them. Narrow copies need registers for their
/// addresses: a smaller tile.
TileShape lacuna::chooseTileShape(int64_t rows, int64_t columns, int64_t batch,
                                  int64_t steps, bool isWide) {
  if (columns > 32) {
    int64_t m = rows > 64 && isWide ? 128
                : rows > 32         ? 64
                : rows > 16         ? 32
                                    : 16;
    int64_t n = columns > 64 && m == 128 ? 128 : 64;
    int64_t warpsM = m >= 64 ? 2 : 1;
    return {m, n, warpsM, n == 128 ? 4 : 2};
  }
  int64_t n = columns <= 8 ? 8 : columns <= 16 ? 16 : 32;
  int64_t m = 64;
  while (m > 16 && batch * llvm::divideCeil(rows, m) < kBlocks)
    m /= 2;
  int64_t warpsK = 4 / (m / 16);
  while (warpsK > 1 && steps < 2 * warpsK)
    warpsK /= 2;
  return {m, n, m / 16, 1, warpsK};
}

llvm::StringRef lacuna::getBoundName(Bound bound) {
  switch (bound) {
  case Bound::Memory:
    return "memory";
  case Bound::Compute:
    return "compute";
  case Bound::Launch:
    return "launch";
  }
  llvm_unreachable("all bounds are named");
}

static double getActivationBytes(const ContractionSize &size) {
  return double(size.batch) * size.columns *
         (double(size.depth) * size.activationElementBytes +
          double(size.rows) * size.resultElementBytes);
}

/// Adds up the parts of `prediction`.
static void finish(Prediction &prediction, double compute, double memory,
                   double fixed) {
  prediction.seconds = std::max(compute, memory) + fixed;
  prediction.bound = fixed > std::max(compute, memory) ? Bound::Launch
                     : compute > memory                ? Bound::Compute
                                                       : Bound::Memory;
}

static Prediction predictCPU(Route route, const ContractionSize &size,
                             const WeightView &view,
                             const Conditions &conditions,
                             const TargetModel &model) {
  int64_t threads = conditions.threads;
  int64_t columns = size.columns;
  bool packs = route == Route::SparseTensor
                   ? columns >= kSparseTensorPanelFrom
                   : route == Route::Vector && columns >= kVectorPanelFrom;
  if (packs && route == Route::SparseTensor)
    columns = llvm::alignTo(columns, kPanel);
  Prediction prediction;
  prediction.operations =
      double(size.batch) * size.rows * size.depth * columns * view.work;
  prediction.bytes = view.bytes + getActivationBytes(size);
  bool isMeasured = false;
  double rate = model.getRate(getRouteName(route), view.element, view.n, view.m,
                              threads, size.columns, &isMeasured);
  const Constant &bandwidth = std::max(conditions.footprint, view.bytes) >
                                      model["last_cache_size"].get()
                                  ? model["memory_bandwidth"]
                                  : model["last_cache_bandwidth"];
  double compute = prediction.operations / rate;
  double fixed = model["dispatch"].get(threads);
  if (packs)
    compute += double(size.batch) * size.columns * size.depth *
               size.activationElementBytes /
               model["packing_bandwidth"].get(threads);
  finish(prediction, compute, prediction.bytes / bandwidth.get(threads), fixed);
  prediction.calibrated = isMeasured && bandwidth.calibrated &&
                          model["dispatch"].calibrated &&
                          (!packs || model["packing_bandwidth"].calibrated);
  return prediction;
}

static Prediction predictGPU(Route route, const ContractionSize &size,
                             const WeightView &view, const TargetModel &model) {
  Prediction prediction;
  prediction.bytes = view.bytes + getActivationBytes(size);
  llvm::StringRef element = view.element;
  llvm::StringRef rate = element == "f16" || element == "bf16"
                             ? "tensor_rate_f16"
                         : element == "tf32" ? "tensor_rate_tf32"
                         : element == "i8"   ? "tensor_rate_i8"
                                             : "core_rate_f32";
  double processors = model["multiprocessors"].get();
  double perProcessor = model[rate].get() / processors;
  const Constant &bandwidth = model["memory_bandwidth"],
                 &launch = model["launch"];
  double compute;
  if (rate == "core_rate_f32") {
    prediction.operations = size.getOperations() * view.work;
    compute = prediction.operations / model[rate].get();
  } else {
    // A step of the depth is 128 bytes.
    int64_t depth = 128 / (element == "tf32" ? 4 : element == "i8" ? 1 : 2);
    TileShape tile = chooseTileShape(size.rows, size.columns, size.batch,
                                     llvm::divideCeil(size.depth, depth),
                                     /*isWide=*/true);
    int64_t blocks = size.batch * llvm::divideCeil(size.rows, tile.m) *
                     llvm::divideCeil(size.columns, tile.n);
    double perBlock = double(tile.m) * tile.n * size.depth * view.work;
    prediction.waves = llvm::divideCeil(blocks, int64_t(processors));
    prediction.operations = blocks * perBlock;
    compute = prediction.waves * perBlock / perProcessor;
    // mma.sp takes longer than its operations; view.work counts those.
    if (route == Route::TensorCore)
      compute /= view.work * model["sparse_speedup"].get(size.columns);
  }
  finish(prediction, compute, prediction.bytes / bandwidth.get(), launch.get());
  prediction.calibrated =
      model[rate].calibrated && bandwidth.calibrated && launch.calibrated &&
      (route != Route::TensorCore || model["sparse_speedup"].calibrated);
  return prediction;
}

Prediction lacuna::predict(Route route, const ContractionSize &size,
                           const WeightView &view, const Conditions &conditions,
                           const TargetModel &model) {
  return model.isGPU ? predictGPU(route, size, view, model)
                     : predictCPU(route, size, view, conditions, model);
}
