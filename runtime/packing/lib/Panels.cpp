// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The view `panels` of a matrix, made while a model is loaded. See Panels.h.

#include "lacuna/Packing/Panels.h"

#include "ForRanges.h"

#include <cstring>

using namespace lacuna::packing;

Status lacuna::packing::checkPanels(const Shape &shape, PanelShape panels) {
  if (shape.size() != 2)
    return Status::error("a tensor of shape " + toString(shape) +
                         " has no panels; expected 2 dimensions");
  if (panels.dim < 0 || panels.dim > 1)
    return Status::error("panels along dimension " +
                         std::to_string(panels.dim) + "; expected 0 or 1");
  if (panels.width < 1 || shape[panels.dim] % panels.width != 0)
    return Status::error("panels of width " + std::to_string(panels.width) +
                         "; expected a divisor of " +
                         std::to_string(shape[panels.dim]) + ", dimension " +
                         std::to_string(panels.dim) + " of shape " +
                         toString(shape));
  return Status();
}

/// Panels `begin` to `end`. Reading runs along a row of the source where the
/// columns are its dimension 1, and through `width` rows at once where not.
template <unsigned Width>
static void copyPanels(const Tensor &source, MutableBytes target,
                       PanelShape panels, uint64_t begin, uint64_t end) {
  uint64_t columns = source.shape[panels.dim], width = panels.width;
  uint64_t depth = source.shape[1 - panels.dim];
  uint64_t column = panels.dim == 0 ? depth : 1;
  uint64_t row = panels.dim == 0 ? 1 : columns;
  uint8_t *to = target.data + begin * depth * width * Width;
  for (uint64_t panel = begin; panel < end; ++panel)
    for (uint64_t k = 0; k < depth; ++k)
      for (uint64_t j = 0; j < width; ++j, to += Width)
        std::memcpy(to,
                    source.bytes.data +
                        ((panel * width + j) * column + k * row) * Width,
                    Width);
}

Result<Tensor> lacuna::packing::makePanels(const Tensor &source,
                                           PanelShape panels,
                                           const ParallelFor &parallel) {
  Status status = checkPanels(source.shape, panels);
  if (!status.ok())
    return status;
  unsigned width = getByteWidth(source.type);
  Result<uint64_t> size = getByteSize(source.type, source.shape);
  if (!size.ok())
    return size.status();
  if (source.bytes.size != *size)
    return Status::error("a tensor of shape " + toString(source.shape) +
                         " has " + std::to_string(source.bytes.size) +
                         " bytes; expected " + std::to_string(*size));
  Result<Buffer> buffer = Buffer::allocate(*size);
  if (!buffer.ok())
    return buffer.status();
  uint64_t count = source.shape[panels.dim] / panels.width;
  status = forRanges(count, parallel, [&](uint64_t begin, uint64_t end) {
    MutableBytes to = buffer->bytes();
    switch (width) {
    case 1:
      copyPanels<1>(source, to, panels, begin, end);
      break;
    case 2:
      copyPanels<2>(source, to, panels, begin, end);
      break;
    case 4:
      copyPanels<4>(source, to, panels, begin, end);
      break;
    default:
      copyPanels<8>(source, to, panels, begin, end);
      break;
    }
    return Status();
  });
  if (!status.ok())
    return status;
  Tensor result = source;
  result.shape = {static_cast<int64_t>(count), source.shape[1 - panels.dim],
                  panels.width};
  result.bytes = buffer->bytes();
  result.owner = buffer->owner();
  return result;
}
