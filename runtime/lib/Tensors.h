// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// DLPack tensors against a function's signature, and the memref descriptors
// that compiled code takes.

#ifndef LACUNA_RUNTIME_LIB_TENSORS_H
#define LACUNA_RUNTIME_LIB_TENSORS_H

#include "Device.h"
#include "Manifest.h"

#include <map>

namespace lacuna::runtime {

/// A piece of memory.
struct Memory {
  void *data = nullptr;
  uint64_t bytes = 0;
};

/// Checks the tensors of one call; each method throws an Error that names the
/// tensor, what was found and what was expected.
class SignatureChecker {
public:
  SignatureChecker(const FunctionSpec &function, const Device &device)
      : function(function), device(device) {}

  void checkInputs(const DLTensor *tensors, size_t count, bool needData);
  /// `dims`: all sizes of all outputs, as the model told them.
  void checkOutputs(const DLTensor *tensors, size_t count,
                    const std::vector<int64_t> &dims);
  /// Compiled code takes no two buffers of which one is written for one.
  void checkOverlap(const DLTensor *inputs, const DLTensor *outputs,
                    const Memory &arena) const;
  /// Appends the sizes of the outputs, -1 where dynamic; false when there are
  /// such, which only the model can tell.
  bool staticOutputs(std::vector<int64_t> &dims) const;
  /// A model that tells sizes against its own manifest is damaged.
  void checkTold(const std::vector<int64_t> &dims) const;

private:
  friend void checkTensor(const TensorSpec &, const DLTensor &,
                          const std::string &, const Device &);
  void check(const TensorSpec &spec, const DLTensor &tensor,
             const std::string &what, bool needData) const;
  void checkShape(const TensorSpec &spec, const DLTensor &tensor,
                  const std::string &what) const;
  void checkMemory(const TensorSpec &spec, const DLTensor &tensor,
                   const std::string &what) const;
  void checkSymbols(const TensorSpec &spec, const DLTensor &tensor,
                    const std::string &what);

  struct Binding {
    int64_t size;
    std::string where;
  };

  void checkPlace(const DLTensor &tensor, const std::string &what) const;

  const FunctionSpec &function;
  const Device &device;
  std::map<std::string, Binding> symbols;
};

/// The memref descriptors of a call.
class Descriptors {
public:
  Descriptors(size_t count, size_t numDims);
  void add(const void *data, const int64_t *shape, size_t rank);
  void add(const DLTensor &tensor);
  void **data() { return pointers.data(); }

private:
  std::vector<int64_t> words;
  std::vector<void *> pointers;
};

/// Checks a tensor alone, which the message calls `what`; throws an Error.
void checkTensor(const TensorSpec &spec, const DLTensor &tensor,
                 const std::string &what, const Device &device);
/// Whether the elements of a host tensor are of its type (bools are 0 or 1).
void checkContent(const TensorSpec &spec, const DLTensor &tensor,
                  const std::string &what);

/// "x [3, 64], y [3, 4]", for errors.
std::string describeTensors(const std::vector<TensorSpec> &specs,
                            const DLTensor *tensors);

/// Where the elements begin, and how many bytes they are.
uint8_t *getData(const DLTensor &tensor);
uint64_t getBytes(const DLTensor &tensor);

} // namespace lacuna::runtime

#endif // LACUNA_RUNTIME_LIB_TENSORS_H
