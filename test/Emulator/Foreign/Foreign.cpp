// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs the kernels of a PTX file that another compiler made, and compares with
// what the CPU computes: LacunaForeignPTX <device option> <file>. Prints a line
// for each kernel of the file.

#include "Foreign.h"

#include <cstring>
#include <fstream>
#include <sstream>

extern "C" const lacuna_device_table *lacuna_device_plugin(void);

namespace foreign {

Device::Device(const std::string &option) : table(nullptr) {
  table = lacuna_device_plugin();
  demand(table->open(option.c_str(), &device), "open");
}
Device::~Device() {
  for (void *memory : allocated)
    table->release(device, memory, nullptr);
  if (module)
    table->module_destroy(device, module);
  table->close(device);
}
void Device::demand(lacuna_status status, const char *what) {
  if (status == LACUNA_OK)
    return;
  std::printf("%s: %s\n", what, table->last_error());
  std::exit(1);
}
void Device::load(const std::string &image) {
  demand(table->module_load(device, image.c_str(), image.size(), &module),
         "load");
}
lacuna_kernel *Device::kernel(const char *name) {
  lacuna_kernel *kernel = nullptr;
  return table->module_kernel(device, module, name, &kernel) == LACUNA_OK
             ? kernel
             : nullptr;
}
void *Device::allocate(size_t bytes) {
  void *memory = nullptr;
  demand(table->allocate(device, bytes, nullptr, &memory), "allocate");
  allocated.push_back(memory);
  return memory;
}
void Device::copyIn(void *to, const void *from, size_t bytes) {
  demand(table->copy(device, to, from, bytes, LACUNA_COPY_TO_DEVICE, nullptr),
         "copy");
}
void Device::copyOut(void *to, const void *from, size_t bytes) {
  demand(table->copy(device, to, from, bytes, LACUNA_COPY_TO_HOST, nullptr),
         "copy");
  demand(table->stream_synchronize(device, nullptr), "synchronize");
}
void Device::launch(lacuna_kernel *kernel, std::vector<uint64_t> grid,
                    std::vector<uint32_t> block, uint32_t shared,
                    std::vector<void *> params) {
  grid.resize(3, 1);
  block.resize(3, 1);
  lacuna_launch launch = {{grid[0], grid[1], grid[2]},
                          {block[0], block[1], block[2]},
                          {0, 0, 0},
                          shared,
                          params.data(),
                          uint32_t(params.size())};
  demand(table->launch(device, kernel, &launch, nullptr), "launch");
}

std::mt19937_64 &engine() {
  static std::mt19937_64 shared = [] {
    const char *given = std::getenv("LACUNA_TEST_SEED");
    uint64_t seed =
        given ? std::strtoull(given, nullptr, 10) : std::random_device()();
    std::printf("LACUNA_TEST_SEED=%llu\n", (unsigned long long)seed);
    return std::mt19937_64(seed);
  }();
  return shared;
}
std::vector<float> randomFloats(size_t count, float scale) {
  std::vector<float> values(count);
  std::uniform_real_distribution<float> distribution(-scale, scale);
  for (float &value : values)
    value = distribution(engine());
  return values;
}

} // namespace foreign

int main(int argc, char **argv) {
  using namespace foreign;
  if (argc != 3) {
    std::printf("usage: LacunaForeignPTX <device option> <file.ptx>\n");
    return 2;
  }
  std::ifstream file(argv[2]);
  std::stringstream text;
  text << file.rdbuf();
  Checks checks;
  addPrograms(checks);
  addMath(checks);
  addMatrices(checks);
  Device device(argv[1]);
  device.load(text.str());
  bool good = true;
  for (auto &[name, check] : checks) {
    lacuna_kernel *kernel = device.kernel(name.c_str());
    if (!kernel)
      continue;
    bool held = check(device, kernel);
    std::printf("%s: %s\n", name.c_str(), held ? "ok" : "WRONG");
    good &= held;
  }
  return good ? 0 : 1;
}
