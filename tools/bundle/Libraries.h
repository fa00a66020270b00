// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// NVIDIA's libraries of matrix products, opened where they are installed, to
// compare times with. Their functions are declared here by us, from their
// documentation; nothing of them is linked or shipped.

#ifndef LACUNA_BUNDLE_LIBRARIES_H
#define LACUNA_BUNDLE_LIBRARIES_H

#include "Device.h"

namespace lacuna::bundle {

/// y[n, m] = x[n, k] w[m, k]^T, all row-major. Types as in bundle.json: "bf16",
/// "f16", "i8" (into i32), "f32" (by tf32).
struct Product {
  std::string type, out;
  int64_t m, n, k;
};

struct Operands {
  const void *w, *x;
  void *y;
};

/// Throws a Failure with the library's words where it cannot do something.
class Library {
public:
  virtual ~Library() = default;
  /// Prepares products of these operands; replaces the last plan.
  virtual void plan(const Product &product,
                    const std::vector<Operands> &operands) = 0;
  /// Queues one of them.
  virtual void run(size_t index) = 0;
  /// "cuBLAS 13.0".
  std::string version;
};

/// Null where the library is not installed; `why` then says what was tried.
std::unique_ptr<Library> openCublas(Device &device, std::string &why);
/// Weights must be 2:4.
std::unique_ptr<Library> openCusparseLt(Device &device, std::string &why);

/// dlopen of the first of these names that exists.
void *openLibrary(const std::vector<std::string> &names, std::string &why);
/// Throws a Failure where it lacks `name`.
void *findSymbol(void *library, const char *name);

} // namespace lacuna::bundle

#endif // LACUNA_BUNDLE_LIBRARIES_H
