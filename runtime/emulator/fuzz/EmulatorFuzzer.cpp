// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A fuzz target: the input is an image, PTX or a fatbin. What loads is run,
// with a little memory and few steps; nothing but a status may come of it.
//
//   LacunaEmulatorFuzzer -max_total_time=60 -dict=ptx.dict NEW corpus

#include "Device.h"

#include <cstdlib>

using namespace lacuna::emulator;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const lacuna_device_table &table = deviceTable();
  static void *memory = nullptr;
  static lacuna_device *device = [] {
    setenv("LACUNA_EMULATOR_STEPS", "20000", 1);
    setenv("LACUNA_THREADS", "1", 1);
    lacuna_device *opened = nullptr;
    if (table.open("sm_90a", &opened) != LACUNA_OK ||
        table.allocate(opened, 4096, nullptr, &memory) != LACUNA_OK)
      std::abort();
    return opened;
  }();
  lacuna_module *module = nullptr;
  if (table.module_load(device, data, size, &module) != LACUNA_OK) {
    if (!*table.last_error())
      std::abort(); // A failure says why.
    return 0;
  }
  lacuna_kernel *kernel = nullptr;
  if (table.module_kernel(device, module, "k", &kernel) == LACUNA_OK) {
    // As many parameters as the kernel has, of any size.
    uint64_t values[32] = {};
    for (uint64_t &value : values)
      value = reinterpret_cast<uint64_t>(memory);
    void *params[4096];
    for (void *&param : params)
      param = values;
    uint32_t count = 0;
    uint64_t bytes = 0;
    for (const KernelParam &param : kernel->program->params) {
      bytes = param.bytes > bytes ? param.bytes : bytes;
      ++count;
    }
    if (count <= 4096 && bytes <= sizeof(values)) {
      lacuna_launch launch = {{2, 1, 1}, {48, 1, 1}, {1, 1, 1},
                              64,        params,     count};
      table.launch(device, kernel, &launch, nullptr);
    }
  }
  table.module_destroy(device, module);
  return 0;
}
