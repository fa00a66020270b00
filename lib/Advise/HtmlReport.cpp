// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The report as a page: sums, a card for each of the largest weights, a table
// of more.

#include "Words.h"

#include "lacuna/Report/Html.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

#include <cmath>

using namespace lacuna;
using namespace lacuna::advise;
using namespace lacuna::html;
using llvm::formatv;

/// So many weights get a card, and a row of the table.
static constexpr size_t kCards = 60, kRows = 1000;

static std::vector<std::pair<std::string, std::string>>
getFacts(const Report &report) {
  uint64_t elements = 0, nonzeros = 0;
  unsigned kept = 0;
  for (const WeightReport &weight : report.weights) {
    elements += weight.findings.elements;
    nonzeros += weight.findings.nonzeros;
    kept += weight.findings.getBest(weight.getDim()) != nullptr;
  }
  std::string model = "target, " + report.targetModel;
  if (report.target == "cpu")
    model += formatv(", {0} threads", report.threads);
  return {
      {formatv("{0}", report.weights.size()), "weights"},
      {formatv("{0:N}", elements), "elements"},
      {formatSize(report.bytes), "in the file"},
      {percent(isKnown(report) ? double(nonzeros) / elements : NAN), "nonzero"},
      {formatv("{0}", kept), "keep a pattern"},
      {report.target, model}};
}

static void writeSums(const Report &report, Page &page) {
  if (report.sums.empty())
    return;
  page.heading("If all weights of contractions had a layout");
  page.paragraph(
      formatv("{0} weights, predicted for {1}. A gain is the time of dense "
              "over that "
              "of the layout; norm lost is what pruning would set to 0.{2}",
              report.sums.front().weights, report.target,
              report.isCalibrated
                  ? ""
                  : " Constants of the target are in part uncalibrated.")
          .str());
  std::vector<std::string> head = {"layout", "keep it", "norm lost"};
  for (int64_t batch : report.batches)
    head.push_back(formatv("gain at {0}", batch));
  std::vector<std::vector<Markup>> rows;
  std::vector<Bar> bars = {{"dense", report.sums.front().denseBytes,
                            report.sums.front().denseBytes,
                            formatSize(report.sums.front().denseBytes)}};
  for (const LayoutSum &sum : report.sums) {
    std::string layout = formatv("nm<{0}:{1}>", sum.n, sum.m);
    std::vector<Markup> row = {code(layout), text(std::to_string(sum.holds)),
                               text(percent(sum.lost))};
    for (size_t i = 0; i < report.batches.size(); ++i)
      row.push_back(text(formatGain(sum.getGain(i))));
    rows.push_back(row);
    if (sum.n == 1 || (sum.n == 2 && sum.m == 4))
      bars.push_back({layout, sum.storedBytes, sum.denseBytes,
                      formatSize(sum.storedBytes)});
  }
  page.add(makeTable(head, rows));
  page.add(makeBars(bars));
}

/// Of the layout that is advised, or kept, or else of 2:4 were it pruned.
static const LayoutAdvice *getShown(const WeightReport &weight) {
  if (const LayoutAdvice *advised = weight.getAdvised())
    return advised;
  if (const LayoutAdvice *kept =
          findAdvice(weight, weight.findings.getBest(weight.getDim())))
    return kept;
  return findAdvice(weight, weight.findings.find({2, 4, weight.getDim()}));
}

static std::vector<Markup> makeCard(const WeightReport &weight) {
  const Findings &findings = weight.findings;
  std::vector<Markup> content;
  std::string density = percent(findings.getDensity());
  if (findings.known)
    content.push_back(makeRow(
        {makeFigure(makeDensityMap(findings.mapRows, findings.mapColumns,
                                   findings.map,
                                   "density of " + weight.spec.name),
                    density + " nonzero"),
         makeFigure(makeBitMap(findings.corner, findings.cornerColumns,
                               "nonzeros of the first rows and columns of " +
                                   weight.spec.name),
                    "the first elements")}));
  if (const LayoutAdvice *advice = getShown(weight)) {
    std::string layout = advice->pattern.layout.str();
    std::string state =
        advice->pattern.holds() ? "keeps " + layout
        : std::isnan(advice->pattern.lost)
            ? "priced as if pruned to " + layout
            : formatv("pruned to {0} it would lose {1} of its norm", layout,
                      percent(advice->pattern.lost))
                  .str();
    content.push_back({"<p>" + escape(state) + "</p>"});
    content.push_back(
        makeBars({{"bytes", advice->storedBytes / advice->denseBytes, 1,
                   formatv("{0} of {1}", formatSize(advice->storedBytes),
                           formatSize(advice->denseBytes))},
                  {"work", advice->work, 1, percent(advice->work)}}));
    std::vector<Segment> segments;
    std::vector<std::string> reasons;
    for (const BatchAdvice &batch : advice->batches) {
      segments.push_back(
          {formatv("at {0}", batch.batch), batch.route,
           batch.reason.empty() ? formatGain(batch.getGain()) : ""});
      if (!batch.reason.empty())
        reasons.push_back(formatv("at {0}: {1}", batch.batch, batch.reason));
    }
    content.push_back(makeBand(segments));
    if (!reasons.empty())
      content.push_back(makeDetails("why dense", reasons));
  } else if (!weight.noAdvice.empty()) {
    content.push_back(
        {"<p class=\"soft\">" + escape(weight.noAdvice) + "</p>"});
  }
  std::vector<std::string> notes = getNotes(weight);
  if (!notes.empty())
    content.push_back(makeDetails("also found", notes));
  return content;
}

static void writeWeights(const Report &report, Page &page) {
  page.heading("Weights, the largest first");
  page.paragraph("Left: the density of the whole weight. Right: which of its "
                 "first 32 rows and columns are not 0. Bars: bytes and "
                 "multiply-adds that the layout leaves.");
  page.beginCards();
  llvm::ArrayRef<WeightReport> weights(report.weights);
  for (const WeightReport &weight : weights.take_front(kCards))
    page.card(weight.spec.name, describeShape(weight), makeCard(weight));
  page.endCards();
  page.heading("All weights");
  std::vector<std::string> head = {"weight",   "shape",     "nonzero",
                                   "keeps",    "2:4 loses", "4:8 loses",
                                   "1:4 loses"};
  std::vector<std::vector<Markup>> rows;
  for (const WeightReport &weight : weights.take_front(kRows)) {
    const PatternFinding *best = weight.findings.getBest(weight.getDim());
    rows.push_back({code(weight.spec.name), text(describeShape(weight)),
                    text(percent(weight.findings.getDensity())),
                    best ? code(best->layout.str()) : text("-"),
                    text(formatLoss(weight, 2, 4)),
                    text(formatLoss(weight, 4, 8)),
                    text(formatLoss(weight, 1, 4))});
  }
  page.add(makeTable(head, rows));
  if (weights.size() > kRows)
    page.paragraph(formatv("{0} more are left out here; --json has them.",
                           weights.size() - kRows)
                       .str());
}

static void writeUses(const Report &report, Page &page) {
  page.heading("Contractions");
  std::vector<std::vector<Markup>> rows;
  for (const WeightReport &weight : report.weights)
    for (const Use *use : getUses(weight))
      if (rows.size() < kRows)
        rows.push_back({code(weight.spec.name), code(use->function),
                        code(use->location),
                        text(std::to_string(use->size.batch)),
                        text(std::to_string(use->size.rows)),
                        text(std::to_string(use->size.depth)),
                        text(describeColumns(*use))});
  page.add(makeTable(
      {"weight", "function", "place", "matrices", "rows", "depth", "columns"},
      rows, 3));
}

static void writeSimilar(const Report &report, Page &page) {
  if (report.similar.empty())
    return;
  page.heading("Nearly the same");
  std::vector<std::vector<Markup>> rows;
  for (const Similar &pair :
       llvm::ArrayRef<Similar>(report.similar).take_front(kRows))
    rows.push_back(
        {code(describeMatrix(report, pair.first, pair.firstMatrix)),
         code(describeMatrix(report, pair.second, pair.secondMatrix)),
         text(pair.distance == 0 ? "identical" : percent(pair.distance))});
  page.add(makeTable({"", "", "distance over the norm"}, rows, 2));
}

void lacuna::advise::writeHTML(const Report &report, llvm::raw_ostream &os) {
  Page page(os, "Which layouts would pay", report.input);
  page.facts(getFacts(report));
  if (report.weights.empty()) {
    page.paragraph("No tensor has two dimensions larger than 1.");
    return;
  }
  if (std::string unknown = explainUnknown(report); !unknown.empty())
    page.paragraph("There is a " + unknown + ".");
  writeSums(report, page);
  writeWeights(report, page);
  if (report.isModel)
    writeUses(report, page);
  writeSimilar(report, page);
  std::vector<std::string> reasons = getReasons(report);
  if (!reasons.empty()) {
    page.heading("Where no layout is advised");
    if (reasons.size() > kRows)
      reasons.resize(kRows);
    page.list(reasons);
  }
}
