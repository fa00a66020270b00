// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which layout would pay at which batch, by the cost model that the plan uses.

#include "Report.h"

#include "../Driver/Target.h"

#include "lacuna/IR/Lacuna.h"
#include "lacuna/Transforms/GPUTarget.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/Threading.h"

#include <cmath>

using namespace lacuna;
using namespace lacuna::advise;
using packing::ElementType;

/// A layout pays from this gain on.
static constexpr double kPays = 1.05;

namespace {
class Recommender {
public:
  Recommender(const AdviseOptions &options, TargetModel model)
      : options(options), model(std::move(model)) {
    conditions.threads =
        options.threads
            ? int64_t(options.threads)
            : int64_t(llvm::hardware_concurrency().compute_thread_count());
  }

  void recommend(Report &report);

private:
  void recommend(WeightReport &weight);
  LayoutAdvice price(const WeightReport &weight, const PatternFinding &pattern);
  BatchAdvice price(const WeightReport &weight, const LayoutAdvice &advice,
                    int64_t batch);
  std::string getElement(ElementType type) const;
  std::vector<Route> getRoutes(const WeightReport &weight,
                               const packing::NMLayout &layout,
                               std::string &whyNot) const;
  WeightView getView(Route route, const WeightReport &weight,
                     const packing::NMLayout &layout) const;

  const AdviseOptions &options;
  TargetModel model;
  Conditions conditions;
  double allBytes = 0;
  bool isCalibrated = true;
};
} // namespace

/// What a kernel computes on.
std::string Recommender::getElement(ElementType type) const {
  if (type == ElementType::F32 && !options.precision.empty())
    return options.precision;
  return std::string(packing::getName(type));
}

static unsigned getBits(llvm::StringRef element) {
  return llvm::StringSwitch<unsigned>(element)
      .Cases({"f16", "bf16", "i16", "u16"}, 16)
      .Cases({"i8", "u8", "i1", "f8E4M3", "f8E5M2"}, 8)
      .Cases({"f64", "i64", "u64"}, 64)
      .Default(32);
}

/// The routes that could read the layout.
std::vector<Route> Recommender::getRoutes(const WeightReport &weight,
                                          const packing::NMLayout &layout,
                                          std::string &whyNot) const {
  std::string element = getElement(weight.spec.type);
  bool isF32 = element == "f32", isF16 = element == "f16",
       isBF16 = element == "bf16", isI8 = element == "i8";
  if (!isF32 && !isF16 && !isBF16 && !isI8 && element != "tf32") {
    whyNot = "no route of " + options.target + " skips zeros of " + element;
    return {};
  }
  if (!model.isGPU) {
    std::vector<Route> routes = {Route::SparseTensor};
    if (llvm::any_of(model.rates, [](const RateTable &table) {
          return table.route == "vector";
        }))
      routes.push_back(Route::Vector);
    return routes;
  }
  // docs/Weights.md, the views `mma`.
  bool isHalf = layout.n == 2 && layout.m == 4;
  if ((isHalf && (isF16 || isBF16 || isI8)) ||
      (layout.n == 1 && layout.m == 2 && element == "tf32"))
    return {Route::TensorCore};
  whyNot = llvm::formatv(
      "mma.sp has no form for nm<{0}:{1}> of {2}; it has 2:4 of f16, bf16 and "
      "i8, and 1:2 of tf32{3}",
      layout.n, layout.m, element, isF32 ? ": see --precision" : "");
  return {};
}

WeightView Recommender::getView(Route route, const WeightReport &weight,
                                const packing::NMLayout &layout) const {
  WeightView view;
  view.element = getElement(weight.spec.type);
  double width = getBits(view.element) / 8.0;
  view.bytes = weight.findings.elements * width;
  if (route == Route::Dense)
    return view;
  const Use &use = *weight.use;
  double groups = llvm::divideCeil(use.size.depth, layout.m);
  double kept = double(use.size.batch) * use.size.rows * groups * layout.n;
  view.n = layout.n;
  view.m = layout.m;
  view.work = std::min(1.0, groups * layout.n / use.size.depth);
  switch (route) {
  case Route::SparseTensor: // Values and a byte of coordinate.
    view.bytes = kept * (width + 1);
    break;
  case Route::Vector: // Coordinates of 2, 4 or 8 bits.
    view.bytes =
        kept * (width + llvm::PowerOf2Ceil(llvm::Log2_32_Ceil(layout.m)) / 8.0);
    break;
  case Route::TensorCore: { // Tiles of 16 rows, 2 bits of metadata.
    double rows = llvm::alignTo(use.size.rows, 16);
    double half =
        double(use.size.batch) * rows * llvm::alignTo(use.size.depth, 64) / 2;
    view.work = 0.5;
    view.bytes = half * (width + 0.25);
    break;
  }
  case Route::Dense:
    break;
  }
  return view;
}

/// Why dense is as fast.
static std::string explain(const Prediction &dense, const Prediction &best,
                           llvm::StringRef route, const TargetModel &model) {
  double gain = dense.seconds / best.seconds;
  if (dense.bound == Bound::Launch)
    return llvm::formatv("bound by the launch: {0:f1} us in all, whatever is "
                         "skipped",
                         1e6 * dense.seconds);
  if (dense.bound == Bound::Memory && best.bound == Bound::Memory)
    return llvm::formatv("memory-bound, and {0} moves {1:f2} of dense's bytes",
                         route, best.bytes / dense.bytes);
  if (gain >= 1)
    return llvm::formatv("{0} gains only {1:f2}x", route, gain);
  return llvm::formatv(
      "compute-bound: {0} does {1:f2} of the multiply-adds at {2:f2} of "
      "dense's rate",
      route, best.operations / dense.operations,
      best.operations / best.seconds / (dense.operations / dense.seconds));
}

BatchAdvice Recommender::price(const WeightReport &weight,
                               const LayoutAdvice &advice, int64_t batch) {
  const Use &use = *weight.use;
  ContractionSize size = use.size;
  if (!size.columns)
    size.columns = batch * use.columnsPerBatch;
  std::string element = getElement(weight.spec.type);
  size.activationElementBytes = std::max(1u, getBits(element) / 8);
  size.resultElementBytes = element == "i8" ? 4 : size.activationElementBytes;
  const packing::NMLayout &layout = advice.pattern.layout;

  Conditions sparse = conditions, dense = conditions;
  dense.footprint = allBytes;
  sparse.footprint = allBytes * advice.storedBytes / advice.denseBytes;
  Prediction reference = predict(
      Route::Dense, size, getView(Route::Dense, weight, layout), dense, model);
  isCalibrated &= reference.calibrated;
  BatchAdvice result;
  result.batch = batch;
  result.columns = size.columns;
  result.denseSeconds = result.seconds = reference.seconds;
  result.route = getRouteName(Route::Dense);
  std::vector<Route> routes = getRoutes(weight, layout, result.reason);
  std::optional<Prediction> best;
  std::string bestRoute;
  for (Route route : routes) {
    Prediction made =
        predict(route, size, getView(route, weight, layout), sparse, model);
    if (best && best->seconds <= made.seconds)
      continue;
    best = made;
    bestRoute = getRouteName(route);
  }
  if (!best)
    return result;
  isCalibrated &= best->calibrated;
  if (reference.seconds / best->seconds < kPays) {
    result.reason = explain(reference, *best, bestRoute, model);
    return result;
  }
  result.route = bestRoute;
  result.seconds = best->seconds;
  return result;
}

LayoutAdvice Recommender::price(const WeightReport &weight,
                                const PatternFinding &pattern) {
  LayoutAdvice advice;
  advice.pattern = pattern;
  const Use &use = *weight.use;
  double groups = llvm::divideCeil(use.size.depth, pattern.layout.m);
  double kept =
      double(use.size.batch) * use.size.rows * groups * pattern.layout.n;
  unsigned width = packing::getByteWidth(weight.spec.type);
  advice.denseBytes = weight.getBytes();
  advice.storedBytes = kept * (width + 1);
  advice.work =
      std::min(1.0, groups * pattern.layout.n / double(use.size.depth));
  for (int64_t batch : options.batches)
    advice.batches.push_back(price(weight, advice, batch));
  return advice;
}

void Recommender::recommend(WeightReport &weight) {
  if (!weight.use)
    return;
  for (const PatternFinding &pattern : weight.findings.patterns)
    if (pattern.layout.dim == weight.use->dim)
      weight.advice.push_back(price(weight, pattern));
  double most = 0;
  for (auto [i, advice] : llvm::enumerate(weight.advice)) {
    double sum = 0;
    for (const BatchAdvice &batch : advice.batches)
      sum += std::log(batch.getGain());
    if (!advice.pattern.pays() || sum <= most)
      continue;
    most = sum;
    weight.advised = i;
  }
}

/// Adds up what is advised for each layout that all weights were priced with.
static void addUp(Report &report) {
  std::map<std::pair<unsigned, unsigned>, LayoutSum> sums;
  std::map<std::pair<unsigned, unsigned>, double> lost, norms;
  for (const WeightReport &weight : report.weights)
    for (const LayoutAdvice &advice : weight.advice) {
      const PatternFinding &pattern = advice.pattern;
      std::pair key(pattern.layout.n, pattern.layout.m);
      LayoutSum &sum = sums[key];
      std::tie(sum.n, sum.m) = key;
      ++sum.weights;
      sum.holds += pattern.holds();
      double norm = weight.findings.nonfinite ? 0 : weight.findings.norm;
      double uses = 1 + weight.otherUses.size();
      if (norm != 0)
        lost[key] = std::hypot(lost[key], pattern.lost * norm);
      norms[key] = std::hypot(norms[key], norm);
      sum.denseBytes += advice.denseBytes;
      sum.storedBytes += advice.storedBytes;
      sum.seconds.resize(report.batches.size());
      sum.denseSeconds.resize(report.batches.size());
      for (auto [i, batch] : llvm::enumerate(advice.batches)) {
        sum.seconds[i] += uses * batch.seconds;
        sum.denseSeconds[i] += uses * batch.denseSeconds;
      }
    }
  unsigned most = 0;
  for (auto &[key, sum] : sums) {
    sum.lost = norms[key] == 0 ? 0 : lost[key] / norms[key];
    most = std::max(most, sum.weights);
  }
  for (auto &[key, sum] : sums)
    if (sum.weights == most)
      report.sums.push_back(std::move(sum));
  llvm::sort(report.sums, [](const LayoutSum &a, const LayoutSum &b) {
    return std::make_pair(a.n * b.m, b.m) > std::make_pair(b.n * a.m, a.m);
  });
}

void Recommender::recommend(Report &report) {
  report.threads = conditions.threads;
  report.targetModel = model.name;
  report.precision = options.precision;
  for (const WeightReport &weight : report.weights)
    if (weight.use)
      allBytes += weight.getBytes();
  for (WeightReport &weight : report.weights)
    recommend(weight);
  report.isCalibrated = isCalibrated;
  addUp(report);
}

llvm::Error lacuna::advise::recommend(const AdviseOptions &options,
                                      Report &report) {
  std::string features;
  if (options.target == "cpu" && options.targetModel.empty()) {
    llvm::Expected<Processor> processor = getProcessor("native");
    if (!processor)
      return processor.takeError();
    features = processor->features;
  }
  llvm::Expected<TargetModel> model =
      options.targetModel.empty() ? getTargetModel(options.target, features)
                                  : readTargetModel(options.targetModel);
  if (!model)
    return model.takeError();
  if (model->isGPU != (findGPUTarget(options.target) != nullptr))
    return llvm::createStringError(model->file + " describes a " +
                                   (model->isGPU ? "GPU" : "CPU") +
                                   ", and the target is " + options.target);
  Recommender(options, std::move(*model)).recommend(report);
  return llvm::Error::success();
}
