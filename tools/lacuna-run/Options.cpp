// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reading the command line: --name value and --name=value alike.

#include "Options.h"

#include "lacuna/Packing/Parameters.h"

#include <cerrno>
#include <cmath>
#include <cstdlib>

using namespace lacuna;
using namespace lacuna::run;

namespace {
const char text[] = R"(usage: lacuna-run MODEL.so [options]

Runs a compiled model and checks or times it.

  --params FILE          weights: a safetensors file or the .index.json of a
                         sharded checkpoint; may be given several times.
                         Default: MODEL.safetensors, if it is there
  --parameters-file FILE MODEL.params.json of lacuna-import
  --function NAME        which function (default: the only one, or main)
  --input NAME=WHAT      an input; WHAT is one of
                           x.npy
                           x.safetensors          the tensor NAME, or the only
                           x.safetensors:TENSOR   one; or the tensor TENSOR
                           random                 for static shapes
                           random:3x64            with these sizes
                           random:3x64:0:9        integers from 0 to 9, floats
                                                  from 0 up to 9
                         Random floats are in [-1, 1), random integers and
                         bools 0 or 1. NAME= may be left out for a single input
  --output NAME=FILE     writes an output to .npy, or to .safetensors (bf16
                         needs that; outputs given the same file share it)
  --expect NAME=FILE     compares an output with a reference, as numpy.isclose:
                         |output - reference| <= atol + rtol * |reference|
  --rtol X, --atol X     tolerances (default 1e-5 each); NaN equals NaN
  --steps N              N runs of one session, whose state goes from each to
                         the next: inputs have one more dimension, the first,
                         of N steps, and so have outputs
  --state-in FILE        sets the state, or those tensors of it that the
                         safetensors file holds, before the first run
  --state-out FILE       writes the state as safetensors after all runs
  --benchmark[=N]        times N runs (default 50) after the first; on a GPU
                         with tensors in its memory, by its own clock
  --warmup N             runs before timing (default 5)
  --threads N            default: LACUNA_THREADS, or all of the hardware
  --device NAME          cpu, cpu:NAME (code for a processor, where the model has
                         several, such as cpu:x86-64-v3), cuda, cuda:N,
                         emulator (executes GPU code on any machine) or
                         emulator:ARCH, such as emulator:sm_80. Default:
                         LACUNA_DEVICE; or else a GPU if there is one for the
                         model, or else the CPU
  --graph                on a GPU: captures the run into a graph and replays it,
                         once, or as often as --benchmark says
  --counters             prints what the device counted in the first run, such
                         as instructions and bytes
  --profile              runs once more and prints what each kernel took: the
                         device's time, or on the emulator what it counted. On
                         the CPU: what each region took, the median of as many
                         runs as --benchmark=N says
  --random-seed N        for random inputs; default: a fresh one, printed
  --info                 prints functions, targets, kernels, weights and
                         sizes; runs only if inputs are given
  --help, --version

Exit codes: 0 all is well; 1 bad arguments, files, weights or tensors;
2 an --expect does not hold; 3 the model failed while it ran.
)";

/// The arguments, with --name=value taken apart.
class Arguments {
public:
  Arguments(int argc, char **argv) : list(argv + 1, argv + argc) {}

  bool next() {
    if (inlined)
      throw Failure(name + " takes no value, '" + *inlined + "' was given");
    if (position == list.size())
      return false;
    name = list[position++];
    size_t equals = name.find('=');
    if (name.rfind("--", 0) == 0 && equals != std::string::npos) {
      inlined = name.substr(equals + 1);
      name.resize(equals);
    }
    return true;
  }

  std::optional<std::string> inlineValue() {
    std::optional<std::string> value;
    value.swap(inlined);
    return value;
  }

  std::string value() {
    if (auto given = inlineValue())
      return *given;
    if (position == list.size())
      throw Failure(name + " needs a value: see --help");
    return list[position++];
  }

  int64_t integer(const std::string &digits, int64_t least) const {
    errno = 0;
    char *end;
    long long number = std::strtoll(digits.c_str(), &end, 10);
    if (digits.empty() || *end || errno || number < least || number > INT32_MAX)
      throw Failure(name + " is '" + digits + "', expected an integer from " +
                    std::to_string(least) + " on");
    return number;
  }

  double tolerance() {
    std::string digits = value();
    char *end;
    double number = std::strtod(digits.c_str(), &end);
    if (digits.empty() || *end || !std::isfinite(number) || number < 0)
      throw Failure(name + " is '" + digits +
                    "', expected a number that is not negative");
    return number;
  }

  uint64_t seed() {
    std::string digits = value();
    errno = 0;
    char *end;
    unsigned long long number = std::strtoull(digits.c_str(), &end, 10);
    if (digits.empty() || digits[0] == '-' || *end || errno)
      throw Failure(name + " is '" + digits + "', expected an integer");
    return number;
  }

  Assignment assignment() {
    std::string all = value();
    size_t equals = all.find('=');
    if (equals == std::string::npos)
      return {"", all};
    return {all.substr(0, equals), all.substr(equals + 1)};
  }

  std::string name;

private:
  std::vector<std::string> list;
  size_t position = 0;
  std::optional<std::string> inlined;
};

void parseOption(Arguments &arguments, Options &options) {
  const std::string &name = arguments.name;
  if (name == "--params")
    options.params.push_back(arguments.value());
  else if (name == "--parameters-file")
    options.parametersFile = arguments.value();
  else if (name == "--function")
    options.function = arguments.value();
  else if (name == "--input")
    options.inputs.push_back(arguments.assignment());
  else if (name == "--output")
    options.outputs.push_back(arguments.assignment());
  else if (name == "--expect")
    options.expected.push_back(arguments.assignment());
  else if (name == "--rtol")
    options.rtol = arguments.tolerance();
  else if (name == "--atol")
    options.atol = arguments.tolerance();
  else if (name == "--benchmark") {
    auto count = arguments.inlineValue();
    options.iterations = count ? arguments.integer(*count, 1) : 50;
  } else if (name == "--steps")
    options.steps = arguments.integer(arguments.value(), 1);
  else if (name == "--state-in")
    options.stateIn = arguments.value();
  else if (name == "--state-out")
    options.stateOut = arguments.value();
  else if (name == "--warmup")
    options.warmup = arguments.integer(arguments.value(), 0);
  else if (name == "--threads")
    options.threads = static_cast<int>(arguments.integer(arguments.value(), 0));
  else if (name == "--device")
    options.device = arguments.value();
  else if (name == "--random-seed")
    options.seed = arguments.seed();
  else if (name == "--graph")
    options.graph = true;
  else if (name == "--counters")
    options.counters = true;
  else if (name == "--profile")
    options.profile = true;
  else if (name == "--info")
    options.info = true;
  else if (name == "--help" || name == "-h")
    options.help = true;
  else if (name == "--version")
    options.version = true;
  else
    throw Failure(
        "there is no option '" + name + "': see --help" +
        packing::suggestNames(
            name,
            {"--params",    "--parameters-file", "--function",    "--input",
             "--output",    "--expect",          "--rtol",        "--atol",
             "--benchmark", "--steps",           "--graph",       "--state-in",
             "--state-out", "--warmup",          "--threads",     "--device",
             "--counters",  "--profile",         "--random-seed", "--info",
             "--help",      "--version"}));
}
} // namespace

const char *lacuna::run::usage() { return text; }

Options lacuna::run::parseOptions(int argc, char **argv) {
  Options options;
  Arguments arguments(argc, argv);
  while (arguments.next()) {
    if (arguments.name.size() > 1 && arguments.name[0] == '-')
      parseOption(arguments, options);
    else if (options.model.empty())
      options.model = arguments.name;
    else
      throw Failure("a second model, '" + arguments.name +
                    "', was given; one run takes one");
  }
  if (options.model.empty() && !options.help && !options.version)
    throw Failure("no model was given: lacuna-run MODEL.so; see --help");
  return options;
}
