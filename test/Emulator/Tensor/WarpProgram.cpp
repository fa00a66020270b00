// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// See WarpProgram.h.

#include "WarpProgram.h"

#include <cstdlib>

using namespace lacuna::emulator;
using namespace lacuna::emulator::test;

static unsigned bytesOf(const std::string &type) {
  return type.substr(1) == "64" ? 8 : 4;
}

static std::string assemble(const std::vector<std::string> &inputs,
                            const std::vector<std::string> &outputs,
                            const std::string &statements,
                            const Surroundings &around) {
  std::string text = ".version " + around.version +
                     "\n.target sm_90\n.address_size 64\n" + around.preamble +
                     ".visible .entry kernel(.param .u64 in, .param .u64 out, "
                     ".param .u64 buf)\n{\n"
                     ".reg .b64 %from, %to, %data, %w;\n"
                     ".reg .b32 %lane, %thread;\n";
  if (around.sharedBytes)
    text += ".shared .align 128 .b8 buffer[" +
            std::to_string(around.sharedBytes) + "];\n";
  auto declare = [&](const char *name, const std::vector<std::string> &types) {
    for (size_t i = 0; i < types.size(); ++i)
      text += ".reg ." + types[i] + " %" + name + std::to_string(i) + ";\n";
  };
  declare("i", inputs);
  declare("o", outputs);
  text += "mov.u32 %lane, %laneid;\nmov.u32 %thread, %tid.x;\n"
          "mul.wide.u32 %w, %thread, 8;\n"
          "ld.param.u64 %from, [in];\nadd.s64 %from, %from, %w;\n"
          "ld.param.u64 %to, [out];\nadd.s64 %to, %to, %w;\n"
          "ld.param.u64 %data, [buf];\n";
  // Registers of a warp lie 32 * 8 bytes apart; all warps read the same.
  for (size_t i = 0; i < inputs.size(); ++i)
    text += "ld.global." + inputs[i] + " %i" + std::to_string(i) + ", [%from+" +
            std::to_string(i * 2048) + "];\n";
  text += statements + "\n";
  for (size_t i = 0; i < outputs.size(); ++i)
    text += "st.global." + outputs[i] + " [%to+" + std::to_string(i * 2048) +
            "], %o" + std::to_string(i) + ";\n";
  return text + "ret;\n}\n";
}

WarpProgram::WarpProgram(const std::vector<std::string> &inputs,
                         const std::vector<std::string> &outputs,
                         const std::string &statements,
                         const Surroundings &around)
    : outputs(static_cast<unsigned>(outputs.size())),
      threads(32 * around.warps) {
  for (const std::string &type : inputs)
    EXPECT_GE(bytesOf(type), 4u);
  programs =
      decode(ptx::parse(assemble(inputs, outputs, statements, around)), {});
}

Registers WarpProgram::run(const Registers &inputs,
                           std::vector<uint8_t> *data) {
  static Workers workers(1);
  static GlobalMemory memory;
  constexpr size_t stride = 2048; // 256 threads of 8 bytes.
  uint64_t in = memory.allocate(std::max<size_t>(inputs.size() * stride, 8));
  uint64_t out = memory.allocate(std::max<size_t>(outputs * stride, 8));
  size_t dataBytes = data ? data->size() : 8;
  uint64_t buffer = memory.allocate(dataBytes);
  auto at = [](uint64_t address) {
    return reinterpret_cast<uint8_t *>(address);
  };
  for (size_t i = 0; i < inputs.size(); ++i)
    for (size_t begin = 0; begin < stride; begin += sizeof(Register))
      std::memcpy(at(in + i * stride + begin), inputs[i].data(),
                  sizeof(Register));
  std::memset(at(out), 0, std::max<size_t>(outputs * stride, 8));
  if (data)
    std::memcpy(at(buffer), data->data(), dataBytes);

  Launch launch;
  launch.program = programs.at(0).get();
  launch.memory = &memory;
  launch.map = memory.snapshot();
  launch.block[0] = threads;
  launch.sharedBytes = launch.program->sharedBytes;
  launch.params.resize(launch.program->paramBytes);
  uint64_t values[3] = {in, out, buffer};
  for (unsigned i = 0; i < 3; ++i)
    std::memcpy(&launch.params[launch.program->params[i].offset], &values[i],
                8);
  counters = Counters();
  auto release = [&] {
    for (uint64_t address : values)
      memory.release(address);
  };
  try {
    runLaunch(launch, workers, counters);
  } catch (...) {
    release();
    throw;
  }
  Registers results(outputs);
  for (size_t i = 0; i < outputs; ++i)
    std::memcpy(results[i].data(), at(out + i * stride), sizeof(Register));
  if (data)
    std::memcpy(data->data(), at(buffer), dataBytes);
  release();
  return results;
}

namespace {
uint64_t chooseSeed() {
  if (const char *given = std::getenv("LACUNA_TEST_SEED"))
    return std::strtoull(given, nullptr, 10);
  return std::random_device()();
}
const uint64_t seed = chooseSeed();

class PrintSeed : public testing::EmptyTestEventListener {
  void OnTestEnd(const testing::TestInfo &info) override {
    if (info.result()->Failed())
      std::printf("LACUNA_TEST_SEED=%llu\n", (unsigned long long)seed);
  }
};
const bool installed = [] {
  testing::UnitTest::GetInstance()->listeners().Append(new PrintSeed);
  return true;
}();
} // namespace

std::mt19937_64 &lacuna::emulator::test::engine() {
  static std::mt19937_64 random(seed);
  return random;
}

std::string lacuna::emulator::test::names(const char *prefix, unsigned first,
                                          unsigned count) {
  std::string text = "{";
  for (unsigned i = 0; i < count; ++i)
    text += (i ? ", %" : "%") + (prefix + std::to_string(first + i));
  return text + "}";
}
