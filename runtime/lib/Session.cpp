// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One call: check the tensors, let the model tell its output shapes, bring
// host tensors to a GPU, enter the model, bring outputs back.

#include "Session.h"

#include "Error.h"
#include "Staging.h"

#include <cfenv>
#include <cstdlib>
#include <cstring>

using namespace lacuna;
using namespace lacuna::runtime;

namespace {

/// Compiled code runs with the default rounding and with denormals, whatever
/// the caller has set, as it does on the worker threads.
class DefaultFloatEnvironment {
public:
  DefaultFloatEnvironment() {
    std::fegetenv(&before);
    std::fesetenv(FE_DFL_ENV);
  }
  ~DefaultFloatEnvironment() { std::fesetenv(&before); }

private:
  std::fenv_t before;
};

template <typename Code> void executeOrThrow(Call &call, Code code) {
  Frame frame(call, /*inLoop=*/false);
  DefaultFloatEnvironment environment;
  auto enter = [](void *argument) { (*static_cast<Code *>(argument))(); };
  if (!execute(frame, enter, &code))
    throw Error(frame.failure.status, frame.failure.message);
}

size_t countDims(const DLTensor *tensors, size_t count) {
  size_t sum = 0;
  for (size_t i = 0; i < count; ++i)
    sum += static_cast<size_t>(tensors[i].ndim);
  return sum;
}

} // namespace

Session::Session(std::shared_ptr<const Model> model, Choice choice,
                 WeightFiles files, int threads)
    : model(std::move(model)), place(std::move(choice.device)),
      target(*choice.target),
      poisonsArena(std::getenv("LACUNA_POISON_ARENA") != nullptr),
      pool(threads),
      kernels(place->isHost() ? nullptr
                              : new Kernels(*this->model, target, *place)),
      weights(*this->model, target, *place, std::move(files), pool),
      state(*this->model, *place, weights) {}

lacuna_device_info Session::deviceInfo() const {
  return {place->name().c_str(), place->description(),
          place->architectureName(), target.spec->name.c_str(),
          place->dlDevice()};
}

std::vector<int64_t> Session::tellShapes(const Function &function, Call &call,
                                         const SignatureChecker &checker,
                                         const DLTensor *inputs) {
  std::vector<int64_t> dims;
  if (checker.staticOutputs(dims))
    return dims;
  size_t numInputs = function.spec->inputs.size();
  Descriptors descriptors(numInputs, countDims(inputs, numInputs));
  for (size_t i = 0; i < numInputs; ++i)
    descriptors.add(inputs[i]);
  ShapesFn shapes = function.shapes;
  void **arguments = descriptors.data();
  int64_t *results = dims.data();
  executeOrThrow(call, [=] { shapes(arguments, results); });
  checker.checkTold(dims);
  return dims;
}

const packing::Shape &Session::getShape(const Binding &binding) const {
  return binding.view == View::State
             ? model->manifest().state[binding.weight].tensor.shape
             : weights.get(binding).shape;
}

uint64_t Session::tellWorkspace(const Function &function, Call &call,
                                const DLTensor *inputs) {
  if (!function.workspace)
    return 0;
  size_t numInputs = function.spec->inputs.size();
  Descriptors descriptors(numInputs, countDims(inputs, numInputs));
  for (size_t i = 0; i < numInputs; ++i)
    descriptors.add(inputs[i]);
  WorkspaceFn workspace = function.workspace;
  void **arguments = descriptors.data();
  int64_t bytes = 0;
  executeOrThrow(call, [=, &bytes] { workspace(arguments, &bytes); });
  if (bytes < 0)
    throw Error(LACUNA_ERROR_ARTIFACT,
                "the model says that '" + function.spec->name + "' needs " +
                    std::to_string(bytes) +
                    " bytes: it is damaged; compile it again");
  return static_cast<uint64_t>(bytes);
}

Memory Session::getArena(const Function &function, Call &call,
                         const DLTensor *inputs,
                         const lacuna_run_options &options) {
  constexpr uint64_t alignment = 256;
  Memory arena;
  arena.bytes = tellWorkspace(function, call, inputs);
  const FunctionSpec &spec = *function.spec;
  auto needs = [&] {
    std::string in = describeTensors(spec.inputs, inputs);
    return "'" + spec.name + "'" + (in.empty() ? "" : " (" + in + ")") +
           " needs " + std::to_string(arena.bytes) +
           " bytes for its temporaries (its arena)";
  };
  auto address = reinterpret_cast<uint64_t>(options.arena);
  if (arena.bytes == 0) {
    // Nothing of it is touched, but it is not null.
    arena.data = reinterpret_cast<void *>(alignment);
    return arena;
  }
  if (options.arena) {
    if (options.arena_bytes < arena.bytes)
      throw Error(LACUNA_ERROR_ARGUMENT,
                  needs() + ", the arena has " +
                      std::to_string(options.arena_bytes) +
                      ": lacuna_session_workspace_size tells how large it must "
                      "be for the inputs");
    if (address % alignment != 0)
      throw Error(LACUNA_ERROR_ARGUMENT,
                  "the arena is not aligned to 256 bytes, its address modulo "
                  "256 is " +
                      std::to_string(address % alignment));
    arena.data = options.arena;
    return arena;
  }
  // Memory of a device is aligned, that of the host not as much.
  uint64_t slack = place->isHost() ? alignment : 0;
  Failure failure;
  void *memory =
      call.allocate(static_cast<int64_t>(arena.bytes + slack), failure);
  if (memory) {
    address = reinterpret_cast<uint64_t>(memory) + slack;
    arena.data = reinterpret_cast<void *>(address - address % alignment);
    return arena;
  }
  if (failure.status == LACUNA_ERROR_MEMORY)
    throw Error(LACUNA_ERROR_MEMORY,
                needs() + ", '" + place->name() + "' has " +
                    place->describeMemory() +
                    ": give it smaller inputs, or a device with more memory");
  throw Error(failure.status, needs() + ", which '" + place->name() +
                                  "' does not give (" + failure.message +
                                  "): give lacuna_session_run_with an arena");
}

void Session::enter(const Function &function, Call &call,
                    const DLTensor *inputs, const DLTensor *outputs,
                    const Memory &arena) {
  const FunctionSpec &spec = *function.spec;
  size_t numDims = countDims(inputs, spec.inputs.size()) +
                   countDims(outputs, spec.outputs.size()) + 1;
  for (const Binding &binding : spec.bindings)
    numDims += getShape(binding).size();
  Descriptors descriptors(spec.inputs.size() + spec.outputs.size() +
                              spec.bindings.size() + 1,
                          numDims);
  for (size_t i = 0; i < spec.inputs.size(); ++i)
    descriptors.add(inputs[i]);
  for (size_t i = 0; i < spec.outputs.size(); ++i)
    descriptors.add(outputs[i]);
  for (const Binding &binding : spec.bindings) {
    const packing::Shape &shape = getShape(binding);
    const void *data = binding.view == View::State ? state.data(binding.weight)
                                                   : weights.get(binding).data;
    descriptors.add(data, shape.data(), shape.size());
  }
  if (spec.hasArena) {
    int64_t bytes = static_cast<int64_t>(arena.bytes);
    descriptors.add(arena.data, &bytes, 1);
  }
  EntryFn entry = function.entry;
  void **arguments = descriptors.data();
  executeOrThrow(call, [=] { entry(arguments); });
}

void Session::outputShapes(const char *name, const DLTensor *inputs,
                           size_t numInputs, int64_t *dims, size_t numDims) {
  const Function &function = target.function(name);
  size_t expected = function.spec->numOutputDims();
  if (numDims != expected)
    throw Error(LACUNA_ERROR_ARGUMENT,
                "num_dims is " + std::to_string(numDims) +
                    ", but the ranks of the outputs of '" +
                    function.spec->name + "' add up to " +
                    std::to_string(expected));
  if (!dims && numDims != 0)
    throw Error(LACUNA_ERROR_ARGUMENT, "dims is a null pointer");
  SignatureChecker checker(*function.spec, *place);
  checker.checkInputs(inputs, numInputs, /*needData=*/false);
  Call call(memory, pool, kernels.get(), lacuna_run_options{});
  std::vector<int64_t> told = tellShapes(function, call, checker, inputs);
  std::copy(told.begin(), told.end(), dims);
}

/// Failures there get the context that a stack of kernels lacks.
void Session::runOnDevice(const Function &function, Call &call,
                          const DLTensor *inputs, const DLTensor *outputs,
                          const Memory &arena, void *stream) {
  const FunctionSpec &spec = *function.spec;
  try {
    Staging staging(*place, stream);
    std::vector<DLTensor> in = staging.inputs(inputs, spec.inputs.size());
    std::vector<DLTensor> out = staging.outputs(outputs, spec.outputs.size());
    if (poisonsArena)
      place->fill(arena.data, 0xFF, arena.bytes, stream);
    enter(function, call, in.data(), out.data(), arena);
    staging.finish();
  } catch (const Error &error) {
    std::string in = describeTensors(spec.inputs, inputs);
    std::string out = describeTensors(spec.outputs, outputs);
    throw Error(error.status(), "'" + spec.name + "' (" + in +
                                    (in.empty() ? "" : " ") + "-> " + out +
                                    "): " + error.what());
  }
}

void Session::checkStream(void *stream) const {
  if (stream && place->isHost())
    throw Error(LACUNA_ERROR_ARGUMENT,
                "a stream was given, but the device 'cpu' has none: pass NULL");
}

uint64_t Session::workspaceSize(const char *name, const DLTensor *inputs,
                                size_t numInputs) {
  const Function &function = target.function(name);
  SignatureChecker checker(*function.spec, *place);
  checker.checkInputs(inputs, numInputs, /*needData=*/false);
  Call call(memory, pool, kernels.get(), lacuna_run_options{});
  return tellWorkspace(function, call, inputs);
}

void Session::run(const char *name, const DLTensor *inputs, size_t numInputs,
                  const DLTensor *outputs, size_t numOutputs,
                  const lacuna_run_options &options) {
  const Function &function = target.function(name);
  checkStream(options.stream);
  SignatureChecker checker(*function.spec, *place);
  checker.checkInputs(inputs, numInputs, /*needData=*/true);
  Call call(memory, pool, kernels.get(), options);
  std::vector<int64_t> dims = tellShapes(function, call, checker, inputs);
  checker.checkOutputs(outputs, numOutputs, dims);
  Memory arena = getArena(function, call, inputs, options);
  checker.checkOverlap(inputs, outputs, arena);
  std::unique_lock<std::mutex> turn;
  if (function.spec->usesState())
    turn = std::unique_lock<std::mutex>(state.mutex);
  if (!place->isHost())
    return runOnDevice(function, call, inputs, outputs, arena, options.stream);
  if (poisonsArena && arena.bytes != 0)
    std::memset(arena.data, 0xFF, arena.bytes);
  enter(function, call, inputs, outputs, arena);
}
