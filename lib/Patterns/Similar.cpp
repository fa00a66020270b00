// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Near-identical experts: matrices whose names differ by one number, and those
// of a stack, are compared by their sketches.

#include "lacuna/Patterns/Findings.h"

#include "llvm/ADT/StringExtras.h"

#include <algorithm>
#include <cmath>
#include <map>

using namespace lacuna;
using namespace lacuna::patterns;

/// Sketches that are kept: 128 MB.
static constexpr uint64_t kMostSketches = 32768;
/// In a large family each is compared with so many that follow it.
static constexpr size_t kMostNeighbors = 512;
/// Pairs that are told of.
static constexpr size_t kMostPairs = 10000;

/// The name with one number after another left out.
static std::vector<std::string> getFamilies(const ScanSource &source) {
  const packing::WeightSpec &spec = source.weight.spec;
  llvm::StringRef name = spec.name;
  std::string kind =
      std::string(packing::getName(spec.type)) + packing::toString(spec.shape) +
      (source.weight.geometry ? " by " + std::to_string(spec.layout->dim) : "");
  std::vector<std::string> families;
  for (size_t begin = 0; begin < name.size();) {
    if (!llvm::isDigit(name[begin])) {
      ++begin;
      continue;
    }
    size_t end = name.find_if_not(llvm::isDigit, begin);
    end = std::min(end, name.size());
    families.push_back(
        (name.take_front(begin) + "#" + name.drop_front(end) + " " + kind)
            .str());
    begin = end;
  }
  return families;
}

using Families = std::map<std::string, std::vector<size_t>>;

static Families collect(llvm::ArrayRef<ScanSource> sources) {
  Families families;
  for (size_t i = 0; i < sources.size(); ++i)
    for (const std::string &family : getFamilies(sources[i]))
      families[family].push_back(i);
  return families;
}

std::vector<bool>
lacuna::patterns::findFamilies(llvm::ArrayRef<ScanSource> sources) {
  std::vector<bool> compared(sources.size());
  for (const auto &[name, members] : collect(sources))
    if (members.size() > 1)
      for (size_t member : members)
        compared[member] = true;
  uint64_t count = 0;
  for (size_t i = 0; i < sources.size(); ++i) {
    const MatrixView &view = sources[i].view;
    // The matrices of a convolution are no experts.
    bool isStack = view.batch > 1 && view.columnDim && view.rows >= kTile &&
                   view.columns >= kTile;
    compared[i] = (compared[i] && view.batch == 1) || isStack;
    if (compared[i] && (count += view.batch) > kMostSketches)
      compared[i] = false;
  }
  return compared;
}

static double getEnergy(const Sketch &sketch) {
  double sum = 0;
  for (float x : sketch)
    sum += double(x) * x;
  return sum;
}

namespace {
/// The nearest pairs so far.
class Nearest {
public:
  Nearest(llvm::ArrayRef<Findings> findings, double most)
      : findings(findings), most(most) {
    for (const Findings &found : findings) {
      energies.emplace_back();
      for (const Sketch &sketch : found.sketches)
        energies.back().push_back(getEnergy(sketch));
    }
  }

  void compare(Similar pair) {
    // In units of the first.
    double scale = std::ldexp(1.0, findings[pair.second].exponent -
                                       findings[pair.first].exponent);
    double both = (energies[pair.first][pair.firstMatrix] +
                   scale * scale * energies[pair.second][pair.secondMatrix]) /
                  2;
    // What is 0, NaN or infinite is not like anything.
    if (!(both > 0) || !std::isfinite(both))
      return;
    const Sketch &a = findings[pair.first].sketches[pair.firstMatrix];
    const Sketch &b = findings[pair.second].sketches[pair.secondMatrix];
    double difference = 0;
    for (unsigned i = 0; i < kSketch; ++i)
      difference += (a[i] - scale * b[i]) * (a[i] - scale * b[i]);
    pair.distance = std::sqrt(difference / both);
    if (pair.distance > most)
      return;
    pairs.push_back(pair);
    if (pairs.size() == 2 * kMostPairs)
      cut();
  }

  std::vector<Similar> take() {
    cut();
    return std::move(pairs);
  }

private:
  void cut() {
    auto rank = [](const Similar &pair) {
      return std::tie(pair.distance, pair.first, pair.second, pair.firstMatrix,
                      pair.secondMatrix);
    };
    llvm::sort(pairs, [&](const Similar &a, const Similar &b) {
      return rank(a) < rank(b);
    });
    if (pairs.size() > kMostPairs)
      pairs.resize(kMostPairs);
  }

  llvm::ArrayRef<Findings> findings;
  double most;
  std::vector<std::vector<double>> energies;
  std::vector<Similar> pairs;
};
} // namespace

std::vector<Similar>
lacuna::patterns::findSimilar(llvm::ArrayRef<ScanSource> sources,
                              llvm::ArrayRef<Findings> findings, double most) {
  Nearest nearest(findings, most);
  for (const auto &[name, members] : collect(sources))
    for (size_t i = 0; i < members.size(); ++i)
      for (size_t j = i + 1;
           j < std::min(members.size(), i + 1 + kMostNeighbors); ++j)
        if (sources[members[i]].view.batch == 1 &&
            !findings[members[i]].sketches.empty() &&
            !findings[members[j]].sketches.empty())
          nearest.compare({members[i], members[j]});
  for (size_t source = 0; source < sources.size(); ++source) {
    int64_t count = findings[source].sketches.size();
    for (int64_t i = 0; i < count; ++i)
      for (int64_t j = i + 1;
           j < std::min<int64_t>(count, i + 1 + kMostNeighbors); ++j)
        nearest.compare({source, source, i, j});
  }
  return nearest.take();
}
