// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A few functions of libcuda.so.1, opened here since the runtime's errors do
// not tell a missing driver from a broken one by number.

#include "Driver.h"

#include "Options.h"

#include <cstdlib>
#include <dlfcn.h>

using namespace lacuna::bundle;

namespace {
constexpr char advice[] =
    "; ./run.sh --device=emulator runs the tests on this machine without one";
constexpr int computeMajor = 75, computeMinor = 76; // CUdevice_attribute.
constexpr int noDevice = 100;                       // CUDA_ERROR_NO_DEVICE

void *openDriver() {
  void *library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
  if (library)
    return library;
  const char *reason = dlerror();
  throw Failure("found no NVIDIA driver on this machine: " +
                    std::string(reason ? reason : "libcuda.so.1") + advice,
                NoGPU);
}

template <typename Type> Type find(void *library, const char *name) {
  void *symbol = dlsym(library, name);
  if (!symbol)
    throw Failure("the NVIDIA driver is too old: its libcuda.so.1 has no '" +
                      std::string(name) + "'",
                  UnsuitableGPU);
  return reinterpret_cast<Type>(symbol);
}

void check(int result, const char *function) {
  if (result)
    throw Failure("the NVIDIA driver fails: " + std::string(function) +
                      " gives CUDA error " + std::to_string(result) + advice,
                  NoGPU);
}
} // namespace

std::string lacuna::bundle::describeVersion(int version) {
  return std::to_string(version / 1000) + "." +
         std::to_string(version % 1000 / 10);
}

int lacuna::bundle::parseVersion(const std::string &text) {
  size_t dot = text.find('.');
  if (dot == std::string::npos)
    return 0;
  return std::atoi(text.c_str()) * 1000 +
         std::atoi(text.c_str() + dot + 1) * 10;
}

int lacuna::bundle::checkDriver(int ordinal, int version,
                                const std::string &ptx) {
  void *library = openDriver();
  auto init = find<int (*)(unsigned)>(library, "cuInit");
  auto getVersion = find<int (*)(int *)>(library, "cuDriverGetVersion");
  auto getCount = find<int (*)(int *)>(library, "cuDeviceGetCount");
  auto getDevice = find<int (*)(int *, int)>(library, "cuDeviceGet");
  auto getAttribute =
      find<int (*)(int *, int, int)>(library, "cuDeviceGetAttribute");
  auto getName = find<int (*)(char *, int, int)>(library, "cuDeviceGetName");
  int found = 0, count = 0;
  int begun = init(0);
  if (begun != noDevice)
    check(begun, "cuInit");
  check(getVersion(&found), "cuDriverGetVersion");
  if (begun != noDevice)
    check(getCount(&count), "cuDeviceGetCount");
  if (count == 0)
    throw Failure("found no GPU on this machine: the NVIDIA driver (CUDA " +
                      describeVersion(found) + ") has no device" + advice,
                  NoGPU);
  if (ordinal < 0 || ordinal >= count)
    throw Failure("found no GPU 'cuda:" + std::to_string(ordinal) +
                      "': this machine has " + std::to_string(count) +
                      ", numbered from 0",
                  NoGPU);
  if (found < version)
    throw Failure("the NVIDIA driver is too old: it knows CUDA " +
                      describeVersion(found) + ", and the kernels are PTX " +
                      ptx + ", which needs a driver of CUDA " +
                      describeVersion(version) + " or later: update it",
                  UnsuitableGPU);
  int device = 0, major = 0, minor = 0;
  char name[256] = "";
  check(getDevice(&device, ordinal), "cuDeviceGet");
  check(getAttribute(&major, computeMajor, device), "cuDeviceGetAttribute");
  check(getAttribute(&minor, computeMinor, device), "cuDeviceGetAttribute");
  check(getName(name, sizeof(name) - 1, device), "cuDeviceGetName");
  if (major < 8)
    throw Failure("the GPU is too old: " + std::string(name) + " is sm_" +
                      std::to_string(10 * major + minor) +
                      ", and the kernels need sm_80 (Ampere) or later" + advice,
                  UnsuitableGPU);
  return found;
}

void lacuna::bundle::enterContext(int ordinal) {
  void *library = openDriver();
  auto getDevice = find<int (*)(int *, int)>(library, "cuDeviceGet");
  auto retain =
      find<int (*)(void **, int)>(library, "cuDevicePrimaryCtxRetain");
  auto push = find<int (*)(void *)>(library, "cuCtxPushCurrent_v2");
  int device = 0;
  void *context = nullptr;
  check(getDevice(&device, ordinal), "cuDeviceGet");
  check(retain(&context, device), "cuDevicePrimaryCtxRetain");
  check(push(context), "cuCtxPushCurrent");
}
