// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Allocating, resetting, reading and writing state.

#include "State.h"

#include "Error.h"
#include "Tensors.h"

#include <cstring>

using namespace lacuna;
using namespace lacuna::runtime;

namespace {
uint64_t bytesOf(const TensorSpec &spec) {
  // The manifest's sizes have been checked.
  return *packing::getByteSize(spec.type, spec.shape);
}
} // namespace

State::State(const Model &model, const Device &device, const Weights &weights)
    : specs(model.manifest().state), device(device), weights(weights) {
  for (const StateSpec &spec : specs) {
    try {
      buffers.push_back(device.allocateShared(bytesOf(spec.tensor)));
      restore(buffers.size() - 1, nullptr);
    } catch (const Error &error) {
      throw Error(error.status(), "the state '" + spec.tensor.name + "' of " +
                                      std::to_string(bytesOf(spec.tensor)) +
                                      " bytes on '" + device.name() +
                                      "': " + error.what());
    }
  }
  // Calls on any stream may use it from now on.
  if (!specs.empty() && !device.isHost())
    device.synchronize(nullptr);
}

void State::restore(size_t index, void *stream) {
  const StateSpec &spec = specs[index];
  uint64_t bytes = bytesOf(spec.tensor);
  if (!spec.weight)
    device.clear(data(index), bytes, stream);
  else
    device.move(data(index),
                weights.get({*spec.weight, View::Dense, std::nullopt, {}}).data,
                bytes, stream);
}

size_t State::find(const char *name) const {
  std::vector<std::string> names;
  for (size_t i = 0; i < specs.size(); ++i) {
    if (name && specs[i].tensor.name == name)
      return i;
    names.push_back(specs[i].tensor.name);
  }
  throw Error(LACUNA_ERROR_ARGUMENT,
              !name ? "the state's name is a null pointer"
                    : "the model has no state '" + std::string(name) +
                          "', it has " +
                          (names.empty() ? "none" : quoteAll(names)) +
                          packing::suggestNames(name, names));
}

void State::reset(const char *name, void *stream) {
  std::lock_guard<std::mutex> lock(mutex);
  if (name)
    return restore(find(name), stream);
  for (size_t i = 0; i < specs.size(); ++i)
    restore(i, stream);
}

void State::move(size_t index, const DLTensor &tensor, bool isRead,
                 void *stream) {
  uint64_t bytes = getBytes(tensor);
  void *own = data(index), *callers = getData(tensor);
  bool isHost = isHostMemory(tensor.device);
  if (device.isHost() || !isHost)
    return device.move(isRead ? callers : own, isRead ? own : callers, bytes,
                       stream);
  if (isRead)
    device.copy(callers, own, bytes, LACUNA_COPY_TO_HOST, stream);
  else
    device.copy(own, callers, bytes, LACUNA_COPY_TO_DEVICE, stream);
  device.synchronize(stream);
}

void State::read(const char *name, const DLTensor &tensor, void *stream) {
  size_t index = find(name);
  checkTensor(specs[index].tensor, tensor,
              "the tensor for the state '" + specs[index].tensor.name + "'",
              device);
  std::lock_guard<std::mutex> lock(mutex);
  move(index, tensor, /*isRead=*/true, stream);
}

void State::write(const char *name, const DLTensor &tensor, void *stream) {
  size_t index = find(name);
  const TensorSpec &spec = specs[index].tensor;
  std::string what = "the tensor for the state '" + spec.name + "'";
  checkTensor(spec, tensor, what, device);
  checkContent(spec, tensor, what);
  std::lock_guard<std::mutex> lock(mutex);
  move(index, tensor, /*isRead=*/false, stream);
}
