// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Bytes, operations and launches of the GPU routes. The constants are peaks
// that the vendor publishes; none is calibrated by a measurement of ours, so
// they rank routes and predict no time.

#include "CostModel.h"

#include "lacuna/Transforms/GPUTarget.h"

#include "llvm/Support/MathExtras.h"

#include <cmath>

using namespace mlir;
using namespace lacuna;

namespace {
struct Peak {
  unsigned number;
  /// TFLOP/s of bf16 with f32 sums, dense, on tensor cores; of f32; GB/s.
  double tensor, core, bandwidth;
};
} // namespace

// One widespread board for each architecture, from its data sheet or the
// architecture's white paper, where both count two operations a multiply-add.
static constexpr Peak kPeaks[] = {
    {80, 312, 19.5, 2039},     // A100 80GB SXM data sheet
    {86, 154.8, 38.7, 768},    // RTX A6000 data sheet
    {87, 42.5, 5.3, 205},      // Jetson AGX Orin 64GB data sheet
    {89, 362, 91.6, 864},      // L40S data sheet
    {90, 989, 67, 3350},       // H100 SXM data sheet
    {100, 2250, 75, 8000},     // HGX B200 data sheet, per GPU
    {103, 2250, 75, 8000},     // HGX B300 data sheet, per GPU
    {110, 258, 8, 273},        // Jetson T5000 data sheet (half of fp8)
    {120, 209.5, 104.8, 1792}, // RTX Blackwell white paper, RTX 5090
    {121, 62.5, 31, 273},      // DGX Spark data sheet (1/16 of sparse fp4)
};
// Order of magnitude of a kernel in a stream of others.
static constexpr double kLaunch = 4e-6;

std::optional<GPUModel> lacuna::getGPUModel(StringRef target) {
  const GPUTarget *gpu = findGPUTarget(target);
  if (!gpu)
    return std::nullopt;
  const Peak *peak = kPeaks;
  for (const Peak &candidate : kPeaks)
    if (candidate.number <= gpu->number)
      peak = &candidate;
  return GPUModel{peak->tensor * 1e12 / 2, peak->core * 1e12 / 2,
                  peak->bandwidth * 1e9, kLaunch};
}

/// Multiply-adds a second of the tensor cores; bytes of an element set the
/// rate.
static double getTensorRate(unsigned bits, const GPUModel &model) {
  return model.tensorRate * 16 / bits;
}

static int64_t roofline(double operations, double rate, double bytes,
                        const GPUModel &model) {
  double seconds =
      std::max(operations / rate, bytes / model.bandwidth) + model.launch;
  return std::llround(seconds * 1e9);
}

static double activationBytes(const ContractionSize &size) {
  return double(size.batch) * size.columns *
         (double(size.depth) * size.activationElementBytes +
          double(size.rows) * size.resultElementBytes);
}

/// Multiply-adds as the instructions do them: columns come by eight (m16n8),
/// rows by sixteen.
static double tileOperations(const ContractionSize &size) {
  return double(size.batch) * llvm::alignTo(size.rows, 16) * size.depth *
         llvm::alignTo(size.columns, 8);
}

int64_t lacuna::priceDense(const ContractionSize &size, unsigned tensorBits,
                           const GPUModel &model) {
  double weight =
      double(size.batch) * size.rows * size.depth * size.weightElementBytes;
  double bytes = weight + activationBytes(size);
  if (tensorBits)
    return roofline(tileOperations(size), getTensorRate(tensorBits, model),
                    bytes, model);
  double operations =
      double(size.batch) * size.rows * size.depth * size.columns;
  return roofline(operations, model.coreRate, bytes, model);
}

int64_t lacuna::priceTensorCore(const ContractionSize &size,
                                unsigned tensorBits, RankedTensorType weight,
                                const GPUModel &model) {
  double bytes = activationBytes(size);
  auto provider = cast<TensorCoreInterface>(weight.getEncoding());
  for (const LayoutComponent &view : provider.getMmaViews(weight))
    bytes += double(view.type.getNumElements()) *
             view.type.getElementTypeBitWidth() / 8;
  // PTX ISA, "Matrix multiply-accumulate operation using mma.sp instruction":
  // one instruction covers twice the depth; hardware runs it in the same time.
  return roofline(tileOperations(size) / 2, getTensorRate(tensorBits, model),
                  bytes, model);
}
