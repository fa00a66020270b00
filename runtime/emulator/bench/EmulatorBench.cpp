// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How fast the emulator is on one core: thread instructions a second on
// elementwise and divergent PTX, FLOP a second of mma.sync and mma.sp. Counted
// per second of process time, so that other work on the machine matters less.

#include "Device.h"

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

using namespace lacuna::emulator;

namespace {
constexpr const char *head =
    ".version 8.5\n.target sm_80\n.address_size 64\n"
    ".entry k(.param .u64 p0, .param .u64 p1, .param .u64 p2) {\n"
    ".reg .pred %p<4>; .reg .b32 %r<64>; .reg .b64 %rd<8>;\n"
    ".reg .f32 %f<32>;\n";

/// out[i] = gelu-like polynomial of a[i] + b[i], as compilers write it.
constexpr const char *elementwise = R"(
  ld.param.u64 %rd1, [p0]; ld.param.u64 %rd2, [p1]; ld.param.u64 %rd3, [p2];
  mov.u32 %r1, %ctaid.x; mov.u32 %r2, %ntid.x; mov.u32 %r3, %tid.x;
  mad.lo.s32 %r4, %r1, %r2, %r3; setp.ge.s32 %p1, %r4, 262144; @%p1 bra DONE;
  mul.wide.s32 %rd4, %r4, 4; add.s64 %rd1, %rd1, %rd4;
  add.s64 %rd2, %rd2, %rd4; add.s64 %rd3, %rd3, %rd4;
  ld.global.f32 %f1, [%rd1]; ld.global.f32 %f2, [%rd2];
  add.f32 %f3, %f1, %f2; mul.f32 %f4, %f3, %f3;
  fma.rn.f32 %f5, %f4, 0f3D372713, 0f3F800000; mul.f32 %f6, %f5, %f3;
  fma.rn.f32 %f7, %f6, 0f3F4C422A, %f3; max.f32 %f8, %f7, 0f00000000;
  st.global.f32 [%rd3], %f8;
DONE: ret; })";

/// Steps of the Collatz sequence: lanes leave the loop one after the other.
constexpr const char *divergent = R"(
  ld.param.u64 %rd1, [p2];
  mov.u32 %r1, %ctaid.x; mov.u32 %r2, %ntid.x; mov.u32 %r3, %tid.x;
  mad.lo.s32 %r4, %r1, %r2, %r3; add.s32 %r5, %r4, 1; mov.u32 %r6, 0;
LOOP: setp.eq.u32 %p1, %r5, 1; @%p1 bra DONE;
  and.b32 %r7, %r5, 1; setp.eq.u32 %p2, %r7, 0; @%p2 bra EVEN;
  mad.lo.u32 %r5, %r5, 3, 1; bra NEXT;
EVEN: shr.u32 %r5, %r5, 1;
NEXT: add.s32 %r6, %r6, 1; bra LOOP;
DONE: mul.wide.s32 %rd2, %r4, 4; add.s64 %rd1, %rd1, %rd2;
  st.global.u32 [%rd1], %r6; ret; })";

/// 100 times 4 independent products.
std::string products(const std::string &op, unsigned a, unsigned b) {
  auto vector = [](unsigned first, unsigned count, const char *kind) {
    std::string text = "{";
    for (unsigned i = 0; i < count; ++i)
      text += (i ? ", " : "") + std::string(kind) + std::to_string(first + i);
    return text + "}";
  };
  std::string text = "mov.u32 %r60, 100; mov.u32 %r61, 0x44444444;\n";
  for (unsigned i = 0; i < 32; ++i)
    text += "mov.u32 %r" + std::to_string(i) + ", 0x3C003C00;\n";
  text += "LOOP:\n";
  for (unsigned i = 0; i < 4; ++i) {
    std::string d = vector(4 * i, 4, "%f");
    text += op + " " + d + ", " + vector(0, a, "%r") + ", " +
            vector(8, b, "%r") + ", " + d +
            (op.find(".sp") != std::string::npos ? ", %r61, 0x0" : "") + ";\n";
  }
  return text + "sub.u32 %r60, %r60, 1; setp.ne.u32 %p1, %r60, 0;\n"
                "@%p1 bra LOOP; ret; }";
}

class Program {
public:
  explicit Program(const std::string &body) {
    check(table.open("sm_80", &device));
    std::string text = head + body;
    check(table.module_load(device, text.data(), text.size(), &module));
    check(table.module_kernel(device, module, "k", &kernel));
    for (void *&buffer : buffers) {
      check(table.allocate(device, bytes, nullptr, &buffer));
      check(table.fill(device, buffer, 0x3F800000, 4, bytes / 4, nullptr));
    }
  }
  ~Program() {
    table.module_destroy(device, module);
    table.close(device);
  }
  void launch(uint32_t blocks, uint32_t threads) {
    void *params[3] = {&buffers[0], &buffers[1], &buffers[2]};
    lacuna_launch shape = {
        {blocks, 1, 1}, {threads, 1, 1}, {1, 1, 1}, 0, params, 3};
    check(table.launch(device, kernel, &shape, nullptr));
  }
  double count(size_t which) {
    lacuna_counter counters[16];
    size_t count;
    check(table.counters(device, counters, 16, &count));
    return static_cast<double>(counters[which].value);
  }

private:
  static constexpr uint64_t bytes = 1 << 20;
  void check(lacuna_status status) {
    if (status != LACUNA_OK)
      throw std::runtime_error(table.last_error());
  }
  const lacuna_device_table &table = deviceTable();
  lacuna_device *device = nullptr;
  lacuna_module *module = nullptr;
  lacuna_kernel *kernel = nullptr;
  void *buffers[3] = {};
};

void instructions(benchmark::State &state, const char *body) {
  Program program(body);
  for (auto _ : state)
    program.launch(1024, 256);
  state.counters["thread_instructions"] =
      benchmark::Counter(program.count(0), benchmark::Counter::kIsRate);
}

void flops(benchmark::State &state, const char *op, unsigned a, unsigned b,
           double flopOfOne) {
  Program program(products(op, a, b));
  for (auto _ : state)
    program.launch(64, 128);
  state.counters["FLOP"] =
      benchmark::Counter((program.count(1) + program.count(2)) * flopOfOne,
                         benchmark::Counter::kIsRate);
}

BENCHMARK_CAPTURE(instructions, elementwise, elementwise)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(instructions, divergent, divergent)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(flops, mma_f16,
                  "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32", 4, 2,
                  16 * 8 * 16 * 2)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(flops, mma_bf16,
                  "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32", 4, 2,
                  16 * 8 * 16 * 2)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(flops, mma_tf32,
                  "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32", 4, 2,
                  16 * 8 * 8 * 2)
    ->Unit(benchmark::kMillisecond);
// As on hardware, the zeros count as work that was done.
BENCHMARK_CAPTURE(flops, mma_sp_f16,
                  "mma.sp::ordered_metadata.sync.aligned.m16n8k32.row.col.f32."
                  "f16.f16.f32",
                  4, 4, 16 * 8 * 32 * 2)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(flops, mma_sp_bf16,
                  "mma.sp::ordered_metadata.sync.aligned.m16n8k32.row.col.f32."
                  "bf16.bf16.f32",
                  4, 4, 16 * 8 * 32 * 2)
    ->Unit(benchmark::kMillisecond);
} // namespace

int main(int argc, char **argv) {
  setenv("LACUNA_THREADS", "1", 1); // One core.
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
