// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Counts nonzeros of weights. See WeightPatterns.h.

#include "WeightPatterns.h"

#include "ManifestView.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/MathExtras.h"

using namespace lacuna;
using namespace lacuna::packing;

// Groups that instructions and kernels know.
static constexpr unsigned kGroupSizes[] = {2, 4, 8, 16};
static constexpr int64_t kCells = 32;

/// Whether an element is 0; -0.0 is.
static bool isZero(const uint8_t *bytes, unsigned width, bool isFloat) {
  for (unsigned i = 0; i + 1 < width; ++i)
    if (bytes[i])
      return false;
  return (bytes[width - 1] & (isFloat ? 0x7f : 0xff)) == 0;
}

static bool isFloat(ElementType type) {
  return llvm::is_contained(
      {ElementType::F64, ElementType::F32, ElementType::F16, ElementType::BF16},
      type);
}

/// Nonzeros of a group of m along the layout's dimension: the most of all.
static unsigned findMost(llvm::ArrayRef<bool> nonzero, int64_t outer,
                         int64_t extent, int64_t inner, unsigned m) {
  unsigned most = 0;
  for (int64_t o = 0; o < outer; ++o)
    for (int64_t i = 0; i < inner; ++i) {
      unsigned count = 0;
      for (int64_t k = 0; k < extent; ++k) {
        count = (k % m ? count : 0) + nonzero[(o * extent + k) * inner + i];
        most = std::max(most, count);
      }
    }
  return most;
}

static WeightPattern describe(const Tensor &tensor, const NMLayout &layout) {
  WeightPattern pattern = {};
  unsigned width = getByteWidth(tensor.type);
  int64_t count = tensor.bytes.size / width;
  llvm::SmallVector<bool, 0> nonzero(count);
  bool floats = isFloat(tensor.type);
  int64_t total = 0;
  for (int64_t i = 0; i < count; ++i) {
    nonzero[i] = !isZero(tensor.bytes.data + i * width, width, floats);
    total += nonzero[i];
  }
  pattern.density = count ? double(total) / count : 0;

  int64_t outer = 1, inner = 1, extent = tensor.shape[layout.dim];
  for (auto [dim, size] : llvm::enumerate(tensor.shape))
    (dim < layout.dim ? outer : inner) *= dim == layout.dim ? 1 : size;
  for (unsigned m : kGroupSizes) {
    unsigned n = findMost(nonzero, outer, extent, inner, m);
    // Tighter than what is claimed, or as dense in smaller groups.
    bool isTighter = n * layout.m < layout.n * m ||
                     (n * layout.m == layout.n * m && m < layout.m);
    if (n && n < m && isTighter)
      pattern.keeps.push_back(NMLayout{n, m, layout.dim}.str());
  }

  int64_t columns = tensor.shape.back(), rows = columns ? count / columns : 0;
  pattern.mapRows = std::min(rows, kCells);
  pattern.mapColumns = std::min(columns, kCells);
  std::vector<int64_t> sums(pattern.mapRows * pattern.mapColumns),
      sizes(sums.size());
  for (int64_t i = 0; i < count; ++i) {
    int64_t cell = (i / columns) * pattern.mapRows / rows * pattern.mapColumns +
                   (i % columns) * pattern.mapColumns / columns;
    sums[cell] += nonzero[i];
    ++sizes[cell];
  }
  for (auto [sum, size] : llvm::zip(sums, sizes))
    pattern.map.push_back(size ? sum * 255 / size : 0);
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
