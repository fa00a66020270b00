// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// lacuna-bundle: the runner of the folder that `tools/dev bundle` makes. It
// needs the runtime's libraries beside it and, for the device cuda, NVIDIA's
// driver. --help describes it.

#include "Driver.h"
#include "Report.h"

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <random>

using namespace lacuna::bundle;
using nlohmann::json;

namespace {
json describeRun(const Options &options, const Bundle &bundle) {
  std::time_t now = std::time(nullptr);
  char text[32];
  std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", std::gmtime(&now));
  return {{"bundle", bundle.producer},
          {"runtime", lacuna_version()},
          {"time", text},
          {"device", {{"name", options.device}}}};
}

void list(const Bundle &bundle) {
  for (const Test &test : bundle.tests)
    std::printf("test: %s\n", test.name.c_str());
  for (const std::string &name : listProbes())
    std::printf("probe: %s\n", name.c_str());
  for (const Benchmark &benchmark : bundle.benchmarks)
    std::printf("benchmark: %s\n", benchmark.name.c_str());
}

int perform(const Options &options, const Bundle &bundle, json report) {
  if (!options.isEmulator()) {
    size_t colon = options.device.find(':');
    int ordinal = colon == std::string::npos
                      ? 0
                      : std::atoi(options.device.c_str() + colon + 1);
    int driver = checkDriver(ordinal, parseVersion(bundle.cuda), bundle.ptx);
    report["device"]["driver"] = "CUDA " + describeVersion(driver);
  }
  Device device(options.device);
  report["device"]["architecture"] = device.architecture();
  report["device"]["description"] = device.description();
  uint64_t seed =
      options.seed ? *options.seed : std::random_device()() & 0xFFFFFFFF;
  report["seed"] = seed;
  std::printf("%s: %s, %s; seed %llu\n", options.device.c_str(),
              device.description().c_str(), device.architecture().c_str(),
              static_cast<unsigned long long>(seed));
  Run run = {options, bundle, device, seed, report};
  std::filesystem::create_directories(options.out);
  if (options.tests)
    runTests(run);
  if (options.probes)
    runProbes(run);
  if (options.benchmarks && (device.isGPU() || options.benchmarksAsked))
    runBenchmarks(run);
  if (run.passed + run.failed == 0)
    throw Failure("nothing has '" + options.filter + "' in its name");
  run.report["passed"] = run.passed;
  run.report["failed"] = run.failed;
  run.report["result"] = run.failed ? "failed" : "passed";
  writeReport(options, run.report);
  printTable(run);
  std::printf("\n%s: %u passed, %u failed; %s/report.json\n",
              run.failed ? "FAILED" : "passed", run.passed, run.failed,
              options.out.c_str());
  return run.failed ? Failed : Success;
}
} // namespace

int main(int argc, char **argv) {
  try {
    Options options = parseOptions(argc, argv);
    if (options.help) {
      std::fputs(usage(), stdout);
      return Success;
    }
    if (!options.writeProbes.empty()) {
      writeProbes(options.writeProbes);
      return Success;
    }
    Bundle bundle = readBundle(options.bundle);
    if (options.list) {
      list(bundle);
      return Success;
    }
    json report = describeRun(options, bundle);
    try {
      return perform(options, bundle, report);
    } catch (const Failure &failure) {
      if (failure.code != NoGPU && failure.code != UnsuitableGPU)
        throw;
      report["result"] = failure.code == NoGPU ? "no GPU" : "unsuitable GPU";
      report["message"] = failure.what();
      writeReport(options, report);
      throw;
    }
  } catch (const Failure &failure) {
    std::fprintf(stderr, "bundle: error: %s\n", failure.what());
    return failure.code;
  } catch (const std::exception &error) {
    std::fprintf(stderr, "bundle: error: %s\n", error.what());
    return BadUse;
  }
}
