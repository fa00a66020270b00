// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Counts nonzeros of weights. See WeightPatterns.h.

#include "WeightPatterns.h"

#include "ManifestView.h"

#include "lacuna/Patterns/Findings.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Threading.h"

using namespace lacuna;
using namespace lacuna::packing;

static WeightPattern describe(const Tensor &tensor, const NMLayout &layout) {
  WeightPattern pattern = {};
  if (llvm::is_contained(tensor.shape, 0))
    return pattern;
  patterns::ScanSource source;
  source.weight.spec.type = tensor.type;
  source.weight.spec.shape = tensor.shape;
  source.weight.dense = tensor;
  source.view = patterns::getMatrixViewAlong(tensor.shape, layout.dim);
  source.isMapped = false; // Not always.
  patterns::Findings findings;
  // What is dense cannot be damaged.
  Status status = patterns::scan(
      &source, llvm::hardware_concurrency().compute_thread_count(),
      [](uint64_t) {},
      [&](size_t, patterns::Statistics &&stats) {
        findings = patterns::summarize(stats, source.view);
      });
  (void)status;
  pattern.density = findings.getDensity();
  for (unsigned m : patterns::kGroupSizes) {
    unsigned n = m;
    for (const patterns::PatternFinding &finding : findings.patterns)
      if (finding.layout.dim == layout.dim && finding.layout.m == m &&
          finding.holds())
        n = std::min(n, finding.layout.n);
    // Tighter than what is claimed, or as dense in smaller groups.
    bool isTighter = n * layout.m < layout.n * m ||
                     (n * layout.m == layout.n * m && m < layout.m);
    if (n < m && isTighter)
      pattern.keeps.push_back(NMLayout{n, m, layout.dim}.str());
  }
  pattern.mapRows = findings.mapRows;
  pattern.mapColumns = findings.mapColumns;
  pattern.map.assign(findings.map.begin(), findings.map.end());
  return pattern;
}

llvm::Error lacuna::readPatterns(const llvm::json::Value &manifest,
                                 const CompileOptions &options,
                                 std::vector<PlannedRegion> &regions) {
  llvm::Expected<std::vector<WeightSpec>> specs = getWeightSpecs(manifest);
  if (!specs)
    return specs.takeError();
  Result<WeightStore> store =
      WeightStore::open(options.params, options.parametersFile);
  if (!store.ok())
    return llvm::createStringError(store.status().message());
  llvm::StringMap<WeightPattern> known;
  for (PlannedRegion &region : regions) {
    auto spec = llvm::find_if(
        *specs, [&](const WeightSpec &s) { return s.name == region.weight; });
    if (spec == specs->end())
      continue;
    // On route dense alone the manifest has no layout.
    Result<NMLayout> layout = NMLayout::parse(region.layout);
    if (!layout.ok() || layout->dim >= spec->shape.size())
      continue;
    auto found = known.find(region.weight);
    if (found == known.end()) {
      Result<Tensor> dense = store->dense(*spec);
      if (!dense.ok())
        return llvm::createStringError(dense.status().message());
      found = known.try_emplace(region.weight, describe(*dense, *layout)).first;
    }
    region.pattern = found->second;
  }
  return llvm::Error::success();
}
