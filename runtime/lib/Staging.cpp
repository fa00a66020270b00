// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Copies in and out on the call's stream.

#include "Staging.h"

#include "Tensors.h"

using namespace lacuna::runtime;

std::vector<DLTensor> Staging::stage(const DLTensor *tensors, size_t count,
                                     bool output) {
  std::vector<DLTensor> staged(tensors, tensors + count);
  pairs.reserve(pairs.size() + count);
  for (DLTensor &tensor : staged) {
    uint64_t bytes = getBytes(tensor);
    if (bytes == 0 || !isHostMemory(tensor.device))
      continue;
    void *memory = device.allocate(bytes, stream);
    pairs.push_back({getData(tensor), memory, bytes, output});
    tensor.data = memory;
    tensor.byte_offset = 0;
    tensor.device = device.dlDevice();
  }
  return staged;
}

std::vector<DLTensor> Staging::inputs(const DLTensor *tensors, size_t count) {
  std::vector<DLTensor> staged = stage(tensors, count, /*output=*/false);
  for (const Pair &pair : pairs) {
    pending = true;
    device.copy(pair.memory, pair.host, pair.bytes, LACUNA_COPY_TO_DEVICE,
                stream);
  }
  return staged;
}

std::vector<DLTensor> Staging::outputs(const DLTensor *tensors, size_t count) {
  return stage(tensors, count, /*output=*/true);
}

void Staging::finish() {
  for (const Pair &pair : pairs)
    if (pair.output) {
      pending = true;
      device.copy(pair.host, pair.memory, pair.bytes, LACUNA_COPY_TO_HOST,
                  stream);
    }
  if (!pending)
    return;
  device.synchronize(stream);
  pending = false;
}

Staging::~Staging() {
  if (pending)
    (void)device.table()->stream_synchronize(device.handle(), stream);
  for (const Pair &pair : pairs)
    device.release(pair.memory, stream);
}
