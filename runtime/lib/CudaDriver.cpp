// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Opening libcuda.so.1, and its errors.

#include "CudaDriver.h"

#include "Error.h"

#include <dlfcn.h>

using namespace lacuna::runtime;
using namespace lacuna::runtime::cuda;

namespace {
constexpr char library[] = "libcuda.so.1";
constexpr char advice[] =
    "; the device 'emulator' (--device=emulator) runs here";

[[noreturn]] void missing(const std::string &what) {
  throw Error(LACUNA_ERROR_UNSUPPORTED, "the device 'cuda' needs " + what);
}

Driver openDriver() {
  // Never closed: the driver does not support that.
  void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    const char *reason = dlerror();
    missing("NVIDIA's driver, but its library cannot be opened (" +
            std::string(reason ? reason : library) + "): install the driver" +
            advice);
  }
  Driver driver = {};
  auto find = [&](const char *name) { return dlsym(handle, name); };
#define LACUNA_CUDA_FIND(name, parameters)                                     \
  driver.name = reinterpret_cast<CUresult(*) parameters>(find(#name));
  LACUNA_CUDA_FUNCTIONS(LACUNA_CUDA_FIND)
  LACUNA_CUDA_OPTIONAL_FUNCTIONS(LACUNA_CUDA_FIND)
#undef LACUNA_CUDA_FIND
#define LACUNA_CUDA_REQUIRE(name, parameters)                                  \
  if (!driver.name)                                                            \
    missing("a newer driver: " + std::string(library) +                        \
            " has no '" #name "'; install one for CUDA 12 or later" + advice);
  LACUNA_CUDA_FUNCTIONS(LACUNA_CUDA_REQUIRE)
#undef LACUNA_CUDA_REQUIRE
  if (CUresult result = driver.cuInit(0))
    missing("a GPU, but NVIDIA's driver cannot begin: cuInit: " +
            driver.describe(result) + advice);
  return driver;
}

lacuna_status getStatus(CUresult result) {
  switch (result) {
  case CUDA_ERROR_INVALID_VALUE:
    return LACUNA_ERROR_ARGUMENT;
  case CUDA_ERROR_OUT_OF_MEMORY:
    return LACUNA_ERROR_MEMORY;
  case CUDA_ERROR_NO_DEVICE:
  case CUDA_ERROR_INVALID_DEVICE:
    return LACUNA_ERROR_UNSUPPORTED;
  case CUDA_ERROR_INVALID_IMAGE:
  case CUDA_ERROR_NO_BINARY_FOR_GPU:
  case CUDA_ERROR_INVALID_PTX:
  case CUDA_ERROR_JIT_COMPILER_NOT_FOUND:
  case CUDA_ERROR_UNSUPPORTED_PTX_VERSION:
  case CUDA_ERROR_NOT_FOUND:
    return LACUNA_ERROR_ARTIFACT;
  default:
    return LACUNA_ERROR_FAILED;
  }
}
} // namespace

const Driver &Driver::get() {
  static const Driver driver = openDriver();
  return driver;
}

std::string Driver::describe(CUresult result) const {
  const char *name = nullptr, *text = nullptr;
  if (cuGetErrorName(result, &name) || !name)
    return "the unknown CUDA error " + std::to_string(result);
  std::string description = name;
  if (!cuGetErrorString(result, &text) && text)
    description += " (" + std::string(text) + ")";
  return description;
}

void Driver::check(CUresult result, const std::string &what) const {
  if (result != CUDA_SUCCESS)
    throw Error(getStatus(result), what + ": " + describe(result));
}
