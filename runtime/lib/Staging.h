// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Host tensors in a call on a GPU: copied to the device before it and back
// after it. Tensors in the device's memory are used in place.

#ifndef LACUNA_RUNTIME_LIB_STAGING_H
#define LACUNA_RUNTIME_LIB_STAGING_H

#include "Device.h"

namespace lacuna::runtime {

class Staging {
public:
  Staging(const Device &device, void *stream)
      : device(device), stream(stream) {}
  Staging(const Staging &) = delete;
  /// Waits for copies that still read or write the caller's memory.
  ~Staging();

  /// The tensors as kernels may take them. Throws an Error.
  std::vector<DLTensor> inputs(const DLTensor *tensors, size_t count);
  std::vector<DLTensor> outputs(const DLTensor *tensors, size_t count);

  /// Brings outputs back. Waits for them, and for inputs to be read, if there
  /// were host tensors; a call without any stays asynchronous.
  void finish();

private:
  struct Pair {
    void *host;
    void *memory;
    uint64_t bytes;
    bool output;
  };
  std::vector<DLTensor> stage(const DLTensor *tensors, size_t count,
                              bool output);

  const Device &device;
  void *stream;
  std::vector<Pair> pairs;
  bool pending = false;
};

} // namespace lacuna::runtime

#endif // LACUNA_RUNTIME_LIB_STAGING_H
