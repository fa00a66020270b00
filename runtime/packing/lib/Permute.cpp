// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Permuting dimensions. The result's last dimension and the dimension that is
// contiguous in the source are walked in tiles, so that neither side touches a
// cache line once per element.

#include "Permute.h"

#include <algorithm>
#include <cstring>

using namespace lacuna::packing;

namespace {
struct Copy {
  Shape sizes;                    ///< Of the result.
  std::vector<uint64_t> from, to; ///< Strides in elements, per dimension.
  const uint8_t *source;
  uint8_t *result;
};

/// Copies dimensions `a` and `b` in tiles, from the given element offsets.
template <unsigned Width>
void copyPlane(const Copy &copy, size_t a, size_t b, uint64_t from,
               uint64_t to) {
  constexpr int64_t tile = 32;
  int64_t sizeA = copy.sizes[a], sizeB = copy.sizes[b];
  for (int64_t a0 = 0; a0 < sizeA; a0 += tile)
    for (int64_t b0 = 0; b0 < sizeB; b0 += tile)
      for (int64_t i = a0; i < std::min(a0 + tile, sizeA); ++i)
        for (int64_t j = b0; j < std::min(b0 + tile, sizeB); ++j)
          std::memcpy(copy.result +
                          (to + i * copy.to[a] + j * copy.to[b]) * Width,
                      copy.source +
                          (from + i * copy.from[a] + j * copy.from[b]) * Width,
                      Width);
}

/// All dimensions but `a` and `b` as loops around copyPlane.
template <unsigned Width> void copyAll(const Copy &copy, size_t a, size_t b) {
  Shape index(copy.sizes.size(), 0);
  while (true) {
    uint64_t from = 0, to = 0;
    for (size_t d = 0; d < index.size(); ++d) {
      from += index[d] * copy.from[d];
      to += index[d] * copy.to[d];
    }
    copyPlane<Width>(copy, a, b, from, to);
    size_t d = index.size();
    while (d-- > 0) {
      if (d == a || d == b)
        continue;
      if (++index[d] < copy.sizes[d])
        break;
      index[d] = 0;
    }
    if (d == size_t(-1))
      return;
  }
}

/// Row-major strides, in elements.
std::vector<uint64_t> getStrides(const Shape &shape) {
  std::vector<uint64_t> strides(shape.size());
  uint64_t stride = 1;
  for (size_t d = shape.size(); d-- > 0; stride *= shape[d])
    strides[d] = stride;
  return strides;
}
} // namespace

std::vector<unsigned> lacuna::packing::reversal(size_t rank) {
  std::vector<unsigned> permutation(rank);
  for (size_t i = 0; i < rank; ++i)
    permutation[i] = static_cast<unsigned>(rank - 1 - i);
  return permutation;
}

Result<Tensor>
lacuna::packing::permute(const Tensor &source,
                         const std::vector<unsigned> &permutation) {
  Tensor result = source;
  size_t rank = permutation.size();
  for (size_t i = 0; i < rank; ++i)
    result.shape[i] = source.shape[permutation[i]];
  Result<Buffer> buffer = Buffer::allocate(source.bytes.size);
  if (!buffer.ok())
    return buffer.status();
  result.bytes = buffer->bytes();
  result.owner = buffer->owner();
  if (rank < 2 || source.bytes.size == 0) {
    if (source.bytes.size)
      std::memcpy(buffer->bytes().data, source.bytes.data, source.bytes.size);
    return result;
  }

  std::vector<uint64_t> strides = getStrides(source.shape);
  Copy copy{result.shape,
            {},
            getStrides(result.shape),
            source.bytes.data,
            buffer->bytes().data};
  for (unsigned d : permutation)
    copy.from.push_back(strides[d]);
  // The dimension of the result that is the source's last one.
  size_t a = std::find(permutation.begin(), permutation.end(), rank - 1) -
             permutation.begin();
  size_t b = rank - 1;
  if (a == b)
    a = rank - 2;
  switch (getByteWidth(source.type)) {
  case 1:
    copyAll<1>(copy, a, b);
    break;
  case 2:
    copyAll<2>(copy, a, b);
    break;
  case 4:
    copyAll<4>(copy, a, b);
    break;
  default:
    copyAll<8>(copy, a, b);
    break;
  }
  return result;
}
