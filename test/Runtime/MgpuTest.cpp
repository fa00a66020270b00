// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The mgpu functions over a fake device: when modules are loaded, which way
// copies go, and how a failure ends the process. test/Runtime/mgpu.mlir runs
// programs that call them. Each test is a process of its own: there is one
// device in each.

#include "lacuna/DeviceABI.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <string>

extern "C" {
void *mgpuModuleLoad(void *, size_t);
void *mgpuModuleLoadJIT(void *, int32_t);
void mgpuModuleUnload(void *);
void *mgpuModuleGetFunction(void *, const char *);
void mgpuLaunchKernel(void *, intptr_t, intptr_t, intptr_t, intptr_t, intptr_t,
                      intptr_t, int32_t, void *, void **, void **, size_t);
void *mgpuStreamCreate();
void mgpuStreamDestroy(void *);
void mgpuStreamSynchronize(void *);
void *mgpuMemAlloc(uint64_t, void *, int8_t);
void mgpuMemFree(void *, void *);
void mgpuMemcpy(void *, void *, size_t, void *);
void mgpuMemset32(void *, uint32_t, size_t, void *);
void mgpuMemHostRegisterMemRef(int64_t, void *, int64_t);
void mgpuSetDefaultDevice(int32_t);
}

namespace {
char ptx[] =
    ".version 8.0\n.target sm_80\n.visible .entry one(.param .u64 x)\n";

class MgpuTest : public testing::Test {
protected:
  void SetUp() override {
    testing::GTEST_FLAG(death_test_style) = "threadsafe";
    void *handle = dlopen(LACUNA_FAKE_DEVICE, RTLD_NOW | RTLD_LOCAL);
    ASSERT_TRUE(handle) << dlerror();
    take = reinterpret_cast<void (*)(std::string *)>(
        dlsym(handle, "lacuna_fake_take_record"));
    ASSERT_TRUE(take);
    setenv("LACUNA_DEVICE", "emulator:sm_80", 1);
    record();
  }
  void TearDown() override { unsetenv("LACUNA_DEVICE"); }
  std::string record() {
    std::string text;
    take(&text);
    return text;
  }
  void (*take)(std::string *) = nullptr;
};

TEST_F(MgpuTest, LoadsModulesAtFirstUse) {
  void *module = mgpuModuleLoad(ptx, sizeof(ptx) - 1);
  void *text = mgpuModuleLoadJIT(ptx, 2);
  EXPECT_EQ(record(), ""); // Constructors of a program open no device.
  void *kernel = mgpuModuleGetFunction(module, "one");
  std::string opened = record();
  EXPECT_NE(opened.find("load sm_80\nkernel one\n"), std::string::npos)
      << opened;
  EXPECT_EQ(mgpuModuleGetFunction(module, "one"), kernel);
  EXPECT_EQ(record(), "");
  int64_t x = 1;
  void *params[] = {&x};
  mgpuLaunchKernel(kernel, 2, 1, 1, 32, 1, 1, 64, nullptr, params, nullptr, 1);
  EXPECT_EQ(record(), "launch one 2x1x1 32x1x1 64\n");
  mgpuModuleUnload(text); // Never used, so never loaded.
  EXPECT_EQ(record(), "");
  mgpuModuleUnload(module);
  EXPECT_EQ(record(), "unload\n");
}

TEST_F(MgpuTest, CopiesTheRightWay) {
  void *stream = mgpuStreamCreate();
  void *a = mgpuMemAlloc(64, stream, 0), *b = mgpuMemAlloc(64, stream, 0);
  record();
  int host[16] = {}, result[16] = {};
  host[3] = 7;
  mgpuMemcpy(a, host, 64, stream);
  mgpuMemcpy(static_cast<char *>(b) + 4, a, 60, stream);
  mgpuMemset32(b, 5, 1, stream);
  mgpuMemcpy(result, b, 64, stream);
  EXPECT_EQ(record(), "copy in 64\ncopy on 60\nfill\ncopy out 64\n");
  EXPECT_EQ(result[0], 5);
  EXPECT_EQ(result[4], 7);
  mgpuMemcpy(result, host, 64, stream);
  EXPECT_EQ(record(), "synchronize\n");
  EXPECT_EQ(result[3], 7);
  mgpuMemFree(a, stream);
  mgpuMemFree(b, stream);
  mgpuStreamSynchronize(stream);
  mgpuStreamDestroy(stream);
}

TEST_F(MgpuTest, FailuresEndTheProcess) {
  auto exits = testing::ExitedWithCode(1);
  EXPECT_EXIT(mgpuMemAlloc(uint64_t(1) << 40, nullptr, 0), exits,
              "lacuna: mgpuMemAlloc: the fake has no more than 1 GB");
  EXPECT_EXIT(
      mgpuModuleGetFunction(mgpuModuleLoad(ptx, sizeof(ptx) - 1), "two"), exits,
      "lacuna: mgpuModuleGetFunction: .*no kernel 'two'");
  EXPECT_EXIT(
      {
        void *module = mgpuModuleLoad(ptx, sizeof(ptx) - 1);
        mgpuLaunchKernel(mgpuModuleGetFunction(module, "one"), 1, -1, 1, 1, 1,
                         1, 0, nullptr, nullptr, nullptr, 0);
      },
      exits, "lacuna: mgpuLaunchKernel: a size of the launch is -1");
  EXPECT_EXIT(mgpuMemHostRegisterMemRef(1, nullptr, 4), exits,
              "use gpu.alloc and gpu.memcpy");
  EXPECT_EXIT(
      {
        setenv("LACUNA_DEVICE", "tpu", 1);
        mgpuStreamCreate();
        mgpuModuleGetFunction(nullptr, "one");
      },
      exits, "lacuna: mgpu");
}
} // namespace
