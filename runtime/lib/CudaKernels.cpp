// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Modules, launches and graphs of the device `cuda`.

#include "CudaDevice.h"
#include "Fatbin.h"

#include <cstring>
#include <deque>
#include <memory>
#include <mutex>

using namespace lacuna::runtime;
using namespace lacuna::runtime::cuda;

struct lacuna_kernel {
  CUfunction function = nullptr;
  std::string name;
  int64_t numParams = -1;   ///< -1: the driver does not tell.
  uint64_t staticBytes = 0; ///< Of shared memory.
  std::mutex mutex;
  uint64_t allowedBytes = 0; ///< Dynamic ones that the driver was told of.
  bool largeClusters = false;
};

struct lacuna_module {
  CUmodule module = nullptr;
  std::mutex mutex;
  std::deque<lacuna_kernel> kernels;
};

struct lacuna_graph {
  CUgraphExec executable = nullptr;
};

namespace {
// CUDA C++ Programming Guide, Compute Capabilities: a kernel that wants more
// shared memory than this opts in; clusters of more blocks do, too.
constexpr uint64_t usualSharedBytes = 48 << 10;
constexpr uint64_t portableCluster = 8;

/// The driver wants text to end in NUL, and believes the sizes inside of
/// everything else: those of a fatbin are checked here.
CUmodule load(const Driver &driver, const void *image, size_t size) {
  std::string text, error;
  std::vector<Image> images;
  bool cubin = size >= 4 && std::memcmp(image, "\177ELF", 4) == 0;
  if (isFatbin(image, size)) {
    if (!readFatbin(image, size, images, error))
      throw Error(LACUNA_ERROR_ARTIFACT, error);
  } else if (!cubin) {
    text.assign(static_cast<const char *>(image), size);
    image = text.c_str();
  }
  char log[4096] = {};
  int options[] = {CU_JIT_ERROR_LOG_BUFFER, CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES};
  void *values[] = {log, reinterpret_cast<void *>(sizeof(log) - 1)};
  CUmodule module = nullptr;
  CUresult result =
      driver.cuModuleLoadDataEx(&module, image, 2, options, values);
  std::string what = "cuModuleLoadDataEx" + std::string(" of ") +
                     (cubin          ? "a cubin"
                      : text.empty() ? "a fatbin"
                                     : "PTX") +
                     " of " + std::to_string(size) + " bytes";
  if (result != CUDA_SUCCESS && log[0])
    what += " (the driver's log: " + std::string(log) + ")";
  driver.check(result, what);
  return module;
}

/// How many parameters the kernel has: the first index that has none.
int64_t countParams(const Driver &driver, CUfunction function) {
  if (!driver.cuFuncGetParamInfo)
    return -1;
  int64_t count = 0;
  size_t offset, bytes;
  while (driver.cuFuncGetParamInfo(function, size_t(count), &offset, &bytes) ==
         CUDA_SUCCESS)
    ++count;
  return count;
}

void allowShared(const Driver &driver, const lacuna_device &device,
                 lacuna_kernel &kernel, uint64_t bytes) {
  if (kernel.staticBytes + bytes <= usualSharedBytes)
    return;
  std::lock_guard<std::mutex> lock(kernel.mutex);
  if (bytes <= kernel.allowedBytes)
    return;
  int most = 0;
  (void)driver.cuDeviceGetAttribute(
      &most, CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN,
      device.device);
  if (kernel.staticBytes + bytes > uint64_t(most))
    throw Error(LACUNA_ERROR_UNSUPPORTED,
                "a block wants " + std::to_string(kernel.staticBytes + bytes) +
                    " bytes of shared memory, '" + device.description +
                    "' has " + std::to_string(most));
  driver.check(
      driver.cuFuncSetAttribute(kernel.function,
                                CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES,
                                static_cast<int>(bytes)),
      "cuFuncSetAttribute of " + std::to_string(bytes) +
          " bytes of shared memory");
  kernel.allowedBytes = bytes;
}

void allowCluster(const Driver &driver, lacuna_kernel &kernel,
                  const uint32_t *cluster) {
  if (uint64_t(cluster[0]) * cluster[1] * cluster[2] <= portableCluster)
    return;
  std::lock_guard<std::mutex> lock(kernel.mutex);
  if (kernel.largeClusters)
    return;
  driver.check(driver.cuFuncSetAttribute(
                   kernel.function,
                   CU_FUNC_ATTRIBUTE_NON_PORTABLE_CLUSTER_SIZE_ALLOWED, 1),
               "cuFuncSetAttribute of a large cluster");
  kernel.largeClusters = true;
}

void checkParams(const lacuna_kernel &kernel, const lacuna_launch &launch) {
  if (kernel.numParams >= 0 && launch.num_params != LACUNA_UNKNOWN_PARAMS &&
      launch.num_params != kernel.numParams)
    throw Error(LACUNA_ERROR_ARGUMENT,
                "kernel '" + kernel.name + "' has " +
                    std::to_string(kernel.numParams) + " parameters, " +
                    std::to_string(launch.num_params) + " were given");
}
} // namespace

lacuna_status cuda::loadModule(lacuna_device *device, const void *image,
                               size_t size, lacuna_module **module) {
  return with(device, [&](const Driver &driver) {
    *module = nullptr;
    if (!image || size == 0)
      throw Error(LACUNA_ERROR_ARGUMENT, "the image of a module is empty");
    auto result = std::make_unique<lacuna_module>();
    result->module = load(driver, image, size);
    *module = result.release();
  });
}

void cuda::destroyModule(lacuna_device *device, lacuna_module *module) {
  if (!module)
    return;
  (void)with(device, [&](const Driver &driver) {
    driver.check(driver.cuModuleUnload(module->module), "cuModuleUnload");
  });
  delete module;
}

lacuna_status cuda::getKernel(lacuna_device *device, lacuna_module *module,
                              const char *name, lacuna_kernel **kernel) {
  return with(device, [&](const Driver &driver) {
    std::lock_guard<std::mutex> lock(module->mutex);
    CUfunction function = nullptr;
    driver.check(driver.cuModuleGetFunction(&function, module->module, name),
                 "cuModuleGetFunction of '" + std::string(name) + "'");
    int bytes = 0;
    driver.check(driver.cuFuncGetAttribute(
                     &bytes, CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES, function),
                 "cuFuncGetAttribute of '" + std::string(name) + "'");
    lacuna_kernel &created = module->kernels.emplace_back();
    created.function = function;
    created.name = name;
    created.staticBytes = static_cast<uint64_t>(bytes);
    created.numParams = countParams(driver, function);
    *kernel = &created;
  });
}

lacuna_status cuda::launchKernel(lacuna_device *device, lacuna_kernel *kernel,
                                 const lacuna_launch *launch, void *stream) {
  return with(device, [&](const Driver &driver) {
    checkParams(*kernel, *launch);
    CUlaunchConfig config = {};
    for (int i = 0; i < 3; ++i) {
      if (launch->grid[i] == 0)
        return;
      if (launch->grid[i] > UINT32_MAX)
        throw Error(LACUNA_ERROR_ARGUMENT,
                    "a launch of " + std::to_string(launch->grid[i]) +
                        " blocks in one dimension, expected at most " +
                        std::to_string(UINT32_MAX));
      config.grid[i] = static_cast<unsigned>(launch->grid[i]);
      config.block[i] = launch->block[i];
    }
    config.sharedMemBytes = launch->shared_bytes;
    config.hStream = static_cast<CUstream>(stream);
    CUlaunchAttribute cluster = {};
    const uint32_t *sizes = launch->cluster;
    if (sizes[0] > 1 || sizes[1] > 1 || sizes[2] > 1) {
      cluster.id = CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION;
      std::memcpy(cluster.value.clusterDim, sizes, 3 * sizeof(*sizes));
      config.attrs = &cluster;
      config.numAttrs = 1;
      allowCluster(driver, *kernel, sizes);
    }
    allowShared(driver, *device, *kernel, launch->shared_bytes);
    driver.check(driver.cuLaunchKernelEx(&config, kernel->function,
                                         launch->params, nullptr),
                 "cuLaunchKernelEx");
  });
}

lacuna_status cuda::beginCapture(lacuna_device *device, void *stream) {
  return with(device, [&](const Driver &driver) {
    driver.check(
        driver.cuStreamBeginCapture_v2(static_cast<CUstream>(stream),
                                       CU_STREAM_CAPTURE_MODE_THREAD_LOCAL),
        "cuStreamBeginCapture");
  });
}

lacuna_status cuda::endCapture(lacuna_device *device, void *stream,
                               lacuna_graph **graph) {
  return with(device, [&](const Driver &driver) {
    *graph = nullptr;
    CUgraph captured = nullptr;
    driver.check(
        driver.cuStreamEndCapture(static_cast<CUstream>(stream), &captured),
        "cuStreamEndCapture");
    CUgraphExec executable = nullptr;
    CUresult result =
        driver.cuGraphInstantiateWithFlags(&executable, captured, 0);
    (void)driver.cuGraphDestroy(captured);
    driver.check(result, "cuGraphInstantiate");
    *graph = new lacuna_graph{executable};
  });
}

lacuna_status cuda::launchGraph(lacuna_device *device, lacuna_graph *graph,
                                void *stream) {
  return with(device, [&](const Driver &driver) {
    driver.check(
        driver.cuGraphLaunch(graph->executable, static_cast<CUstream>(stream)),
        "cuGraphLaunch");
  });
}

void cuda::destroyGraph(lacuna_device *device, lacuna_graph *graph) {
  if (!graph)
    return;
  (void)with(device, [&](const Driver &driver) {
    driver.check(driver.cuGraphExecDestroy(graph->executable),
                 "cuGraphExecDestroy");
  });
  delete graph;
}
