// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The device `cuda` over a fake driver: what the driver is asked for, and what
// becomes of its errors. The first test wants to run before the fake is there.

#include "CudaDriver.h"
#include "Support.h"
#include "lacuna/DeviceABI.h"

#include <cstdlib>
#include <cstring>
#include <dlfcn.h>

#if __has_include(<cuda.h>)
#include <cuda.h>
#define LACUNA_HAVE_CUDA_H
#endif

namespace {
namespace cuda = lacuna::runtime::cuda;

#ifdef LACUNA_HAVE_CUDA_H
// Our declarations against those of the toolkit.
#define SAME(name) static_assert(int(cuda::name) == int(::name), #name)
SAME(CUDA_ERROR_INVALID_VALUE);
SAME(CUDA_ERROR_OUT_OF_MEMORY);
SAME(CUDA_ERROR_NO_DEVICE);
SAME(CUDA_ERROR_INVALID_DEVICE);
SAME(CUDA_ERROR_INVALID_IMAGE);
SAME(CUDA_ERROR_NO_BINARY_FOR_GPU);
SAME(CUDA_ERROR_INVALID_PTX);
SAME(CUDA_ERROR_JIT_COMPILER_NOT_FOUND);
SAME(CUDA_ERROR_UNSUPPORTED_PTX_VERSION);
SAME(CUDA_ERROR_NOT_FOUND);
SAME(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR);
SAME(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
SAME(CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN);
SAME(CU_DEVICE_ATTRIBUTE_MEMORY_POOLS_SUPPORTED);
SAME(CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES);
SAME(CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES);
SAME(CU_FUNC_ATTRIBUTE_NON_PORTABLE_CLUSTER_SIZE_ALLOWED);
SAME(CU_JIT_ERROR_LOG_BUFFER);
SAME(CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES);
SAME(CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION);
SAME(CU_STREAM_NON_BLOCKING);
SAME(CU_STREAM_CAPTURE_MODE_THREAD_LOCAL);
SAME(CU_MEMPOOL_ATTR_RELEASE_THRESHOLD);
SAME(CU_MEM_ALLOCATION_TYPE_PINNED);
SAME(CU_MEM_LOCATION_TYPE_DEVICE);
#define SAME_PLACE(type, ours, theirs)                                         \
  static_assert(offsetof(cuda::type, ours) == offsetof(::type, theirs), #ours)
static_assert(sizeof(cuda::CUmemPoolProps) == sizeof(::CUmemPoolProps));
SAME_PLACE(CUmemPoolProps, locationType, location.type);
SAME_PLACE(CUmemPoolProps, locationId, location.id);
SAME_PLACE(CUmemPoolProps, maxSize, maxSize);
static_assert(sizeof(cuda::CUlaunchAttribute) == sizeof(::CUlaunchAttribute));
SAME_PLACE(CUlaunchAttribute, value, value);
static_assert(sizeof(cuda::CUlaunchConfig) == sizeof(::CUlaunchConfig));
SAME_PLACE(CUlaunchConfig, grid, gridDimX);
SAME_PLACE(CUlaunchConfig, block, blockDimX);
SAME_PLACE(CUlaunchConfig, sharedMemBytes, sharedMemBytes);
SAME_PLACE(CUlaunchConfig, hStream, hStream);
SAME_PLACE(CUlaunchConfig, attrs, attrs);
SAME_PLACE(CUlaunchConfig, numAttrs, numAttrs);
// Each function as the toolkit declares it: types by their sizes and kinds,
// since only names of handles differ.
template <typename A, typename B> constexpr bool alike() {
  return sizeof(A) == sizeof(B) && std::is_pointer_v<A> == std::is_pointer_v<B>;
}
template <typename... A, typename... B>
constexpr bool sameFunction(::CUresult (*)(A...), cuda::CUresult (*)(B...)) {
  if constexpr (sizeof...(A) == sizeof...(B))
    return (alike<A, B>() && ...);
  return false;
}
#define CHECK_FUNCTION(name, parameters)                                       \
  static_assert(sameFunction(decltype (&::name)(nullptr),                      \
                             (cuda::CUresult(*) parameters)(nullptr)),         \
                #name);
#endif
} // namespace

#ifdef LACUNA_HAVE_CUDA_H
namespace lacuna::runtime::cuda {
LACUNA_CUDA_FUNCTIONS(CHECK_FUNCTION)
LACUNA_CUDA_OPTIONAL_FUNCTIONS(CHECK_FUNCTION)
} // namespace lacuna::runtime::cuda
#endif

namespace {
class CudaTest : public RuntimeTest {
protected:
  void SetUp() override {
    RuntimeTest::SetUp();
    original = LACUNA_GPU_MODEL;
    unsetenv("LACUNA_DEVICE");
    params = writeDense();
    model = load(LACUNA_GPU_MODEL);
  }
  void TearDown() override {
    if (pretend)
      pretend(0, 9, 1);
    RuntimeTest::TearDown();
  }

  /// Loads the fake driver: from now on this process has `count` GPUs.
  bool fake(int count, int compute = 9, int pools = 1) {
    void *handle = dlopen("libcuda.so.1", RTLD_NOW | RTLD_NOLOAD);
    if (!handle)
      handle = dlopen(LACUNA_FAKE_CUDA, RTLD_NOW | RTLD_LOCAL);
    find(handle, "lacuna_fake_cuda", pretend);
    find(handle, "lacuna_fake_cuda_take_record", takeRecord);
    find(handle, "lacuna_fake_cuda_fail", letFail);
    find(handle, "lacuna_fake_cuda_current", current);
    if (!pretend)
      return false; // A real driver.
    find(handle, "cuCtxPushCurrent_v2", push);
    find(handle, "cuCtxPopCurrent_v2", pop);
    pretend(count, compute, pools);
    letFail("", 0);
    record();
    return true;
  }
  template <typename T>
  void find(void *handle, const char *name, T *&function) {
    function = handle ? reinterpret_cast<T *>(dlsym(handle, name)) : nullptr;
  }

  std::string record() {
    std::string text;
    takeRecord(&text);
    return text;
  }

  /// Of text the fake notes the length.
  static bool loadsPtx(const std::string &text) {
    size_t at = text.find("cuModuleLoadDataEx ");
    return at != std::string::npos && std::isdigit(text[at + 19]);
  }

  lacuna_status create(const char *device, SessionPtr &result) {
    const char *paths[] = {params.c_str()};
    lacuna_session_options options = {};
    options.struct_size = sizeof(options);
    options.params = paths;
    options.num_params = 1;
    options.device = device;
    lacuna_session *session = nullptr;
    lacuna_status status =
        lacuna_session_create(model.get(), &options, &session);
    result.reset(session);
    return status;
  }

  lacuna_status run(lacuna_session *session, const char *function, size_t n) {
    x.assign(n, 1.5);
    y.assign(n, NAN);
    shape = {int64_t(n)};
    DLTensor in = wrap(x, shape), out = wrap(y, shape);
    return lacuna_session_run(session, function, &in, 1, &out, 1, nullptr);
  }

  void (*pretend)(int, int, int) = nullptr;
  void (*takeRecord)(std::string *);
  void (*letFail)(const char *, int);
  const void *(*current)();
  int (*push)(void *);
  int (*pop)(void **);
  std::string params;
  ModelPtr model;
  std::vector<float> x, y;
  std::vector<int64_t> shape;
};

TEST_F(CudaTest, NoDriver) {
  if (dlopen("libcuda.so.1", RTLD_NOW))
    GTEST_SKIP() << "there is a driver";
  SessionPtr s;
  EXPECT_FAILS(LACUNA_ERROR_UNSUPPORTED, create("cuda", s),
               "'cuda:0' cannot be opened", "NVIDIA's driver", "libcuda.so.1",
               "install the driver", "--device=emulator");
  EXPECT_WORKS(create(nullptr, s));
  lacuna_device_info info = {};
  ASSERT_WORKS(lacuna_session_device(s.get(), &info));
  EXPECT_STREQ(info.name, "cpu");
}

#define NEED_FAKE(...)                                                         \
  if (!fake(__VA_ARGS__))                                                      \
  GTEST_SKIP() << "there is a real driver"

TEST_F(CudaTest, NoGpu) {
  NEED_FAKE(0);
  SessionPtr s;
  EXPECT_FAILS(LACUNA_ERROR_UNSUPPORTED, create("cuda:0", s), "needs a GPU",
               "finds none", "--device=emulator");
  EXPECT_WORKS(create(nullptr, s));
  NEED_FAKE(2);
  EXPECT_FAILS(LACUNA_ERROR_UNSUPPORTED, create("cuda:2", s), "no 'cuda:2'",
               "'cuda:1'");
  EXPECT_FAILS(LACUNA_ERROR_ARGUMENT, create("cuda:x", s), "no number");
  EXPECT_FAILS(LACUNA_ERROR_ARGUMENT, create("cuda:99999", s), "no number");
  letFail("retain", 700);
  EXPECT_FAILS(LACUNA_ERROR_FAILED, create("cuda", s),
               "cuDevicePrimaryCtxRetain of 'Fake GPU'",
               "CUDA_ERROR_ILLEGAL_ADDRESS (no more is known)");
  letFail("cuMemPoolCreate", 700);
  EXPECT_FAILS(LACUNA_ERROR_FAILED, create("cuda", s), "cuMemPoolCreate");
  EXPECT_NE(record().find("release context 100"), std::string::npos);
  EXPECT_EQ(current(), nullptr);
}

TEST_F(CudaTest, RunsAModel) {
  NEED_FAKE(2);
  SessionPtr s;
  ASSERT_WORKS(create("cuda:1", s));
  // Before it stands the initialization, in the process' first test.
  EXPECT_NE(record().find("retain 101\ncuMemPoolCreate 1\n"
                          "cuMemAllocFromPoolAsync 16\n"
                          "cuMemcpyHtoDAsync 16\n"),
            std::string::npos);
  lacuna_device_info info = {};
  ASSERT_WORKS(lacuna_session_device(s.get(), &info));
  EXPECT_STREQ(info.name, "cuda:1");
  EXPECT_STREQ(info.description, "Fake GPU");
  EXPECT_STREQ(info.architecture, "sm_90a");
  EXPECT_STREQ(info.target, "sm_90a");
  EXPECT_EQ(info.device.device_type, kDLCUDA);
  EXPECT_EQ(info.device.device_id, 1);
  // The caller's context is current before and after.
  int callers = 0;
  push(&callers);
  ASSERT_WORKS(run(s.get(), "main", 3));
  EXPECT_EQ(current(), &callers);
  void *popped;
  pop(&popped);
  for (int i = 0; i < 3; ++i)
    EXPECT_FLOAT_EQ(y[i], 3 + bias[i]);
  std::string text = record();
  // There is no cubin for sm_90a, so its PTX is given.
  EXPECT_TRUE(loadsPtx(text)) << text;
  EXPECT_NE(text.find("cuModuleGetFunction scale\n"
                      "cuLaunchKernelEx scale 1 1 1 128 1 1 0\n"
                      "cuMemcpyDtoHAsync 12\ncuStreamSynchronize\n"
                      "cuMemFreeAsync\ncuMemFreeAsync\n"),
            std::string::npos)
      << text;
  ASSERT_WORKS(run(s.get(), "scratch", 200));
  EXPECT_FLOAT_EQ(y[199], 3 * (3 + bias[3]) + bias[3]);
  size_t count = 7;
  ASSERT_WORKS(lacuna_session_counters(s.get(), nullptr, 0, &count));
  EXPECT_EQ(count, 0u);
  record();
  s.reset();
  EXPECT_NE(record().find("cuMemFreeAsync\ncuModuleUnload\n"
                          "cuMemPoolDestroy\nrelease context 101\n"),
            std::string::npos);
}

TEST_F(CudaTest, TakesCubinsOfItsMajorNumber) {
  NEED_FAKE(1, 8);
  SessionPtr s;
  ASSERT_WORKS(create(nullptr, s)); // The GPU is the default.
  lacuna_device_info info = {};
  ASSERT_WORKS(lacuna_session_device(s.get(), &info));
  EXPECT_STREQ(info.name, "cuda:0");
  EXPECT_STREQ(info.target, "sm_80");
  ASSERT_WORKS(run(s.get(), "main", 3));
  EXPECT_NE(record().find("cuModuleLoadDataEx ELF\n"), std::string::npos);
  NEED_FAKE(1, 12);
  s.reset();
  ASSERT_WORKS(create("cuda", s));
  ASSERT_WORKS(run(s.get(), "main", 3));
  EXPECT_TRUE(loadsPtx(record()));
  // Too old for the model: the default falls back to the CPU.
  NEED_FAKE(1, 7);
  s.reset();
  EXPECT_FAILS(LACUNA_ERROR_UNSUPPORTED, create("cuda", s), "'cuda:0'", "sm_70",
               "'sm_80'");
  ASSERT_WORKS(create(nullptr, s));
  ASSERT_WORKS(lacuna_session_device(s.get(), &info));
  EXPECT_STREQ(info.name, "cpu");
}

TEST_F(CudaTest, ErrorsHaveContext) {
  NEED_FAKE(1);
  SessionPtr s;
  ASSERT_WORKS(create("cuda", s));
  ASSERT_WORKS(run(s.get(), "main", 3));
  letFail("cuLaunchKernelEx", 700);
  EXPECT_FAILS(LACUNA_ERROR_FAILED, run(s.get(), "main", 3),
               "'main' (x [3] -> y [3])",
               "kernel 'scale' (grid 1x1x1, block 128x1x1, 0 bytes of shared "
               "memory) on 'cuda:0': cuLaunchKernelEx: "
               "CUDA_ERROR_ILLEGAL_ADDRESS (no more is known)");
  letFail("cuMemAllocFromPoolAsync", 2);
  EXPECT_FAILS(LACUNA_ERROR_MEMORY, run(s.get(), "main", 3),
               "cuMemAllocFromPoolAsync of 12 bytes: "
               "CUDA_ERROR_OUT_OF_MEMORY (out of memory)");
  letFail("cuStreamSynchronize", 700);
  EXPECT_FAILS(LACUNA_ERROR_FAILED, run(s.get(), "main", 3),
               "cuStreamSynchronize: CUDA_ERROR_ILLEGAL_ADDRESS");
  letFail("", 0);
  EXPECT_WORKS(run(s.get(), "main", 3));
  EXPECT_EQ(current(), nullptr);
}

TEST_F(CudaTest, Table) {
  NEED_FAKE(1);
  const lacuna_device_table *table = nullptr;
  lacuna_device *device = nullptr;
  ASSERT_WORKS(lacuna_device_open(nullptr, &table, &device));
  EXPECT_STREQ(table->name, "cuda");
  EXPECT_EQ(table->abi_version, uint32_t(LACUNA_DEVICE_ABI_VERSION));
  uint64_t free = 0, total = 0;
  ASSERT_WORKS(table->memory_info(device, &free, &total));
  EXPECT_EQ(free, 1u << 20);
  EXPECT_EQ(total, 1u << 30);
  lacuna_module *module = nullptr;
  EXPECT_FAILS(LACUNA_ERROR_ARTIFACT,
               table->module_load(device, ".wrong", 6, &module),
               "cuModuleLoadDataEx of PTX of 6 bytes",
               "line 1: what is 'wrong'?", "CUDA_ERROR_INVALID_PTX");
  EXPECT_FAILS(
      LACUNA_ERROR_ARTIFACT,
      table->module_load(device, "\x50\xed\x55\xba\x01\0\x10", 8, &module),
      "damaged fatbin");
  EXPECT_FAILS(LACUNA_ERROR_ARGUMENT,
               table->module_load(device, "", 0, &module), "empty");
  // The text need not end in NUL.
  char ptx[2] = {'.', 'p'};
  record();
  ASSERT_WORKS(table->module_load(device, ptx, 2, &module));
  EXPECT_EQ(record(), "cuModuleLoadDataEx 2\n");
  lacuna_kernel *kernel = nullptr;
  ASSERT_WORKS(table->module_kernel(device, module, "k", &kernel));
  void *params[5] = {};
  lacuna_launch launch = {{2, 3, 4}, {32, 2, 1}, {0, 0, 0}, 0, params, 5};
  auto start = [&] { return table->launch(device, kernel, &launch, nullptr); };
  record();
  // Up to 48 KB of dynamic and 1000 static bytes nothing is told.
  launch.shared_bytes = (48 << 10) - 1000;
  ASSERT_WORKS(start());
  EXPECT_EQ(record(), "cuLaunchKernelEx k 2 3 4 32 2 1 48152\n");
  launch.shared_bytes = 100000;
  ASSERT_WORKS(start());
  ASSERT_WORKS(start());
  launch.shared_bytes = 90000;
  ASSERT_WORKS(start());
  EXPECT_EQ(record(), "cuFuncSetAttribute 8 100000\n"
                      "cuLaunchKernelEx k 2 3 4 32 2 1 100000\n"
                      "cuLaunchKernelEx k 2 3 4 32 2 1 100000\n"
                      "cuLaunchKernelEx k 2 3 4 32 2 1 90000\n");
  launch.shared_bytes = 300000;
  EXPECT_FAILS(LACUNA_ERROR_UNSUPPORTED, start(), "301000 bytes", "'Fake GPU'",
               "232448");
  launch.shared_bytes = 0;
  launch.cluster[0] = 2, launch.cluster[1] = launch.cluster[2] = 1;
  ASSERT_WORKS(start());
  EXPECT_EQ(record(), "cuLaunchKernelEx k 2 3 4 32 2 1 cluster 2 cluster 1 "
                      "cluster 1 0\n");
  launch.cluster[0] = 16;
  ASSERT_WORKS(start());
  EXPECT_EQ(record().find("cuFuncSetAttribute 14 1\n"), 0u);
  launch.grid[1] = 0;
  ASSERT_WORKS(start());
  EXPECT_EQ(record(), ""); // Nothing to do.
  launch.grid[1] = uint64_t(1) << 32;
  EXPECT_FAILS(LACUNA_ERROR_ARGUMENT, start(), "4294967296 blocks");
  launch.num_params = 4;
  EXPECT_FAILS(LACUNA_ERROR_ARGUMENT, start(), "kernel 'k' has 5 parameters",
               "4 were given");
  // Graphs, events, fills.
  void *stream = nullptr, *event = nullptr;
  lacuna_graph *graph = nullptr;
  float ms = 0;
  ASSERT_WORKS(table->stream_create(device, &stream));
  ASSERT_WORKS(table->event_create(device, &event));
  record();
  ASSERT_WORKS(table->capture_begin(device, stream));
  ASSERT_WORKS(table->capture_end(device, stream, &graph));
  ASSERT_WORKS(table->graph_launch(device, graph, stream));
  table->graph_destroy(device, graph);
  EXPECT_EQ(record(), "cuStreamBeginCapture 1\ncuStreamEndCapture\n"
                      "cuGraphInstantiate\ncuGraphDestroy\ncuGraphLaunch\n"
                      "cuGraphExecDestroy\n");
  ASSERT_WORKS(table->event_record(device, event, stream));
  ASSERT_WORKS(table->stream_wait_event(device, stream, event));
  ASSERT_WORKS(table->event_synchronize(device, event));
  ASSERT_WORKS(table->event_elapsed(device, event, event, &ms));
  EXPECT_EQ(ms, 2);
  for (uint32_t width : {1, 2, 4})
    ASSERT_WORKS(table->fill(device, nullptr, 0, width, 7, stream));
  EXPECT_FAILS(LACUNA_ERROR_ARGUMENT,
               table->fill(device, nullptr, 0, 3, 7, stream), "3 bytes");
  EXPECT_NE(record().find("cuMemsetD8Async 7\ncuMemsetD16Async 7\n"
                          "cuMemsetD32Async 7\n"),
            std::string::npos);
  void *memory = nullptr;
  ASSERT_WORKS(table->allocate(device, 0, stream, &memory));
  EXPECT_NE(memory, nullptr);
  ASSERT_WORKS(table->release(device, memory, stream));
  table->event_destroy(device, event);
  table->stream_destroy(device, stream);
  table->module_destroy(device, module);
  EXPECT_EQ(current(), nullptr);
  lacuna_device_close(device);
  EXPECT_NE(record().find("release context 100"), std::string::npos);
}

TEST_F(CudaTest, WithoutPools) {
  NEED_FAKE(1, 8, 0);
  SessionPtr s;
  ASSERT_WORKS(create("cuda", s));
  ASSERT_WORKS(run(s.get(), "scratch", 3));
  EXPECT_FLOAT_EQ(y[2], 3 * (3 + bias[2]) + bias[2]);
  std::string text = record();
  EXPECT_NE(text.find("cuMemAlloc 12\n"), std::string::npos);
  EXPECT_EQ(text.find("Pool"), std::string::npos);
}
} // namespace
