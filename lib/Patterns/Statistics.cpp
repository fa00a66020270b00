// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sums of slices, joined; and what they say.

#include "lacuna/Patterns/Statistics.h"

#include <algorithm>
#include <cmath>
#include <cstring>

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
static unsigned getBin(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return (bits >> 21) % EnergyHistogram::kBins;
}

/// The least value of a bin; of the bin behind the last, infinity.
static double getLeast(unsigned bin) {
  uint32_t bits = bin << 21;
  float value;
  std::memcpy(&value, &bits, sizeof(value));
  return std::isnan(value) ? INFINITY : value;
}

void EnergyHistogram::add(float value) {
  ++total;
  if (value == 0) {
    ++zero;
    return;
  }
  unsigned bin = getBin(value);
  ++count[bin];
  energy[bin] += value;
}

void EnergyHistogram::merge(const EnergyHistogram &other) {
  total += other.total;
  zero += other.zero;
  for (unsigned i = 0; i < kBins; ++i) {
    count[i] += other.count[i];
    energy[i] += other.energy[i];
  }
}

uint64_t EnergyHistogram::countBelow(double limit) const {
  uint64_t sum = 0;
  for (unsigned i = 0; i + 1 < kBins && getLeast(i + 1) <= limit; ++i)
    sum += count[i];
  return sum;
}

double EnergyHistogram::getLightest(double share) const {
  double left = share * total - zero, sum = 0;
  for (unsigned i = 0; i < kBins && left > 0; ++i) {
    if (!count[i])
      continue;
    double taken = std::min<double>(left, count[i]);
    sum += energy[i] * (taken / count[i]);
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
