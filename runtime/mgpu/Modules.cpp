// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// mgpuModule* and mgpuLaunch*. Modules are recorded by the program's
// constructors and loaded when their first kernel is asked for.

#include "Mgpu.h"

#include <cstring>
#include <map>
#include <mutex>
#include <string>

using namespace lacuna::mgpu;

namespace {
struct Module {
  const void *data;
  size_t size;
  std::mutex mutex;
  lacuna_module *loaded = nullptr;
  /// Asked for by name at every launch.
  std::map<std::string, lacuna_kernel *> kernels;
};

lacuna_kernel *find(Module &module, const char *name) {
  constexpr char function[] = "mgpuModuleGetFunction";
  const Device &gpu = getDevice(function);
  std::lock_guard<std::mutex> lock(module.mutex);
  auto it = module.kernels.find(name);
  if (it != module.kernels.end())
    return it->second;
  if (!module.loaded)
    check(function, gpu.table->module_load(gpu.handle, module.data, module.size,
                                           &module.loaded));
  lacuna_kernel *kernel = nullptr;
  check(function,
        gpu.table->module_kernel(gpu.handle, module.loaded, name, &kernel));
  module.kernels[name] = kernel;
  return kernel;
}

/// A size that the program computed.
uint64_t toSize(const char *function, intptr_t value, uint64_t most) {
  if (value < 0 || uint64_t(value) > most)
    fail(function, ("a size of the launch is " + std::to_string(value) +
                    ", expected 0 to " + std::to_string(most))
                       .c_str());
  return static_cast<uint64_t>(value);
}

void launch(const char *function, void *kernel, const intptr_t *cluster,
            const intptr_t *grid, const intptr_t *block, int32_t sharedBytes,
            void *stream, void **params, uint32_t numParams) {
  const Device &gpu = getDevice(function);
  lacuna_launch sizes = {};
  for (int i = 0; i < 3; ++i) {
    sizes.grid[i] = toSize(function, grid[i], INT64_MAX);
    sizes.block[i] =
        static_cast<uint32_t>(toSize(function, block[i], UINT32_MAX));
    if (cluster)
      sizes.cluster[i] =
          static_cast<uint32_t>(toSize(function, cluster[i], UINT32_MAX));
  }
  sizes.shared_bytes =
      static_cast<uint32_t>(toSize(function, sharedBytes, INT32_MAX));
  sizes.params = params;
  sizes.num_params = numParams;
  check(function,
        gpu.table->launch(gpu.handle, static_cast<lacuna_kernel *>(kernel),
                          &sizes, stream));
}
} // namespace

LACUNA_MGPU void *mgpuModuleLoad(void *data, size_t size) {
  return new Module{data, size, {}, nullptr, {}};
}

/// PTX text, which ends in NUL.
LACUNA_MGPU void *mgpuModuleLoadJIT(void *data, int32_t) {
  size_t size = data ? std::strlen(static_cast<const char *>(data)) : 0;
  return mgpuModuleLoad(data, size);
}

LACUNA_MGPU void mgpuModuleUnload(void *handle) {
  auto *module = static_cast<Module *>(handle);
  if (module && module->loaded) {
    const Device &gpu = getDevice("mgpuModuleUnload");
    gpu.table->module_destroy(gpu.handle, module->loaded);
  }
  delete module;
}

LACUNA_MGPU void *mgpuModuleGetFunction(void *module, const char *name) {
  if (!module || !name)
    fail("mgpuModuleGetFunction", "the module or the name is a null pointer");
  return find(*static_cast<Module *>(module), name);
}

LACUNA_MGPU void mgpuLaunchKernel(void *function, intptr_t gridX,
                                  intptr_t gridY, intptr_t gridZ,
                                  intptr_t blockX, intptr_t blockY,
                                  intptr_t blockZ, int32_t sharedBytes,
                                  void *stream, void **params, void **,
                                  size_t numParams) {
  intptr_t grid[] = {gridX, gridY, gridZ};
  intptr_t block[] = {blockX, blockY, blockZ};
  launch("mgpuLaunchKernel", function, nullptr, grid, block, sharedBytes,
         stream, params, static_cast<uint32_t>(numParams));
}

LACUNA_MGPU void mgpuLaunchClusterKernel(void *function, intptr_t clusterX,
                                         intptr_t clusterY, intptr_t clusterZ,
                                         intptr_t gridX, intptr_t gridY,
                                         intptr_t gridZ, intptr_t blockX,
                                         intptr_t blockY, intptr_t blockZ,
                                         int32_t sharedBytes, void *stream,
                                         void **params, void **) {
  intptr_t cluster[] = {clusterX, clusterY, clusterZ};
  intptr_t grid[] = {gridX, gridY, gridZ};
  intptr_t block[] = {blockX, blockY, blockZ};
  launch("mgpuLaunchClusterKernel", function, cluster, grid, block, sharedBytes,
         stream, params, LACUNA_UNKNOWN_PARAMS);
}
