// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Dense products by cuBLAS ("cublas<t>GemmEx" of its documentation).

#include "Libraries.h"

#include <dlfcn.h>

using namespace lacuna::bundle;

void *lacuna::bundle::openLibrary(const std::vector<std::string> &names,
                                  std::string &why) {
  for (const std::string &name : names) {
    if (void *library = dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL))
      return library;
    why += (why.empty() ? "not found: " : ", ") + name;
  }
  return nullptr;
}

void *lacuna::bundle::findSymbol(void *library, const char *name) {
  if (void *symbol = dlsym(library, name))
    return symbol;
  throw Failure("it has no '" + std::string(name) + "'", Failed);
}

namespace {
// cublas_api.h and library_types.h.
using Handle = struct cublasContext *;
constexpr int transposed = 1, asIs = 0, defaultAlgorithm = -1;
constexpr int compute32F = 68, computeTF32 = 77, compute32I = 72;

int typeOf(const std::string &type) {
  return type == "f32"    ? 0
         : type == "f16"  ? 2
         : type == "i8"   ? 3
         : type == "i32"  ? 10
         : type == "bf16" ? 14
                          : throw Failure("it has no type " + type, Failed);
}

class Cublas : public Library {
public:
  Cublas(void *library, Device &device) {
    auto get = [&](auto &function, const char *name) {
      function = reinterpret_cast<std::decay_t<decltype(function)>>(
          findSymbol(library, name));
    };
    get(create, "cublasCreate_v2");
    get(destroy, "cublasDestroy_v2");
    get(setStream, "cublasSetStream_v2");
    get(getVersion, "cublasGetVersion_v2");
    get(gemm, "cublasGemmEx");
    check(create(&handle), "cublasCreate");
    check(setStream(handle, device.stream), "cublasSetStream");
    int number = 0;
    check(getVersion(handle, &number), "cublasGetVersion");
    version = "cuBLAS " + std::to_string(number / 10000) + "." +
              std::to_string(number % 10000 / 100) + "." +
              std::to_string(number % 100);
  }
  ~Cublas() override {
    if (handle)
      destroy(handle);
  }

  void plan(const Product &given,
            const std::vector<Operands> &givenOperands) override {
    product = given;
    operands = givenOperands;
  }

  /// Column-major: y^T = (w^T)^T x^T.
  void run(size_t index) override {
    bool integers = product.type == "i8";
    int one = 1, none = 0;
    float oneF = 1, noneF = 0;
    const void *alpha = integers ? static_cast<void *>(&one) : &oneF;
    const void *beta = integers ? static_cast<void *>(&none) : &noneF;
    int type = typeOf(product.type);
    check(gemm(handle, transposed, asIs, int(product.m), int(product.n),
               int(product.k), alpha, operands[index].w, type, int(product.k),
               operands[index].x, type, int(product.k), beta, operands[index].y,
               typeOf(product.out), int(product.m),
               integers                ? compute32I
               : product.type == "f32" ? computeTF32
                                       : compute32F,
               defaultAlgorithm),
          "cublasGemmEx");
  }

private:
  static void check(int status, const char *function) {
    if (status)
      throw Failure(std::string(function) + " gives status " +
                        std::to_string(status),
                    Failed);
  }

  int (*create)(Handle *);
  int (*destroy)(Handle);
  int (*setStream)(Handle, void *);
  int (*getVersion)(Handle, int *);
  int (*gemm)(Handle, int, int, int, int, int, const void *, const void *, int,
              int, const void *, int, int, const void *, void *, int, int, int,
              int);
  Handle handle = nullptr;
  Product product;
  std::vector<Operands> operands;
};
} // namespace

std::unique_ptr<Library> lacuna::bundle::openCublas(Device &device,
                                                    std::string &why) {
  void *library =
      openLibrary({"libcublas.so.13", "libcublas.so.12", "libcublas.so",
                   "/usr/local/cuda/lib64/libcublas.so"},
                  why);
  return library ? std::make_unique<Cublas>(library, device) : nullptr;
}
