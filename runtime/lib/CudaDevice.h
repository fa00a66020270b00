// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The device `cuda`: a device table over NVIDIA's driver. The device and its
// memory are in CudaDevice.cpp, modules and launches in CudaKernels.cpp.

#ifndef LACUNA_RUNTIME_LIB_CUDADEVICE_H
#define LACUNA_RUNTIME_LIB_CUDADEVICE_H

#include "CudaDriver.h"
#include "Error.h"
#include "lacuna/DeviceABI.h"

/// The primary context of a GPU, which the CUDA runtime and so PyTorch use,
/// too: memory and streams of theirs are of use here.
struct lacuna_device {
  int ordinal = 0;
  lacuna::runtime::cuda::CUdevice device = 0;
  lacuna::runtime::cuda::CUcontext context = nullptr;
  /// Null where the driver has no pools: then allocation is not ordered.
  lacuna::runtime::cuda::CUmemoryPool pool = nullptr;
  std::string architecture, description;
};

namespace lacuna::runtime::cuda {

/// Makes the device's context current and, at its end, the caller's again.
class Current {
public:
  explicit Current(const lacuna_device &device);
  Current(const Current &) = delete;
  ~Current();
};

/// A function of the table: runs with the context, letting no exception out.
template <typename Body>
lacuna_status with(const lacuna_device *device, Body &&body) noexcept {
  return guard([&] {
    if (!device)
      throw Error(LACUNA_ERROR_ARGUMENT, "the device is a null pointer");
    Current current(*device);
    body(Driver::get());
  });
}

// Entries of the table that CudaKernels.cpp has.
lacuna_status loadModule(lacuna_device *, const void *image, size_t size,
                         lacuna_module **module);
void destroyModule(lacuna_device *, lacuna_module *module);
lacuna_status getKernel(lacuna_device *, lacuna_module *module,
                        const char *name, lacuna_kernel **kernel);
lacuna_status launchKernel(lacuna_device *, lacuna_kernel *kernel,
                           const lacuna_launch *launch, void *stream);
lacuna_status beginCapture(lacuna_device *, void *stream);
lacuna_status endCapture(lacuna_device *, void *stream, lacuna_graph **graph);
lacuna_status launchGraph(lacuna_device *, lacuna_graph *graph, void *stream);
void destroyGraph(lacuna_device *, lacuna_graph *graph);

} // namespace lacuna::runtime::cuda

namespace lacuna::runtime {
const lacuna_device_table &getCudaTable();
} // namespace lacuna::runtime

#endif // LACUNA_RUNTIME_LIB_CUDADEVICE_H
