// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Binding weights by name. Files, layouts and packing are the packing
// library's; here buffers are chosen by view and brought to the device.

#include "Weights.h"

#include "Error.h"
#include "lacuna/Packing/Mma.h"
#include "lacuna/Packing/Vector.h"

#include <cstring>
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

/// All views of one weight. What several of them are made from is made once.
class Views {
public:
  Views(const packing::WeightStore &store, const TensorSpec &spec,
        const packing::ParallelFor &parallel)
      : store(store),
        wanted{spec.name, spec.type, spec.shape, spec.layout, spec.prunes},
        parallel(parallel) {}

  packing::Tensor make(const Binding &binding) {
    switch (binding.view) {
    case View::Dense:
      return dense(binding.precision);
    case View::Values:
      return packed(binding.precision).values;
    case View::Coordinates:
      return packed(binding.precision).coordinates;
    case View::MmaValues:
      return mma(binding.precision).values;
    case View::MmaMetadata:
      return mma(binding.precision).metadata;
    case View::Panels:
      return takeWeight(packing::makePanels(dense(binding.precision),
                                            binding.panels, parallel));
    case View::VectorValues:
      return vector(binding.precision).values;
    case View::VectorCoordinates:
      // Rounding does not move them: those beside any values.
      return vectorForms.empty() ? vector(std::nullopt).coordinates
                                 : vectorForms.begin()->second.coordinates;
    case View::State:
      break;
    }
    throw Error(LACUNA_ERROR_INTERNAL, "a view of an unknown kind");
  }

private:
  using Rounding = std::optional<packing::Precision>;

  template <typename T> T takeWeight(packing::Result<T> result) {
    if (result.ok())
      return std::move(*result);
    // Loading names the weight, the rest does not.
    std::string context = "weight '" + wanted.name + "': ";
    bool named =
        result.message().find("'" + wanted.name + "'") != std::string::npos;
    throw Error(LACUNA_ERROR_WEIGHTS,
                (named ? "" : context) + result.message());
  }

  packing::Tensor checked(packing::Tensor tensor) {
    if (auto status = packing::checkBools(tensor); !status.ok())
      throw Error(LACUNA_ERROR_WEIGHTS,
                  "weight '" + wanted.name + "': " + status.message());
    return tensor;
  }

  packing::Tensor dense(Rounding rounding) {
    packing::Tensor tensor = checked(takeWeight(store.dense(wanted, parallel)));
    if (!rounding)
      return tensor;
    return takeWeight(packing::convert(tensor, *rounding, parallel));
  }

  const packing::PackedWeight &packed(Rounding rounding) {
    auto it = packedForms.find(rounding);
    if (it != packedForms.end())
      return it->second;
    packing::PackedWeight weight =
        rounding ? takeWeight(packing::convert(packed(std::nullopt), *rounding,
                                               parallel))
                 : takeWeight(store.packed(wanted, parallel));
    checked(weight.values);
    return packedForms.emplace(rounding, std::move(weight)).first->second;
  }

  const packing::MmaWeight &mma(Rounding rounding) {
    auto it = mmaForms.find(rounding);
    if (it != mmaForms.end())
      return it->second;
    packing::MmaWeight weight =
        takeWeight(packing::makeMma(packed(rounding), parallel));
    return mmaForms.emplace(rounding, std::move(weight)).first->second;
  }

  const packing::VectorWeight &vector(Rounding rounding) {
    auto it = vectorForms.find(rounding);
    if (it != vectorForms.end())
      return it->second;
    packing::VectorWeight weight =
        takeWeight(packing::makeVector(packed(rounding), parallel));
    return vectorForms.emplace(rounding, std::move(weight)).first->second;
  }

  const packing::WeightStore &store;
  packing::WeightSpec wanted;
  const packing::ParallelFor &parallel;
  std::map<Rounding, packing::PackedWeight> packedForms;
  std::map<Rounding, packing::MmaWeight> mmaForms;
  std::map<Rounding, packing::VectorWeight> vectorForms;
};

} // namespace

Weights::Weights(const Model &model, const Target &target, const Device &device,
                 WeightFiles files, ThreadPool &threads)
    : device(device) {
  // In the order of weights, so that one's forms are gone before the next's.
  std::set<Binding> wanted;
  for (const FunctionSpec &function : target.spec->functions)
    for (const Binding &binding : function.bindings)
      if (binding.view != View::State)
        wanted.insert(binding);
  for (const StateSpec &state : model.manifest().state)
    if (state.weight)
      wanted.insert({*state.weight, View::Dense, std::nullopt, {}});
  if (wanted.empty())
    return;
  packing::WeightStore store = openStore(model, std::move(files));
  packing::ParallelFor parallel = makeParallelFor(threads);
  std::optional<Views> views;
  size_t current = 0;
  for (const Binding &binding : wanted) {
    if (!views || binding.weight != current)
      views.emplace(store, model.manifest().weights[binding.weight], parallel);
    current = binding.weight;
    add(binding, views->make(binding));
  }
  chunk.reset();
  // Calls on any stream may read them from now on.
  if (!device.isHost())
    device.synchronize(nullptr);
}

/// Whether a view's buffer was made at load, so that no file has it.
static bool isPacked(View view) {
  return view == View::Panels || view == View::VectorValues ||
         view == View::VectorCoordinates;
}

/// A copy in the chunk, whose pages are large; null where that is no use.
std::shared_ptr<void> Weights::placeBeside(const packing::Tensor &tensor) {
  constexpr uint64_t wholeChunk = 32 << 20, alignment = 64;
  uint64_t bytes = (tensor.bytes.size + alignment - 1) / alignment * alignment;
  if (bytes > wholeChunk / 8)
    return nullptr;
  if (bytes > chunkBytes) {
    auto *memory = static_cast<std::byte *>(allocatePages(wholeChunk));
    if (!memory)
      return nullptr;
    chunk = std::shared_ptr<std::byte>(memory, std::free);
    chunkBytes = wholeChunk;
  }
  std::shared_ptr<void> place = chunk;
  std::memcpy(place.get(), tensor.bytes.data, tensor.bytes.size);
  chunk = std::shared_ptr<std::byte>(chunk, chunk.get() + bytes);
  chunkBytes -= bytes;
  return place;
}

void Weights::add(const Binding &binding, const packing::Tensor &tensor) {
  uint64_t address = reinterpret_cast<uint64_t>(tensor.bytes.data);
  bool aligned = address % packing::getByteWidth(tensor.type) == 0;
  if (device.isHost() && aligned && tensor.bytes.data) {
    std::shared_ptr<void> place =
        isPacked(binding.view) ? placeBeside(tensor) : nullptr;
    buffers[binding] =
        place ? Buffer{place.get(), tensor.shape, place}
              : Buffer{tensor.bytes.data, tensor.shape, tensor.owner};
    return;
  }
  try {
    std::shared_ptr<void> memory = device.allocateShared(tensor.bytes.size);
    device.upload(memory.get(), tensor.bytes.data, tensor.bytes.size);
    buffers[binding] = {memory.get(), tensor.shape, memory};
  } catch (const Error &error) {
    throw Error(error.status(),
                "bringing a weight of " + std::to_string(tensor.bytes.size) +
                    " bytes to '" + device.name() + "': " + error.what());
  }
}
