// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sessions on a GPU, with a fake in the emulator's place: what is asked of the
// device, which target is taken, and every way to fail.

#include "DevicesFixture.h"
#include "lacuna/Packing/Convert.h"
#include "lacuna/Packing/Mma.h"

#include <cstring>
#include <thread>

namespace {
TEST_F(DevicesTest, RunsHostTensors) {
  SessionPtr s = open("emulator:sm_80");
  EXPECT_EQ(record(),
            "open sm_80\nallocate 16\ncopy in 16\nallocate 64\ncopy in 64\n"
            "allocate 32\ncopy in 32\nallocate 1024\ncopy in 1024\n"
            "allocate 128\ncopy in 128\nsynchronize\n");
  ASSERT_WORKS(run(s.get(), "main", 200));
  expectMain();
  // The module is loaded by the first launch only; one wait, at the end.
  EXPECT_EQ(record(), "allocate 800\ncopy in 800\nallocate 800\nload sm_80\n"
                      "kernel scale\nlaunch scale 2x1x1 128x1x1 0\n"
                      "copy out 800\nsynchronize\nrelease\nrelease\n");
  ASSERT_WORKS(run(s.get(), "main", 100));
  expectMain();
  EXPECT_EQ(record(), "allocate 400\ncopy in 400\nallocate 400\n"
                      "launch scale 1x1x1 128x1x1 0\n"
                      "copy out 400\nsynchronize\nrelease\nrelease\n");
  ASSERT_WORKS(run(s.get(), "main", 0));
  s.reset();
  EXPECT_NE(record().find("unload\nclose\n"), std::string::npos);
  EXPECT_EQ(numAllocations(), 0u);
}

TEST_F(DevicesTest, ScratchAndCopies) {
  for (const char *device : {"emulator:sm_80", "cpu"}) {
    SessionPtr s = open(device);
    ASSERT_WORKS(run(s.get(), "scratch", 130));
    for (size_t i = 0; i < x.size(); ++i)
      EXPECT_FLOAT_EQ(y[i], 3 * (2 * x[i] + bias[i % 4]) + bias[i % 4]);
    ASSERT_WORKS(run(s.get(), "swap", 6));
    for (size_t i = 0; i < 6; ++i)
      EXPECT_EQ(y[i], x[i % 2 * 3 + i / 2]);
  }
  EXPECT_EQ(numAllocations(), 0u);
}

TEST_F(DevicesTest, DeviceTensorsAreUsedInPlace) {
  SessionPtr s = open("emulator:sm_80");
  const lacuna_device_table *table = plugin();
  lacuna_device *device = nullptr;
  ASSERT_WORKS(table->open("", &device));
  void *in = nullptr, *out = nullptr;
  ASSERT_WORKS(table->allocate(device, 64, nullptr, &in));
  ASSERT_WORKS(table->allocate(device, 64, nullptr, &out));
  ASSERT_WORKS(table->fill(device, in, 0x3f800000, 4, 16, nullptr));
  ASSERT_WORKS(run(s.get(), "main", 15)); // Loads.
  record();
  std::vector<float> none(16, NAN);
  shape = {12};
  DLTensor a = wrap(none, shape), b = a;
  a.data = in, b.data = out;
  a.byte_offset = 16, b.byte_offset = 16;
  a.device = b.device = {kDLExtDev, 0};
  void *stream = nullptr;
  ASSERT_WORKS(table->stream_create(device, &stream));
  ASSERT_WORKS(lacuna_session_run(s.get(), "main", &a, 1, &b, 1, stream));
  EXPECT_EQ(record(), "launch scale 1x1x1 128x1x1 0\n"); // No wait.
  ASSERT_WORKS(
      table->copy(device, none.data(), out, 64, LACUNA_COPY_TO_HOST, nullptr));
  EXPECT_EQ(none[3], 0);
  for (int i = 0; i < 12; ++i)
    EXPECT_FLOAT_EQ(none[i + 4], 2 + bias[i % 4]);
  b.byte_offset = 4;
  EXPECT_FAILS(LACUNA_ERROR_TENSOR,
               lacuna_session_run(s.get(), "main", &a, 1, &b, 1, stream),
               "output 'y' of 'main'", "multiple of 16");
  b.byte_offset = 16;
  b.device.device_id = 1;
  EXPECT_FAILS(LACUNA_ERROR_TENSOR,
               lacuna_session_run(s.get(), "main", &a, 1, &b, 1, stream),
               "output 'y' of 'main'", "12:1", "12:0", "'emulator:sm_80'",
               "or the host");
  table->stream_destroy(device, stream);
  ASSERT_WORKS(table->release(device, in, nullptr));
  ASSERT_WORKS(table->release(device, out, nullptr));
  table->close(device);
}

TEST_F(DevicesTest, ChoosesTheTarget) {
  struct {
    const char *device, *loaded;
  } cases[] = {{"emulator:sm_80", "load sm_80\n"},
               {"emulator:sm_86", "load sm_80\n"},
               {"emulator:sm_90", "load sm_80\n"},
               {"emulator:sm_90a", "load sm_90a\n"},
               {"emulator:sm_120a", "load sm_80\n"},
               // Without an architecture it is that of the best target.
               {"emulator", "load sm_90a\n"}};
  for (const auto &test : cases) {
    SessionPtr s = open(test.device);
    ASSERT_WORKS(run(s.get(), "main", 5)) << test.device;
    expectMain();
    EXPECT_NE(record().find(test.loaded), std::string::npos) << test.device;
  }
  SessionPtr s;
  EXPECT_FAILS(LACUNA_ERROR_UNSUPPORTED,
               create(model.get(), "emulator:sm_75", s),
               "'cpu', 'sm_80' and 'sm_90a'", "'emulator:sm_75'");
  EXPECT_FAILS(LACUNA_ERROR_ARGUMENT, create(model.get(), "emulator:75", s),
               "'75'", "such as sm_80");
  EXPECT_FAILS(LACUNA_ERROR_ARGUMENT, create(model.get(), "emulator:", s),
               "nothing after its colon");
  EXPECT_FAILS(LACUNA_ERROR_ARGUMENT, create(model.get(), "tpu", s), "'tpu'",
               "'cpu'", "'emulator'");
  ModelPtr cpuOnly = load(LACUNA_HANDMADE_MODEL);
  EXPECT_FAILS(LACUNA_ERROR_UNSUPPORTED, create(cpuOnly.get(), "emulator", s),
               "compiled for 'cpu'", "'emulator'");
}

TEST_F(DevicesTest, ChoosesTheDevice) {
  // The default is not the emulator...
  SessionPtr s = open(nullptr);
  ASSERT_WORKS(run(s.get(), "main", 5));
  expectMain();
  EXPECT_EQ(record(), "");
  // ... until the environment says otherwise; the option is stronger.
  setenv("LACUNA_DEVICE", "emulator:sm_80", 1);
  s = open(nullptr);
  EXPECT_NE(record().find("open sm_80"), std::string::npos);
  s = open("cpu");
  setenv("LACUNA_DEVICE", "", 1);
  s = open(nullptr);
  EXPECT_EQ(record().find("open"), std::string::npos);
  unsetenv("LACUNA_DEVICE");
  // A model without a CPU target names what would run it.
  std::string text = manifest();
  size_t gpu = text.find("{\"name\":\"sm_80\"");
  size_t cpu = text.find("{\"name\":\"cpu\"");
  ASSERT_NE(gpu, std::string::npos);
  ModelPtr gpuOnly = load(patched(text.erase(cpu, gpu - cpu)));
  EXPECT_FAILS(LACUNA_ERROR_UNSUPPORTED, create(gpuOnly.get(), nullptr, s),
               "'sm_80' and 'sm_90a'", "'emulator'");
  EXPECT_FAILS(LACUNA_ERROR_UNSUPPORTED, create(gpuOnly.get(), "cpu", s),
               "'sm_80' and 'sm_90a'", "'cpu'");
}

TEST_F(DevicesTest, FailuresHaveContext) {
  SessionPtr s = open("emulator:sm_80");
  EXPECT_FAILS(LACUNA_ERROR_FAILED, run(s.get(), "trouble", 1),
               "'trouble' (x [1] -> y [1])", "kernel 7", "'sm_80' has 3");
  EXPECT_FAILS(LACUNA_ERROR_ARTIFACT, run(s.get(), "trouble", 2),
               "kernel 'missing'", "gpumodel.so");
  EXPECT_FAILS(LACUNA_ERROR_ARGUMENT, run(s.get(), "trouble", 3),
               "kernel 'few' (grid 1x1x1, block 32x1x1, 0 bytes of shared "
               "memory) on 'emulator:sm_80': it has 1 parameters, 0 were");
  EXPECT_FAILS(LACUNA_ERROR_FAILED, run(s.get(), "trouble", 4), "kernel 'few'",
               "grid 1x-5x1", "is -5");
  EXPECT_FAILS(LACUNA_ERROR_MEMORY, run(s.get(), "trouble", 5),
               "allocating 4611686018427387903 bytes", "no more than 1 GB");
  EXPECT_FAILS(LACUNA_ERROR_FAILED, run(s.get(), "trouble", 6),
               "copying 8 bytes", "outside of device memory");
  EXPECT_FAILS(LACUNA_ERROR_FAILED, run(s.get(), "trouble", 7),
               "sizes 7 and 8 do not fit");
  EXPECT_FAILS(LACUNA_ERROR_MEMORY, run(s.get(), "trouble", 8), "-1 bytes");
  EXPECT_FAILS(LACUNA_ERROR_FAILED, run(s.get(), "trouble", 9),
               "9223372036854775807");
  EXPECT_FAILS(LACUNA_ERROR_FAILED, run(s.get(), "trouble", 10), "negative");
  // Every function of the device may fail, and the session goes on.
  for (const char *function : {"allocate", "copy", "launch", "synchronize"}) {
    letFail(function, LACUNA_ERROR_INTERNAL);
    EXPECT_FAILS(LACUNA_ERROR_INTERNAL, run(s.get(), "scratch", 8),
                 "'scratch' (x [8] -> y [8])", "'emulator:sm_80'",
                 "the fake was told to fail");
    letFail("", LACUNA_OK);
    ASSERT_WORKS(run(s.get(), "main", 8));
    expectMain();
  }
  EXPECT_EQ(numAllocations(), 5u); // The weights.
  SessionPtr cpu = open("cpu");
  EXPECT_FAILS(LACUNA_ERROR_FAILED, run(cpu.get(), "trouble", 2),
               "its target is the CPU");
}

TEST_F(DevicesTest, SessionsThatCannotBegin) {
  SessionPtr s;
  letFail("open", LACUNA_ERROR_UNSUPPORTED);
  EXPECT_FAILS(LACUNA_ERROR_UNSUPPORTED,
               create(model.get(), "emulator:sm_80", s), "'emulator:sm_80'",
               "cannot be opened", "told to fail");
  for (const char *function : {"allocate", "copy"}) {
    letFail(function, LACUNA_ERROR_MEMORY);
    EXPECT_FAILS(LACUNA_ERROR_MEMORY, create(model.get(), "emulator:sm_80", s),
                 "a weight of 16 bytes", "'emulator:sm_80'");
  }
  letFail("", LACUNA_OK);
  setVersion(99);
  EXPECT_FAILS(LACUNA_ERROR_UNSUPPORTED,
               create(model.get(), "emulator:sm_80", s), "device ABI 99");
  EXPECT_EQ(numAllocations(), 0u);
}

/// Weights reach the device rounded and in the order of tensor cores. What
/// these are is the packing library's to test; here it is that they arrive.
TEST_F(DevicesTest, ViewsOfWeights) {
  using namespace lacuna::packing;
  auto take = [](auto result) {
    EXPECT_TRUE(result.ok()) << result.message();
    return std::move(*result);
  };
  WeightStore store = take(WeightStore::open({params}));
  WeightSpec spec{
      "w", ElementType::F32, {4, 8}, take(NMLayout::parse("nm<2:4, dim = 1>"))};
  Tensor dense = take(convert(take(store.dense(spec)), Precision::BF16));
  PackedWeight packed = take(store.packed(spec));
  PackedWeight half = take(convert(packed, Precision::F16));
  MmaWeight mma = take(makeMma(take(convert(packed, Precision::BF16))));
  const Tensor *expected[] = {&dense, &half.values, &mma.values, &mma.metadata};
  for (const char *device : {"cpu", "emulator:sm_80"}) {
    SessionPtr s = open(device);
    lacuna_function_info info = {};
    ASSERT_WORKS(lacuna_model_function(model.get(), "views", &info));
    std::vector<std::vector<char>> data;
    std::vector<DLTensor> outputs;
    for (int i = 0; i < 4; ++i) {
      DLTensor tensor = {};
      tensor.dtype = info.outputs[i].dtype;
      tensor.ndim = info.outputs[i].ndim;
      tensor.shape = const_cast<int64_t *>(info.outputs[i].shape);
      tensor.device = {kDLCPU, 0};
      EXPECT_EQ(Shape(tensor.shape, tensor.shape + tensor.ndim),
                expected[i]->shape);
      data.emplace_back(expected[i]->bytes.size);
      tensor.data = data.back().data();
      outputs.push_back(tensor);
    }
    ASSERT_WORKS(lacuna_session_run(s.get(), "views", nullptr, 0,
                                    outputs.data(), 4, nullptr));
    for (int i = 0; i < 4; ++i)
      EXPECT_EQ(
          std::memcmp(data[i].data(), expected[i]->bytes.data, data[i].size()),
          0)
          << "view " << i << " on " << device;
  }
}

TEST_F(DevicesTest, BadViews) {
  struct {
    std::string from, to, part;
  } cases[] = {
      {"\"mma.values\"", "\"mma.fragments\"", "'mma.metadata'"},
      {"\"mma.values\",\"dtype\":\"bf16\"", "\"mma.values\"",
       "another view for this weight"},
      {"\"view\":\"dense\",\"dtype\":\"bf16\"",
       "\"view\":\"dense\",\"dtype\":\"i8\"", "'tf32', 'bf16' and 'f16'"},
      {"\"weight\":1,\"view\":\"mma.values\"",
       "\"weight\":0,\"view\":\"mma.values\"", "has no layout"},
  };
  for (const auto &test : cases) {
    lacuna_model *none = nullptr;
    EXPECT_FAILS(
        LACUNA_ERROR_ARTIFACT,
        lacuna_model_load(patched(replaced(test.from, test.to)).c_str(), &none),
        "bindings", test.part.c_str());
  }
}

TEST_F(DevicesTest, TellsWhereItRuns) {
  SessionPtr s = open("emulator:sm_86");
  lacuna_device_info info = {};
  ASSERT_WORKS(lacuna_session_device(s.get(), &info));
  EXPECT_STREQ(info.name, "emulator:sm_86");
  EXPECT_STREQ(info.description, "a fake");
  EXPECT_STREQ(info.architecture, "sm_86");
  EXPECT_STREQ(info.target, "sm_80");
  EXPECT_EQ(info.device.device_type, kDLExtDev);
  SessionPtr cpu = open("cpu");
  ASSERT_WORKS(lacuna_session_device(cpu.get(), &info));
  EXPECT_STREQ(info.name, "cpu");
  EXPECT_STREQ(info.architecture, "");
  EXPECT_STREQ(info.target, "cpu");
  const lacuna_device_table *table = plugin();
  lacuna_device *device = nullptr;
  ASSERT_WORKS(lacuna_session_device_table(cpu.get(), &table, &device));
  EXPECT_EQ(table, nullptr);
  EXPECT_EQ(lacuna_model_num_targets(model.get()), 3u);
  lacuna_target_info target = {};
  ASSERT_WORKS(lacuna_model_target_at(model.get(), 1, &target));
  EXPECT_STREQ(target.name, "sm_80");
  ASSERT_EQ(target.num_kernels, 3u);
  EXPECT_STREQ(target.kernels[2], "few");
  EXPECT_FAILS(LACUNA_ERROR_ARGUMENT,
               lacuna_model_target_at(model.get(), 3, &target), "target 3");
  size_t size = 0;
  const void *fatbin = lacuna_model_fatbin(model.get(), &size);
  ASSERT_GT(size, 6000u);
  EXPECT_EQ(std::memcmp(fatbin, "\x50\xed\x55\xba", 4), 0);
}

TEST_F(DevicesTest, Counters) {
  SessionPtr s = open("emulator:sm_80");
  ASSERT_WORKS(lacuna_session_counters_reset(s.get()));
  ASSERT_WORKS(run(s.get(), "scratch", 200));
  lacuna_counter counters[2] = {};
  size_t count = 0;
  ASSERT_WORKS(lacuna_session_counters(s.get(), counters, 1, &count));
  EXPECT_EQ(count, 2u);
  EXPECT_EQ(counters[1].name, nullptr);
  ASSERT_WORKS(lacuna_session_counters(s.get(), counters, 2, &count));
  EXPECT_STREQ(counters[0].name, "launches");
  EXPECT_EQ(counters[0].value, 2u);
  EXPECT_EQ(counters[1].value, 2u * 256);
  ASSERT_WORKS(lacuna_session_counters_reset(s.get()));
  ASSERT_WORKS(lacuna_session_counters(s.get(), counters, 2, &count));
  EXPECT_EQ(counters[0].value, 0u);
  SessionPtr cpu = open("cpu");
  ASSERT_WORKS(lacuna_session_counters(cpu.get(), counters, 2, &count));
  EXPECT_EQ(count, 0u);
  EXPECT_FAILS(LACUNA_ERROR_ARGUMENT,
               lacuna_session_counters(s.get(), nullptr, 2, &count),
               "counters is a null pointer");
}

TEST_F(DevicesTest, CapturesRuns) {
  SessionPtr s = open("emulator:sm_80");
  const lacuna_device_table *table = nullptr;
  lacuna_device *device = nullptr;
  ASSERT_WORKS(lacuna_session_device_table(s.get(), &table, &device));
  void *in = nullptr, *out = nullptr, *stream = nullptr;
  lacuna_graph *graph = nullptr;
  ASSERT_WORKS(table->allocate(device, 16, nullptr, &in));
  ASSERT_WORKS(table->allocate(device, 16, nullptr, &out));
  ASSERT_WORKS(table->stream_create(device, &stream));
  std::vector<float> host{1, 2, 3, 4}, result(4, NAN);
  shape = {4};
  DLTensor a = wrap(host, shape), b = a;
  a.device = b.device = {kDLExtDev, 0};
  a.data = in, b.data = out;
  ASSERT_WORKS(table->capture_begin(device, stream));
  ASSERT_WORKS(lacuna_session_run(s.get(), "main", &a, 1, &b, 1, stream));
  // What would wait or allocate is refused while the run is recorded.
  EXPECT_FAILS(LACUNA_ERROR_FAILED,
               lacuna_session_run(s.get(), "scratch", &a, 1, &b, 1, stream),
               "'scratch'", "inside a capture");
  EXPECT_FAILS(LACUNA_ERROR_FAILED, run(s.get(), "main", 4, stream), "'main'",
               "inside a capture");
  ASSERT_WORKS(table->capture_end(device, stream, &graph));
  for (int i = 0; i < 2; ++i) {
    for (float &value : host)
      value += 1;
    ASSERT_WORKS(table->copy(device, in, host.data(), 16, LACUNA_COPY_TO_DEVICE,
                             stream));
    ASSERT_WORKS(table->graph_launch(device, graph, stream));
    ASSERT_WORKS(table->copy(device, result.data(), out, 16,
                             LACUNA_COPY_TO_HOST, stream));
    for (int j = 0; j < 4; ++j)
      EXPECT_FLOAT_EQ(result[j], 2 * host[j] + bias[j]);
  }
  table->graph_destroy(device, graph);
  table->stream_destroy(device, stream);
  ASSERT_WORKS(table->release(device, in, nullptr));
  ASSERT_WORKS(table->release(device, out, nullptr));
}

TEST_F(DevicesTest, ProgramsOpenDevices) {
  const lacuna_device_table *table = nullptr, *other = nullptr;
  lacuna_device *device = nullptr, *same = nullptr;
  ASSERT_WORKS(lacuna_device_open("emulator:sm_80", &table, &device));
  EXPECT_EQ(table, plugin());
  SessionPtr s = open("emulator:sm_80");
  ASSERT_WORKS(lacuna_session_device_table(s.get(), &other, &same));
  EXPECT_EQ(device, same); // Memory of one is memory of the other.
  s.reset();
  ASSERT_WORKS(lacuna_device_open("emulator:sm_80", &other, &same));
  EXPECT_EQ(device, same);
  lacuna_device_close(device);
  EXPECT_EQ(record().find("close"), std::string::npos);
  lacuna_device_close(device);
  EXPECT_NE(record().find("close"), std::string::npos);
  lacuna_device_close(nullptr);
  EXPECT_FAILS(LACUNA_ERROR_ARGUMENT,
               lacuna_device_open("cpu", &table, &device), "'cpu' is no GPU");
  EXPECT_EQ(device, nullptr);
  setenv("LACUNA_DEVICE", "emulator:sm_89", 1);
  ASSERT_WORKS(lacuna_device_open(nullptr, &table, &device));
  EXPECT_STREQ(table->architecture(device), "sm_89");
  lacuna_device_close(device);
  unsetenv("LACUNA_DEVICE");
}

/// A copy of the runtime without the emulator beside it.
TEST_F(DevicesTest, NoEmulator) {
  std::string copy = at("liblacuna_copy.so");
  std::filesystem::copy_file(LACUNA_RUNTIME_LIBRARY, copy);
  std::string command =
      "import ctypes, sys\n"
      "lib = ctypes.CDLL(sys.argv[1])\n"
      "lib.lacuna_last_error.restype = ctypes.c_char_p\n"
      "a, b = ctypes.c_void_p(), ctypes.c_void_p()\n"
      "print(lib.lacuna_device_open(b'emulator', ctypes.byref(a), "
      "ctypes.byref(b)), lib.lacuna_last_error().decode())\n";
  std::ofstream(at("open.py")) << command;
  // Python has no runtime of the sanitizers that the library may need.
  FILE *pipe = popen(("LD_PRELOAD='" LACUNA_PRELOAD
                      "' ASAN_OPTIONS=detect_leaks=0 python3 " +
                      at("open.py") + " " + copy)
                         .c_str(),
                     "r");
  char line[1024] = {};
  ASSERT_TRUE(pipe && std::fgets(line, sizeof(line), pipe));
  pclose(pipe);
  std::string text = line;
  EXPECT_EQ(text.find("4 the device 'emulator' is the library "
                      "liblacuna_emulator.so.1"),
            0u)
      << text;
  EXPECT_NE(text.find(copy), std::string::npos) << text;
  EXPECT_NE(text.find("install it"), std::string::npos) << text;
}

TEST_F(DevicesTest, CallsFromManyThreads) {
  SessionPtr s = open("emulator:sm_80");
  std::vector<std::thread> callers;
  for (int t = 0; t < 4; ++t)
    callers.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i) {
        std::vector<float> a(50 + t, 1), b(50 + t, NAN);
        std::vector<int64_t> n{50 + t};
        DLTensor in = wrap(a, n), out = wrap(b, n);
        EXPECT_EQ(
            lacuna_session_run(s.get(), "scratch", &in, 1, &out, 1, nullptr),
            LACUNA_OK);
        EXPECT_FLOAT_EQ(b[49], 3 * (2 + bias[1]) + bias[1]);
      }
    });
  for (std::thread &caller : callers)
    caller.join();
  std::string text = record();
  size_t loads = 0;
  for (size_t at = 0; (at = text.find("load sm_80", at)) != std::string::npos;
       ++at)
    ++loads;
  EXPECT_EQ(loads, 1u);
}

TEST_F(DevicesTest, BadTargets) {
  std::string text = manifest();
  struct {
    std::string from, to, part;
  } cases[] = {
      {"\"targets\"", "\"target\"", "'targets' is missing"},
      {"\"name\":\"sm_80\"", "\"name\":\"cpu\"", "'cpu'"},
      {"\"name\":\"sm_90a\"", "\"name\":\"sm_80\"", "two targets are called"},
      {"\"prefix\":\"sm_80_\"", "\"prefix\":\"sm_8_\"",
       "'lacuna_entry_sm_8_main'"},
      {"\"kernels\":[\"scale\"", "\"kernels\":[7", "targets[1].kernels[0]"},
      {"[-1]", "[8]", "differ in their functions"},
      {"\"features\":[]", "\"kernels\":[\"k\"]", "no GPU architecture"},
  };
  for (const auto &test : cases) {
    lacuna_model *none = nullptr;
    EXPECT_FAILS(
        LACUNA_ERROR_ARTIFACT,
        lacuna_model_load(patched(replaced(test.from, test.to)).c_str(), &none),
        test.part.c_str());
  }
  // Targets of later compilers do not hinder those that are known.
  ModelPtr later =
      load(patched(replaced("\"name\":\"cpu\"", "\"name\":\"npu\"")));
  SessionPtr s;
  ASSERT_WORKS(create(later.get(), "emulator", s));
  // Nor do CPU features that only another target needs.
  later = load(patched(replaced("\"features\":[]", "\"features\":[\"warp\"]")));
  EXPECT_FAILS(LACUNA_ERROR_UNSUPPORTED, create(later.get(), "cpu", s),
               "'warp'");
  ASSERT_WORKS(create(later.get(), "emulator", s));
}

TEST_F(DevicesTest, BadFatbins) {
  std::string magic("\x50\xed\x55\xba\x01\x00\x10\x00", 8);
  auto tryRun = [&](const std::string &path, const char *device) {
    ModelPtr damaged = load(path);
    SessionPtr s;
    EXPECT_EQ(create(damaged.get(), device, s), LACUNA_OK);
    return run(s.get(), "main", 5);
  };
  std::string other = magic;
  other[0] = 0;
  EXPECT_FAILS(LACUNA_ERROR_ARTIFACT, tryRun(patched(magic, other), "emulator"),
               "'main'", "damaged fatbin", "magic", "compile the model again");
  std::string cut = magic + std::string(8, '\0');
  EXPECT_FAILS(LACUNA_ERROR_ARTIFACT, tryRun(patched(magic, cut), "emulator"),
               "its fatbin has no images, expected kernels of target 'sm_90a'");
  EXPECT_WORKS(tryRun(patched(magic, cut), "cpu"));
  // The kind of the image for sm_80 changed into that of a cubin.
  std::string header("\x01\x00\x01\x01\x40\x00\x00\x00", 8);
  std::string cubin = header;
  cubin[0] = 2;
  EXPECT_FAILS(LACUNA_ERROR_ARTIFACT,
               tryRun(patched(header, cubin), "emulator:sm_80"),
               "cubin sm_80, cubin sm_80, PTX sm_90a",
               "expected kernels of target 'sm_80'");
}
} // namespace
