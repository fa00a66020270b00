// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Times of contractions on random data that no cache holds, ours and those of
// NVIDIA's libraries, on the same operands and in the same process. Elements
// drawn at random are checked, ours and theirs: a time of something else is
// worth nothing.

#include "Driver.h"
#include "Libraries.h"
#include "Model.h"
#include "Numbers.h"
#include "Runner.h"

#include <cstdio>
#include <filesystem>

using namespace lacuna;
using namespace lacuna::bundle;
using nlohmann::json;

namespace {
using packing::Tensor;

/// Elements of y that are computed again in double.
constexpr unsigned checked = 64;

void check(const Benchmark &benchmark, const Tensor &w, const Tensor &x,
           const uint8_t *y, uint64_t seed) {
  const std::string &type = benchmark.type, &out = benchmark.out;
  unsigned bytes = packing::getByteWidth(w.type);
  unsigned outBytes = bitsOf(out) / 8;
  int64_t n = x.shape[0], m = benchmark.m, k = benchmark.k;
  bool tf32 = type == "f32";
  for (unsigned i = 0; i < checked; ++i) {
    int64_t row = int64_t(randomBits(seed, 2 * i) % uint64_t(n));
    int64_t column = int64_t(randomBits(seed, 2 * i + 1) % uint64_t(m));
    double sum = 0, magnitude = 0;
    for (int64_t j = 0; j < k; ++j) {
      double product =
          decode(type, loadBits(x.bytes.data, row * k + j, bytes)) *
          decode(type, loadBits(w.bytes.data, column * k + j, bytes));
      sum += product;
      magnitude += std::fabs(product);
    }
    double found = decode(out, loadBits(y, row * m + column, outBytes));
    // A rounding for each step of the sum, one of the result; operands of tf32
    // lose 11 bits.
    double bound =
        isInteger(out)
            ? 0
            : magnitude * (double(k) * 0x1p-22 + (tf32 ? 0x1p-9 : 0)) +
                  std::fabs(sum) * (out == "bf16"  ? 0x1p-8
                                    : out == "f16" ? 0x1p-11
                                                   : 0x1p-24) +
                  1e-7;
    if (std::fabs(found - sum) <= bound)
      continue;
    char text[160];
    std::snprintf(text, sizeof(text),
                  "element [%lld, %lld] is %.9g, expected %.9g within %.3g",
                  (long long)row, (long long)column, found, sum, bound);
    throw Failure(text, Failed);
  }
}

Tensor makeInput(const Benchmark &benchmark, int64_t n, uint64_t seed) {
  GeneratedWeight input;
  input.name = "x";
  input.type = benchmark.type;
  input.shape = {n, benchmark.k};
  input.seed = seed;
  input.scale = benchmark.weight().scale;
  return generate(input);
}

/// The libraries that are here, and why the others are not.
struct Libraries {
  explicit Libraries(Run &run) {
    auto open = [&](const char *name, auto function) {
      Entry entry = {name, nullptr, ""};
      try {
        if (run.device.isGPU())
          entry.library = function(run.device, entry.why);
        else
          entry.why = "not run: it needs the device cuda";
      } catch (const std::exception &error) {
        entry.why = error.what();
      }
      run.report["libraries"][name] =
          entry.library ? entry.library->version : entry.why;
      std::printf("  %s: %s\n", name,
                  entry.library ? entry.library->version.c_str()
                                : entry.why.c_str());
      entries.push_back(std::move(entry));
    };
    if (run.device.isGPU())
      enterContext(run.device.ordinal());
    open("cuBLAS", openCublas);
    open("cuSPARSELt", openCusparseLt);
  }
  struct Entry {
    const char *name;
    std::unique_ptr<Library> library;
    std::string why;
  };
  std::vector<Entry> entries;
};

json timeLibrary(Run &run, Library &library, const Benchmark &benchmark,
                 const Tensor &w, const Tensor &x, uint64_t seed) {
  Product product = {benchmark.type, benchmark.out, benchmark.m, x.shape[0],
                     benchmark.k};
  uint64_t outBytes = uint64_t(product.n * product.m) * bitsOf(product.out) / 8;
  std::vector<Memory> memory;
  std::vector<Operands> operands;
  uint64_t bytes = 0;
  do {
    memory.emplace_back(run.device, w.bytes.size);
    memory.back().write(w.bytes.data, w.bytes.size);
    const void *weight = memory.back().pointer;
    memory.emplace_back(run.device, x.bytes.size);
    memory.back().write(x.bytes.data, x.bytes.size);
    const void *input = memory.back().pointer;
    memory.emplace_back(run.device, outBytes);
    operands.push_back({weight, input, memory.back().pointer});
    bytes += w.bytes.size + x.bytes.size + outBytes;
  } while (operands.size() < 2 ||
           (bytes < run.options.rotation && operands.size() < 64));
  library.plan(product, operands);
  std::vector<double> times;
  Stopwatch watch(run.device);
  for (unsigned i = 0; i < run.options.samples + 2; ++i) {
    watch.start();
    for (size_t copy = 0; copy < operands.size(); ++copy)
      library.run(copy);
    double time = watch.stop() / double(operands.size());
    if (i >= 2)
      times.push_back(time);
  }
  std::vector<uint8_t> y(outBytes);
  memory.back().read(y.data(), outBytes);
  check(benchmark, w, x, y.data(), seed);
  return toJSON(summarize(times));
}

void timeOurs(Run &run, const Benchmark &benchmark, const Tensor &w,
              const Tensor &x, const std::vector<std::string> &params,
              uint64_t seed, json &entry) {
  std::string path = run.bundle.path(benchmark.model);
  {
    Model model(run.device, path, params);
    model.prepare({x});
    model.run();
    Tensor y = model.outputs().at(0);
    check(benchmark, w, x, y.bytes.data, seed);
  }
  Rotation rotation(run.device, path, params, {x}, run.options);
  addTimes(entry, rotation);
  // Dense operations per second: skipped ones count.
  entry["tflops"] = 2e-6 * double(x.shape[0]) * double(benchmark.m) *
                    double(benchmark.k) /
                    entry["microseconds"]["median"].get<double>();
}

void timeTheirs(Run &run, const Benchmark &benchmark, const Tensor &w,
                const Tensor &x, uint64_t seed, Libraries &libraries,
                json &entry) {
  for (Libraries::Entry &other : libraries.entries) {
    if (!other.library) {
      entry[other.name] = {{"status", other.why}};
      continue;
    }
    try {
      entry[other.name] = {
          {"status", "passed"},
          {"microseconds",
           timeLibrary(run, *other.library, benchmark, w, x, seed)}};
    } catch (const std::exception &error) { // It is not our failure.
      entry[other.name] = {{"status", error.what()}};
    }
  }
}
} // namespace

void lacuna::bundle::runBenchmarks(Run &run) {
  Libraries libraries(run);
  std::string scratch = run.options.out + "/scratch";
  for (const Benchmark &benchmark : run.bundle.benchmarks) {
    if (!run.wanted(benchmark.name))
      continue;
    std::filesystem::create_directories(scratch);
    Tensor w = generate(benchmark.weight());
    std::vector<std::string> params =
        weightFiles(run.bundle, benchmark, scratch);
    for (int64_t n : benchmark.sizes) {
      json entry = {{"name", benchmark.name + " n=" + std::to_string(n)},
                    {"type", benchmark.type},
                    {"route", benchmark.route},
                    {"m", benchmark.m},
                    {"n", n},
                    {"k", benchmark.k},
                    {"status", "passed"}};
      uint64_t seed = randomBits(run.seed, uint64_t(n));
      Tensor x = makeInput(benchmark, n, seed);
      timeTheirs(run, benchmark, w, x, seed, libraries, entry);
      try {
        timeOurs(run, benchmark, w, x, params, seed, entry);
      } catch (const std::exception &error) { // The others still run.
        entry["status"] = "failed";
        entry["message"] = error.what();
      }
      run.add("benchmarks", entry);
    }
    std::filesystem::remove_all(scratch);
  }
}
