// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The kernels of a session on a GPU: one image of the model's fatbin, loaded
// when the first kernel is launched.

#ifndef LACUNA_RUNTIME_LIB_KERNELS_H
#define LACUNA_RUNTIME_LIB_KERNELS_H

#include "Device.h"
#include "Model.h"

#include <atomic>
#include <mutex>

namespace lacuna::runtime {

class Kernels {
public:
  /// Both outlive the kernels.
  Kernels(const Model &model, const Target &target, const Device &device);
  Kernels(const Kernels &) = delete;
  ~Kernels();

  const Device &device() const { return gpu; }

  /// The name of a kernel; throws an Error if there is none of this number.
  const std::string &name(int32_t kernel) const;

  /// As lacuna_rt_launch gives them. Throws an Error that names the kernel.
  void launch(int32_t kernel, const int64_t *sizes, void **params,
              int32_t numParams, void *stream);

private:
  lacuna_kernel *get(int32_t kernel);
  void load();

  const Model &model;
  const TargetSpec &target;
  const Device &gpu;
  std::mutex mutex;
  lacuna_module *module = nullptr;
  std::unique_ptr<std::atomic<lacuna_kernel *>[]> kernels;
};

} // namespace lacuna::runtime

#endif // LACUNA_RUNTIME_LIB_KERNELS_H
