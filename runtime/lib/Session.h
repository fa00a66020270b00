// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A session: a model on a device, with weights, state, threads and scratch
// memory. Calls may come from several threads; nothing in it changes after its
// creation except the state, the pools and the kernels, which lock.

#ifndef LACUNA_RUNTIME_LIB_SESSION_H
#define LACUNA_RUNTIME_LIB_SESSION_H

#include "Choice.h"
#include "Kernels.h"
#include "State.h"
#include "Tensors.h"
#include "Weights.h"

namespace lacuna::runtime {

class Session {
public:
  Session(std::shared_ptr<const Model> model, Choice choice, WeightFiles files,
          int threads);

  int threads() const { return pool.size(); }
  const Device &device() const { return *place; }
  lacuna_device_info deviceInfo() const;

  void outputShapes(const char *name, const DLTensor *inputs, size_t numInputs,
                    int64_t *dims, size_t numDims);
  uint64_t workspaceSize(const char *name, const DLTensor *inputs,
                         size_t numInputs);
  void run(const char *name, const DLTensor *inputs, size_t numInputs,
           const DLTensor *outputs, size_t numOutputs,
           const lacuna_run_options &options);

  State &getState() { return state; }
  /// Throws where the device has no streams.
  void checkStream(void *stream) const;

private:
  void runOnDevice(const Function &function, Call &call, const DLTensor *inputs,
                   const DLTensor *outputs, const Memory &arena, void *stream);
  const packing::Shape &getShape(const Binding &binding) const;
  std::vector<int64_t> tellShapes(const Function &function, Call &call,
                                  const SignatureChecker &checker,
                                  const DLTensor *inputs);
  /// Bytes of the function's arena for such inputs.
  uint64_t tellWorkspace(const Function &function, Call &call,
                         const DLTensor *inputs);
  /// The caller's arena, or one that lives as long as the call.
  Memory getArena(const Function &function, Call &call, const DLTensor *inputs,
                  const lacuna_run_options &options);
  void enter(const Function &function, Call &call, const DLTensor *inputs,
             const DLTensor *outputs, const Memory &arena);

  // Destroyed from the last: the code goes after all that may use it.
  std::shared_ptr<const Model> model;
  std::shared_ptr<const Device> place;
  const Target &target;
  const bool poisonsArena; ///< For tests: LACUNA_POISON_ARENA is set.
  MemoryPool memory;
  ThreadPool pool;
  std::unique_ptr<Kernels> kernels; ///< Null on the CPU.
  Weights weights;
  State state;
};

} // namespace lacuna::runtime

struct lacuna_session {
  lacuna::runtime::Session session;
};

#endif // LACUNA_RUNTIME_LIB_SESSION_H
