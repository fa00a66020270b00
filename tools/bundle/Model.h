// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Artifacts on a device: tensors lie in its memory, and outputs are poisoned
// before each run.

#ifndef LACUNA_BUNDLE_MODEL_H
#define LACUNA_BUNDLE_MODEL_H

#include "Device.h"
#include "KernelProfile.h"
#include "lacuna/Packing/Tensor.h"

#include <map>
#include <nlohmann/json.hpp>

namespace lacuna::bundle {

class Model {
public:
  Model(Device &device, const std::string &path,
        const std::vector<std::string> &params);
  Model(const Model &) = delete;
  ~Model();

  /// Brings inputs to the device and allocates outputs for them.
  void prepare(const std::vector<packing::Tensor> &inputs);
  /// Queues a run on what was prepared, which may be observed.
  void run(lacuna::run::KernelProfile *profile = nullptr);
  /// Fills the outputs with 0xFF, so that what is left out is seen.
  void poison();
  /// Of the last run.
  std::vector<packing::Tensor> outputs();

  /// Bytes of inputs and outputs.
  uint64_t ioBytes() const;
  std::map<std::string, uint64_t> counters() const;
  void resetCounters() const;

private:
  void check(lacuna_status status) const;

  Device &device;
  lacuna_model *model = nullptr;
  lacuna_session *session = nullptr;
  lacuna_function_info info = {};
  std::vector<packing::Shape> inputShapes, outputShapes;
  std::vector<Memory> inputMemory, outputMemory;
  std::vector<DLTensor> ins, outs;
};

/// Times runs of an artifact by the device's events: several sessions and
/// tensors, together at least `rotation` bytes, take turns, so that no run
/// finds its data in the cache.
class Rotation {
public:
  Rotation(Device &device, const std::string &path,
           const std::vector<std::string> &params,
           const std::vector<packing::Tensor> &inputs, const Options &options);

  /// The time of a run.
  Times time();

  /// The launches of one kernel in a run.
  struct Kernel {
    std::string name;
    uint64_t launches;
    Times times; ///< Of all its launches.
  };
  /// Each kernel alone, in order of the first launch.
  std::vector<Kernel> timeKernels();

private:
  Device &device;
  const unsigned samples;
  std::vector<std::unique_ptr<Model>> models;
};

/// Adds the time of a run and those of its kernels to an entry of the report.
void addTimes(nlohmann::json &entry, Rotation &rotation);

} // namespace lacuna::bundle

#endif // LACUNA_BUNDLE_MODEL_H
