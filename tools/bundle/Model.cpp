// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// See Model.h.

#include "Model.h"

#include "Runner.h"

#include <filesystem>

using namespace lacuna;
using namespace lacuna::bundle;

Model::Model(Device &device, const std::string &path,
             const std::vector<std::string> &params)
    : device(device) {
  try {
    check(lacuna_model_load(path.c_str(), &model));
    std::vector<const char *> files;
    for (const std::string &file : params)
      files.push_back(file.c_str());
    lacuna_session_options options = {};
    options.struct_size = sizeof(options);
    options.params = files.data();
    options.num_params = files.size();
    options.device = device.name.c_str();
    check(lacuna_session_create(model, &options, &session));
    check(lacuna_model_function(model, nullptr, &info));
  } catch (...) {
    lacuna_session_destroy(session);
    lacuna_model_destroy(model);
    throw;
  }
}

Model::~Model() {
  (void)device.table->stream_synchronize(device.handle, device.stream);
  lacuna_session_destroy(session);
  lacuna_model_destroy(model);
}

void Model::check(lacuna_status status) const {
  if (status != LACUNA_OK)
    throw Failure(lacuna_last_error(), Failed);
}

static DLTensor describe(Device &device, Memory &memory, packing::Shape &shape,
                         DLDataType type) {
  DLTensor tensor = {};
  tensor.data = memory.pointer;
  tensor.device = device.where();
  tensor.ndim = static_cast<int>(shape.size());
  tensor.dtype = type;
  tensor.shape = shape.data();
  return tensor;
}

void Model::prepare(const std::vector<packing::Tensor> &inputs) {
  if (inputs.size() != info.num_inputs)
    throw Failure("the model takes " + std::to_string(info.num_inputs) +
                  " inputs, the case has " + std::to_string(inputs.size()));
  ins.clear();
  outs.clear();
  inputMemory.clear();
  outputMemory.clear();
  inputShapes.clear();
  outputShapes.clear();
  for (size_t i = 0; i < inputs.size(); ++i) {
    std::string given(packing::getName(inputs[i].type));
    if (given != info.inputs[i].dtype_name)
      throw Failure("input " + std::to_string(i) + " is " +
                    info.inputs[i].dtype_name + ", the case has " + given);
    inputShapes.push_back(inputs[i].shape);
    inputMemory.emplace_back(device, inputs[i].bytes.size);
    inputMemory.back().write(inputs[i].bytes.data, inputs[i].bytes.size);
  }
  for (size_t i = 0; i < inputs.size(); ++i)
    ins.push_back(
        describe(device, inputMemory[i], inputShapes[i], info.inputs[i].dtype));
  size_t numDims = 0;
  for (size_t i = 0; i < info.num_outputs; ++i)
    numDims += info.outputs[i].ndim;
  packing::Shape dims(numDims + 1);
  check(lacuna_session_output_shapes(session, info.name, ins.data(), ins.size(),
                                     dims.data(), numDims));
  auto next = dims.begin();
  for (size_t i = 0; i < info.num_outputs; ++i) {
    outputShapes.emplace_back(next, next + info.outputs[i].ndim);
    next += info.outputs[i].ndim;
    uint64_t bytes = info.outputs[i].dtype.bits / 8;
    for (int64_t size : outputShapes.back())
      bytes *= uint64_t(size);
    outputMemory.emplace_back(device, bytes);
  }
  for (size_t i = 0; i < info.num_outputs; ++i)
    outs.push_back(describe(device, outputMemory[i], outputShapes[i],
                            info.outputs[i].dtype));
}

void Model::run(lacuna::run::KernelProfile *profile) {
  lacuna_run_options options = {};
  options.struct_size = sizeof(options);
  options.stream = device.stream;
  if (profile)
    profile->observe(options);
  check(lacuna_session_run_with(session, info.name, ins.data(), ins.size(),
                                outs.data(), outs.size(), &options));
}

void Model::poison() {
  for (Memory &memory : outputMemory)
    memory.poison();
}

std::vector<packing::Tensor> Model::outputs() {
  device.synchronize();
  std::vector<packing::Tensor> results;
  for (size_t i = 0; i < info.num_outputs; ++i) {
    auto buffer = packing::Buffer::allocate(outputMemory[i].bytes);
    if (!buffer.ok())
      throw Failure(buffer.message(), Failed);
    outputMemory[i].read(buffer->bytes().data, outputMemory[i].bytes);
    packing::Tensor tensor;
    tensor.type = *packing::parseElementType(info.outputs[i].dtype_name);
    tensor.shape = outputShapes[i];
    tensor.bytes = buffer->bytes();
    tensor.owner = buffer->owner();
    results.push_back(tensor);
  }
  return results;
}

uint64_t Model::ioBytes() const {
  uint64_t bytes = 0;
  for (const std::vector<Memory> *list : {&inputMemory, &outputMemory})
    for (const Memory &memory : *list)
      bytes += memory.bytes;
  return bytes;
}

std::map<std::string, uint64_t> Model::counters() const {
  size_t count = 0;
  check(lacuna_session_counters(session, nullptr, 0, &count));
  std::vector<lacuna_counter> values(count);
  check(lacuna_session_counters(session, values.data(), count, &count));
  std::map<std::string, uint64_t> result;
  for (const lacuna_counter &counter : values)
    result[counter.name] = counter.value;
  return result;
}

void Model::resetCounters() const {
  check(lacuna_session_counters_reset(session));
}

/// Clocks go up first.
static constexpr unsigned warmup = 2;

Rotation::Rotation(Device &device, const std::string &path,
                   const std::vector<std::string> &params,
                   const std::vector<packing::Tensor> &inputs,
                   const Options &options)
    : device(device), samples(options.samples) {
  constexpr size_t most = 64;
  uint64_t weightBytes = 0, bytes = 0;
  for (const std::string &file : params)
    weightBytes += std::filesystem::file_size(file);
  do {
    models.push_back(std::make_unique<Model>(device, path, params));
    models.back()->prepare(inputs);
    models.back()->run(); // Loads its kernels.
    bytes += weightBytes + models.back()->ioBytes();
  } while (models.size() < 2 ||
           (bytes < options.rotation && models.size() < most));
  device.synchronize();
}

Times Rotation::time() {
  Stopwatch watch(device);
  std::vector<double> times;
  for (unsigned i = 0; i < samples + warmup; ++i) {
    watch.start();
    for (auto &model : models)
      model->run();
    double time = watch.stop() / double(models.size());
    if (i >= warmup)
      times.push_back(time);
  }
  return summarize(times);
}

std::vector<Rotation::Kernel> Rotation::timeKernels() {
  lacuna::run::KernelProfile profile(device.table, device.handle);
  std::vector<lacuna::run::KernelRecord> records;
  std::vector<std::vector<double>> times;
  for (unsigned i = 0; i < samples + warmup; ++i) {
    for (auto &model : models) {
      model->run(&profile);
      records = profile.finish();
      times.resize(records.size());
      for (size_t kernel = 0; i >= warmup && kernel < records.size(); ++kernel)
        times[kernel].push_back(records[kernel].microseconds);
    }
  }
  std::vector<Kernel> kernels;
  for (size_t i = 0; i < records.size(); ++i)
    kernels.push_back(
        {records[i].name, records[i].launches, summarize(times[i])});
  return kernels;
}

void lacuna::bundle::addTimes(nlohmann::json &entry, Rotation &rotation) {
  entry["microseconds"] = toJSON(rotation.time());
  for (const Rotation::Kernel &kernel : rotation.timeKernels())
    entry["kernels"].push_back({{"name", kernel.name},
                                {"launches", kernel.launches},
                                {"microseconds", toJSON(kernel.times)}});
}
