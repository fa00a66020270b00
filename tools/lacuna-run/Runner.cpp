// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Loads the model, brings inputs and outputs together, runs, compares, times.

#include "Runner.h"

#include "DeviceTiming.h"
#include "Info.h"
#include "State.h"
#include "Values.h"
#include "lacuna/Packing/Parameters.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>

using namespace lacuna;
using namespace lacuna::run;

namespace {
void checkCall(lacuna_status status) {
  if (status != LACUNA_OK)
    throw Failure(lacuna_last_error(),
                  status == LACUNA_ERROR_FAILED || status == LACUNA_ERROR_MEMORY
                      ? RunFailed
                      : BadUse);
}

struct Destroy {
  void operator()(lacuna_model *model) const { lacuna_model_destroy(model); }
  void operator()(lacuna_session *session) const {
    lacuna_session_destroy(session);
  }
};
using ModelPtr = std::unique_ptr<lacuna_model, Destroy>;
using SessionPtr = std::unique_ptr<lacuna_session, Destroy>;

SessionPtr createSession(lacuna_model *model, const Options &options) {
  std::vector<const char *> params;
  for (const std::string &path : options.params)
    params.push_back(path.c_str());
  lacuna_session_options given = {};
  given.struct_size = sizeof(given);
  given.params = params.data();
  given.num_params = params.size();
  given.parameters_file =
      options.parametersFile.empty() ? nullptr : options.parametersFile.c_str();
  given.threads = options.threads;
  given.device = options.device ? options.device->c_str() : nullptr;
  lacuna_session *session;
  checkCall(lacuna_session_create(model, &given, &session));
  return SessionPtr(session);
}

/// Which of `infos` each assignment means.
std::vector<const Assignment *> match(const std::vector<Assignment> &given,
                                      const lacuna_tensor_info *infos,
                                      size_t count, const std::string &option) {
  std::vector<const Assignment *> found(count);
  std::vector<std::string> names;
  for (size_t i = 0; i < count; ++i)
    names.push_back(infos[i].name);
  std::string list;
  for (const std::string &name : names)
    list += (list.empty() ? "'" : ", '") + name + "'";
  for (const Assignment &assignment : given) {
    size_t index = 0;
    if (assignment.name.empty() && count != 1)
      throw Failure(option + " " + assignment.value +
                    ": expected NAME=..., with a name of " + list);
    if (!assignment.name.empty())
      index = std::find(names.begin(), names.end(), assignment.name) -
              names.begin();
    if (index == count)
      throw Failure(option + ": there is no '" + assignment.name +
                    "', the function has " + (list.empty() ? "none" : list) +
                    packing::suggestNames(assignment.name, names));
    if (found[index])
      throw Failure(option + ": '" + names[index] + "' is given twice");
    found[index] = &assignment;
  }
  return found;
}

class Runner {
public:
  Runner(const Options &options, const lacuna_model *model,
         lacuna_session *session, const lacuna_function_info &info)
      : options(options), model(model), session(session), info(info) {}

  void readInputs();
  void allocateOutputs();
  ExitCode run();

private:
  void runOnce();
  void runSteps();
  DLTensor viewStep(const Tensor &tensor, DLDataType type) const;
  Tensor allocateOutputs(const lacuna_tensor_info &info, const int64_t *shape);
  void replayOnce();
  std::vector<double> measure();
  void benchmark();
  void printCounters();
  void printProfile();
  std::vector<KernelRecord> profileRegions();
  void requireRepeatable(const std::string &option);
  void requireGPU(const std::string &option);
  bool compareAll(const std::vector<const Assignment *> &wanted);
  void checkType(const lacuna_tensor_info &info, const Tensor &tensor,
                 const std::string &from);

  const Options &options;
  const lacuna_model *model;
  lacuna_session *session;
  const lacuna_function_info &info;
  std::vector<Tensor> inputs, outputs;
  std::vector<DLTensor> in, out;
  /// With --graph, and when a GPU is timed.
  std::optional<DeviceTiming> device;
};

/// DLPack cannot tell bools from u8.
void Runner::checkType(const lacuna_tensor_info &tensorInfo,
                       const Tensor &tensor, const std::string &from) {
  std::string given(packing::getName(tensor.type));
  if (given != tensorInfo.dtype_name)
    throw Failure("input '" + std::string(tensorInfo.name) + "': '" + from +
                  "' holds " + given + ", expected " + tensorInfo.dtype_name +
                  ": convert it before");
}

void Runner::readInputs() {
  auto given = match(options.inputs, info.inputs, info.num_inputs, "--input");
  bool drawn = false;
  for (const Assignment *input : given)
    drawn |= input && input->value.rfind("random", 0) == 0;
  uint64_t seed = options.seed ? *options.seed : std::random_device()();
  if (drawn)
    std::printf("random seed %llu\n", static_cast<unsigned long long>(seed));
  std::mt19937_64 random(seed);
  for (size_t i = 0; i < info.num_inputs; ++i) {
    const lacuna_tensor_info &tensorInfo = info.inputs[i];
    if (!given[i])
      throw Failure("input '" + std::string(tensorInfo.name) + "' (" +
                    describeTensor(tensorInfo) + ") is missing: give --input " +
                    tensorInfo.name + "=FILE.npy");
    const std::string &what = given[i]->value;
    if (what == "random" || what.rfind("random:", 0) == 0) {
      inputs.push_back(makeRandom(what, tensorInfo, random));
    } else {
      inputs.push_back(aligned(readTensor(what, tensorInfo.name)));
      checkType(tensorInfo, inputs.back(), what);
    }
    const packing::Shape &shape = inputs.back().shape;
    if (options.steps && (shape.empty() || shape[0] != *options.steps))
      throw Failure("input '" + std::string(tensorInfo.name) +
                    "': with --steps " + std::to_string(*options.steps) +
                    " its first dimension counts the steps, but its shape is " +
                    packing::toString(shape));
  }
  for (size_t i = 0; i < info.num_inputs; ++i)
    in.push_back(viewStep(inputs[i], getDLType(inputs[i].type)));
}

void Runner::allocateOutputs() {
  size_t numDims = 0;
  for (size_t i = 0; i < info.num_outputs; ++i)
    numDims += info.outputs[i].ndim;
  std::vector<int64_t> dims(numDims + 1);
  checkCall(lacuna_session_output_shapes(session, info.name, in.data(),
                                         in.size(), dims.data(), numDims));
  const int64_t *next = dims.data();
  for (size_t i = 0; i < info.num_outputs; ++i) {
    outputs.push_back(allocateOutputs(info.outputs[i], next));
    next += info.outputs[i].ndim;
  }
  for (size_t i = 0; i < info.num_outputs; ++i)
    out.push_back(viewStep(outputs[i], info.outputs[i].dtype));
}

/// With --steps tensors hold those of all steps, one after the other: the first
/// step's.
DLTensor Runner::viewStep(const Tensor &tensor, DLDataType type) const {
  DLTensor result = viewTensor(tensor, type);
  if (options.steps) {
    ++result.shape;
    --result.ndim;
  }
  return result;
}

Tensor Runner::allocateOutputs(const lacuna_tensor_info &info,
                               const int64_t *shape) {
  if (!options.steps)
    return allocateOutput(info, shape);
  packing::Shape all(shape, shape + info.ndim);
  all.insert(all.begin(), *options.steps);
  lacuna_tensor_info stacked = info;
  ++stacked.ndim;
  return allocateOutput(stacked, all.data());
}

void Runner::runSteps() {
  int64_t steps = options.steps.value_or(1);
  auto advance = [&](std::vector<DLTensor> &tensors,
                     const std::vector<Tensor> &all) {
    for (size_t i = 0; i < tensors.size(); ++i)
      tensors[i].byte_offset += all[i].bytes.size / steps;
  };
  for (int64_t i = 0; i < steps; ++i) {
    if (i != 0) {
      advance(in, inputs);
      advance(out, outputs);
    }
    runOnce();
  }
}

void Runner::runOnce() {
  checkCall(lacuna_session_run(session, info.name, in.data(), in.size(),
                               out.data(), out.size(), nullptr));
}

/// For runs after the one that was asked for.
void Runner::requireRepeatable(const std::string &option) {
  // Another run would be a step that nobody asked for.
  if (options.steps || !options.stateIn.empty() || !options.stateOut.empty())
    throw Failure(option + " takes no --steps, --state-in and --state-out");
}

void Runner::requireGPU(const std::string &option) {
  lacuna_device_info where = {};
  checkCall(lacuna_session_device(session, &where));
  if (!DeviceTiming::isFor(session))
    throw Failure(option + " needs a GPU, but the device is '" + where.name +
                  "': give --device=cuda or --device=emulator");
}

/// The first run of --graph is one of the graph.
void Runner::replayOnce() {
  requireGPU("--graph");
  requireRepeatable("--graph");
  device.emplace(session, info.name, in, out);
  device->capture();
  // The run before the capture was a step.
  checkCall(lacuna_session_state_reset(session, nullptr, nullptr));
  if (options.counters)
    checkCall(lacuna_session_counters_reset(session));
  (void)device->run();
  device->fetch(out);
}

/// Microseconds of each run: by the host's clock, or on a GPU by its own.
std::vector<double> Runner::measure() {
  using Clock = std::chrono::steady_clock;
  if (!device && DeviceTiming::isFor(session))
    device.emplace(session, info.name, in, out);
  std::vector<double> times;
  for (int64_t i = 0; i < options.warmup + *options.iterations; ++i) {
    double time;
    if (device) {
      time = device->run();
    } else {
      auto begin = Clock::now();
      runOnce();
      time = std::chrono::duration<double, std::micro>(Clock::now() - begin)
                 .count();
    }
    if (i >= options.warmup)
      times.push_back(time);
  }
  return times;
}

void Runner::benchmark() {
  std::vector<double> times = measure();
  std::sort(times.begin(), times.end());
  auto quantile = [&](double q) {
    return times[static_cast<size_t>(q * (times.size() - 1) + 0.5)];
  };
  lacuna_device_info place = {};
  checkCall(lacuna_session_device(session, &place));
  std::string where =
      *place.architecture
          ? std::string(place.name) + ", " + place.description
          : std::to_string(lacuna_session_threads(session)) + " threads";
  std::printf("time: median %.1f us, min %.1f us, p10 %.1f us, p90 %.1f us "
              "(%zu %s, %lld before, %s)\n",
              quantile(0.5), times.front(), quantile(0.1), quantile(0.9),
              times.size(), options.graph ? "replays" : "runs",
              static_cast<long long>(options.warmup), where.c_str());
}

void Runner::printCounters() {
  size_t count = 0;
  checkCall(lacuna_session_counters(session, nullptr, 0, &count));
  std::vector<lacuna_counter> counters(count);
  checkCall(lacuna_session_counters(session, counters.data(), counters.size(),
                                    &count));
  lacuna_device_info place = {};
  checkCall(lacuna_session_device(session, &place));
  if (counters.empty())
    std::printf("counters: the device '%s' has none\n", place.name);
  for (const lacuna_counter &counter : counters)
    std::printf("counter %s: %llu\n", counter.name,
                static_cast<unsigned long long>(counter.value));
}

/// Of each region the median of its times.
std::vector<KernelRecord> Runner::profileRegions() {
  KernelProfile profile;
  lacuna_run_options observed = {};
  observed.struct_size = sizeof(observed);
  profile.observe(observed);
  std::vector<KernelRecord> regions;
  std::vector<std::vector<double>> times;
  for (int64_t i = 0; i < options.iterations.value_or(1); ++i) {
    checkCall(lacuna_session_run_with(session, info.name, in.data(), in.size(),
                                      out.data(), out.size(), &observed));
    regions = profile.finish();
    times.resize(regions.size());
    for (size_t j = 0; j < regions.size(); ++j)
      times[j].push_back(regions[j].microseconds);
  }
  for (size_t j = 0; j < regions.size(); ++j) {
    auto middle = times[j].begin() + times[j].size() / 2;
    std::nth_element(times[j].begin(), middle, times[j].end());
    regions[j].microseconds = *middle;
  }
  return regions;
}

void Runner::printProfile() {
  bool isGPU = DeviceTiming::isFor(session);
  if (isGPU && !device)
    device.emplace(session, info.name, in, out);
  std::vector<KernelRecord> kernels =
      isGPU ? device->profile() : profileRegions();
  lacuna_device_info place = {};
  checkCall(lacuna_session_device(session, &place));
  double total = 0;
  for (const KernelRecord &kernel : kernels)
    total += kernel.microseconds;
  for (const KernelRecord &kernel : kernels) {
    const char *times = isGPU ? "launch" : "run";
    // The name of a region has its route.
    std::string route =
        isGPU ? describeRoute(model, place.target, kernel.name) : "";
    std::printf("%s %s%s: %llu %s%s", isGPU ? "kernel" : "region",
                kernel.name.c_str(), route.c_str(),
                static_cast<unsigned long long>(kernel.launches), times,
                kernel.launches == 1 ? ""
                : isGPU              ? "es"
                                     : "s");
    // A device that counts executes PTX on the host: its time tells nothing.
    if (kernel.counters.empty())
      std::printf(", %.1f us (%.1f %%)", kernel.microseconds,
                  100 * kernel.microseconds / total);
    for (const auto &[name, value] : kernel.counters)
      if (value != 0)
        std::printf(", %s %llu", name.c_str(),
                    static_cast<unsigned long long>(value));
    std::printf("\n");
  }
}

bool Runner::compareAll(const std::vector<const Assignment *> &wanted) {
  bool fine = true;
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (!wanted[i])
      continue;
    std::string name = info.outputs[i].name;
    fine &= compare(name, outputs[i], readTensor(wanted[i]->value, name),
                    options.rtol, options.atol);
  }
  return fine;
}

ExitCode Runner::run() {
  // Names are checked before the time is spent.
  auto written =
      match(options.outputs, info.outputs, info.num_outputs, "--output");
  auto wanted =
      match(options.expected, info.outputs, info.num_outputs, "--expect");
  if (options.profile)
    requireRepeatable("--profile");
  OutputFiles files;
  for (size_t i = 0; i < written.size(); ++i)
    if (written[i])
      files.add(written[i]->value, info.outputs[i].name, outputs[i]);
  if (options.counters)
    checkCall(lacuna_session_counters_reset(session));
  if (options.graph)
    replayOnce();
  else
    runSteps();
  if (options.counters)
    printCounters();
  if (!options.iterations && !options.profile && options.outputs.empty() &&
      options.expected.empty())
    for (size_t i = 0; i < outputs.size(); ++i)
      printTensor(info.outputs[i].name, outputs[i]);
  files.write();
  bool fine = compareAll(wanted);
  if (options.profile)
    printProfile();
  if (options.iterations)
    benchmark();
  return fine ? Success : Mismatch;
}
} // namespace

ExitCode lacuna::run::runModel(const Options &options) {
  lacuna_model *loaded;
  checkCall(lacuna_model_load(options.model.c_str(), &loaded));
  ModelPtr model(loaded);
  if (options.info)
    printInfo(model.get(), options.model);
  if (options.info && options.inputs.empty())
    return Success;
  lacuna_function_info info;
  checkCall(lacuna_model_function(
      model.get(), options.function ? options.function->c_str() : nullptr,
      &info));
  SessionPtr session = createSession(model.get(), options);
  Runner runner(options, model.get(), session.get(), info);
  runner.readInputs();
  runner.allocateOutputs();
  if (!options.stateIn.empty())
    readState(options.stateIn, model.get(), session.get());
  ExitCode code = runner.run();
  if (!options.stateOut.empty())
    writeState(options.stateOut, model.get(), session.get());
  return code;
}
