// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Products with 2:4 weights by cuSPARSELt ("cuSPARSELt Functions" of its
// documentation, 0.7 and later): the weights are compressed once, the best
// algorithm is searched for, then products run.

#include "Libraries.h"

#include <cstring>

using namespace lacuna::bundle;

namespace {
/// All of its structures are opaque bytes: 11024 in older versions, 512 in
/// newer ones.
struct alignas(64) Opaque {
  unsigned char bytes[16384] = {};
};
// cusparse.h and cusparseLt.h.
constexpr int rowMajor = 2, columnMajor = 1, asIs = 0, half = 0,
              defaultAlgorithm = 0;
constexpr int compute32I = 0, compute32F = 2;

class CusparseLt : public Library {
public:
  CusparseLt(void *library, Device &device) : device(device) {
    auto get = [&](auto &function, const char *name) {
      function = reinterpret_cast<std::decay_t<decltype(function)>>(
          findSymbol(library, name));
    };
    get(init, "cusparseLtInit");
    get(destroy, "cusparseLtDestroy");
    get(getVersion, "cusparseLtGetVersion");
    get(dense, "cusparseLtDenseDescriptorInit");
    get(structured, "cusparseLtStructuredDescriptorInit");
    get(describe, "cusparseLtMatmulDescriptorInit");
    get(select, "cusparseLtMatmulAlgSelectionInit");
    get(makePlan, "cusparseLtMatmulPlanInit");
    get(destroyPlan, "cusparseLtMatmulPlanDestroy");
    get(getWorkspace, "cusparseLtMatmulGetWorkspace");
    get(compressedSize, "cusparseLtSpMMACompressedSize");
    get(compress, "cusparseLtSpMMACompress");
    get(search, "cusparseLtMatmulSearch");
    get(multiply, "cusparseLtMatmul");
    check(init(&handle), "cusparseLtInit");
    int number = 0;
    check(getVersion(&handle, &number), "cusparseLtGetVersion");
    version = "cuSPARSELt " + std::to_string(number / 1000) + "." +
              std::to_string(number % 1000 / 100) + "." +
              std::to_string(number % 100);
    if (number < 700) // Its enumerations had other values.
      throw Failure(version + " is too old, expected 0.7 or later", Failed);
  }
  ~CusparseLt() override {
    dropPlan();
    destroy(&handle);
  }

  /// w is A, row-major and sparse; x^T and y^T are column-major.
  void plan(const Product &product,
            const std::vector<Operands> &given) override {
    dropPlan();
    operands = given;
    integers = product.type == "i8";
    int type = typeOf(product.type), out = typeOf(product.out);
    check(structured(&handle, &a, product.m, product.k, product.k, 16, type,
                     rowMajor, half),
          "cusparseLtStructuredDescriptorInit");
    check(dense(&handle, &b, product.k, product.n, product.k, 16, type,
                columnMajor),
          "cusparseLtDenseDescriptorInit");
    check(dense(&handle, &c, product.m, product.n, product.m, 16, out,
                columnMajor),
          "cusparseLtDenseDescriptorInit");
    check(describe(&handle, &matmul, asIs, asIs, &a, &b, &c, &c,
                   integers ? compute32I : compute32F),
          "cusparseLtMatmulDescriptorInit");
    check(select(&handle, &selection, &matmul, defaultAlgorithm),
          "cusparseLtMatmulAlgSelectionInit");
    check(makePlan(&handle, &planned, &matmul, &selection),
          "cusparseLtMatmulPlanInit");
    hasPlan = true;
    size_t bytes = 0, scratchBytes = 0, workspaceBytes = 0;
    check(compressedSize(&handle, &planned, &bytes, &scratchBytes),
          "cusparseLtSpMMACompressedSize");
    Memory scratch(device, scratchBytes);
    for (const Operands &operand : operands) {
      compressed.emplace_back(device, bytes);
      check(compress(&handle, &planned, operand.w, compressed.back().pointer,
                     scratch.pointer, device.stream),
            "cusparseLtSpMMACompress");
    }
    device.synchronize();
    call(search, 0, nullptr, "cusparseLtMatmulSearch");
    check(getWorkspace(&handle, &planned, &workspaceBytes),
          "cusparseLtMatmulGetWorkspace");
    workspace.emplace_back(device, workspaceBytes);
    device.synchronize();
  }

  void run(size_t index) override {
    call(multiply, index, workspace[0].pointer, "cusparseLtMatmul");
  }

private:
  using Multiply = int (*)(const Opaque *, Opaque *, const void *, const void *,
                           const void *, const void *, const void *, void *,
                           void *, void **, int);

  void call(Multiply function, size_t index, void *space, const char *what) {
    float one = 1, none = 0; // Scales are f32 for every type.
    check(function(&handle, &planned, &one, compressed[index].pointer,
                   operands[index].x, &none, operands[index].y,
                   operands[index].y, space, &device.stream, 1),
          what);
  }
  void dropPlan() {
    if (hasPlan)
      destroyPlan(&planned);
    hasPlan = false;
    compressed.clear();
    workspace.clear();
  }
  static int typeOf(const std::string &type) {
    return type == "f32"    ? 0
           : type == "f16"  ? 2
           : type == "i8"   ? 3
           : type == "i32"  ? 10
           : type == "bf16" ? 14
                            : throw Failure("it has no type " + type, Failed);
  }
  static void check(int status, const char *function) {
    if (status)
      throw Failure(std::string(function) + " gives status " +
                        std::to_string(status),
                    Failed);
  }

  int (*init)(Opaque *);
  int (*destroy)(const Opaque *);
  int (*getVersion)(const Opaque *, int *);
  int (*dense)(const Opaque *, Opaque *, int64_t, int64_t, int64_t, uint32_t,
               int, int);
  int (*structured)(const Opaque *, Opaque *, int64_t, int64_t, int64_t,
                    uint32_t, int, int, int);
  int (*describe)(const Opaque *, Opaque *, int, int, const Opaque *,
                  const Opaque *, const Opaque *, const Opaque *, int);
  int (*select)(const Opaque *, Opaque *, const Opaque *, int);
  int (*makePlan)(const Opaque *, Opaque *, const Opaque *, const Opaque *);
  int (*destroyPlan)(const Opaque *);
  int (*getWorkspace)(const Opaque *, const Opaque *, size_t *);
  int (*compressedSize)(const Opaque *, const Opaque *, size_t *, size_t *);
  int (*compress)(const Opaque *, const Opaque *, const void *, void *, void *,
                  void *);
  Multiply search, multiply;

  Device &device;
  Opaque handle, a, b, c, matmul, selection, planned;
  bool hasPlan = false, integers = false;
  std::vector<Operands> operands;
  std::vector<Memory> compressed, workspace;
};
} // namespace

std::unique_ptr<Library> lacuna::bundle::openCusparseLt(Device &device,
                                                        std::string &why) {
  void *library = openLibrary({"libcusparseLt.so.0", "libcusparseLt.so",
                               "/usr/local/cuda/lib64/libcusparseLt.so.0"},
                              why);
  return library ? std::make_unique<CusparseLt>(library, device) : nullptr;
}
