// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reading the command line.

#include "Options.h"

#include <cerrno>
#include <cstdlib>

using namespace lacuna::bundle;

namespace {
const char text[] = R"(usage: ./run.sh [options]

Runs the bundle's tests, instruction probes and benchmarks on a GPU and writes
a report.

  --device=NAME     cuda (default), cuda:1, emulator, emulator:sm_80
  --only=LIST       of tests, probes, benchmarks, separated by commas (default:
                    all; without benchmarks on the emulator, whose times are
                    the host's and tell nothing of a GPU)
  --filter=TEXT     only what has TEXT in its name
  --out=FOLDER      for report.json and golden vectors (default: results/NAME)
  --samples=N       a time is the median of N sweeps (default 30)
  --rotation=MB     what a sweep reads and writes at least (default 256), so
                    that nothing is left in the cache from the sweep before
  --seed=N          of the probes' random data (default: a new one, printed)
  --list            names what there is, runs nothing
  --help            this text

exit status: 0 all passed; 1 something failed; 2 bad arguments or a bundle that
is not whole; 3 no NVIDIA driver or no GPU; 4 a driver that is too old or a GPU
before sm_80
)";

uint64_t parseNumber(const std::string &option, const std::string &value,
                     uint64_t least, uint64_t most) {
  char *end = nullptr;
  errno = 0;
  unsigned long long number = std::strtoull(value.c_str(), &end, 10);
  if (value.empty() || value[0] == '-' || *end || errno || number < least ||
      number > most)
    throw Failure(option + "=" + value + ": expected a number from " +
                  std::to_string(least) + " to " + std::to_string(most));
  return number;
}

void parseParts(const std::string &value, Options &options) {
  options.tests = options.probes = options.benchmarks = false;
  for (size_t begin = 0; begin <= value.size();) {
    size_t end = value.find(',', begin);
    if (end == std::string::npos)
      end = value.size();
    std::string part = value.substr(begin, end - begin);
    if (part == "tests")
      options.tests = true;
    else if (part == "probes")
      options.probes = true;
    else if (part == "benchmarks")
      options.benchmarks = options.benchmarksAsked = true;
    else
      throw Failure("--only=" + value + ": there is no '" + part +
                    "', expected tests, probes or benchmarks");
    begin = end + 1;
  }
}
} // namespace

const char *lacuna::bundle::usage() { return text; }

Options lacuna::bundle::parseOptions(int argc, char **argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    std::string argument = argv[i], value;
    if (argument == "--help" || argument == "-h") {
      options.help = true;
      continue;
    }
    if (argument == "--list") {
      options.list = true;
      continue;
    }
    size_t equals = argument.find('=');
    std::string name = argument.substr(0, equals);
    if (equals != std::string::npos)
      value = argument.substr(equals + 1);
    else if (name.rfind("--", 0) == 0 && i + 1 < argc)
      value = argv[++i];
    if (name == "--bundle")
      options.bundle = value;
    else if (name == "--device")
      options.device = value;
    else if (name == "--out")
      options.out = value;
    else if (name == "--filter")
      options.filter = value;
    else if (name == "--only")
      parseParts(value, options);
    else if (name == "--samples")
      options.samples = unsigned(parseNumber(name, value, 1, 100000));
    else if (name == "--rotation")
      options.rotation = parseNumber(name, value, 0, 65536) << 20;
    else if (name == "--seed")
      options.seed = parseNumber(name, value, 0, UINT64_MAX);
    else if (name == "--write-probes")
      options.writeProbes = value;
    else
      throw Failure("there is no option '" + argument + "', see --help");
    if (value.empty())
      throw Failure(name + ": expected a value, see --help");
  }
  if (!options.isEmulator() && options.device != "cuda" &&
      options.device.rfind("cuda:", 0) != 0)
    throw Failure("--device=" + options.device +
                  ": expected cuda, cuda:N, emulator or emulator:ARCH");
  if (options.out.empty()) {
    std::string name = options.device;
    for (char &c : name)
      if (c == ':')
        c = '-';
    options.out = options.bundle + "/results/" + name;
  }
  return options;
}
