// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A card for each planned region: what the weight is like, which route it takes
// from how many columns on, what that leaves of bytes and work, and why.

#include "PlanPage.h"

#include "lacuna/Report/Html.h"
#include "lacuna/Support/Plural.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace lacuna;
using namespace lacuna::html;
using llvm::formatv;

/// So many regions of a target get a card.
static constexpr size_t kCards = 300;

static std::string formatCount(double count, StringRef unit) {
  const char *prefixes[] = {"", "k", "M", "G", "T"};
  unsigned prefix = 0;
  for (; count >= 1000 && prefix < 4; ++prefix)
    count /= 1000;
  std::string text = formatv(prefix ? "{0:f1} {1}{2}" : "{0:f0} {1}{2}", count,
                             prefixes[prefix], unit);
  return StringRef(text).rtrim().str();
}

static std::string percent(double share) {
  return formatv("{0:f1} %", 100 * share);
}

static Markup makePicture(const PlannedRegion &region) {
  const WeightPattern &pattern = *region.pattern;
  std::string caption = percent(pattern.density) + " nonzero";
  for (const std::string &layout : pattern.keeps)
    caption += ", keeps " + layout;
  return makeRow(
      {makeFigure(makeDensityMap(pattern.mapRows, pattern.mapColumns,
                                 pattern.map, "density of " + region.weight),
                  caption)});
}

/// The routes, each from its number of columns on.
static Markup makeRoutes(const PlannedRegion &region) {
  std::vector<Segment> segments;
  for (const PlannedInterval &planned : region.intervals) {
    std::string gain;
    if (planned.route != Route::Dense && !planned.prices.empty())
      gain = formatv("{0:f2}x", planned.prices.back().getGain());
    bool isOnly = region.intervals.size() == 1;
    segments.push_back(
        {isOnly         ? "any number of columns"
         : planned.from ? "from " + countNoun(planned.from, "column") + " on"
                        : "from the first column on",
         getRouteName(planned.route), gain});
  }
  return makeBand(segments);
}

static Markup makePriceBars(const PlannedRegion &region, bool isWork) {
  std::vector<Bar> bars;
  for (const PlannedInterval &planned : region.intervals)
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
  for (const PlannedInterval &planned : region.intervals)
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

/// What the kernels execute at some sizes, by the emulator's counters.
static Markup makeCounts(const PlannedRegion &region) {
  std::vector<std::string> lines;
  for (const PlannedCounts &counts : region.counts) {
    std::string text = describeColumns(counts) + ":";
    for (const auto &[name, count] : counts.counters)
      text += formatv(" {0} {1:N};", name, count).str();
    lines.push_back(StringRef(text).rtrim(';').str());
  }
  return makeDetails("what the kernels execute", lines);
}

static std::vector<Markup> makeCard(const PlannedRegion &region) {
  std::vector<Markup> content;
  if (region.pattern && !region.pattern->map.empty())
    content.push_back(makePicture(region));
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
  for (const PlannedInterval &planned : region.intervals)
    reasons.push_back(getRouteName(planned.route) +
                      (region.forced ? " by request: " : " because ") +
                      planned.reason);
  for (const PlannedView &view : region.views)
    if (region.views.size() > 1)
      reasons.push_back(view.name + " takes " + formatCount(view.bytes, "B") +
                        " of memory");
  content.push_back(makeDetails("why", reasons, /*isOpen=*/true));
  if (!region.counts.empty())
    content.push_back(makeCounts(region));
  return content;
}

static void writePlan(const Plan &plan, Page &page) {
  page.heading("Plan for " + plan.target);
  if (plan.regions.empty()) {
    page.paragraph(("N" + kNoLicense.drop_front() + ".").str());
    return;
  }
  size_t used = llvm::count_if(plan.regions, [](const PlannedRegion &region) {
    return region.isUsed();
  });
  page.facts(
      {{std::to_string(plan.regions.size()),
        plan.regions.size() == 1 ? "license" : "licenses"},
       {std::to_string(used), "used at some size"},
       {std::to_string(plan.regions.size() - used), "dense at every size"}});
  std::string text = "Times are predictions by " + plan.file;
  if (!plan.description.empty())
    text += ", of " + plan.description;
  if (plan.threads)
    text += ", with " + countNoun(plan.threads, "thread");
  if (!plan.uncalibrated.empty())
    text += "; ? = uncalibrated: a constant was not measured on such hardware";
  page.paragraph(text + ".");
  page.beginCards();
  for (const PlannedRegion &region :
       ArrayRef<PlannedRegion>(plan.regions).take_front(kCards))
    page.card(region.weight.empty() ? "a value" : region.weight,
              region.type + (region.location.empty() ? "" : " at ") +
                  region.location,
              makeCard(region));
  page.endCards();
  if (plan.regions.size() > kCards)
    page.paragraph(formatv("{0} more are left out here; a report .json has "
                           "them.",
                           plan.regions.size() - kCards)
                       .str());
  if (plan.unlicensed.empty())
    return;
  page.paragraph(
      plan.unlicensed.size() == 1
          ? formatv("One more contraction is dense because {0}:",
                    kUnlicensedReason)
                .str()
          : formatv("{0} more contractions are dense because their weights "
                    "have no layouts, so nothing may be skipped:",
                    plan.unlicensed.size())
                .str());
  std::vector<std::vector<Markup>> rows;
  for (const UnlicensedRegion &region : plan.unlicensed)
    rows.push_back(
        {code(region.weight), code(region.type), code(region.location)});
  page.add(makeTable({"weight", "type", "at"}, rows, /*leftColumns=*/3));
}

std::string lacuna::makePlanPage(ArrayRef<TargetReport> reports,
                                 StringRef model, double seconds) {
  std::string html;
  llvm::raw_string_ostream os(html);
  {
    Page page(os, "What is skipped, and why",
              formatv("{0}, compiled in {1:f2} s", model, seconds).str());
    for (const TargetReport &report : reports) {
      writePlan(report.plan, page);
      if (report.code)
        page.paragraph("Code: " + describeCode(*report.code));
    }
  }
  return html;
}
