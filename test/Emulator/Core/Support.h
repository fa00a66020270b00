// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the tests of the machine share: a device behind its table, PTX written
// in the tests, buffers, launches.

#ifndef LACUNA_TEST_EMULATOR_CORE_SUPPORT_H
#define LACUNA_TEST_EMULATOR_CORE_SUPPORT_H

#include "Device.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace lacuna::emulator::test {

/// A module around a body: `.entry k` with the parameters p0 .. p3, of 64 bits
/// each, and registers of all kinds. It begins in line 1, the body in `line`.
inline std::string kernel(const std::string &body,
                          const std::string &before = "") {
  return ".version 8.5\n.target sm_80\n.address_size 64\n" + before +
         "\n.visible .entry k(.param .u64 p0, .param .u64 p1, "
         ".param .u64 p2, .param .u64 p3) {\n"
         ".reg .pred %p<16>; .reg .b16 %h<16>; .reg .b32 %r<32>;\n"
         ".reg .f32 %f<16>; .reg .b64 %rd<32>; .reg .f64 %d<8>;\n" +
         body + "\nret;\n}\n";
}

class DeviceTest : public ::testing::Test {
protected:
  void SetUp() override { open("sm_80"); }
  void TearDown() override {
    closeModule();
    table.close(device);
  }

  void open(const char *name) {
    if (device) {
      closeModule();
      table.close(device);
    }
    ASSERT_EQ(table.open(name, &device), LACUNA_OK) << error();
  }
  void closeModule() {
    if (module)
      table.module_destroy(device, module);
    module = nullptr;
  }

  std::string error() const { return table.last_error(); }

  lacuna_status tryLoad(const std::string &image) {
    closeModule();
    return table.module_load(device, image.data(), image.size(), &module);
  }
  void load(const std::string &ptx) {
    ASSERT_EQ(tryLoad(ptx), LACUNA_OK) << error();
  }
  void expectRefused(const std::string &ptx, const std::string &message) {
    EXPECT_EQ(tryLoad(ptx), LACUNA_ERROR_ARTIFACT);
    EXPECT_NE(error().find(message), std::string::npos)
        << "found: " << error() << "\nexpected: " << message;
  }

  lacuna_kernel *find(const char *name = "k") {
    lacuna_kernel *kernel = nullptr;
    EXPECT_EQ(table.module_kernel(device, module, name, &kernel), LACUNA_OK)
        << error();
    return kernel;
  }

  lacuna_status tryLaunch(uint32_t blocks, uint32_t threads,
                          std::vector<uint64_t> values,
                          uint32_t sharedBytes = 0, void *stream = nullptr) {
    values.resize(4);
    void *params[4];
    for (int i = 0; i < 4; ++i)
      params[i] = &values[i];
    lacuna_launch launch = {};
    launch.grid[0] = blocks;
    launch.grid[1] = launch.grid[2] = 1;
    launch.block[0] = threads;
    launch.block[1] = launch.block[2] = 1;
    launch.shared_bytes = sharedBytes;
    launch.params = params;
    launch.num_params = 4;
    return table.launch(device, find(), &launch, stream);
  }
  void launch(uint32_t blocks, uint32_t threads, std::vector<uint64_t> values,
              uint32_t sharedBytes = 0) {
    ASSERT_EQ(tryLaunch(blocks, threads, std::move(values), sharedBytes),
              LACUNA_OK)
        << error();
  }
  /// The launch must fail, with all of the texts in its message.
  void expectFault(uint32_t blocks, uint32_t threads,
                   std::vector<uint64_t> values,
                   std::vector<std::string> messages,
                   uint32_t sharedBytes = 0) {
    EXPECT_EQ(tryLaunch(blocks, threads, std::move(values), sharedBytes),
              LACUNA_ERROR_FAILED);
    for (const std::string &message : messages)
      EXPECT_NE(error().find(message), std::string::npos)
          << "found: " << error() << "\nexpected: " << message;
  }

  uint64_t allocate(uint64_t bytes) {
    void *memory = nullptr;
    EXPECT_EQ(table.allocate(device, bytes, nullptr, &memory), LACUNA_OK)
        << error();
    return reinterpret_cast<uint64_t>(memory);
  }
  void release(uint64_t address) {
    EXPECT_EQ(table.release(device, reinterpret_cast<void *>(address), nullptr),
              LACUNA_OK)
        << error();
  }
  template <typename T> uint64_t upload(const std::vector<T> &values) {
    uint64_t address = allocate(values.size() * sizeof(T));
    EXPECT_EQ(table.copy(device, reinterpret_cast<void *>(address),
                         values.data(), values.size() * sizeof(T),
                         LACUNA_COPY_TO_DEVICE, nullptr),
              LACUNA_OK)
        << error();
    return address;
  }
  template <typename T>
  std::vector<T> download(uint64_t address, size_t count) {
    std::vector<T> values(count);
    EXPECT_EQ(table.copy(device, values.data(),
                         reinterpret_cast<void *>(address), count * sizeof(T),
                         LACUNA_COPY_TO_HOST, nullptr),
              LACUNA_OK)
        << error();
    return values;
  }

  uint64_t counter(const std::string &name) {
    lacuna_counter counters[16];
    size_t count = 0;
    EXPECT_EQ(table.counters(device, counters, 16, &count), LACUNA_OK);
    for (size_t i = 0; i < count; ++i)
      if (name == counters[i].name)
        return counters[i].value;
    ADD_FAILURE() << "no counter " << name;
    return 0;
  }

  const lacuna_device_table &table = deviceTable();
  lacuna_device *device = nullptr;
  lacuna_module *module = nullptr;
};

/// %r0: the thread's number in the grid; %rd0: p0 + 4 times it.
inline const char *const threadIndex =
    "mov.u32 %r0, %ctaid.x; mov.u32 %r1, %ntid.x; mov.u32 %r2, %tid.x;\n"
    "mad.lo.s32 %r0, %r0, %r1, %r2;\n"
    "ld.param.u64 %rd0, [p0]; mul.wide.u32 %rd1, %r0, 4;\n"
    "add.s64 %rd0, %rd0, %rd1;\n";

} // namespace lacuna::emulator::test

#endif // LACUNA_TEST_EMULATOR_CORE_SUPPORT_H
