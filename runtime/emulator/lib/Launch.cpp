// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a launch must be like (CUDA programming guide, "Compute Capabilities";
// PTX ISA, "Performance-Tuning Directives"), and running it.

#include "Device.h"
#include "lacuna/Emulator/Error.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

using namespace lacuna::emulator;

namespace {
struct Known {
  const char *name;
  unsigned sharedKilobytes;
};
constexpr Known known[] = {
    {"sm_75", 64},    {"sm_80", 163},   {"sm_86", 99},    {"sm_87", 163},
    {"sm_89", 99},    {"sm_90", 227},   {"sm_90a", 227},  {"sm_100", 227},
    {"sm_100a", 227}, {"sm_100f", 227}, {"sm_103", 227},  {"sm_103a", 227},
    {"sm_103f", 227}, {"sm_110", 227},  {"sm_110a", 227}, {"sm_110f", 227},
    {"sm_120", 99},   {"sm_120a", 99},  {"sm_120f", 99},  {"sm_121", 99},
    {"sm_121a", 99},  {"sm_121f", 99}};

/// A loop that never ends takes minutes to come here, and useful kernels do
/// far less in a block.
constexpr uint64_t defaultSteps = uint64_t(1) << 30;
/// What the state of the blocks that run at one time may take.
constexpr uint64_t mostState = uint64_t(4) << 30;

[[noreturn]] void refuse(const Program &program, const std::string &message) {
  throw DeviceError(LACUNA_ERROR_ARGUMENT, "launch of kernel '" +
                                               excerpt(program.name, 200) +
                                               "': " + message);
}

std::string sizes(const uint32_t *values) {
  return std::to_string(values[0]) + " x " + std::to_string(values[1]) + " x " +
         std::to_string(values[2]);
}

uint64_t stepLimit() {
  if (const char *text = std::getenv("LACUNA_EMULATOR_STEPS")) {
    char *end;
    unsigned long long value = std::strtoull(text, &end, 10);
    if (!*text || *end || *text == '-' || value == 0)
      throw DeviceError(LACUNA_ERROR_ARGUMENT,
                        "LACUNA_EMULATOR_STEPS is '" + excerpt(text, 40) +
                            "', expected a number of instructions");
    return value;
  }
  return defaultSteps;
}

void checkShape(const Program &program, const lacuna_launch &launch) {
  constexpr uint64_t grid[3] = {INT32_MAX, 65535, 65535};
  constexpr uint32_t block[3] = {1024, 1024, 64};
  for (unsigned i = 0; i < 3; ++i) {
    char axis = "xyz"[i];
    if (launch.grid[i] > grid[i])
      refuse(program, "the grid has " + std::to_string(launch.grid[i]) +
                          " blocks in " + axis + ", expected at most " +
                          std::to_string(grid[i]));
    if (launch.block[i] == 0 || launch.block[i] > block[i])
      refuse(program, "the block has " + std::to_string(launch.block[i]) +
                          " threads in " + axis + ", expected 1 to " +
                          std::to_string(block[i]));
    if (launch.cluster[i] > 1 || program.requiredCluster[i] > 1)
      throw DeviceError(LACUNA_ERROR_UNSUPPORTED,
                        "launch of kernel '" + excerpt(program.name, 200) +
                            "': the emulator does not have clusters of blocks");
  }
  uint32_t threads = launch.block[0] * launch.block[1] * launch.block[2];
  if (threads > 1024)
    refuse(program, "the block has " + sizes(launch.block) +
                        " threads, expected at most 1024");
  const uint32_t *most = program.maxThreads;
  if (most[0] && threads > uint64_t(most[0]) * most[1] * most[2])
    refuse(program, "the block has " + sizes(launch.block) +
                        " threads, but .maxntid allows " + sizes(most));
  const uint32_t *required = program.requiredThreads;
  if (required[0] && !std::equal(required, required + 3, launch.block))
    refuse(program, "the block has " + sizes(launch.block) +
                        " threads, but .reqntid demands " + sizes(required));
}

void copyParams(const Program &program, const lacuna_launch &launch,
                std::vector<uint8_t> &params) {
  if (launch.num_params != LACUNA_UNKNOWN_PARAMS &&
      launch.num_params != program.params.size())
    refuse(program, "given " + std::to_string(launch.num_params) +
                        " parameters, expected " +
                        std::to_string(program.params.size()));
  if (!program.params.empty() && !launch.params)
    refuse(program, "the parameters are a null pointer");
  params.resize(program.paramBytes);
  for (size_t i = 0; i < program.params.size(); ++i) {
    const KernelParam &param = program.params[i];
    if (!launch.params[i])
      refuse(program, "parameter " + std::to_string(i) + " is a null pointer");
    std::memcpy(params.data() + param.offset, launch.params[i], param.bytes);
  }
}
} // namespace

uint64_t
lacuna::emulator::sharedLimit(const runtime::Architecture &architecture) {
  std::string name = architecture.name();
  for (const Known &entry : known)
    if (entry.name == name)
      return entry.sharedKilobytes * 1024;
  return 48 * 1024;
}

std::string lacuna::emulator::knownArchitectures() {
  std::string names;
  for (const Known &entry : known)
    names += (names.empty() ? "" : ", ") + std::string(entry.name);
  return names;
}

bool lacuna::emulator::isKnownArchitecture(const std::string &name) {
  for (const Known &entry : known)
    if (entry.name == name)
      return true;
  return false;
}

Work lacuna_device::prepare(const lacuna_kernel &kernel,
                            const lacuna_launch &launch) {
  const Program &program = *kernel.program;
  checkShape(program, launch);
  uint64_t dynamicBase = (program.sharedBytes + program.dynamicAlign - 1) /
                         program.dynamicAlign * program.dynamicAlign;
  uint64_t shared = launch.shared_bytes ? dynamicBase + launch.shared_bytes
                                        : program.sharedBytes;
  uint64_t limit = sharedLimit(architecture);
  if (shared > limit)
    refuse(program, std::to_string(program.sharedBytes) + " static and " +
                        std::to_string(launch.shared_bytes) +
                        " dynamic bytes of shared memory, but a block of " +
                        name + " has " + std::to_string(limit));
  uint64_t warps =
      (uint64_t(launch.block[0]) * launch.block[1] * launch.block[2] + 31) / 32;
  uint64_t blocks = std::min<uint64_t>(
      workerThreads(), launch.grid[0] * launch.grid[1] * launch.grid[2]);
  uint64_t warpBytes =
      uint64_t(program.registers) * sizeof(Lanes) +
      (program.localBytes + program.transferBytes + 16) * warpSize;
  if (blocks * (warps * warpBytes + shared) > mostState)
    throw DeviceError(LACUNA_ERROR_MEMORY,
                      "launch of kernel '" + excerpt(program.name, 200) +
                          "': registers and local memory of its blocks take "
                          "more than 4 GiB");
  struct Prepared {
    lacuna::emulator::Launch launch;
    std::shared_ptr<LoadedModule> module;
    std::mutex mutex;
  };
  auto prepared = std::make_shared<Prepared>();
  prepared->module = kernel.module;
  Launch &work = prepared->launch;
  work.program = &program;
  work.memory = &memory;
  for (unsigned i = 0; i < 3; ++i) {
    work.grid[i] = static_cast<uint32_t>(launch.grid[i]);
    work.block[i] = launch.block[i];
  }
  work.sharedBytes = shared;
  work.dynamicBytes = launch.shared_bytes;
  work.stepLimit = stepLimit();
  copyParams(program, launch, work.params);
  return [this, prepared] {
    // A graph may be launched on several streams at a time.
    std::lock_guard<std::mutex> alone(prepared->mutex);
    Launch &work = prepared->launch;
    if (!work.grid[0] || !work.grid[1] || !work.grid[2])
      return;
    work.map = memory.snapshot();
    work.gridId = launches.fetch_add(1);
    work.failed = UINT64_MAX;
    Counters done;
    auto add = [&] {
      work.map.reset();
      std::lock_guard<std::mutex> lock(mutex);
      counters += done;
    };
    try {
      runLaunch(work, workers, done);
    } catch (...) {
      add();
      throw;
    }
    add();
  };
}
