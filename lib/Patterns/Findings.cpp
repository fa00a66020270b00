// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From sums to findings.

#include "lacuna/Patterns/Findings.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <cmath>

using namespace lacuna;
using namespace lacuna::patterns;
using packing::NMLayout;

/// Patterns that are told of, whether they hold or not.
static constexpr std::pair<unsigned, unsigned> kPatterns[] = {
    {1, 2}, {1, 4},  {2, 4},  {1, 8},  {2, 8},
    {4, 8}, {1, 16}, {2, 16}, {4, 16}, {8, 16}};
/// A part is near 0 below this share of the mean energy: 1 % of the norm.
static constexpr double kNear = 1e-4;

static double getShare(double energy, double whole) {
  return whole > 0 ? std::sqrt(std::min(1.0, energy / whole)) : 0;
}

static void addPatterns(const GroupSums &sums, const MatrixView &view,
                        bool alongColumns, double energy, Findings &findings) {
  unsigned dim = alongColumns ? *view.columnDim : view.rowDim;
  int64_t extent = alongColumns ? view.columns : view.rows;
  auto add = [&](unsigned n, unsigned m) {
    double kept = double(llvm::divideCeil(extent, m)) * n;
    findings.patterns.push_back({{n, m, dim},
                                 view.getNumGroups(alongColumns, m),
                                 sums.getBroken(n, m),
                                 std::min(1.0, kept / extent),
                                 getShare(sums.getLost(n, m), energy)});
  };
  // With room for one more of each m: there may be very many weights.
  findings.patterns.reserve(findings.patterns.size() + std::size(kPatterns) +
                            kGroupSizes.size());
  for (auto [n, m] : kPatterns)
    add(n, m);
  for (unsigned m : kGroupSizes) {
    unsigned n = 1;
    while (n < m && sums.getBroken(n, m))
      ++n;
    if (n < m && !llvm::is_contained(kPatterns, std::make_pair(n, m)))
      add(n, m);
  }
}

Findings lacuna::patterns::makeUnknown(const MatrixView &view) {
  GroupSums sums;
  sums.more.fill(1);
  Findings findings;
  findings.known = false;
  findings.elements = view.getNumElements();
  findings.norm = NAN;
  addPatterns(sums, view, false, NAN, findings);
  if (view.columnDim)
    addPatterns(sums, view, true, NAN, findings);
  for (PatternFinding &pattern : findings.patterns) {
    pattern.broken = pattern.groups;
    pattern.lost = NAN;
  }
  return findings;
}

static PartFinding summarize(const EnergyHistogram &parts, double energy) {
  PartFinding finding;
  finding.total = parts.total;
  finding.zero = parts.zero;
  if (parts.total)
    finding.nearZero = parts.countBelow(kNear * energy / parts.total);
  finding.lostHalf = getShare(parts.getLightest(0.5), energy);
  return finding;
}

/// Of NaN and infinities only counts can be told.
static void forgetNorms(Findings &findings) {
  for (PatternFinding &pattern : findings.patterns)
    pattern.lost = NAN;
  for (PartFinding *part :
       {&findings.blocks[0], &findings.blocks[1], &findings.blocks[2],
        &findings.lines[0], &findings.lines[1]}) {
    part->nearZero = 0;
    part->lostHalf = NAN;
  }
}

Findings lacuna::patterns::summarize(const Statistics &stats,
                                     const MatrixView &view) {
  Findings findings;
  findings.elements = view.getNumElements();
  findings.nonzeros = stats.nonzeros;
  findings.nonfinite = stats.nonfinite;
  findings.exponent = stats.exponent;
  findings.norm = std::ldexp(std::sqrt(stats.energy), stats.exponent);
  addPatterns(stats.groups[0], view, false, stats.energy, findings);
  if (view.columnDim)
    addPatterns(stats.groups[1], view, true, stats.energy, findings);
  for (unsigned i = 0; i < 3; ++i)
    findings.blocks[i] = ::summarize(stats.blocks[i], stats.energy);
  for (unsigned i = 0; i < 2; ++i)
    findings.lines[i] = ::summarize(stats.lines[i], stats.energy);
  if (stats.nonfinite)
    forgetNorms(findings);
  findings.mapRows = stats.map.rows;
  findings.mapColumns = stats.map.columns;
  for (size_t i = 0; i < stats.map.nonzeros.size(); ++i) {
    uint64_t nonzeros = stats.map.nonzeros[i], all = stats.map.elements[i];
    findings.map.push_back(nonzeros == 0     ? 0
                           : nonzeros == all ? 255
                                             : 1 + 253 * nonzeros / all);
  }
  findings.corner.assign(stats.corner.begin(),
                         stats.corner.begin() +
                             std::min<int64_t>(32, view.rows));
  findings.cornerColumns = std::min<int64_t>(32, view.columns);
  return findings;
}

const PatternFinding *Findings::getBest(unsigned dim) const {
  const PatternFinding *best = nullptr;
  auto rank = [&](const PatternFinding &pattern) {
    return std::make_pair(pattern.work, pattern.layout.m);
  };
  for (const PatternFinding &pattern : patterns)
    if (pattern.layout.dim == dim && pattern.pays() &&
        (!best || rank(pattern) < rank(*best)))
      best = &pattern;
  return best;
}

const PatternFinding *Findings::find(const NMLayout &layout) const {
  for (const PatternFinding &pattern : patterns)
    if (pattern.layout == layout)
      return &pattern;
  return nullptr;
}
