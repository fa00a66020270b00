// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The weights of a session, as the model's bindings want to see them.

#ifndef LACUNA_RUNTIME_LIB_WEIGHTS_H
#define LACUNA_RUNTIME_LIB_WEIGHTS_H

#include "Device.h"
#include "Model.h"
#include "ThreadPool.h"
#include "lacuna/Packing/Weights.h"

#include <map>

namespace lacuna::runtime {

struct WeightFiles {
  std::vector<std::string> params;
  std::string parametersFile;
};

/// Buffers of all views that functions of the model read. Each is made once,
/// however many functions bind it.
class Weights {
public:
  /// Reads, checks and packs what functions of the target bind, and brings it
  /// to the device; throws an Error.
  Weights(const Model &model, const Target &target, const Device &device,
          WeightFiles files, ThreadPool &threads);

  struct Buffer {
    const void *data;
    packing::Shape shape;
    std::shared_ptr<const void> owner;
  };
  const Buffer &get(const Binding &binding) const {
    return buffers.at(binding);
  }

private:
  void add(const Binding &binding, const packing::Tensor &tensor);
  std::shared_ptr<void> placeBeside(const packing::Tensor &tensor);

  const Device &device;
  std::map<Binding, Buffer> buffers;
  /// Where the next small packed weight goes, and what is left of it.
  std::shared_ptr<std::byte> chunk;
  uint64_t chunkBytes = 0;
};

} // namespace lacuna::runtime

#endif // LACUNA_RUNTIME_LIB_WEIGHTS_H
