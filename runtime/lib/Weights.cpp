// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Binding weights by name. Files, layouts and packing are the packing
// library's; here buffers are chosen by view and brought to the device.

#include "Weights.h"

#include "Error.h"

#include <set>
#include <unistd.h>

using namespace lacuna;
using namespace lacuna::runtime;

namespace {

/// out/model.safetensors for out/model.so.
std::string defaultParams(const std::string &path) {
  size_t ending = path.rfind(".so");
  bool ends = ending != std::string::npos && ending + 3 == path.size();
  return (ends ? path.substr(0, ending) : path) + ".safetensors";
}

packing::WeightStore openStore(const Model &model, WeightFiles files) {
  if (files.params.empty()) {
    std::string path = defaultParams(model.path());
    if (access(path.c_str(), F_OK) != 0)
      throw Error(LACUNA_ERROR_WEIGHTS,
                  "'" + model.path() + "' needs " +
                      std::to_string(model.manifest().weights.size()) +
                      " weights, but no file was given and there is no '" +
                      path + "': give safetensors files (params)");
    files.params.push_back(path);
  }
  return take(packing::WeightStore::open(files.params, files.parametersFile),
              LACUNA_ERROR_FILE);
}

/// The packing library's loops over the session's threads.
packing::ParallelFor makeParallelFor(ThreadPool &threads) {
  return [&threads](uint64_t count,
                    const std::function<void(uint64_t, uint64_t)> &body) {
    MemoryPool unused;
    Call call(unused, threads);
    Failure failure;
    using Body = std::function<void(uint64_t, uint64_t)>;
    auto run = [](void *context, int64_t begin, int64_t end) {
      (*static_cast<const Body *>(context))(begin, end);
    };
    threads.run(call, run, const_cast<Body *>(&body),
                Pieces(static_cast<int64_t>(count), 1), failure);
    if (failure.status != LACUNA_OK)
      throw Error(failure.status, failure.message);
  };
}

} // namespace

Weights::Weights(const Model &model, const Target &target, const Device &device,
                 WeightFiles files, ThreadPool &threads)
    : device(device), parallel(makeParallelFor(threads)) {
  std::set<Key> wanted;
  for (const FunctionSpec &function : target.spec->functions)
    for (const runtime::Binding &binding : function.bindings)
      wanted.insert({binding.weight, binding.view});
  if (wanted.empty())
    return;
  packing::WeightStore store = openStore(model, std::move(files));
  const std::vector<TensorSpec> &specs = model.manifest().weights;
  for (size_t i = 0; i < specs.size(); ++i) {
    bool dense = wanted.count({i, View::Dense});
    bool packed =
        wanted.count({i, View::Values}) || wanted.count({i, View::Coordinates});
    if (dense || packed)
      bind(store, specs[i], i, dense, packed);
  }
  // Calls on any stream may read them from now on.
  if (!device.isHost())
    device.synchronize(nullptr);
}

void Weights::bind(const packing::WeightStore &store, const TensorSpec &spec,
                   size_t index, bool dense, bool packed) {
  packing::WeightSpec wanted{spec.name, spec.type, spec.shape, spec.layout,
                             spec.prunes};
  std::string context = "weight '" + spec.name + "': ";
  if (dense) {
    packing::Tensor tensor =
        take(store.dense(wanted, parallel), LACUNA_ERROR_WEIGHTS);
    if (auto status = packing::checkBools(tensor); !status.ok())
      throw Error(LACUNA_ERROR_WEIGHTS, context + status.message());
    add({index, View::Dense}, tensor);
  }
  if (packed) {
    packing::PackedWeight weight =
        take(store.packed(wanted, parallel), LACUNA_ERROR_WEIGHTS);
    if (auto status = packing::checkBools(weight.values); !status.ok())
      throw Error(LACUNA_ERROR_WEIGHTS, context + status.message());
    add({index, View::Values}, weight.values);
    add({index, View::Coordinates}, weight.coordinates);
  }
}

void Weights::add(Key key, const packing::Tensor &tensor) {
  uint64_t address = reinterpret_cast<uint64_t>(tensor.bytes.data);
  bool aligned = address % packing::getByteWidth(tensor.type) == 0;
  if (device.isHost() && aligned && tensor.bytes.data) {
    buffers[key] = {tensor.bytes.data, tensor.shape, tensor.owner};
    return;
  }
  try {
    std::shared_ptr<void> memory = device.allocateShared(tensor.bytes.size);
    device.upload(memory.get(), tensor.bytes.data, tensor.bytes.size);
    buffers[key] = {memory.get(), tensor.shape, memory};
  } catch (const Error &error) {
    throw Error(error.status(),
                "bringing a weight of " + std::to_string(tensor.bytes.size) +
                    " bytes to '" + device.name() + "': " + error.what());
  }
}
