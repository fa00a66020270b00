// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Bytes, operations and fixed costs of the CPU's routes. Each constant says
// where it comes from; docs/benchmarks has the runs.

#include "CostModel.h"

#include <algorithm>
#include <cmath>

using namespace mlir;
using namespace lacuna;

// Measured on one AVX-512 server core (docs/benchmarks/sparse-tensor-cpu.md):
// rates in multiply-adds a second on f32.
static constexpr double kDenseRatePerCore = 35e9;
static constexpr double kSparseTensorRatePerCore = 9e9;
static constexpr int64_t kSparseTensorPanel = 16;
static constexpr double kBandwidth = 12e9;
static constexpr double kLaunch = 2e-6;

TargetModel lacuna::getCPUModel(int64_t threads) {
  return {kDenseRatePerCore * threads, kSparseTensorRatePerCore * threads,
          kSparseTensorPanel, kBandwidth, kLaunch};
}

static double activationBytes(const ContractionSize &size) {
  return double(size.batch) * size.columns *
         (double(size.depth) * size.activationElementBytes +
          double(size.rows) * size.resultElementBytes);
}

static int64_t roofline(double operations, double rate, double bytes,
                        const TargetModel &model) {
  double seconds =
      std::max(operations / rate, bytes / model.bandwidth) + model.launch;
  return std::llround(seconds * 1e9);
}

int64_t lacuna::priceDense(const ContractionSize &size,
                           const TargetModel &model) {
  double operations =
      double(size.batch) * size.rows * size.depth * size.columns;
  double weight =
      double(size.batch) * size.rows * size.depth * size.weightElementBytes;
  return roofline(operations, model.denseRate, weight + activationBytes(size),
                  model);
}

int64_t lacuna::priceSparseTensor(const ContractionSize &size,
                                  RankedTensorType weight,
                                  const TargetModel &model) {
  auto visit = cast<VisitInterface>(weight.getEncoding());
  int64_t panels = (size.columns + model.sparseTensorPanel - 1) /
                   model.sparseTensorPanel * model.sparseTensorPanel;
  double operations = double(size.batch) * size.rows * size.depth * panels *
                      visit.getExpectedWork(weight.getShape());
  // The activation is packed into panels and the result unpacked: both are
  // read and written once more.
  double bytes = visit.getExpectedBytes(weight) + 3 * activationBytes(size);
  return roofline(operations, model.sparseTensorRate, bytes, model);
}
