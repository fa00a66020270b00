// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tensors of a run: read from files, made at random, written, compared.

#ifndef LACUNA_RUN_VALUES_H
#define LACUNA_RUN_VALUES_H

#include "Options.h"
#include "lacuna/Packing/Tensor.h"
#include "lacuna/Runtime.h"

#include <map>
#include <random>

namespace lacuna::run {

using packing::Tensor;

template <typename T> T take(packing::Result<T> result) {
  if (!result.ok())
    throw Failure(result.message());
  return std::move(*result);
}

inline void check(const packing::Status &status) {
  if (!status.ok())
    throw Failure(status.message());
}

/// Reads FILE.npy, FILE.safetensors or FILE.safetensors:TENSOR; in a
/// safetensors file `name` is looked for first.
Tensor readTensor(const std::string &what, const std::string &name);

/// What "random..." describes, for the given input.
Tensor makeRandom(const std::string &what, const lacuna_tensor_info &info,
                  std::mt19937_64 &random);

/// Memory for an output, filled with a pattern that is NaN for floats, so that
/// elements which the model leaves out are seen.
Tensor allocateOutput(const lacuna_tensor_info &info, const int64_t *shape);

/// The tensor as DLPack has it; it stays the owner.
DLTensor viewTensor(const Tensor &tensor, DLDataType type);

/// DLPack's type of what a file holds; the runtime compares it.
DLDataType getDLType(packing::ElementType type);

/// Inputs must be aligned to their elements, which bytes of a file need not.
Tensor aligned(Tensor tensor);

/// Writes outputs; those of one safetensors file together.
class OutputFiles {
public:
  void add(const std::string &path, const std::string &name,
           const Tensor &tensor);
  void write() const;

private:
  std::map<std::string, std::map<std::string, Tensor>> files;
};

/// The element as a double; i64 beyond 2^53 is rounded.
double getElement(const Tensor &tensor, uint64_t index);
uint64_t countElements(const Tensor &tensor);

/// Prints how far `output` is from `reference`; whether that is allowed.
bool compare(const std::string &name, const Tensor &output,
             const Tensor &reference, double rtol, double atol);

} // namespace lacuna::run

#endif // LACUNA_RUN_VALUES_H
