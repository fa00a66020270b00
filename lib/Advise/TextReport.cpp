// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The report as text: tables, the largest weights first, then what stands out.

#include "Words.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace lacuna;
using namespace lacuna::advise;
using llvm::formatv;

/// Columns of text, as wide as their widest cell.
namespace {
class Table {
public:
  explicit Table(std::vector<std::string> head) { rows.push_back(head); }
  void add(std::vector<std::string> row) { rows.push_back(std::move(row)); }
  bool empty() const { return rows.size() == 1; }

  /// The first column is names, to the left; the others are to the right.
  void print(llvm::raw_ostream &os) const {
    std::vector<size_t> widths(rows.front().size());
    for (const auto &row : rows)
      for (size_t i = 0; i < row.size(); ++i)
        widths[i] = std::max(widths[i], row[i].size());
    for (const auto &row : rows) {
      std::string line;
      for (size_t i = 0; i < row.size(); ++i)
        line += i == 0 ? row[i] + std::string(widths[i] - row[i].size(), ' ')
                       : "  " + std::string(widths[i] - row[i].size(), ' ') +
                             row[i];
      os << llvm::StringRef(line).rtrim() << "\n";
    }
  }

private:
  std::vector<std::vector<std::string>> rows;
};
} // namespace

/// Names come from files: no control character reaches the terminal, and what
/// is long loses its beginning.
static std::string cut(llvm::StringRef name) {
  constexpr size_t most = 48;
  std::string text;
  for (char c : name)
    text += llvm::isPrint(c) ? c : '?';
  if (text.size() > most)
    text = "..." + text.substr(text.size() - most + 3);
  return text;
}

static void writeWeights(const Report &report, unsigned top,
                         llvm::raw_ostream &os) {
  std::vector<std::string> head = {"weight",   "shape",     "nonzero",
                                   "keeps",    "2:4 loses", "4:8 loses",
                                   "1:4 loses"};
  for (int64_t batch : report.batches)
    head.push_back(formatv("gain at {0}", batch));
  Table table(head);
  for (auto [i, weight] : llvm::enumerate(report.weights)) {
    if (top && i == top)
      break;
    const PatternFinding *best = weight.findings.getBest(weight.getDim());
    const LayoutAdvice *advice = weight.getAdvised();
    if (advice)
      best = &advice->pattern;
    std::vector<std::string> row = {cut(weight.spec.name),
                                    describeShape(weight),
                                    percent(weight.findings.getDensity()),
                                    best ? best->layout.str() : "-",
                                    formatLoss(weight, 2, 4),
                                    formatLoss(weight, 4, 8),
                                    formatLoss(weight, 1, 4)};
    for (size_t i = 0; i < report.batches.size(); ++i)
      row.push_back(advice ? formatGain(advice->batches[i].getGain()) : "-");
    table.add(row);
  }
  table.print(os);
  if (top && report.weights.size() > top)
    os << formatv("... and {0} more: see --top and --json\n",
                  report.weights.size() - top);
}

static void writeUses(const Report &report, unsigned top,
                      llvm::raw_ostream &os) {
  Table table({"contraction", "rows", "depth", "columns"});
  unsigned count = 0;
  for (const WeightReport &weight : report.weights)
    for (const Use *use : getUses(weight)) {
      if (top && count++ >= top)
        continue;
      std::string batch =
          use->size.batch > 1 ? formatv("{0} x ", use->size.batch).str() : "";
      std::string place = use->location.empty() ? "" : " at " + use->location;
      table.add({cut(weight.spec.name) + " in " + use->function + place,
                 batch + std::to_string(use->size.rows),
                 std::to_string(use->size.depth), describeColumns(*use)});
    }
  os << "\n";
  table.print(os);
  if (top && count > top)
    os << formatv("... and {0} more: see --top and --json\n", count - top);
}

static void writeSums(const Report &report, llvm::raw_ostream &os) {
  if (report.sums.empty())
    return;
  os << formatv("\nIf all {0} weights of contractions had a layout, on {1}{2} "
                "({3}):\n\n",
                report.sums.front().weights, report.target,
                report.target == "cpu"
                    ? formatv(" with {0} threads", report.threads).str()
                    : "",
                report.targetModel);
  std::vector<std::string> head = {"layout", "keep it", "norm lost", "bytes"};
  for (int64_t batch : report.batches)
    head.push_back(formatv("gain at {0}", batch));
  Table table(head);
  std::vector<std::string> dense = {"dense", "", "",
                                    formatSize(report.sums.front().denseBytes)};
  for (double seconds : report.sums.front().denseSeconds)
    dense.push_back(formatv("{0:f0} us", 1e6 * seconds));
  table.add(dense);
  for (const LayoutSum &sum : report.sums) {
    std::vector<std::string> row = {
        formatv("nm<{0}:{1}>", sum.n, sum.m), formatv("{0}", sum.holds),
        percent(sum.lost), formatSize(sum.storedBytes)};
    for (size_t i = 0; i < report.batches.size(); ++i)
      row.push_back(formatGain(sum.getGain(i)));
    table.add(row);
  }
  table.print(os);
}

static void writeList(llvm::StringRef title, llvm::ArrayRef<std::string> lines,
                      unsigned top, llvm::raw_ostream &os) {
  if (lines.empty())
    return;
  os << "\n" << title << ":\n\n";
  llvm::ArrayRef<std::string> shown = top ? lines.take_front(top) : lines;
  for (const std::string &line : shown)
    os << "- " << line << "\n";
  if (shown.size() < lines.size())
    os << "... and " << lines.size() - shown.size()
       << " more: see --top and --json\n";
}

static std::vector<std::string> listNotes(const Report &report) {
  std::vector<std::string> lines;
  for (const WeightReport &weight : report.weights)
    if (std::vector<std::string> notes = getNotes(weight); !notes.empty())
      lines.push_back(cut(weight.spec.name) + ": " + llvm::join(notes, "; "));
  return lines;
}

static std::vector<std::string> listSimilar(const Report &report) {
  std::vector<std::string> lines;
  for (const Similar &pair : report.similar)
    lines.push_back(
        cut(describeMatrix(report, pair.first, pair.firstMatrix)) + " and " +
        cut(describeMatrix(report, pair.second, pair.secondMatrix)) + ": " +
        (pair.distance == 0 ? "identical" : percent(pair.distance)));
  return lines;
}

void lacuna::advise::writeText(const Report &report, unsigned top,
                               llvm::raw_ostream &os) {
  uint64_t elements = 0, nonzeros = 0;
  for (const WeightReport &weight : report.weights) {
    elements += weight.findings.elements;
    nonzeros += weight.findings.nonzeros;
  }
  os << formatv(
      "{0}: {1} weights of {2:N} elements, {3}{4}; {5} tensors left "
      "out\n\n",
      report.input, report.weights.size(), elements, formatSize(report.bytes),
      isKnown(report) ? ", " + percent(double(nonzeros) / elements) + " nonzero"
                      : "",
      report.skipped.size());
  if (report.weights.empty()) {
    os << "No tensor has two dimensions larger than 1.\n";
    return;
  }
  writeWeights(report, top, os);
  if (report.isModel)
    writeUses(report, top, os);
  writeSums(report, os);
  writeList("Where no layout is advised", getReasons(report), top, os);
  writeList("Also found", listNotes(report), top, os);
  writeList("Nearly the same (distance over the norm, estimated)",
            listSimilar(report), top, os);
  std::string unknown = explainUnknown(report);
  os << "\n(gain: predicted time of dense over that of the layout; - where "
        "dense is as fast"
     << (unknown.empty() ? "" : "; ") << unknown
     << (report.isCalibrated ? ""
                             : "; constants of the target are in part "
                               "uncalibrated")
     << ")\n";
}
