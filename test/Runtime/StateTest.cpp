// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// State: it lives in the session, runs update it, callers read and set it. On
// a GPU without kernels, since a fake is in the emulator's place;
// lacuna-run-state.test runs the model there.

#include "Support.h"

#include "lacuna/DeviceABI.h"

#include <dlfcn.h>
#include <thread>

namespace {
using Vector = std::vector<float>;

class StateTest : public RuntimeTest {
protected:
  void SetUp() override {
    RuntimeTest::SetUp();
    original = LACUNA_STATE_MODEL;
    ASSERT_TRUE(dlopen(LACUNA_FAKE_DEVICE, RTLD_NOW | RTLD_LOCAL)) << dlerror();
    using namespace lacuna::packing;
    SafeTensorsWriter writer;
    for (int i = 0; i < 4; ++i)
      bias.push_back(real());
    ASSERT_TRUE(
        writer
            .add("bias",
                 {ElementType::F32, {4}, {bytes(bias.data()), 16}, nullptr})
            .ok());
    ASSERT_TRUE(
        writer.add("count", {ElementType::I64, {}, {bytes(&first), 8}, nullptr})
            .ok());
    ASSERT_TRUE(writer.write(at("w.safetensors")).ok());
  }

  static const uint8_t *bytes(const void *data) {
    return static_cast<const uint8_t *>(data);
  }

  SessionPtr open(const char *device, const std::string &path) {
    ModelPtr model = load(path);
    std::string params = at("w.safetensors");
    const char *paths[] = {params.c_str()};
    lacuna_session_options options = {};
    options.struct_size = sizeof(options);
    options.params = paths;
    options.num_params = 1;
    options.threads = 1;
    options.device = device;
    lacuna_session *session = nullptr;
    EXPECT_WORKS(lacuna_session_create(model.get(), &options, &session));
    return SessionPtr(session);
  }
  SessionPtr open(const char *device = "cpu") { return open(device, original); }

  lacuna_status add(const SessionPtr &s, Vector x, Vector *result = nullptr) {
    std::vector<int64_t> shape{4};
    Vector y(4, NAN);
    DLTensor in = wrap(x, shape), out = wrap(y, shape);
    lacuna_status status =
        lacuna_session_run(s.get(), "add", &in, 1, &out, 1, nullptr);
    if (result)
      *result = y;
    return status;
  }

  Vector sum(const SessionPtr &s) {
    std::vector<int64_t> shape{4};
    Vector values(4, NAN);
    DLTensor tensor = wrap(values, shape);
    EXPECT_WORKS(lacuna_session_state_get(s.get(), "sum", &tensor, nullptr));
    return values;
  }

  int64_t count(const SessionPtr &s) {
    std::vector<int64_t> shape, value{-1};
    DLTensor tensor = wrap(value, shape);
    EXPECT_WORKS(lacuna_session_state_get(s.get(), "count", &tensor, nullptr));
    return value[0];
  }

  int64_t first = 40;
};

TEST_F(StateTest, RunsUpdateIt) {
  SessionPtr s = open(), other = open();
  Vector expected(4, 0), y;
  EXPECT_EQ(sum(s), expected);
  EXPECT_EQ(count(s), 40);
  for (int run = 0; run < 5; ++run) {
    Vector x;
    for (int i = 0; i < 4; ++i) {
      x.push_back(real());
      expected[i] = expected[i] + x[i] + bias[i];
    }
    ASSERT_WORKS(add(s, x, &y));
    EXPECT_EQ(y, expected);
    EXPECT_EQ(sum(s), expected);
    EXPECT_EQ(count(s), 41 + run);
  }
  // Another session has its own.
  EXPECT_EQ(sum(other), Vector(4, 0));
  EXPECT_EQ(count(other), 40);
}

TEST_F(StateTest, ResetAndSet) {
  for (const char *device : {"cpu", "emulator:sm_80"}) {
    SessionPtr s = open(device);
    Vector values{5, 6, 7, 8};
    std::vector<int64_t> shape{4}, scalar, counted{7};
    DLTensor tensor = wrap(values, shape), number = wrap(counted, scalar);
    ASSERT_WORKS(lacuna_session_state_set(s.get(), "sum", &tensor, nullptr));
    ASSERT_WORKS(lacuna_session_state_set(s.get(), "count", &number, nullptr));
    EXPECT_EQ(sum(s), values);
    EXPECT_EQ(count(s), 7);
    ASSERT_WORKS(lacuna_session_state_reset(s.get(), "sum", nullptr));
    EXPECT_EQ(sum(s), Vector(4, 0));
    EXPECT_EQ(count(s), 7);
    ASSERT_WORKS(lacuna_session_state_reset(s.get(), nullptr, nullptr));
    EXPECT_EQ(count(s), 40);
  }
  SessionPtr s = open();
  Vector values{5, 6, 7, 8}, y;
  std::vector<int64_t> shape{4};
  DLTensor tensor = wrap(values, shape);
  ASSERT_WORKS(lacuna_session_state_set(s.get(), "sum", &tensor, nullptr));
  ASSERT_WORKS(add(s, {0, 0, 0, 0}, &y));
  for (int i = 0; i < 4; ++i)
    EXPECT_EQ(y[i], values[i] + bias[i]);
}

TEST_F(StateTest, TensorsOnTheDevice) {
  SessionPtr s = open("emulator:sm_80");
  const lacuna_device_table *table;
  lacuna_device *device;
  ASSERT_WORKS(lacuna_session_device_table(s.get(), &table, &device));
  lacuna_device_info info;
  ASSERT_WORKS(lacuna_session_device(s.get(), &info));
  void *memory, *stream;
  ASSERT_EQ(table->stream_create(device, &stream), LACUNA_OK);
  ASSERT_EQ(table->allocate(device, 16, stream, &memory), LACUNA_OK);
  Vector values{1, 2, 3, 4}, read(4, NAN);
  std::vector<int64_t> shape{4};
  DLTensor tensor = wrap(values, shape);
  tensor.data = memory;
  tensor.device = info.device;
  table->copy(device, memory, values.data(), 16, LACUNA_COPY_TO_DEVICE, stream);
  ASSERT_WORKS(lacuna_session_state_set(s.get(), "sum", &tensor, stream));
  ASSERT_EQ(table->fill(device, memory, 0, 1, 16, stream), LACUNA_OK);
  ASSERT_WORKS(lacuna_session_state_get(s.get(), "sum", &tensor, stream));
  table->copy(device, read.data(), memory, 16, LACUNA_COPY_TO_HOST, stream);
  table->stream_synchronize(device, stream);
  EXPECT_EQ(read, values);
  EXPECT_EQ(sum(s), values);
  table->release(device, memory, stream);
  table->stream_synchronize(device, stream);
  table->stream_destroy(device, stream);
}

TEST_F(StateTest, ConcurrentRunsTakeTurns) {
  SessionPtr s = open();
  constexpr int threads = 4, runs = 50;
  std::vector<std::thread> workers;
  for (int t = 0; t < threads; ++t)
    workers.emplace_back([&] {
      for (int i = 0; i < runs; ++i)
        EXPECT_WORKS(add(s, {1, 1, 1, 1}));
    });
  for (std::thread &worker : workers)
    worker.join();
  EXPECT_EQ(count(s), 40 + threads * runs);
}

TEST_F(StateTest, FailuresLeaveTheSessionUsable) {
  SessionPtr s = open();
  EXPECT_FAILS(LACUNA_ERROR_FAILED, add(s, {-1, 0, 0, 0}), "begins with -1");
  ASSERT_WORKS(lacuna_session_state_reset(s.get(), nullptr, nullptr));
  ASSERT_WORKS(add(s, {0, 0, 0, 0}));
  EXPECT_EQ(sum(s), bias);
  EXPECT_EQ(count(s), 41);
}

TEST_F(StateTest, BadUses) {
  SessionPtr s = open();
  Vector values(4), few(3);
  std::vector<double> doubles(4);
  std::vector<int64_t> four{4}, three{3};
  auto set = [&](const char *name, DLTensor tensor) {
    return lacuna_session_state_set(s.get(), name, &tensor, nullptr);
  };
  EXPECT_FAILS(LACUNA_ERROR_ARGUMENT, set("sums", wrap(values, four)), "'sums'",
               "'sum' and 'count'", "did you mean 'sum'");
  EXPECT_FAILS(LACUNA_ERROR_ARGUMENT, set(nullptr, wrap(values, four)), "null");
  EXPECT_FAILS(LACUNA_ERROR_TENSOR, set("sum", wrap(few, three)),
               "the state 'sum'", "[3]", "[4]");
  EXPECT_FAILS(LACUNA_ERROR_TENSOR, set("sum", wrap(doubles, four)), "float64",
               "f32");
  DLTensor tensor = wrap(few, three);
  EXPECT_FAILS(LACUNA_ERROR_TENSOR,
               lacuna_session_state_get(s.get(), "sum", &tensor, nullptr),
               "[3]", "[4]");
  EXPECT_FAILS(LACUNA_ERROR_ARGUMENT,
               lacuna_session_state_get(s.get(), "sum", nullptr, nullptr),
               "tensor is a null pointer");
  EXPECT_FAILS(LACUNA_ERROR_ARGUMENT,
               lacuna_session_state_reset(s.get(), "none", nullptr), "'none'");
  EXPECT_FAILS(LACUNA_ERROR_ARGUMENT,
               lacuna_session_state_reset(s.get(), "sum", &tensor), "stream");
  EXPECT_FAILS(LACUNA_ERROR_ARGUMENT,
               lacuna_session_state_reset(nullptr, "sum", nullptr), "session");
  EXPECT_EQ(sum(s), Vector(4, 0));
}

TEST_F(StateTest, Describes) {
  ModelPtr model = load(original);
  ASSERT_EQ(lacuna_model_num_state(model.get()), 2u);
  lacuna_tensor_info info;
  ASSERT_WORKS(lacuna_model_state_at(model.get(), 0, &info));
  EXPECT_EQ(info.name, std::string("sum"));
  EXPECT_EQ(info.ndim, 1);
  EXPECT_EQ(info.shape[0], 4);
  EXPECT_FAILS(LACUNA_ERROR_ARGUMENT,
               lacuna_model_state_at(model.get(), 2, &info), "no state 2");
}

TEST_F(StateTest, BadManifests) {
  auto fails = [&](const std::string &from, const std::string &to,
                   const char *message) {
    lacuna_model *model = nullptr;
    EXPECT_FAILS(LACUNA_ERROR_ARTIFACT,
                 lacuna_model_load(patched(replaced(from, to)).c_str(), &model),
                 message);
  };
  fails("\"weight\":1}]}", "\"weight\":2}]}", "state[1].weight is 2");
  fails("\"weight\":1}]}", "\"weight\":0}]}", "of the state's type and shape");
  fails("{\"state\":1}", "{\"state\":2}", "bindings[2].state is 2");
  fails("{\"state\":1}", "{\"state\":0}", "binds the state 0 twice");
  fails("{\"name\":\"count\",\"dtype\":\"i64\",\"shape\":[],\"weight\"",
        "{\"name\":\"sum\",\"dtype\":\"i64\",\"shape\":[],\"weight\"",
        "two states are called 'sum'");
  fails("\"name\":\"sum\",\"dtype\":\"f32\",\"shape\":[4]",
        "\"name\":\"sum\",\"dtype\":\"f32\",\"shape\":[-1]", "state[0].shape");
}
} // namespace
