// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sums of slices, joined; and what they say.

#include "lacuna/Patterns/Statistics.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/bit.h"

#include <algorithm>

using namespace lacuna::patterns;

void GroupSums::merge(const GroupSums &other) {
  for (unsigned i = 0; i < kNumPlaces; ++i) {
    more[i] += other.more[i];
    energy[i] += other.energy[i];
  }
}

uint64_t GroupSums::getBroken(unsigned n, unsigned m) const {
  return n < m ? more[getFirstPlace(m) + n] : 0;
}

double GroupSums::getLost(unsigned n, unsigned m) const {
  double sum = 0;
  for (unsigned i = n; i < m; ++i)
    sum += energy[getFirstPlace(m) + i];
  return sum;
}

/// The exponent and two bits of the significand.
static unsigned getNumber(double value) {
  return llvm::bit_cast<uint64_t>(value) >> 50;
}

/// The least value of a bin.
static double getLeast(unsigned number) {
  return llvm::bit_cast<double>(uint64_t(number) << 50);
}

EnergyHistogram::Bin &EnergyHistogram::getBin(unsigned number) {
  if (bins.empty())
    first = number;
  if (number < first) {
    bins.insert(bins.begin(), first - number, Bin());
    first = number;
  }
  if (number - first >= bins.size())
    bins.resize(number - first + 1);
  return bins[number - first];
}

void EnergyHistogram::add(double value) {
  ++total;
  if (value == 0) {
    ++zero;
    return;
  }
  Bin &bin = getBin(getNumber(value));
  ++bin.count;
  bin.energy += value;
}

void EnergyHistogram::merge(const EnergyHistogram &other) {
  total += other.total;
  zero += other.zero;
  for (auto [i, from] : llvm::enumerate(other.bins)) {
    Bin &bin = getBin(other.first + i);
    bin.count += from.count;
    bin.energy += from.energy;
  }
}

uint64_t EnergyHistogram::countBelow(double limit) const {
  uint64_t sum = 0;
  for (unsigned i = 0; i < bins.size() && getLeast(first + i + 1) <= limit; ++i)
    sum += bins[i].count;
  return sum;
}

double EnergyHistogram::getLightest(double share) const {
  double left = share * total - zero, sum = 0;
  for (const Bin &bin : bins) {
    if (left <= 0)
      break;
    if (!bin.count)
      continue;
    double taken = std::min<double>(left, bin.count);
    sum += bin.energy * (taken / bin.count);
    left -= taken;
  }
  return sum;
}

void DensityMap::merge(const DensityMap &other) {
  if (nonzeros.empty()) {
    *this = other;
    return;
  }
  for (size_t i = 0; i < other.nonzeros.size(); ++i) {
    nonzeros[i] += other.nonzeros[i];
    elements[i] += other.elements[i];
  }
}

void Statistics::merge(const Statistics &other) {
  exponent = other.exponent;
  nonzeros += other.nonzeros;
  nonfinite += other.nonfinite;
  energy += other.energy;
  for (unsigned i = 0; i < groups.size(); ++i)
    groups[i].merge(other.groups[i]);
  for (unsigned i = 0; i < lines.size(); ++i)
    lines[i].merge(other.lines[i]);
  for (unsigned i = 0; i < blocks.size(); ++i)
    blocks[i].merge(other.blocks[i]);
  map.merge(other.map);
  for (unsigned i = 0; i < corner.size(); ++i)
    corner[i] |= other.corner[i];
}
