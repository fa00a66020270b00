// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs the probes: on the device and on the emulator, against what they have
// to compute and against each other; writes golden vectors.

#include "Device.h"
#include "Numbers.h"
#include "Probe.h"
#include "Runner.h"
#include "lacuna/Packing/SafeTensors.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>

using namespace lacuna;
using namespace lacuna::bundle;
using nlohmann::json;

namespace {
constexpr unsigned warps = 8;

/// Data of a launch: one warp a block.
struct Data {
  Registers inputs;
  std::vector<std::vector<uint8_t>> bytes;
  std::vector<Expected> expected;
};

Data drawData(const Probe &probe, uint64_t seed) {
  std::mt19937_64 random(seed);
  Data data;
  for (unsigned warp = 0; warp < warps; ++warp) {
    data.inputs.push_back(probe.draw(random, warp));
    data.bytes.emplace_back(probe.dataBytes);
    for (uint8_t &byte : data.bytes.back())
      byte = uint8_t(random());
    probe.expect(warp, data.inputs.back(), data.bytes.back(), data.expected);
  }
  return data;
}

std::string readFile(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  if (!file)
    throw Failure("found no '" + path + "'", Failed);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

/// The PTX on the device.
Registers execute(Device &device, const Probe &probe, const std::string &ptx,
                  const Data &data) {
  const lacuna_device_table *table = device.table;
  lacuna_module *module = nullptr;
  device.check(
      table->module_load(device.handle, ptx.data(), ptx.size(), &module));
  std::unique_ptr<lacuna_module, std::function<void(lacuna_module *)>> owner(
      module,
      [&](lacuna_module *m) { table->module_destroy(device.handle, m); });
  lacuna_kernel *kernel = nullptr;
  device.check(table->module_kernel(device.handle, module, "probe", &kernel));

  size_t inputs = probe.inputs.size(), outputs = probe.outputs.size();
  Memory in(device, warps * inputs * sizeof(Register));
  Memory out(device, warps * outputs * sizeof(Register));
  Memory bytes(device, std::max<size_t>(warps * probe.dataBytes, 8));
  std::vector<Register> packed;
  std::vector<uint8_t> joined;
  for (unsigned warp = 0; warp < warps; ++warp) {
    packed.insert(packed.end(), data.inputs[warp].begin(),
                  data.inputs[warp].end());
    joined.insert(joined.end(), data.bytes[warp].begin(),
                  data.bytes[warp].end());
  }
  in.write(packed.data(), packed.size() * sizeof(Register));
  bytes.write(joined.data(), joined.size());
  lacuna_launch launch = {};
  launch.grid[0] = warps;
  launch.grid[1] = launch.grid[2] = 1;
  launch.block[0] = 32;
  launch.block[1] = launch.block[2] = 1;
  void *params[] = {&in.pointer, &out.pointer, &bytes.pointer};
  launch.params = params;
  launch.num_params = 3;
  device.check(table->launch(device.handle, kernel, &launch, device.stream));
  packed.resize(warps * outputs);
  out.read(packed.data(), packed.size() * sizeof(Register));
  Registers found;
  for (unsigned warp = 0; warp < warps; ++warp) {
    auto first = packed.begin() + warp * outputs;
    found.emplace_back(first, first + outputs);
    // A register of 32 bits leaves the poison beside it.
    for (size_t reg = 0; reg < outputs; ++reg)
      if (probe.outputs[reg].find("64") == std::string::npos)
        for (uint64_t &value : found.back()[reg])
          value &= 0xFFFFFFFF;
  }
  return found;
}

bool isFloat(const Expected &expected) {
  return expected.type != "b32" && !isInteger(expected.type);
}

/// Floats in order, so that neighbors differ by 1.
int64_t ordered(const std::string &type, uint64_t bits) {
  unsigned width = type == "tf32" ? 32 : bitsOf(type);
  uint64_t sign = uint64_t(1) << (width - 1);
  uint64_t value = width == 64 ? bits : bits & (2 * sign - 1);
  int64_t magnitude = int64_t(value & (sign - 1));
  return value & sign ? -magnitude : magnitude;
}

/// How far outputs are from what is expected.
struct Verdict {
  uint64_t wrong = 0, count = 0;
  double worst = 0; ///< Of the bounds.
  std::string first;
};

Verdict judge(const Registers &found, const std::vector<Expected> &all) {
  Verdict verdict;
  for (const Expected &expected : all) {
    uint64_t bits = found[expected.warp][expected.reg][expected.lane];
    ++verdict.count;
    char text[200];
    if (!isFloat(expected)) {
      if (bits == expected.bits)
        continue;
      std::snprintf(text, sizeof(text), "0x%llx, expected 0x%llx",
                    (unsigned long long)bits,
                    (unsigned long long)expected.bits);
    } else {
      double value = decode(expected.type, bits >> expected.shift);
      double error = std::fabs(value - expected.value);
      if (error <= expected.bound) {
        if (expected.bound > 0)
          verdict.worst = std::max(verdict.worst, error / expected.bound);
        continue;
      }
      std::snprintf(text, sizeof(text), "%.9g, expected %.9g within %.3g",
                    value, expected.value, expected.bound);
    }
    if (verdict.wrong++ == 0)
      verdict.first = "warp " + std::to_string(expected.warp) + ", register " +
                      std::to_string(expected.reg) + ", lane " +
                      std::to_string(expected.lane) + ": " + text;
  }
  return verdict;
}

/// Outputs whose bits differ between two devices, and by how much at most, in
/// units of the last place.
void compareDevices(const Registers &a, const Registers &b,
                    const std::vector<Expected> &all, json &entry) {
  uint64_t different = 0;
  int64_t most = 0;
  for (const Expected &expected : all) {
    uint64_t first = a[expected.warp][expected.reg][expected.lane];
    uint64_t second = b[expected.warp][expected.reg][expected.lane];
    if (expected.type == "f16") {
      first = first >> expected.shift & 0xFFFF;
      second = second >> expected.shift & 0xFFFF;
    }
    if (first == second)
      continue;
    ++different;
    if (isFloat(expected))
      most =
          std::max<int64_t>(most, std::llabs(ordered(expected.type, first) -
                                             ordered(expected.type, second)));
  }
  entry["bits_different_from_emulator"] = different;
  entry["ulps_from_emulator"] = most;
}

/// Inputs and outputs of the probes whose results no document fixes.
class Golden {
public:
  void add(const Probe &probe, const Data &data, const Registers &found) {
    store(probe.name + "/in", data.inputs);
    store(probe.name + "/out", found);
  }
  void write(const std::string &folder, const Run &run) {
    writer.setMetadata("device", run.device.description());
    writer.setMetadata("architecture", run.device.architecture());
    writer.setMetadata("seed", std::to_string(run.seed));
    if (auto status = writer.write(folder + "/golden.safetensors");
        !status.ok())
      throw Failure(status.message());
  }

private:
  /// [warps][registers][lanes] of 32 bits.
  void store(const std::string &name, const Registers &registers) {
    packing::Tensor tensor;
    tensor.type = packing::ElementType::U32;
    tensor.shape = {int64_t(registers.size()), int64_t(registers[0].size()),
                    32};
    auto bytes = std::make_shared<std::vector<uint32_t>>();
    for (const auto &warp : registers)
      for (const Register &reg : warp)
        for (uint64_t value : reg)
          bytes->push_back(uint32_t(value));
    tensor.bytes = {reinterpret_cast<const uint8_t *>(bytes->data()),
                    4 * bytes->size()};
    tensor.owner = bytes;
    if (auto status = writer.add(name, tensor); !status.ok())
      throw Failure(status.message());
  }
  packing::SafeTensorsWriter writer;
};

unsigned number(const std::string &architecture) {
  return unsigned(std::atoi(architecture.c_str() + 3));
}

void runProbe(Run &run, const Probe &probe, Device &emulator, Golden &golden,
              json &entry) {
  // Each probe has data of its own.
  uint64_t seed = run.seed;
  for (char c : probe.name)
    seed = randomBits(seed, uint8_t(c));
  Data data = drawData(probe, seed);
  std::string ptx = readFile(run.bundle.path("probes/" + probe.name + ".ptx"));
  Registers found = execute(run.device, probe, ptx, data);
  Verdict verdict = judge(found, data.expected);
  entry["outputs"] = verdict.count;
  entry["max_error_of_bound"] = verdict.worst;
  if (probe.golden)
    golden.add(probe, data, found);
  if (run.device.isGPU()) {
    Registers emulated = execute(emulator, probe, ptx, data);
    compareDevices(found, emulated, data.expected, entry);
    Verdict other = judge(emulated, data.expected);
    if (other.wrong)
      throw Failure("the emulator is wrong: " + other.first, Failed);
  }
  if (verdict.wrong)
    throw Failure(std::to_string(verdict.wrong) + " of " +
                      std::to_string(verdict.count) +
                      " outputs are wrong, the first in " + verdict.first,
                  Failed);
}
} // namespace

void lacuna::bundle::runProbes(Run &run) {
  unsigned architecture = number(run.device.architecture());
  std::unique_ptr<Device> opened;
  Device *emulator = &run.device;
  if (run.device.isGPU()) {
    opened = std::make_unique<Device>("emulator:sm_90a");
    emulator = opened.get();
  }
  Golden golden;
  for (const auto &probe : allProbes()) {
    if (!run.wanted(probe->name))
      continue;
    json entry = {{"name", probe->name}, {"status", "passed"}};
    if (number(probe->target) > architecture) {
      entry["status"] = "skipped";
      entry["message"] = "needs " + probe->target;
      run.report["probes"].push_back(entry);
      continue;
    }
    try {
      runProbe(run, *probe, *emulator, golden, entry);
    } catch (const std::exception &error) { // The others still run.
      entry["status"] = "failed";
      entry["message"] = error.what();
    }
    run.add("probes", entry);
  }
  golden.write(run.options.out, run);
}

void lacuna::bundle::writeProbes(const std::string &folder) {
  std::filesystem::create_directories(folder);
  for (const auto &probe : allProbes()) {
    std::ofstream file(folder + "/" + probe->name + ".ptx", std::ios::binary);
    file << probe->ptx();
    if (!file.flush())
      throw Failure("'" + folder + "' cannot be written");
  }
}

std::vector<std::string> lacuna::bundle::listProbes() {
  std::vector<std::string> names;
  for (const auto &probe : allProbes())
    names.push_back(probe->name);
  return names;
}
