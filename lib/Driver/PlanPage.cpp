// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A card for each planned region: what the weight is like, which route it takes
// from how many columns on, what that leaves of bytes and work, and why.

#include "PlanPage.h"

#include "lacuna/Patterns/Findings.h"
#include "lacuna/Report/Html.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Threading.h"

using namespace mlir;
using namespace lacuna;
using namespace lacuna::html;
using llvm::formatv;
using patterns::Findings;

/// So many regions of a target get a card.
static constexpr size_t kCards = 300;

using WeightFindings = llvm::StringMap<Findings>;

/// Scans the weight; one that is pruned is made first, in memory.
static llvm::Expected<Findings> readWeight(const packing::WeightStore &store,
                                           const PlannedRegion &region) {
  auto fail = [](const packing::Status &status) {
    return llvm::createStringError(status.message());
  };
  patterns::ScanSource source;
  packing::Result<packing::StoredWeight> stored = store.locate(region.weight);
  // NAME.nm<2:4, dim = 1> is NAME, pruned (see docs/Weights.md).
  StringRef base = region.weight;
  if (!stored.ok() && base.consume_back("." + region.layout)) {
    auto layout = packing::NMLayout::parse(region.layout);
    auto spec = store.stored(base.str());
    if (!layout.ok() || !spec.ok())
      return fail(layout.ok() ? spec.status() : layout.status());
    spec->layout = *layout;
    spec->prunes = base.str();
    spec->name = region.weight;
    auto tensor = store.dense(*spec);
    if (!tensor.ok())
      return fail(tensor.status());
    spec->layout.reset();
    source.weight.spec = *spec;
    source.weight.dense = *tensor;
  } else if (!stored.ok()) {
    return fail(stored.status());
  } else {
    source.weight = *stored;
  }
  if (!source.weight.geometry && !source.weight.dense.bytes.data) {
    auto tensor = store.source().resolve(region.weight);
    if (!tensor.ok())
      return fail(tensor.status());
    source.weight.dense = *tensor;
  }
  source.isMapped = false;
  std::optional<unsigned> packed;
  if (source.weight.geometry)
    packed = source.weight.spec.layout->dim;
  Findings findings;
  auto view = patterns::getMatrixView(source.weight.spec.shape, packed);
  if (!view)
    return findings;
  source.view = *view;
  packing::Status status = patterns::scan(
      source, llvm::hardware_concurrency().compute_thread_count(),
      [](uint64_t) {},
      [&](size_t, patterns::Statistics &&stats) {
        findings = patterns::summarize(stats, *view);
      });
  if (!status.ok())
    return fail(status);
  return findings;
}

static llvm::Expected<WeightFindings>
readWeights(ArrayRef<TargetReport> reports, const CompileOptions &options) {
  WeightFindings all;
  if (options.params.empty())
    return all;
  auto store =
      packing::WeightStore::open(options.params, options.parametersFile);
  if (!store.ok())
    return llvm::createStringError(store.message());
  for (const TargetReport &report : reports)
    for (const PlannedRegion &region : report.plan) {
      if (region.weight.empty() || all.contains(region.weight))
        continue;
      llvm::Expected<Findings> findings = readWeight(*store, region);
      if (!findings)
        return findings.takeError();
      all[region.weight] = std::move(*findings);
    }
  return all;
}

static std::string formatCount(double count, StringRef unit) {
  const char *prefixes[] = {"", "k", "M", "G", "T"};
  unsigned prefix = 0;
  for (; count >= 1000 && prefix < 4; ++prefix)
    count /= 1000;
  std::string text = formatv(prefix ? "{0:f1} {1}{2}" : "{0:f0} {1}{2}", count,
                             prefixes[prefix], unit);
  return StringRef(text).rtrim().str();
}

static Markup makePictures(const PlannedRegion &region,
                           const Findings &findings) {
  return makeRow(
      {makeFigure(
           makeDensityMap(findings.mapRows, findings.mapColumns, findings.map,
                          "density of " + region.weight),
           formatv("{0:f1} % nonzero", 100 * findings.getDensity()).str()),
       makeFigure(makeBitMap(findings.corner, findings.cornerColumns,
                             "nonzeros of the first rows and columns of " +
                                 region.weight),
                  "the first elements")});
}

/// The routes, each from its number of columns on.
static Markup makeRoutes(const PlannedRegion &region) {
  std::vector<Segment> segments;
  for (const PlannedRoute &planned : region.routes) {
    std::string gain;
    if (planned.route != Route::Dense && !planned.prices.empty())
      gain = formatv("{0:f2}x", planned.prices.back().getGain());
    bool isOnly = region.routes.size() == 1;
    segments.push_back({isOnly ? "any number of columns"
                        : planned.from
                            ? formatv("from {0} columns on", planned.from).str()
                            : "from the first column on",
                        getRouteName(planned.route), gain});
  }
  return makeBand(segments);
}

static Markup makePriceBars(const PlannedRegion &region, bool isWork) {
  std::vector<Bar> bars;
  for (const PlannedRoute &planned : region.routes)
    for (const PlannedPrice &price : planned.prices) {
      double kept = isWork ? price.operations : price.bytes;
      double whole = isWork ? price.denseOperations : price.denseBytes;
      // Padding may do more than dense does.
      double most = std::max(kept, whole);
      bars.push_back({std::to_string(price.columns), most ? kept / most : 0, 1,
                      formatCount(kept, isWork ? "" : "B") + " of " +
                          formatCount(whole, isWork ? "" : "B")});
    }
  return makeBars(bars);
}

static Markup makePrices(const PlannedRegion &region) {
  std::vector<std::vector<Markup>> rows;
  for (const PlannedRoute &planned : region.routes)
    for (const PlannedPrice &price : planned.prices) {
      std::string mark = price.calibrated ? "" : "?";
      rows.push_back(
          {text(getRouteName(planned.route)),
           text(std::to_string(price.columns)),
           text(formatv("{0:f1}{1}", price.nanoseconds / 1e3, mark).str()),
           text(formatv("{0:f1}{1}", price.denseNanoseconds / 1e3, mark).str()),
           text(formatv("{0:f2}x", price.getGain()).str()), text(price.bound)});
    }
  return makeTable({"route", "columns", "us", "dense us", "gain", "bound by"},
                   rows);
}

static std::vector<Markup> makeCard(const PlannedRegion &region,
                                    const WeightFindings &weights) {
  std::vector<Markup> content;
  if (auto found = weights.find(region.weight);
      found != weights.end() && !found->second.map.empty())
    content.push_back(makePictures(region, found->second));
  content.push_back(makeRoutes(region));
  content.push_back(
      {"<p>" + escape(region.layout) +
       escape(formatv(" leaves {0:f1} % of the weight", 100 * region.density)
                  .str()) +
       (region.forced ? "; the route is forced" : "") + "</p>"});
  content.push_back({"<p class=\"soft\">Bytes moved, by columns</p>"});
  content.push_back(makePriceBars(region, /*isWork=*/false));
  content.push_back({"<p class=\"soft\">Multiply-adds, by columns</p>"});
  content.push_back(makePriceBars(region, /*isWork=*/true));
  content.push_back(makePrices(region));
  std::vector<std::string> reasons;
  for (const PlannedRoute &planned : region.routes)
    reasons.push_back(getRouteName(planned.route) +
                      (region.forced ? " by request: " : " because ") +
                      planned.reason);
  for (const PlannedView &view : region.views)
    if (region.views.size() > 1)
      reasons.push_back(view.name + " takes " + formatCount(view.bytes, "B") +
                        " of memory");
  content.push_back(makeDetails("why", reasons, /*isOpen=*/true));
  return content;
}

static void writeTarget(const TargetReport &report,
                        const WeightFindings &weights, Page &page) {
  page.heading("Plan for " + report.target);
  if (report.plan.empty()) {
    page.paragraph("No layouts, so nothing may be skipped; everything is "
                   "dense.");
    return;
  }
  unsigned used = 0;
  bool isCalibrated = true;
  for (const PlannedRegion &region : report.plan) {
    used += region.isUsed();
    for (const PlannedRoute &planned : region.routes)
      for (const PlannedPrice &price : planned.prices)
        isCalibrated &= price.calibrated;
  }
  page.facts(
      {{std::to_string(report.plan.size()), "licenses"},
       {std::to_string(used), "used at some size"},
       {std::to_string(report.plan.size() - used), "dense at every size"}});
  page.paragraph(isCalibrated
                     ? "Times are predictions."
                     : "Times are predictions; ? = uncalibrated: a constant of "
                       "the target's file was not measured on such hardware.");
  page.beginCards();
  ArrayRef<PlannedRegion> plan(report.plan);
  for (const PlannedRegion &region : plan.take_front(kCards))
    page.card(region.weight.empty() ? "a value" : region.weight,
              region.type + (region.location.empty() ? "" : " at ") +
                  region.location,
              makeCard(region, weights));
  page.endCards();
  if (plan.size() > kCards)
    page.paragraph(formatv("{0} more are left out here; a report .json has "
                           "them.",
                           plan.size() - kCards)
                       .str());
  if (report.code)
    page.paragraph("Code: " + describeCode(*report.code));
}

llvm::Expected<std::string>
lacuna::makePlanPage(ArrayRef<TargetReport> reports, double seconds,
                     const CompileOptions &options) {
  llvm::Expected<WeightFindings> weights = readWeights(reports, options);
  if (!weights)
    return weights.takeError();
  std::string html;
  llvm::raw_string_ostream os(html);
  {
    Page page(
        os, "What is skipped, and why",
        formatv("{0}, compiled in {1:f2} s", options.input, seconds).str());
    for (const TargetReport &report : reports)
      writeTarget(report, *weights, page);
  }
  return html;
}
