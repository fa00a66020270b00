// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// NVIDIA's driver as the device `cuda` uses it: types, numbers and functions of
// libcuda.so.1, which is opened when the device is first asked for. Declared
// here, so that neither building nor loading the runtime needs the toolkit;
// names, layouts and numbers are those of cuda.h.

#ifndef LACUNA_RUNTIME_LIB_CUDADRIVER_H
#define LACUNA_RUNTIME_LIB_CUDADRIVER_H

#include <cstddef>
#include <cstdint>
#include <string>

namespace lacuna::runtime::cuda {

using CUresult = int;
using CUdevice = int;
using CUdeviceptr = uint64_t;
using CUcontext = struct CUctx_st *;
using CUmodule = struct CUmod_st *;
using CUfunction = struct CUfunc_st *;
using CUstream = struct CUstream_st *;
using CUevent = struct CUevent_st *;
using CUgraph = struct CUgraph_st *;
using CUgraphExec = struct CUgraphExec_st *;
using CUgraphNode = struct CUgraphNode_st *;
using CUmemoryPool = struct CUmemPoolHandle_st *;

enum : CUresult {
  CUDA_SUCCESS = 0,
  CUDA_ERROR_INVALID_VALUE = 1,
  CUDA_ERROR_OUT_OF_MEMORY = 2,
  CUDA_ERROR_NO_DEVICE = 100,
  CUDA_ERROR_INVALID_DEVICE = 101,
  CUDA_ERROR_INVALID_IMAGE = 200,
  CUDA_ERROR_NO_BINARY_FOR_GPU = 209,
  CUDA_ERROR_INVALID_PTX = 218,
  CUDA_ERROR_JIT_COMPILER_NOT_FOUND = 221,
  CUDA_ERROR_UNSUPPORTED_PTX_VERSION = 222,
  CUDA_ERROR_NOT_FOUND = 500,
};

enum : int {
  CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR = 75,
  CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR = 76,
  CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN = 97,
  CU_DEVICE_ATTRIBUTE_MEMORY_POOLS_SUPPORTED = 115,
  CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES = 1,
  CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES = 8,
  CU_FUNC_ATTRIBUTE_NON_PORTABLE_CLUSTER_SIZE_ALLOWED = 14,
  CU_JIT_ERROR_LOG_BUFFER = 5,
  CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES = 6,
  CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION = 4,
  CU_STREAM_NON_BLOCKING = 1,
  CU_STREAM_CAPTURE_MODE_THREAD_LOCAL = 1,
  CU_MEMPOOL_ATTR_RELEASE_THRESHOLD = 4,
  CU_MEM_ALLOCATION_TYPE_PINNED = 1,
  CU_MEM_LOCATION_TYPE_DEVICE = 1,
};

struct CUmemPoolProps {
  int allocType;
  int handleTypes;
  int locationType;
  int locationId;
  void *win32SecurityAttributes;
  size_t maxSize;
  unsigned short usage;
  unsigned char reserved[54];
};

/// Of which only the size of a cluster is used.
struct CUlaunchAttribute {
  int id;
  char pad[4];
  union {
    char bytes[64];
    unsigned clusterDim[3];
  } value;
};

struct CUlaunchConfig {
  unsigned grid[3];
  unsigned block[3];
  unsigned sharedMemBytes;
  CUstream hStream;
  CUlaunchAttribute *attrs;
  unsigned numAttrs;
};

// The one list of symbols: F(name, parameters). Names with _v2 are those that
// cuda.h gives to programs as the names without.
#define LACUNA_CUDA_FUNCTIONS(F)                                               \
  F(cuInit, (unsigned flags))                                                  \
  F(cuDriverGetVersion, (int *version))                                        \
  F(cuGetErrorName, (CUresult error, const char **text))                       \
  F(cuGetErrorString, (CUresult error, const char **text))                     \
  F(cuDeviceGetCount, (int *count))                                            \
  F(cuDeviceGet, (CUdevice * device, int ordinal))                             \
  F(cuDeviceGetName, (char *name, int length, CUdevice device))                \
  F(cuDeviceGetAttribute, (int *value, int attribute, CUdevice device))        \
  F(cuDevicePrimaryCtxRetain, (CUcontext * context, CUdevice device))          \
  F(cuDevicePrimaryCtxRelease_v2, (CUdevice device))                           \
  F(cuCtxPushCurrent_v2, (CUcontext context))                                  \
  F(cuCtxPopCurrent_v2, (CUcontext * context))                                 \
  F(cuMemGetInfo_v2, (size_t *free, size_t *total))                            \
  F(cuMemAlloc_v2, (CUdeviceptr * memory, size_t bytes))                       \
  F(cuMemFree_v2, (CUdeviceptr memory))                                        \
  F(cuMemPoolCreate, (CUmemoryPool * pool, const CUmemPoolProps *properties))  \
  F(cuMemPoolDestroy, (CUmemoryPool pool))                                     \
  F(cuMemPoolSetAttribute, (CUmemoryPool pool, int attribute, void *value))    \
  F(cuMemAllocFromPoolAsync,                                                   \
    (CUdeviceptr * memory, size_t bytes, CUmemoryPool pool, CUstream stream))  \
  F(cuMemFreeAsync, (CUdeviceptr memory, CUstream stream))                     \
  F(cuMemcpyHtoDAsync_v2,                                                      \
    (CUdeviceptr target, const void *source, size_t bytes, CUstream stream))   \
  F(cuMemcpyDtoHAsync_v2,                                                      \
    (void *target, CUdeviceptr source, size_t bytes, CUstream stream))         \
  F(cuMemcpyDtoDAsync_v2,                                                      \
    (CUdeviceptr target, CUdeviceptr source, size_t bytes, CUstream stream))   \
  F(cuMemsetD8Async,                                                           \
    (CUdeviceptr target, unsigned char value, size_t count, CUstream stream))  \
  F(cuMemsetD16Async,                                                          \
    (CUdeviceptr target, unsigned short value, size_t count, CUstream stream)) \
  F(cuMemsetD32Async,                                                          \
    (CUdeviceptr target, unsigned value, size_t count, CUstream stream))       \
  F(cuStreamCreate, (CUstream * stream, unsigned flags))                       \
  F(cuStreamDestroy_v2, (CUstream stream))                                     \
  F(cuStreamSynchronize, (CUstream stream))                                    \
  F(cuStreamWaitEvent, (CUstream stream, CUevent event, unsigned flags))       \
  F(cuStreamBeginCapture_v2, (CUstream stream, int mode))                      \
  F(cuStreamEndCapture, (CUstream stream, CUgraph * graph))                    \
  F(cuGraphInstantiateWithFlags,                                               \
    (CUgraphExec * executable, CUgraph graph, unsigned long long flags))       \
  F(cuGraphLaunch, (CUgraphExec graph, CUstream stream))                       \
  F(cuGraphExecDestroy, (CUgraphExec graph))                                   \
  F(cuGraphDestroy, (CUgraph graph))                                           \
  F(cuEventCreate, (CUevent * event, unsigned flags))                          \
  F(cuEventDestroy_v2, (CUevent event))                                        \
  F(cuEventRecord, (CUevent event, CUstream stream))                           \
  F(cuEventSynchronize, (CUevent event))                                       \
  F(cuEventElapsedTime, (float *milliseconds, CUevent begin, CUevent end))     \
  F(cuModuleLoadDataEx, (CUmodule * module, const void *image,                 \
                         unsigned numOptions, int *options, void **values))    \
  F(cuModuleUnload, (CUmodule module))                                         \
  F(cuModuleGetFunction,                                                       \
    (CUfunction * function, CUmodule module, const char *name))                \
  F(cuFuncGetAttribute, (int *value, int attribute, CUfunction function))      \
  F(cuFuncSetAttribute, (CUfunction function, int attribute, int value))       \
  F(cuLaunchKernelEx, (const CUlaunchConfig *config, CUfunction function,      \
                       void **params, void **extra))

// Those of later drivers, null in earlier ones.
#define LACUNA_CUDA_OPTIONAL_FUNCTIONS(F)                                      \
  F(cuFuncGetParamInfo,                                                        \
    (CUfunction function, size_t index, size_t *offset, size_t *size))

struct Driver {
#define LACUNA_CUDA_POINTER(name, parameters) CUresult(*name) parameters;
  LACUNA_CUDA_FUNCTIONS(LACUNA_CUDA_POINTER)
  LACUNA_CUDA_OPTIONAL_FUNCTIONS(LACUNA_CUDA_POINTER)
#undef LACUNA_CUDA_POINTER

  /// The opened and initialized driver. Throws an Error that says what is
  /// missing; a later call tries again.
  static const Driver &get();

  /// Throws "WHAT: CUDA_ERROR_NAME (the driver's words)" unless it succeeded.
  void check(CUresult result, const std::string &what) const;
  std::string describe(CUresult result) const;
};

} // namespace lacuna::runtime::cuda

#endif // LACUNA_RUNTIME_LIB_CUDADRIVER_H
