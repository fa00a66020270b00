// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Through the session's device table.

#include "DeviceTiming.h"

#include "Options.h"

using namespace lacuna::run;

namespace {
uint64_t getBytes(const DLTensor &tensor) {
  uint64_t bytes = tensor.dtype.bits / 8;
  for (int i = 0; i < tensor.ndim; ++i)
    bytes *= static_cast<uint64_t>(tensor.shape[i]);
  return bytes;
}
} // namespace

bool DeviceTiming::isFor(const lacuna_session *session) {
  const lacuna_device_table *table = nullptr;
  lacuna_device *device = nullptr;
  return lacuna_session_device_table(session, &table, &device) == LACUNA_OK &&
         table;
}

void DeviceTiming::check(lacuna_status status) const {
  if (status != LACUNA_OK)
    throw Failure(table->last_error(), RunFailed);
}

void *DeviceTiming::allocate(uint64_t bytes) {
  void *result = nullptr;
  check(table->allocate(device, bytes, stream, &result));
  memory.push_back(result);
  return result;
}

std::vector<DLTensor> DeviceTiming::place(const std::vector<DLTensor> &tensors,
                                          bool copied) {
  std::vector<DLTensor> placed = tensors;
  for (DLTensor &tensor : placed) {
    uint64_t bytes = getBytes(tensor);
    void *target = allocate(bytes);
    if (copied && bytes != 0)
      check(table->copy(device, target, tensor.data, bytes,
                        LACUNA_COPY_TO_DEVICE, stream));
    tensor.data = target;
    tensor.device = where;
  }
  return placed;
}

DeviceTiming::DeviceTiming(lacuna_session *session, const char *function,
                           const std::vector<DLTensor> &inputs,
                           const std::vector<DLTensor> &outputs)
    : session(session), function(function) {
  lacuna_device_info info = {};
  if (lacuna_session_device_table(session, &table, &device) != LACUNA_OK ||
      lacuna_session_device(session, &info) != LACUNA_OK)
    throw Failure(lacuna_last_error());
  where = info.device;
  check(table->stream_create(device, &stream));
  check(table->event_create(device, &begin));
  check(table->event_create(device, &end));
  in = place(inputs, /*copied=*/true);
  // Outputs are a pattern that shows what a run leaves out.
  out = place(outputs, /*copied=*/true);
}

DeviceTiming::~DeviceTiming() {
  (void)table->stream_synchronize(device, stream);
  if (graph)
    table->graph_destroy(device, graph);
  for (void *pointer : memory)
    (void)table->release(device, pointer, stream);
  if (begin)
    table->event_destroy(device, begin);
  if (end)
    table->event_destroy(device, end);
  if (stream)
    table->stream_destroy(device, stream);
}

void DeviceTiming::runOn(const lacuna_run_options &options) {
  if (lacuna_session_run_with(session, function.c_str(), in.data(), in.size(),
                              out.data(), out.size(), &options) != LACUNA_OK)
    throw Failure(lacuna_last_error(), RunFailed);
}

void DeviceTiming::capture() {
  lacuna_run_options options = {};
  options.struct_size = sizeof(options);
  options.stream = stream;
  // Loads the kernels, which a capture cannot, on tensors that stay here.
  std::vector<DLTensor> kept = out;
  out = place(out, /*copied=*/false);
  runOn(options);
  check(table->stream_synchronize(device, stream));
  out = kept;
  if (lacuna_session_workspace_size(session, function.c_str(), in.data(),
                                    in.size(),
                                    &options.arena_bytes) != LACUNA_OK)
    throw Failure(lacuna_last_error(), RunFailed);
  options.arena = allocate(options.arena_bytes);
  check(table->capture_begin(device, stream));
  try {
    runOn(options);
  } catch (const Failure &) {
    (void)table->capture_end(device, stream, &graph);
    throw;
  }
  check(table->capture_end(device, stream, &graph));
}

std::vector<KernelRecord> DeviceTiming::profile() {
  KernelProfile profile(table, device);
  lacuna_run_options options = {};
  options.struct_size = sizeof(options);
  options.stream = stream;
  // The first run loads the kernels.
  runOn(options);
  profile.observe(options);
  runOn(options);
  try {
    return profile.finish();
  } catch (const std::runtime_error &error) {
    throw Failure(error.what(), RunFailed);
  }
}

double DeviceTiming::run() {
  check(table->event_record(device, begin, stream));
  if (graph) {
    check(table->graph_launch(device, graph, stream));
  } else {
    lacuna_run_options options = {};
    options.struct_size = sizeof(options);
    options.stream = stream;
    runOn(options);
  }
  check(table->event_record(device, end, stream));
  check(table->event_synchronize(device, end));
  float milliseconds = 0;
  check(table->event_elapsed(device, begin, end, &milliseconds));
  return milliseconds * 1e3;
}

void DeviceTiming::fetch(const std::vector<DLTensor> &outputs) {
  for (size_t i = 0; i < outputs.size(); ++i)
    if (uint64_t bytes = getBytes(outputs[i]))
      check(table->copy(device, outputs[i].data, out[i].data, bytes,
                        LACUNA_COPY_TO_HOST, stream));
  check(table->stream_synchronize(device, stream));
}
