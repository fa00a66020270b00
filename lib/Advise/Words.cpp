// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What text and HTML say alike.

#include "Words.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/Support/FormatVariadic.h"

#include <cmath>

using namespace lacuna;
using namespace lacuna::advise;
using llvm::formatv;

std::string lacuna::advise::percent(double share) {
  if (std::isnan(share))
    return "?";
  // What is not all of it must not look so.
  if (share > 0.9995 && share < 1)
    return "99.9 %";
  if (share > 0 && share < 0.0005)
    return "<0.1 %";
  return formatv("{0:f1} %", 100 * share);
}

std::string lacuna::advise::formatSize(double bytes) {
  return bytes >= 1e9   ? formatv("{0:f2} GB", bytes / 1e9)
         : bytes >= 1e6 ? formatv("{0:f1} MB", bytes / 1e6)
                        : formatv("{0:f1} kB", bytes / 1e3);
}

std::string lacuna::advise::describeShape(const WeightReport &weight) {
  std::string text;
  for (int64_t dim : weight.spec.shape)
    text += std::to_string(dim) + "x";
  return text + std::string(packing::getName(weight.spec.type));
}

std::string lacuna::advise::formatGain(double value) {
  return value > 1 ? formatv("{0:f2}x", value).str() : "-";
}

std::string lacuna::advise::formatLoss(const WeightReport &weight, unsigned n,
                                       unsigned m) {
  // What NaN and infinity have lost is not known.
  if (weight.findings.nonfinite)
    return percent(NAN);
  const PatternFinding *pattern = weight.findings.find({n, m, weight.getDim()});
  return pattern ? percent(pattern->lost) : "";
}

const LayoutAdvice *lacuna::advise::findAdvice(const WeightReport &weight,
                                               const PatternFinding *pattern) {
  if (pattern)
    for (const LayoutAdvice &advice : weight.advice)
      if (advice.pattern.layout == pattern->layout)
        return &advice;
  return nullptr;
}

std::vector<std::string> lacuna::advise::getReasons(const Report &report) {
  std::vector<std::pair<std::string, unsigned>> reasons;
  llvm::StringMap<size_t> places;
  auto note = [&](std::string reason) {
    auto [place, isNew] = places.try_emplace(reason, reasons.size());
    if (isNew)
      reasons.emplace_back(std::move(reason), 0);
    ++reasons[place->second].second;
  };
  for (const WeightReport &weight : report.weights) {
    if (!weight.noAdvice.empty()) {
      note(weight.noAdvice);
      continue;
    }
    unsigned dim = weight.getDim();
    const LayoutAdvice *advice = weight.getAdvised();
    if (!advice)
      advice = findAdvice(weight, weight.findings.getBest(dim));
    if (!advice)
      advice = findAdvice(weight, weight.findings.find({2, 4, dim}));
    if (!advice)
      continue;
    // The batches that one reason holds at, together.
    for (auto [i, batch] : llvm::enumerate(advice->batches)) {
      auto isSame = [&, reason = llvm::StringRef(batch.reason)](
                        const BatchAdvice &other) {
        return other.reason == reason;
      };
      llvm::ArrayRef<BatchAdvice> all(advice->batches);
      if (batch.reason.empty() || llvm::any_of(all.take_front(i), isSame))
        continue;
      std::string at;
      for (const BatchAdvice &other : llvm::make_filter_range(all, isSame))
        at += (at.empty() ? "" : ", ") + std::to_string(other.batch);
      note(formatv("{0}, {1} at {2}: {3}", describeShape(weight),
                   advice->pattern.layout.str(), at, batch.reason));
    }
  }
  std::vector<std::string> lines;
  for (const auto &[reason, count] : reasons)
    lines.push_back(
        count > 1 ? formatv("{0} ({1} weights)", reason, count).str() : reason);
  return lines;
}

/// "3 of 96 rows (dim 0) are zero, 2 nearly".
static void notePart(std::vector<std::string> &notes, llvm::StringRef what,
                     const PartFinding &part) {
  if (!part.zero && !part.nearZero)
    return;
  std::string text =
      formatv("{0} of {1} {2} are zero", part.zero, part.total, what);
  if (part.nearZero)
    text += formatv(", {0} nearly", part.nearZero);
  notes.push_back(text);
}

std::vector<std::string> lacuna::advise::getNotes(const WeightReport &weight) {
  const Findings &findings = weight.findings;
  std::vector<std::string> notes;
  if (weight.claims) {
    const PatternFinding *claimed = findings.find(*weight.claims);
    std::string layout = weight.claims->str();
    if (weight.isPruned)
      notes.push_back("the model prunes it to " + layout);
    else if (!findings.known || !claimed || claimed->holds())
      notes.push_back("the model claims " + layout);
    else
      notes.push_back(formatv("the model claims {0}, which {1} of {2} groups "
                              "break: it will not load; prune it",
                              layout, claimed->broken, claimed->groups));
  }
  if (!findings.known)
    return notes;
  if (findings.nonfinite)
    notes.push_back(formatv("{0} elements are NaN or infinite, so norms say "
                            "nothing",
                            findings.nonfinite));
  if (!findings.nonzeros) {
    notes.push_back("all elements are zero");
    return notes;
  }
  // Along the other dimension nothing is skipped, but it may be transposed.
  for (unsigned dim = 0; dim < weight.spec.shape.size(); ++dim)
    if (const PatternFinding *best = findings.getBest(dim))
      if (dim != weight.getDim() && best->work <= 0.5)
        notes.push_back("keeps " + best->layout.str());
  for (const PatternFinding &pattern : findings.patterns)
    if (pattern.nearlyHolds() && pattern.work <= 0.75 &&
        (pattern.layout.dim == weight.getDim() || pattern.lost <= 0.01))
      notes.push_back(formatv(
          "{0} of the groups keep {1}{2}", percent(pattern.getKept()),
          pattern.layout.str(),
          findings.nonfinite ? ""
                             : "; pruning the others loses " +
                                   percent(pattern.lost) + " of the norm"));
  for (unsigned i = 0; i < 3; ++i)
    notePart(notes, formatv("blocks of {0}x{0}", 16 << i).str(),
             findings.blocks[i]);
  notePart(notes, formatv("slices along dim {0}", weight.view.rowDim).str(),
           findings.lines[0]);
  if (weight.view.columnDim)
    notePart(notes,
             formatv("slices along dim {0}", *weight.view.columnDim).str(),
             findings.lines[1]);
  return notes;
}

std::string lacuna::advise::describeMatrix(const Report &report, size_t weight,
                                           int64_t matrix) {
  const WeightReport &found = report.weights[weight];
  std::string text = found.spec.name;
  return found.view.batch > 1 ? text + "[" + std::to_string(matrix) + "]"
                              : text;
}

bool lacuna::advise::isKnown(const Report &report) {
  return llvm::any_of(report.weights, [](const WeightReport &weight) {
    return weight.findings.known;
  });
}

std::string lacuna::advise::explainUnknown(const Report &report) {
  if (!report.weights.empty() && !isKnown(report))
    return "? where elements would say it; give them by --params";
  bool isSome = llvm::any_of(report.weights, [](const WeightReport &weight) {
    return weight.findings.nonfinite != 0;
  });
  return isSome ? "? where NaN or infinite elements leave no norm" : "";
}

std::vector<const Use *> lacuna::advise::getUses(const WeightReport &weight) {
  std::vector<const Use *> uses;
  if (weight.use)
    uses.push_back(&*weight.use);
  for (const Use &use : weight.otherUses)
    uses.push_back(&use);
  return uses;
}

std::string lacuna::advise::describeColumns(const Use &use) {
  if (use.size.columns)
    return std::to_string(use.size.columns);
  return use.columnsPerBatch == 1
             ? "batch"
             : std::to_string(use.columnsPerBatch) + " x batch";
}
