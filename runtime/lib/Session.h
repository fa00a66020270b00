// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A session: a model with weights, threads and scratch memory. Calls may come
// from several threads; nothing in it changes after its creation except the
// pools, which lock.

#ifndef LACUNA_RUNTIME_LIB_SESSION_H
#define LACUNA_RUNTIME_LIB_SESSION_H

#include "Tensors.h"
#include "Weights.h"

namespace lacuna::runtime {

class Session {
public:
  Session(std::shared_ptr<const Model> model, const Device &device,
          WeightFiles files, int threads)
      : model(std::move(model)), device(device), pool(threads),
        weights(*this->model, device, std::move(files), pool) {}

  int threads() const { return pool.size(); }

  void outputShapes(const char *name, const DLTensor *inputs, size_t numInputs,
                    int64_t *dims, size_t numDims);
  void run(const char *name, const DLTensor *inputs, size_t numInputs,
           const DLTensor *outputs, size_t numOutputs, void *stream);

private:
  std::vector<int64_t> tellShapes(const Function &function, Call &call,
                                  const SignatureChecker &checker,
                                  const DLTensor *inputs);
  void enter(const Function &function, Call &call, const DLTensor *inputs,
             const DLTensor *outputs);

  // Destroyed from the last: the code goes after all that may use it.
  std::shared_ptr<const Model> model;
  const Device &device;
  MemoryPool memory;
  ThreadPool pool;
  Weights weights;
};

} // namespace lacuna::runtime

struct lacuna_session {
  lacuna::runtime::Session session;
};

#endif // LACUNA_RUNTIME_LIB_SESSION_H
