// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which layout would pay at which batch: where the plan would take it.

#include "Pricing.h"

#include "../Driver/Target.h"

#include "lacuna/Transforms/GPUTarget.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

#include <cmath>

using namespace lacuna;
using namespace lacuna::advise;

namespace {
class Recommender {
public:
  Recommender(const AdviseOptions &options, TargetModel model,
              const Report &report)
      : options(options), isStatic(!report.isModel), name(model.name) {
    conditions = RoutePrices::getConditions(report.footprint, options.threads);
    pricing.emplace(std::move(model), conditions, options.precision);
  }

  void recommend(Report &report);

private:
  void recommend(WeightReport &weight);
  llvm::Expected<LayoutAdvice> price(const WeightReport &weight,
                                     const PatternFinding &pattern);
  llvm::Expected<llvm::ArrayRef<BatchAdvice>>
  priceBatches(const std::string &contraction, const Use &use,
               const packing::NMLayout &layout);
  llvm::Expected<BatchAdvice> price(const std::string &contraction,
                                    const Use &use,
                                    const packing::NMLayout &layout,
                                    int64_t batch);

  const AdviseOptions &options;
  /// A checkpoint is asked about models that are compiled for a batch; a model
  /// knows which of its sizes are dynamic.
  bool isStatic;
  std::string name;
  Conditions conditions;
  std::optional<Pricing> pricing;
  std::deque<std::vector<BatchAdvice>> lists;
  /// By contraction, layout, columns and columns per batch.
  std::map<std::tuple<std::string, std::string, int64_t, int64_t>,
           llvm::ArrayRef<BatchAdvice>>
      known;
  bool isCalibrated = true;
};
} // namespace

/// Why dense is as fast.
static std::string explain(const Prediction &dense, const Prediction &best,
                           llvm::StringRef route) {
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

llvm::Expected<BatchAdvice> Recommender::price(const std::string &contraction,
                                               const Use &use,
                                               const packing::NMLayout &layout,
                                               int64_t batch) {
  int64_t columns =
      use.size.columns ? use.size.columns : batch * use.columnsPerBatch;
  llvm::Expected<Pricing::Price> price = pricing->price(
      contraction, layout, columns, isStatic || use.size.columns != 0);
  if (!price)
    return price.takeError();
  BatchAdvice advice;
  advice.batch = batch;
  advice.columns = columns;
  advice.route = getRouteName(price->route);
  advice.seconds = price->taken.seconds;
  advice.denseSeconds = price->dense.seconds;
  isCalibrated &= price->dense.calibrated && price->taken.calibrated;
  if (price->route != Route::Dense)
    return advice;
  if (price->skipping)
    isCalibrated &= price->skipping->calibrated;
  advice.reason = price->skipping ? explain(price->dense, *price->skipping,
                                            getRouteName(price->skippingRoute))
                                  : price->refused;
  return advice;
}

llvm::Expected<llvm::ArrayRef<BatchAdvice>>
Recommender::priceBatches(const std::string &contraction, const Use &use,
                          const packing::NMLayout &layout) {
  auto [place, isNew] = known.try_emplace(
      {contraction, layout.str(), use.size.columns, use.columnsPerBatch});
  if (!isNew)
    return place->second;
  std::vector<BatchAdvice> list;
  for (int64_t batch : options.batches) {
    llvm::Expected<BatchAdvice> advice = price(contraction, use, layout, batch);
    if (!advice) {
      known.erase(place);
      return advice.takeError();
    }
    list.push_back(std::move(*advice));
  }
  lists.push_back(std::move(list));
  return place->second = lists.back();
}

llvm::Expected<LayoutAdvice> Recommender::price(const WeightReport &weight,
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
  packing::NMLayout ofOperand = pattern.layout;
  ofOperand.dim = use.operandDim;
  llvm::Expected<llvm::ArrayRef<BatchAdvice>> batches = priceBatches(
      use.contraction.empty() ? writeContraction(weight.spec.type, use.size)
                              : use.contraction,
      use, ofOperand);
  if (!batches)
    return batches.takeError();
  advice.batches = *batches;
  return advice;
}

void Recommender::recommend(WeightReport &weight) {
  if (!weight.use)
    return;
  for (const PatternFinding &pattern : weight.findings.patterns) {
    if (pattern.layout.dim != weight.use->dim)
      continue;
    llvm::Expected<LayoutAdvice> advice = price(weight, pattern);
    if (!advice) {
      weight.noAdvice = llvm::toString(advice.takeError());
      weight.advice.clear();
      return;
    }
    weight.advice.push_back(std::move(*advice));
  }
  weight.advice.shrink_to_fit();
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
      double uses = 1 + weight.otherUses.size();
      // Of weights that have a norm.
      if (!weight.findings.nonfinite) {
        double norm = weight.findings.norm;
        lost[key] = std::hypot(lost[key], pattern.lost * norm);
        norms[key] = std::hypot(norms[key], norm);
      }
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
    auto norm = norms.find(key);
    sum.lost = norm == norms.end() ? NAN
               : norm->second == 0 ? 0
                                   : lost[key] / norm->second;
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
  report.targetModel = name;
  report.precision = options.precision;
  for (WeightReport &weight : report.weights)
    recommend(weight);
  report.isCalibrated = isCalibrated;
  report.batchLists = std::move(lists);
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
      getTargetModel(options.target, features, options.targetModel);
  if (!model)
    return model.takeError();
  Recommender(options, std::move(*model), report).recommend(report);
  return llvm::Error::success();
}
