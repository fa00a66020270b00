// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The memory of a call's temporaries: how much it is, whose it is, what is
// said when there is too little, and runs in it that are captured.

#include "DevicesFixture.h"

#include <cstring>
#include <thread>

namespace {
class ArenaTest : public DevicesTest {
protected:
  /// What `planned` of gpumodel.c needs.
  static uint64_t expectedBytes(size_t n) {
    return 2 * ((n * 4 + 255) / 256 * 256);
  }

  uint64_t tell(lacuna_session *session, size_t n,
                const char *function = "planned") {
    std::vector<float> none(n);
    std::vector<int64_t> sizes = {int64_t(n)};
    DLTensor in = wrap(none, sizes);
    in.data = nullptr; // Shapes are enough.
    uint64_t bytes = 12345;
    EXPECT_WORKS(
        lacuna_session_workspace_size(session, function, &in, 1, &bytes));
    return bytes;
  }

  static lacuna_run_options withArena(void *arena, uint64_t bytes,
                                      void *stream = nullptr) {
    lacuna_run_options options = {};
    options.struct_size = sizeof(options);
    options.arena = arena;
    options.arena_bytes = bytes;
    options.stream = stream;
    return options;
  }

  /// Runs `planned` on host tensors.
  lacuna_status planned(lacuna_session *session, size_t n,
                        const lacuna_run_options &options) {
    x.clear();
    for (size_t i = 0; i < n; ++i)
      x.push_back(real());
    y.assign(n, NAN);
    shape = {int64_t(n)};
    DLTensor in = wrap(x, shape), out = wrap(y, shape);
    return lacuna_session_run_with(session, "planned", &in, 1, &out, 1,
                                   &options);
  }

  void expectPlanned() { expectPlanned(x, y); }
  void expectPlanned(const std::vector<float> &x, const std::vector<float> &y) {
    for (size_t i = 0; i < x.size(); ++i)
      EXPECT_NEAR(y[i], 3 * (2 * x[i] + bias[i % 4]) + bias[i % 4], 1e-5) << i;
  }
};

TEST_F(ArenaTest, TellsItsSize) {
  for (const char *device : {"cpu", "emulator:sm_80"}) {
    SessionPtr s = open(device);
    for (size_t n : {0, 1, 64, 65, 1000000})
      EXPECT_EQ(tell(s.get(), n), expectedBytes(n)) << n;
    // A function without temporaries, and one that allocates them.
    EXPECT_EQ(tell(s.get(), 5, "main"), 0u);
    EXPECT_EQ(tell(s.get(), 5, "scratch"), 0u);
    uint64_t bytes;
    EXPECT_FAILS(
        LACUNA_ERROR_TENSOR,
        lacuna_session_workspace_size(s.get(), "planned", nullptr, 0, &bytes),
        "'planned'");
    EXPECT_FAILS(
        LACUNA_ERROR_ARGUMENT,
        lacuna_session_workspace_size(s.get(), "planned", nullptr, 0, nullptr),
        "bytes is a null pointer");
  }
}

TEST_F(ArenaTest, IsTakenFromTheRuntime) {
  setenv("LACUNA_POISON_ARENA", "1", 1);
  for (const char *device : {"cpu", "emulator:sm_80"}) {
    SessionPtr s = open(device);
    record();
    for (size_t n : {100, 0, 3000, 1}) {
      ASSERT_WORKS(run(s.get(), "planned", n)) << n;
      expectPlanned();
      if (n == 3000 && std::string(device) != "cpu") {
        EXPECT_EQ(record().find("allocate 24064\n"), 0u);
      }
      record();
    }
  }
  unsetenv("LACUNA_POISON_ARENA");
  EXPECT_EQ(numAllocations(), 0u);
}

TEST_F(ArenaTest, IsTheCallersOnTheHost) {
  SessionPtr s = open("cpu");
  alignas(256) static unsigned char arena[4096];
  std::memset(arena, 0xFF, sizeof(arena));
  for (size_t n : {100, 1, 256}) {
    ASSERT_WORKS(planned(s.get(), n, withArena(arena, sizeof(arena))));
    expectPlanned();
  }
  // It is this memory that was used, and no more than was told.
  float first;
  std::memcpy(&first, arena, sizeof(first));
  EXPECT_FLOAT_EQ(first, 2 * x[0] + bias[0]);
  for (size_t i = expectedBytes(256); i < sizeof(arena); ++i)
    ASSERT_EQ(arena[i], 0xFF) << i;
  ASSERT_WORKS(planned(s.get(), 0, withArena(nullptr, 0)));

  EXPECT_FAILS(LACUNA_ERROR_ARGUMENT,
               planned(s.get(), 256, withArena(arena, 2047)),
               "'planned' (x [256]) needs 2048 bytes", "the arena has 2047",
               "lacuna_session_workspace_size");
  EXPECT_FAILS(LACUNA_ERROR_ARGUMENT,
               planned(s.get(), 256, withArena(arena + 64, 4000)), "256 bytes",
               "is 64");
  shape = {64};
  DLTensor tensor = wrap(x, shape);
  tensor.data = arena + 256;
  x.assign(64, 1), y.assign(64, NAN);
  DLTensor out = wrap(y, shape);
  lacuna_run_options options = withArena(arena, sizeof(arena));
  EXPECT_FAILS(LACUNA_ERROR_TENSOR,
               lacuna_session_run_with(s.get(), "planned", &tensor, 1, &out, 1,
                                       &options),
               "the arena overlaps", "input 'x'");
  options.struct_size = 1;
  EXPECT_FAILS(LACUNA_ERROR_ARGUMENT,
               lacuna_session_run_with(s.get(), "planned", &tensor, 1, &out, 1,
                                       &options),
               "sizeof(lacuna_run_options)");
  tensor.data = x.data();
  ASSERT_WORKS(lacuna_session_run_with(s.get(), "planned", &tensor, 1, &out, 1,
                                       nullptr));
  expectPlanned();
}

TEST_F(ArenaTest, CapturedRunsAllocateNothing) {
  SessionPtr s = open("emulator:sm_80");
  const lacuna_device_table *table = nullptr;
  lacuna_device *device = nullptr;
  ASSERT_WORKS(lacuna_session_device_table(s.get(), &table, &device));
  constexpr size_t n = 100;
  ASSERT_WORKS(run(s.get(), "planned", n)); // Loads.
  void *in = nullptr, *out = nullptr, *arena = nullptr, *stream = nullptr;
  uint64_t bytes = tell(s.get(), n);
  ASSERT_WORKS(table->stream_create(device, &stream));
  ASSERT_WORKS(table->allocate(device, n * 4, stream, &in));
  ASSERT_WORKS(table->allocate(device, n * 4, stream, &out));
  ASSERT_WORKS(table->allocate(device, bytes, stream, &arena));
  ASSERT_WORKS(table->fill(device, arena, 0xFF, 1, bytes, stream));
  x.resize(n), y.resize(n);
  shape = {n};
  DLTensor a = wrap(x, shape), b = wrap(y, shape);
  a.data = in, b.data = out;
  a.device = b.device = {kDLExtDev, 0};
  lacuna_run_options options = withArena(arena, bytes, stream);

  record();
  ASSERT_WORKS(table->capture_begin(device, stream));
  ASSERT_WORKS(
      lacuna_session_run_with(s.get(), "planned", &a, 1, &b, 1, &options));
  lacuna_graph *graph = nullptr;
  ASSERT_WORKS(table->capture_end(device, stream, &graph));
  EXPECT_EQ(record(), "launch scale 1x1x1 128x1x1 0\ncopy on 400\n"
                      "launch scale 1x1x1 128x1x1 0\n");
  for (int i = 0; i < 3; ++i) {
    for (float &value : x)
      value = real();
    y.assign(n, NAN);
    ASSERT_WORKS(table->copy(device, in, x.data(), n * 4, LACUNA_COPY_TO_DEVICE,
                             stream));
    ASSERT_WORKS(table->graph_launch(device, graph, stream));
    ASSERT_WORKS(
        table->copy(device, y.data(), out, n * 4, LACUNA_COPY_TO_HOST, stream));
    expectPlanned();
  }
  table->graph_destroy(device, graph);

  // Without an arena the runtime would allocate, and `scratch` does.
  ASSERT_WORKS(table->capture_begin(device, stream));
  EXPECT_FAILS(LACUNA_ERROR_FAILED,
               lacuna_session_run(s.get(), "planned", &a, 1, &b, 1, stream),
               "'planned' (x [100]) needs 1024 bytes", "inside a capture",
               "give lacuna_session_run_with an arena");
  EXPECT_FAILS(
      LACUNA_ERROR_FAILED,
      lacuna_session_run_with(s.get(), "scratch", &a, 1, &b, 1, &options),
      "'scratch'", "allocates memory while it runs", "inside a capture");
  ASSERT_WORKS(table->capture_end(device, stream, &graph));
  table->graph_destroy(device, graph);
  for (void *memory : {in, out, arena})
    ASSERT_WORKS(table->release(device, memory, stream));
  table->stream_destroy(device, stream);
  s.reset();
  EXPECT_EQ(numAllocations(), 0u);
}

TEST_F(ArenaTest, SaysHowMuchIsNeeded) {
  SessionPtr s = open("emulator:sm_80");
  // 2 GB of temporaries, of tensors that are not looked at.
  constexpr int64_t n = 1 << 28;
  shape = {n};
  DLTensor a = wrap(x, shape), b = a;
  a.data = reinterpret_cast<void *>(int64_t(1) << 40);
  b.data = reinterpret_cast<void *>(int64_t(1) << 41);
  a.device = b.device = {kDLExtDev, 0};
  EXPECT_FAILS(LACUNA_ERROR_MEMORY,
               lacuna_session_run(s.get(), "planned", &a, 1, &b, 1, nullptr),
               "'planned' (x [268435456]) needs 2147483648 bytes",
               "'emulator:sm_80' has 1073741824 bytes of memory, of which "
               "1048576 are free",
               "a device with more memory");
  EXPECT_EQ(run(s.get(), "planned", 9), LACUNA_OK);
  expectPlanned();

  s = open("cpu");
  shape = {int64_t(1) << 46};
  a.device = b.device = {kDLCPU, 0};
  b.data = reinterpret_cast<void *>(int64_t(1) << 50);
  EXPECT_FAILS(LACUNA_ERROR_MEMORY,
               lacuna_session_run(s.get(), "planned", &a, 1, &b, 1, nullptr),
               "needs 562949953421312 bytes", "'cpu' has", "are free");
  EXPECT_EQ(run(s.get(), "planned", 9), LACUNA_OK);
  expectPlanned();
}

TEST_F(ArenaTest, EachCallHasItsOwn) {
  setenv("LACUNA_POISON_ARENA", "1", 1);
  for (const char *device : {"cpu", "emulator:sm_80"}) {
    SessionPtr s = open(device);
    std::vector<std::thread> threads;
    for (unsigned t = 0; t < 6; ++t)
      threads.emplace_back([&, t] {
        std::mt19937 random(t);
        for (int i = 0; i < 40; ++i) {
          std::vector<float> x(random() % 2000), y(x.size(), NAN);
          for (float &value : x)
            value = std::uniform_real_distribution<float>(0.5, 1)(random);
          std::vector<int64_t> shape = {int64_t(x.size())};
          DLTensor in = wrap(x, shape), out = wrap(y, shape);
          EXPECT_WORKS(
              lacuna_session_run(s.get(), "planned", &in, 1, &out, 1, nullptr));
          expectPlanned(x, y);
        }
      });
    for (std::thread &thread : threads)
      thread.join();
  }
  unsetenv("LACUNA_POISON_ARENA");
  EXPECT_EQ(numAllocations(), 0u);
}

TEST_F(ArenaTest, ManifestsAndModelsThatAreDamaged) {
  lacuna_model *loaded = nullptr;
  std::string noObject =
      patched(replaced("\"arena\":{\"buffers\":2,\"slots\":2}", "\"arena\":7"));
  EXPECT_FAILS(LACUNA_ERROR_ARTIFACT,
               lacuna_model_load(noObject.c_str(), &loaded), "arena",
               "an object");
  std::string missing =
      patched("lacuna_workspace_planned", "lacuna_workspace_plan_ed");
  EXPECT_FAILS(LACUNA_ERROR_ARTIFACT,
               lacuna_model_load(missing.c_str(), &loaded),
               "'lacuna_workspace_planned' is missing");
}
} // namespace
