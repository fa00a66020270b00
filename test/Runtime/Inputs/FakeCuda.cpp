// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A libcuda.so.1 without a GPU, for the device `cuda`: it notes what the driver
// is asked for, insists on the right context, and can let any function fail.
// Memory is the host's. Kernels do nothing but `scale` of gpumodel.c.

#include "CudaDriver.h"

#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <vector>

using namespace lacuna::runtime::cuda;

#define EXPORT extern "C" __attribute__((visibility("default")))

struct lacuna::runtime::cuda::CUfunc_st {
  std::string name;
  int limit;
};

namespace {
std::string record;

/// For programs that cannot call lacuna_fake_cuda.
int fromEnvironment(const char *name, int otherwise) {
  const char *text = std::getenv(name);
  return text ? std::atoi(text) : otherwise;
}
int gpus = fromEnvironment("LACUNA_FAKE_GPUS", 0);
int major = fromEnvironment("LACUNA_FAKE_MAJOR", 9), pools = 1;
std::string failing;
CUresult failure;
char context[3];
thread_local std::vector<CUcontext> stack;

CUcontext contextOf(int device) {
  return reinterpret_cast<CUcontext>(&context[device]);
}

bool note(const std::string &function, const std::string &details = "") {
  record += function + details + "\n";
  return failing == function;
}

/// What needs a current context, as most functions do.
CUresult enter(const std::string &function, const std::string &details = "") {
  if (note(function, details))
    return failure;
  return stack.empty() ? 201 : CUDA_SUCCESS;
}
std::string text(uint64_t number) { return " " + std::to_string(number); }
} // namespace

#define ENTER(...)                                                             \
  if (CUresult result = enter(__VA_ARGS__))                                    \
  return result

EXPORT CUresult cuInit(unsigned) {
  return note("cuInit") ? failure : CUDA_SUCCESS;
}
EXPORT CUresult cuDriverGetVersion(int *version) {
  *version = fromEnvironment("LACUNA_FAKE_DRIVER", 13000);
  return CUDA_SUCCESS;
}
EXPORT CUresult cuGetErrorName(CUresult error, const char **text) {
  *text = error == 2     ? "CUDA_ERROR_OUT_OF_MEMORY"
          : error == 218 ? "CUDA_ERROR_INVALID_PTX"
          : error == 700 ? "CUDA_ERROR_ILLEGAL_ADDRESS"
                         : "CUDA_ERROR_OF_THE_FAKE";
  return CUDA_SUCCESS;
}
EXPORT CUresult cuGetErrorString(CUresult error, const char **text) {
  *text = error == 2 ? "out of memory" : "no more is known";
  return CUDA_SUCCESS;
}
EXPORT CUresult cuDeviceGetCount(int *count) {
  *count = gpus;
  return CUDA_SUCCESS;
}
EXPORT CUresult cuDeviceGet(CUdevice *device, int ordinal) {
  *device = 100 + ordinal;
  return CUDA_SUCCESS;
}
EXPORT CUresult cuDeviceGetName(char *name, int length, CUdevice) {
  std::strncpy(name, "Fake GPU", static_cast<size_t>(length));
  return CUDA_SUCCESS;
}
EXPORT CUresult cuDeviceGetAttribute(int *value, int attribute, CUdevice) {
  *value = attribute == CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR ? major
           : attribute == CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN
               ? 227 << 10
           : attribute == CU_DEVICE_ATTRIBUTE_MEMORY_POOLS_SUPPORTED ? pools
                                                                     : 0;
  return CUDA_SUCCESS;
}
EXPORT CUresult cuDevicePrimaryCtxRetain(CUcontext *result, CUdevice device) {
  if (note("retain", text(device)))
    return failure;
  *result = contextOf(device - 100);
  return CUDA_SUCCESS;
}
EXPORT CUresult cuDevicePrimaryCtxRelease_v2(CUdevice device) {
  return note("release context", text(device)) ? failure : CUDA_SUCCESS;
}
EXPORT CUresult cuCtxPushCurrent_v2(CUcontext context) {
  stack.push_back(context);
  return CUDA_SUCCESS;
}
EXPORT CUresult cuCtxPopCurrent_v2(CUcontext *context) {
  *context = stack.back();
  stack.pop_back();
  return CUDA_SUCCESS;
}
EXPORT CUresult cuMemGetInfo_v2(size_t *free, size_t *total) {
  ENTER("cuMemGetInfo");
  *free = 1u << 20;
  *total = 1u << 30;
  return CUDA_SUCCESS;
}
EXPORT CUresult cuMemAlloc_v2(CUdeviceptr *memory, size_t bytes) {
  ENTER("cuMemAlloc", text(bytes));
  *memory = reinterpret_cast<CUdeviceptr>(std::malloc(bytes));
  return CUDA_SUCCESS;
}
EXPORT CUresult cuMemFree_v2(CUdeviceptr memory) {
  ENTER("cuMemFree");
  std::free(reinterpret_cast<void *>(memory));
  return CUDA_SUCCESS;
}
EXPORT CUresult cuMemPoolCreate(CUmemoryPool *pool,
                                const CUmemPoolProps *properties) {
  ENTER("cuMemPoolCreate", text(properties->locationId));
  *pool = reinterpret_cast<CUmemoryPool>(&pools);
  return CUDA_SUCCESS;
}
EXPORT CUresult cuMemPoolDestroy(CUmemoryPool) {
  return enter("cuMemPoolDestroy");
}
EXPORT CUresult cuMemPoolSetAttribute(CUmemoryPool, int, void *) {
  return CUDA_SUCCESS;
}
EXPORT CUresult cuMemAllocFromPoolAsync(CUdeviceptr *memory, size_t bytes,
                                        CUmemoryPool, CUstream) {
  ENTER("cuMemAllocFromPoolAsync", text(bytes));
  *memory = reinterpret_cast<CUdeviceptr>(std::malloc(bytes));
  return CUDA_SUCCESS;
}
EXPORT CUresult cuMemFreeAsync(CUdeviceptr memory, CUstream) {
  ENTER("cuMemFreeAsync");
  std::free(reinterpret_cast<void *>(memory));
  return CUDA_SUCCESS;
}
EXPORT CUresult cuMemcpyHtoDAsync_v2(CUdeviceptr target, const void *source,
                                     size_t bytes, CUstream) {
  ENTER("cuMemcpyHtoDAsync", text(bytes));
  std::memcpy(reinterpret_cast<void *>(target), source, bytes);
  return CUDA_SUCCESS;
}
EXPORT CUresult cuMemcpyDtoHAsync_v2(void *target, CUdeviceptr source,
                                     size_t bytes, CUstream) {
  ENTER("cuMemcpyDtoHAsync", text(bytes));
  std::memcpy(target, reinterpret_cast<void *>(source), bytes);
  return CUDA_SUCCESS;
}
EXPORT CUresult cuMemcpyDtoDAsync_v2(CUdeviceptr target, CUdeviceptr source,
                                     size_t bytes, CUstream) {
  ENTER("cuMemcpyDtoDAsync", text(bytes));
  std::memcpy(reinterpret_cast<void *>(target),
              reinterpret_cast<void *>(source), bytes);
  return CUDA_SUCCESS;
}
EXPORT CUresult cuMemsetD8Async(CUdeviceptr, unsigned char, size_t count,
                                CUstream) {
  return enter("cuMemsetD8Async", text(count));
}
EXPORT CUresult cuMemsetD16Async(CUdeviceptr, unsigned short, size_t count,
                                 CUstream) {
  return enter("cuMemsetD16Async", text(count));
}
EXPORT CUresult cuMemsetD32Async(CUdeviceptr, unsigned, size_t count,
                                 CUstream) {
  return enter("cuMemsetD32Async", text(count));
}
EXPORT CUresult cuStreamCreate(CUstream *stream, unsigned) {
  ENTER("cuStreamCreate");
  *stream = reinterpret_cast<CUstream>(&record);
  return CUDA_SUCCESS;
}
EXPORT CUresult cuStreamDestroy_v2(CUstream) {
  return enter("cuStreamDestroy");
}
EXPORT CUresult cuStreamSynchronize(CUstream) {
  return enter("cuStreamSynchronize");
}
EXPORT CUresult cuStreamWaitEvent(CUstream, CUevent, unsigned) {
  return enter("cuStreamWaitEvent");
}
EXPORT CUresult cuStreamBeginCapture_v2(CUstream, int mode) {
  return enter("cuStreamBeginCapture", text(mode));
}
EXPORT CUresult cuStreamEndCapture(CUstream, CUgraph *graph) {
  ENTER("cuStreamEndCapture");
  *graph = reinterpret_cast<CUgraph>(&record);
  return CUDA_SUCCESS;
}
EXPORT CUresult cuGraphInstantiateWithFlags(CUgraphExec *executable, CUgraph,
                                            unsigned long long) {
  ENTER("cuGraphInstantiate");
  *executable = reinterpret_cast<CUgraphExec>(&record);
  return CUDA_SUCCESS;
}
EXPORT CUresult cuGraphLaunch(CUgraphExec, CUstream) {
  return enter("cuGraphLaunch");
}
EXPORT CUresult cuGraphExecDestroy(CUgraphExec) {
  return enter("cuGraphExecDestroy");
}
EXPORT CUresult cuGraphDestroy(CUgraph) { return enter("cuGraphDestroy"); }
EXPORT CUresult cuEventCreate(CUevent *event, unsigned) {
  ENTER("cuEventCreate");
  *event = reinterpret_cast<CUevent>(&record);
  return CUDA_SUCCESS;
}
EXPORT CUresult cuEventDestroy_v2(CUevent) { return enter("cuEventDestroy"); }
EXPORT CUresult cuEventRecord(CUevent, CUstream) {
  return enter("cuEventRecord");
}
EXPORT CUresult cuEventSynchronize(CUevent) {
  return enter("cuEventSynchronize");
}
EXPORT CUresult cuEventElapsedTime(float *milliseconds, CUevent, CUevent) {
  ENTER("cuEventElapsedTime");
  *milliseconds = 2;
  return CUDA_SUCCESS;
}
EXPORT CUresult cuModuleLoadDataEx(CUmodule *module, const void *image,
                                   unsigned numOptions, int *options,
                                   void **values) {
  const char *begin = static_cast<const char *>(image);
  std::string start(begin, 4);
  ENTER("cuModuleLoadDataEx", start == "\177ELF" ? " ELF"
                              : begin[0] == '.'  ? text(std::strlen(begin))
                                                 : " " + start);
  if (begin[0] != '.' || !std::strstr(begin, "wrong"))
    return *module = reinterpret_cast<CUmodule>(&record), CUDA_SUCCESS;
  for (unsigned i = 0; i < numOptions; ++i)
    if (options[i] == CU_JIT_ERROR_LOG_BUFFER)
      std::strcpy(static_cast<char *>(values[i]), "line 1: what is 'wrong'?");
  return CUDA_ERROR_INVALID_PTX;
}
EXPORT CUresult cuModuleUnload(CUmodule) { return enter("cuModuleUnload"); }
EXPORT CUresult cuModuleGetFunction(CUfunction *function, CUmodule,
                                    const char *name) {
  ENTER("cuModuleGetFunction", " " + std::string(name));
  static std::map<std::string, CUfunc_st> functions;
  functions[name] = {name, 48 << 10};
  *function = &functions[name];
  return CUDA_SUCCESS;
}
EXPORT CUresult cuFuncGetAttribute(int *value, int, CUfunction) {
  *value = 1000;
  return CUDA_SUCCESS;
}
EXPORT CUresult cuFuncSetAttribute(CUfunction function, int attribute,
                                   int value) {
  ENTER("cuFuncSetAttribute", text(attribute) + text(value));
  if (attribute == CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES)
    function->limit = value;
  return CUDA_SUCCESS;
}
EXPORT CUresult cuFuncGetParamInfo(CUfunction, size_t index, size_t *offset,
                                   size_t *size) {
  *offset = index * 8;
  *size = 8;
  return index < 5 ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}
EXPORT CUresult cuLaunchKernelEx(const CUlaunchConfig *config,
                                 CUfunction function, void **params, void **) {
  std::string details = " " + function->name;
  for (unsigned size : config->grid)
    details += text(size);
  for (unsigned size : config->block)
    details += text(size);
  for (unsigned i = 0; i < config->numAttrs; ++i)
    for (unsigned size : config->attrs[i].value.clusterDim)
      details += (config->attrs[i].id == 4 ? " cluster" : " ?") + text(size);
  ENTER("cuLaunchKernelEx", details + text(config->sharedMemBytes));
  if (config->sharedMemBytes > static_cast<unsigned>(function->limit))
    return CUDA_ERROR_INVALID_VALUE;
  if (function->name == "scale") {
    float *y = *static_cast<float **>(params[0]);
    const float *x = *static_cast<float **>(params[1]);
    const float *bias = *static_cast<float **>(params[2]);
    for (uint64_t i = 0; i < *static_cast<uint64_t *>(params[3]); ++i)
      y[i] = *static_cast<float *>(params[4]) * x[i] + bias[i % 4];
  }
  return CUDA_SUCCESS;
}

// For tests.
EXPORT void lacuna_fake_cuda(int count, int compute, int withPools) {
  gpus = count;
  major = compute;
  pools = withPools;
}
EXPORT void lacuna_fake_cuda_take_record(std::string *result) {
  result->clear();
  result->swap(record);
}
EXPORT void lacuna_fake_cuda_fail(const char *function, int result) {
  failing = function;
  failure = result;
}
/// Of the calling thread; null when there is none.
EXPORT const void *lacuna_fake_cuda_current() {
  return stack.empty() ? nullptr : stack.back();
}
