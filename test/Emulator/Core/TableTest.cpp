// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The device's table: opening, shapes of launches, copies, streams, captures.

#include "Support.h"

#include <thread>

using namespace lacuna::emulator::test;

namespace {
class Table : public DeviceTest {
protected:
  void expectError(lacuna_status found, lacuna_status expected,
                   const std::string &message) {
    EXPECT_EQ(found, expected);
    EXPECT_NE(error().find(message), std::string::npos)
        << "found: " << error() << "\nexpected: " << message;
  }
  void expectArgument(lacuna_status found, const std::string &message) {
    expectError(found, LACUNA_ERROR_ARGUMENT, message);
  }
  void *newStream() {
    void *stream = nullptr;
    EXPECT_EQ(table.stream_create(device, &stream), LACUNA_OK);
    return stream;
  }
  void *newEvent() {
    void *event = nullptr;
    EXPECT_EQ(table.event_create(device, &event), LACUNA_OK);
    return event;
  }
  void *pointer(uint64_t address) { return reinterpret_cast<void *>(address); }
};

/// Adds p1 to the word at p0.
const std::string adding =
    kernel("ld.param.u64 %rd0, [p0]; ld.param.u32 %r1, [p1];\n"
           "red.global.add.u32 [%rd0], %r1;");

TEST_F(Table, Opening) {
  lacuna_device *other = nullptr;
  EXPECT_EQ(table.abi_version, uint32_t(LACUNA_DEVICE_ABI_VERSION));
  EXPECT_STREQ(table.name, "emulator");
  EXPECT_STREQ(table.architecture(device), "sm_80");
  for (const char *name : {"sm_70", "sm_80a", "80", "sm_", "hopper"})
    expectArgument(table.open(name, &other), "expected one of sm_75, sm_80");
  expectArgument(table.open(nullptr, &other), "null pointer");
  expectArgument(table.open("sm_80", nullptr), "null pointer");
}

TEST_F(Table, MemoryIsLimited) {
  setenv("LACUNA_EMULATOR_MEMORY", "10000", 1);
  lacuna_device *small = nullptr;
  EXPECT_EQ(table.open("sm_80", &small), LACUNA_OK);
  unsetenv("LACUNA_EMULATOR_MEMORY");
  void *first = nullptr, *second = nullptr;
  EXPECT_EQ(table.allocate(small, 6000, nullptr, &first), LACUNA_OK);
  uint64_t free = 0, total = 0;
  EXPECT_EQ(table.memory_info(small, &free, &total), LACUNA_OK);
  EXPECT_EQ(free, 4000u);
  EXPECT_EQ(total, 10000u);
  EXPECT_EQ(table.allocate(small, 4001, nullptr, &second), LACUNA_ERROR_MEMORY);
  EXPECT_EQ(table.release(small, first, nullptr), LACUNA_OK);
  EXPECT_EQ(table.allocate(small, 10000, nullptr, &second), LACUNA_OK);
  EXPECT_EQ(table.release(small, second, nullptr), LACUNA_OK);
  table.close(small);
  expectArgument(table.memory_info(device, &free, nullptr), "null pointer");
  EXPECT_EQ(table.memory_info(device, &free, &total), LACUNA_OK);
  EXPECT_GT(total, 10000u);
}

TEST_F(Table, ShapesOfLaunches) {
  load(adding);
  uint64_t word = upload(std::vector<uint32_t>(1));
  uint64_t values[4] = {word, 1, 0, 0};
  void *params[4] = {&values[0], &values[1], &values[2], &values[3]};
  lacuna_launch good = {};
  for (int i = 0; i < 3; ++i)
    good.grid[i] = good.block[i] = 1;
  good.params = params;
  good.num_params = 4;
  auto attempt = [&](auto change) {
    lacuna_launch launch = good;
    change(launch);
    return table.launch(device, find(), &launch, nullptr);
  };
  auto refused = [&](auto change, const std::string &message) {
    expectArgument(attempt(change), message);
  };
  refused([](auto &l) { l.block[0] = 1025; }, "1025 threads in x");
  refused([](auto &l) { l.block[1] = 0; }, "0 threads in y");
  refused([](auto &l) { l.block[2] = 65; }, "65 threads in z");
  refused([](auto &l) { l.block[0] = l.block[1] = 33; }, "at most 1024");
  refused([](auto &l) { l.grid[0] = uint64_t(1) << 31; }, "blocks in x");
  refused([](auto &l) { l.grid[1] = 65536; }, "65536 blocks in y");
  refused([](auto &l) { l.grid[2] = UINT64_MAX; }, "blocks in z");
  refused([](auto &l) { l.shared_bytes = 163 * 1024 + 1; },
          "a block of sm_80 has 166912");
  refused([](auto &l) { l.shared_bytes = UINT32_MAX; }, "dynamic bytes");
  refused([](auto &l) { l.num_params = 3; }, "given 3 parameters, expected 4");
  refused([](auto &l) { l.params = nullptr; }, "are a null pointer");
  refused(
      [&](auto &l) {
        static void *some[4];
        l.params = some;
      },
      "parameter 0 is a null pointer");
  expectError(attempt([](auto &l) { l.cluster[0] = 2; }),
              LACUNA_ERROR_UNSUPPORTED, "clusters");
  expectArgument(table.launch(device, find(), nullptr, nullptr), "null");
  expectArgument(table.launch(device, nullptr, &good, nullptr), "null");
  EXPECT_EQ(download<uint32_t>(word, 1)[0], 0u) << "nothing ran so far";
  EXPECT_EQ(attempt([](auto &l) { l.grid[1] = 0; }), LACUNA_OK);
  EXPECT_EQ(download<uint32_t>(word, 1)[0], 0u) << "no blocks, no work";
  EXPECT_EQ(attempt([](auto &l) {
              l.shared_bytes = 163 * 1024;
              l.grid[2] = 3;
              l.block[1] = 5;
            }),
            LACUNA_OK)
      << error();
  EXPECT_EQ(download<uint32_t>(word, 1)[0], 15u);
}

TEST_F(Table, DirectivesLimitThreads) {
  auto with = [](const char *directive) {
    std::string text = kernel("");
    return text.insert(text.find(" {"), directive);
  };
  load(with(" .maxntid 16, 4"));
  EXPECT_EQ(tryLaunch(1, 64, {}), LACUNA_OK);
  expectArgument(tryLaunch(1, 65, {}), ".maxntid allows 16 x 4 x 1");
  load(with(" .reqntid 64"));
  EXPECT_EQ(tryLaunch(1, 64, {}), LACUNA_OK);
  expectArgument(tryLaunch(1, 32, {}), ".reqntid demands 64 x 1 x 1");
}

TEST_F(Table, SpecialRegistersOfAllThreads) {
  load(kernel("ld.param.u64 %rd0, [p0];\n"
              "mov.u32 %r1, %tid.x; mov.u32 %r2, %tid.y; mov.u32 %r3, %tid.z;\n"
              "mov.u32 %r4, %ntid.x; mov.u32 %r5, %ntid.y;\n"
              "mad.lo.u32 %r6, %r3, %r5, %r2; mad.lo.u32 %r6, %r6, %r4, %r1;\n"
              "mov.u32 %r7, %ctaid.x; mov.u32 %r8, %ctaid.y;\n"
              "mov.u32 %r9, %nctaid.x; mad.lo.u32 %r8, %r8, %r9, %r7;\n"
              "mov.u32 %r10, %ctaid.z; mov.u32 %r11, %nctaid.y;\n"
              "mul.lo.u32 %r11, %r11, %r9; mad.lo.u32 %r8, %r10, %r11, %r8;\n"
              "mad.lo.u32 %r8, %r8, 60, %r6; mul.wide.u32 %rd1, %r8, 4;\n"
              "add.s64 %rd0, %rd0, %rd1; mov.u32 %r12, %laneid;\n"
              "mov.u32 %r13, %warpid; mad.lo.u32 %r12, %r13, 32, %r12;\n"
              "mov.u32 %r14, %lanemask_lt; popc.b32 %r14, %r14;\n"
              "mov.u32 %r15, %laneid; sub.u32 %r14, %r14, %r15;\n"
              "add.u32 %r12, %r12, %r14;\n"
              "shl.b32 %r8, %r8, 8; or.b32 %r8, %r8, %r12;\n"
              "st.global.u32 [%rd0], %r8;"));
  uint64_t out = upload(std::vector<uint32_t>(2 * 3 * 2 * 60));
  uint64_t values[4] = {out};
  void *params[4] = {&values[0], &values[1], &values[2], &values[3]};
  lacuna_launch launch = {{2, 3, 2}, {5, 4, 3}, {1, 1, 1}, 0, params, 4};
  ASSERT_EQ(table.launch(device, find(), &launch, nullptr), LACUNA_OK)
      << error();
  std::vector<uint32_t> found = download<uint32_t>(out, 2 * 3 * 2 * 60);
  for (uint32_t i = 0; i < found.size(); ++i)
    ASSERT_EQ(found[i], i << 8 | i % 60);
}

TEST_F(Table, CopiesAndFills) {
  uint64_t a = allocate(100), b = allocate(100);
  EXPECT_EQ(a % 256, 0u);
  EXPECT_EQ(table.fill(device, pointer(a), 0x01020304, 4, 25, nullptr),
            LACUNA_OK);
  EXPECT_EQ(table.fill(device, pointer(a + 8), 0xAABB, 2, 1, nullptr),
            LACUNA_OK);
  EXPECT_EQ(table.fill(device, pointer(a + 10), 0xCC, 1, 1, nullptr),
            LACUNA_OK);
  EXPECT_EQ(table.copy(device, pointer(b), pointer(a), 100,
                       LACUNA_COPY_ON_DEVICE, nullptr),
            LACUNA_OK);
  std::vector<uint32_t> words = download<uint32_t>(b, 25);
  EXPECT_EQ(words[0], 0x01020304u);
  EXPECT_EQ(words[2], 0x01CCAABBu);
  char host[200] = {};
  auto copy = [&](void *to, const void *from, uint64_t bytes,
                  lacuna_copy_kind kind) {
    return table.copy(device, to, from, bytes, kind, nullptr);
  };
  expectArgument(copy(pointer(a), host, 101, LACUNA_COPY_TO_DEVICE),
                 "the target of 101 bytes");
  expectArgument(copy(host, pointer(a + 50), 51, LACUNA_COPY_TO_HOST),
                 "the source of 51 bytes");
  expectArgument(copy(host, pointer(a), 1, LACUNA_COPY_ON_DEVICE),
                 "is not in device memory");
  expectArgument(copy(nullptr, host, 1, LACUNA_COPY_TO_DEVICE), "null");
  expectArgument(copy(host, host, 1, lacuna_copy_kind(7)), "no kind of copy");
  EXPECT_EQ(copy(nullptr, nullptr, 0, LACUNA_COPY_TO_HOST), LACUNA_OK);
  expectArgument(table.fill(device, pointer(a), 0, 3, 1, nullptr), "3 bytes");
  expectArgument(table.fill(device, pointer(a + 1), 0, 2, 1, nullptr),
                 "not a multiple of 2");
  expectArgument(table.fill(device, pointer(a), 0, 4, UINT64_MAX / 2, nullptr),
                 "elements");
  expectArgument(table.fill(device, pointer(a), 0, 4, 26, nullptr),
                 "the target of 104 bytes");
}

TEST_F(Table, AllocatingAndReleasing) {
  uint64_t nothing = allocate(0);
  EXPECT_NE(nothing, allocate(0));
  char byte;
  expectArgument(table.copy(device, &byte, pointer(nothing), 1,
                            LACUNA_COPY_TO_HOST, nullptr),
                 "0 bytes behind the 0 bytes");
  release(nothing);
  expectArgument(table.release(device, pointer(nothing), nullptr),
                 "nothing that is allocated begins at");
  expectArgument(table.release(device, pointer(allocate(64) + 8), nullptr),
                 "nothing that is allocated begins at");
  EXPECT_EQ(table.release(device, nullptr, nullptr), LACUNA_OK);
  void *memory;
  expectError(table.allocate(device, UINT64_MAX, nullptr, &memory),
              LACUNA_ERROR_MEMORY, "no memory for");
}

TEST_F(Table, UnknownHandles) {
  int nothing;
  load(adding);
  expectArgument(table.stream_synchronize(device, &nothing), "stream");
  expectArgument(tryLaunch(1, 1, {}, 0, &nothing), "stream");
  expectArgument(table.event_record(device, &nothing, nullptr), "event");
  expectArgument(table.event_synchronize(device, nullptr), "event");
  expectArgument(table.graph_launch(device, nullptr, nullptr), "null");
  expectArgument(table.stream_synchronize(nullptr, nullptr), "null");
}

TEST_F(Table, Events) {
  void *first = newEvent(), *second = newEvent();
  float time = -1;
  expectArgument(table.event_elapsed(device, first, second, &time),
                 "not recorded");
  EXPECT_EQ(table.event_record(device, first, nullptr), LACUNA_OK);
  EXPECT_EQ(table.event_record(device, second, nullptr), LACUNA_OK);
  EXPECT_EQ(table.event_synchronize(device, second), LACUNA_OK);
  EXPECT_EQ(table.event_elapsed(device, first, second, &time), LACUNA_OK);
  EXPECT_GE(time, 0);
  table.event_destroy(device, first);
  expectArgument(table.event_record(device, first, nullptr), "event");
}

TEST_F(Table, CapturesAreReplayed) {
  load(adding);
  void *stream = newStream();
  uint64_t word = upload(std::vector<uint32_t>{10});
  uint32_t host = 5;
  EXPECT_EQ(table.capture_begin(device, stream), LACUNA_OK);
  EXPECT_EQ(table.copy(device, pointer(word), &host, 4, LACUNA_COPY_TO_DEVICE,
                       stream),
            LACUNA_OK);
  EXPECT_EQ(tryLaunch(1, 32, {word, 2}, 0, stream), LACUNA_OK);
  // Wrong launches are refused at once.
  expectArgument(tryLaunch(1, 2000, {word, 2}, 0, stream), "2000 threads");
  lacuna_graph *graph = nullptr;
  EXPECT_EQ(table.capture_end(device, stream, &graph), LACUNA_OK) << error();
  EXPECT_EQ(download<uint32_t>(word, 1)[0], 10u) << "nothing ran so far";
  closeModule(); // The graph keeps what it needs.
  for (uint32_t value : {5u, 7u}) {
    host = value;
    EXPECT_EQ(table.graph_launch(device, graph, stream), LACUNA_OK) << error();
    EXPECT_EQ(table.stream_synchronize(device, stream), LACUNA_OK);
    EXPECT_EQ(download<uint32_t>(word, 1)[0], value + 64);
  }
  release(word);
  expectArgument(table.graph_launch(device, graph, stream), "released");
  table.graph_destroy(device, graph);
  expectArgument(table.capture_end(device, stream, &graph), "not capturing");
}

TEST_F(Table, CapturesRefuseWhatADriverRefuses) {
  void *stream = newStream();
  lacuna_graph *graph = nullptr;
  void *memory = pointer(allocate(64));
  auto broken = [&](lacuna_status status, const std::string &message) {
    expectArgument(status, message);
    expectArgument(table.capture_end(device, stream, &graph), message);
    EXPECT_EQ(table.stream_synchronize(device, stream), LACUNA_OK);
    EXPECT_EQ(table.capture_begin(device, stream), LACUNA_OK);
  };
  EXPECT_EQ(table.capture_begin(device, stream), LACUNA_OK);
  expectArgument(table.capture_begin(device, stream), "capturing already");
  broken(table.stream_synchronize(device, stream), "synchronization on a");
  broken(table.allocate(device, 64, stream, &memory), "memory is allocated");
  broken(table.release(device, memory, stream), "memory is released");
  void *event = newEvent();
  EXPECT_EQ(table.event_record(device, event, stream), LACUNA_OK);
  expectArgument(table.event_synchronize(device, event), "in a capture");
  expectArgument(table.capture_end(device, stream, &graph), "synchronized");
  // An event from outside.
  EXPECT_EQ(table.event_record(device, event, nullptr), LACUNA_OK);
  EXPECT_EQ(table.capture_begin(device, stream), LACUNA_OK);
  expectArgument(table.stream_wait_event(device, stream, event),
                 "outside of the capture");
}

TEST_F(Table, CapturesForkAndJoin) {
  load(adding);
  void *first = newStream(), *second = newStream();
  void *fork = newEvent(), *join = newEvent();
  uint64_t word = upload(std::vector<uint32_t>{0});
  lacuna_graph *graph = nullptr;
  auto capture = [&](bool joins) {
    EXPECT_EQ(table.capture_begin(device, first), LACUNA_OK) << error();
    EXPECT_EQ(table.event_record(device, fork, first), LACUNA_OK);
    EXPECT_EQ(table.stream_wait_event(device, second, fork), LACUNA_OK);
    EXPECT_EQ(tryLaunch(1, 1, {word, 7}, 0, second), LACUNA_OK);
    EXPECT_EQ(table.event_record(device, join, second), LACUNA_OK);
    if (joins)
      EXPECT_EQ(table.stream_wait_event(device, first, join), LACUNA_OK);
    EXPECT_EQ(tryLaunch(1, 1, {word, 100}, 0, first), LACUNA_OK);
    return table.capture_end(device, first, &graph);
  };
  expectArgument(capture(false), "did not wait for");
  EXPECT_EQ(capture(true), LACUNA_OK) << error();
  EXPECT_EQ(download<uint32_t>(word, 1)[0], 0u);
  EXPECT_EQ(table.graph_launch(device, graph, second), LACUNA_OK) << error();
  EXPECT_EQ(download<uint32_t>(word, 1)[0], 107u);
  table.graph_destroy(device, graph);
  // Both streams are free again.
  EXPECT_EQ(tryLaunch(1, 1, {word, 1}, 0, second), LACUNA_OK);
  EXPECT_EQ(download<uint32_t>(word, 1)[0], 108u);
}

TEST_F(Table, SeveralThreadsAtATime) {
  load(adding);
  uint64_t word = upload(std::vector<uint32_t>{0});
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      void *stream = t ? newStream() : nullptr;
      for (int i = 0; i < 50; ++i) {
        uint64_t scratch = allocate(1000 + i);
        EXPECT_EQ(tryLaunch(3, 40, {word, 1}, 0, stream), LACUNA_OK) << error();
        EXPECT_EQ(tryLaunch(1, 1, {0, 1}, 0, stream), LACUNA_ERROR_FAILED);
        EXPECT_NE(error().find("at 0x0"), std::string::npos) << error();
        release(scratch);
      }
    });
  for (std::thread &thread : threads)
    thread.join();
  EXPECT_EQ(download<uint32_t>(word, 1)[0], 4u * 50 * 3 * 40);
}

TEST_F(Table, CountersAreNamedAndReset) {
  load(adding);
  uint64_t word = upload(std::vector<uint32_t>{0});
  launch(1, 32, {word, 1});
  size_t count = 0;
  lacuna_counter one = {};
  EXPECT_EQ(table.counters(device, &one, 1, &count), LACUNA_OK);
  EXPECT_EQ(count, 7u);
  EXPECT_STREQ(one.name, "instructions");
  EXPECT_EQ(one.value, 4u * 32);
  EXPECT_EQ(counter("global.store.bytes"), 128u);
  table.counters_reset(device);
  EXPECT_EQ(counter("instructions"), 0u);
  EXPECT_EQ(counter("mma") + counter("mma.sp"), 0u);
}
} // namespace
