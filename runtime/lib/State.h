// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The state of a session: named tensors in the device's memory that runs read
// and update in place, such as a key-value cache.

#ifndef LACUNA_RUNTIME_LIB_STATE_H
#define LACUNA_RUNTIME_LIB_STATE_H

#include "Weights.h"

#include <mutex>

namespace lacuna::runtime {

class State {
public:
  /// Allocates all of it and gives it its initial values, those in `weights`
  /// where the manifest says so; throws an Error.
  State(const Model &model, const Device &device, const Weights &weights);

  /// The memory of the tensor at `index` of the manifest; it never moves.
  void *data(size_t index) const { return buffers[index].get(); }

  // By name, null for all in reset. On a GPU in the order of the stream;
  // waits where the caller's tensor is on the host.
  void reset(const char *name, void *stream);
  void read(const char *name, const DLTensor &tensor, void *stream);
  void write(const char *name, const DLTensor &tensor, void *stream);

  /// Held by whoever reads or changes it: runs of one session that use state
  /// take turns.
  std::mutex mutex;

private:
  size_t find(const char *name) const;
  void restore(size_t index, void *stream);
  void move(size_t index, const DLTensor &tensor, bool isRead, void *stream);

  const std::vector<StateSpec> &specs;
  const Device &device;
  const Weights &weights;
  std::vector<std::shared_ptr<void>> buffers;
};

} // namespace lacuna::runtime

#endif // LACUNA_RUNTIME_LIB_STATE_H
