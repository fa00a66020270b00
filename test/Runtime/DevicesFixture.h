// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sessions of gpumodel.c on a fake in the emulator's place, which notes what
// is asked of it and can let it fail.

#ifndef LACUNA_TEST_RUNTIME_DEVICESFIXTURE_H
#define LACUNA_TEST_RUNTIME_DEVICESFIXTURE_H

#include "Support.h"
#include "lacuna/DeviceABI.h"

#include <cstdlib>
#include <dlfcn.h>

class DevicesTest : public RuntimeTest {
protected:
  void SetUp() override {
    RuntimeTest::SetUp();
    original = LACUNA_GPU_MODEL;
    unsetenv("LACUNA_DEVICE");
    // The runtime prefers a plug-in that is already there.
    void *handle = dlopen(LACUNA_FAKE_DEVICE, RTLD_NOW | RTLD_LOCAL);
    ASSERT_TRUE(handle) << dlerror();
    find(handle, "lacuna_fake_take_record", takeRecord);
    find(handle, "lacuna_fake_fail", letFail);
    find(handle, "lacuna_fake_set_version", setVersion);
    find(handle, "lacuna_fake_num_allocations", numAllocations);
    find(handle, "lacuna_device_plugin", plugin);
    letFail("", LACUNA_OK);
    setVersion(LACUNA_DEVICE_ABI_VERSION);
    record();
    params = writeDense();
    model = load(LACUNA_GPU_MODEL);
  }

  template <typename T>
  void find(void *handle, const char *name, T *&function) {
    function = reinterpret_cast<T *>(dlsym(handle, name));
    ASSERT_TRUE(function) << name;
  }

  std::string record() {
    std::string text;
    takeRecord(&text);
    return text;
  }

  lacuna_status create(lacuna_model *model, const char *device,
                       SessionPtr &result) {
    const char *paths[] = {params.c_str()};
    lacuna_session_options options = {};
    options.struct_size = sizeof(options);
    options.params = paths;
    options.num_params = 1;
    options.threads = 1;
    options.device = device;
    lacuna_session *session = nullptr;
    lacuna_status status = lacuna_session_create(model, &options, &session);
    result.reset(session);
    return status;
  }

  SessionPtr open(const char *device) {
    SessionPtr result;
    EXPECT_EQ(create(model.get(), device, result), LACUNA_OK)
        << lacuna_last_error();
    return result;
  }

  lacuna_status run(lacuna_session *session, const char *function, size_t n,
                    void *stream = nullptr) {
    x.clear();
    for (size_t i = 0; i < n; ++i)
      x.push_back(real());
    y.assign(n, NAN);
    shape = {int64_t(n)};
    DLTensor in = wrap(x, shape), out = wrap(y, shape);
    return lacuna_session_run(session, function, &in, 1, &out, 1, stream);
  }

  void expectMain() {
    for (size_t i = 0; i < x.size(); ++i)
      EXPECT_FLOAT_EQ(y[i], 2 * x[i] + bias[i % 4]) << i;
  }

  void (*takeRecord)(std::string *);
  void (*letFail)(const char *, lacuna_status);
  void (*setVersion)(uint32_t);
  size_t (*numAllocations)();
  const lacuna_device_table *(*plugin)();
  std::string params;
  ModelPtr model;
  std::vector<float> x, y;
  std::vector<int64_t> shape;
};

#endif // LACUNA_TEST_RUNTIME_DEVICESFIXTURE_H
