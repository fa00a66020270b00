// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Bytes, operations and fixed costs of the CPU's routes. Each constant says
// where it comes from; docs/benchmarks has the runs.

#include "CostModel.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <cmath>

using namespace mlir;
using namespace lacuna;

// Measured with one thread on an Intel Xeon with AVX-512 on a 1024x1024 f32
// weight (docs/benchmarks/cpu.md); rates in multiply-adds a second.
static constexpr double kDenseRatePerCore = 65e9;
static constexpr double kSparseTensorRatePerCore = 25e9;
static constexpr double kSparseTensorColumnRatePerCore = 1.2e9;
static constexpr double kBandwidth = 25e9;
static constexpr double kLaunch = 2e-6;
// As SparseTensorLoops.cpp cuts the columns.
static constexpr int64_t kPanel = 16, kPanelFrom = 4;

TargetModel lacuna::getCPUModel(int64_t threads) {
  return {kDenseRatePerCore * threads, kSparseTensorRatePerCore * threads,
          kSparseTensorColumnRatePerCore * threads, kBandwidth, kLaunch};
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
  bool single = size.columns < kPanelFrom;
  int64_t columns =
      single ? size.columns : llvm::divideCeil(size.columns, kPanel) * kPanel;
  double operations = double(size.batch) * size.rows * size.depth * columns *
                      visit.getExpectedWork(weight.getShape());
  // The activation is packed into panels and the result unpacked: both are
  // read and written once more.
  double bytes = visit.getExpectedBytes(weight) + 3 * activationBytes(size);
  double rate = single ? model.sparseTensorColumnRate : model.sparseTensorRate;
  return roofline(operations, rate, bytes, model);
}
