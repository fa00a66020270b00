// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A device that executes no PTX, in the place of the emulator: tests see what
// the runtime asks of a device, and can let any of it fail. Its memory is at
// addresses that the host cannot touch. It knows one kernel, `scale` of
// gpumodel.c; others do nothing.

#include "lacuna/DeviceABI.h"

#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <sys/mman.h>
#include <vector>

#define EXPORT extern "C" __attribute__((visibility("default")))

struct lacuna_device {
  std::string architecture;
};
struct lacuna_module {
  std::string text;
  std::vector<lacuna_kernel *> kernels;
};
struct lacuna_kernel {
  std::string name;
  uint32_t params;
};
struct lacuna_graph {
  std::vector<std::function<void()>> work;
};

namespace {
struct Stream {
  lacuna_graph *capture = nullptr;
};
struct Memory {
  uint64_t bytes;
  std::vector<char> content;
};

std::recursive_mutex mutex;
std::string record;
std::map<uint64_t, Memory> memory;
uint64_t launches, threads, now;
std::string failing;
lacuna_status failure;
thread_local std::string error;

lacuna_status fail(lacuna_status status, const std::string &text) {
  error = text;
  return status;
}

/// Notes the call; whether the test lets it fail.
bool fails(const std::string &function, const std::string &details = "") {
  record += function + details + "\n";
  return failing == function;
}
lacuna_status injected() { return fail(failure, "the fake was told to fail"); }

bool isCaptured(void *stream) {
  return stream && static_cast<Stream *>(stream)->capture;
}

/// Null for what is not inside of one allocation.
char *translate(const void *address, uint64_t bytes) {
  uint64_t at = reinterpret_cast<uint64_t>(address);
  auto it = memory.upper_bound(at);
  if (it == memory.begin())
    return nullptr;
  --it;
  uint64_t offset = at - it->first;
  if (offset > it->second.bytes || bytes > it->second.bytes - offset)
    return nullptr;
  return it->second.content.data() + offset;
}

/// y[i] = factor * x[i] + bias[i % 4]
bool scale(float *y, const float *x, const float *bias, uint64_t n,
           float factor) {
  y = reinterpret_cast<float *>(translate(y, n * 4));
  x = reinterpret_cast<const float *>(translate(x, n * 4));
  bias = reinterpret_cast<const float *>(translate(bias, 16));
  if (!y || !x || !bias)
    return false;
  for (uint64_t i = 0; i < n; ++i)
    y[i] = factor * x[i] + bias[i % 4];
  return true;
}

const char *lastError() { return error.c_str(); }

lacuna_status openDevice(const char *option, lacuna_device **device) {
  std::lock_guard<std::recursive_mutex> lock(mutex);
  if (fails("open", std::string(" ") + option))
    return injected();
  *device = new lacuna_device{*option ? option : "sm_80"};
  return LACUNA_OK;
}
void closeDevice(lacuna_device *device) {
  std::lock_guard<std::recursive_mutex> lock(mutex);
  fails("close");
  delete device;
}
const char *architecture(lacuna_device *device) {
  return device->architecture.c_str();
}
const char *description(lacuna_device *) { return "a fake"; }
int32_t ordinal(lacuna_device *) { return 0; }

lacuna_status allocate(lacuna_device *, uint64_t bytes, void *stream,
                       void **result) {
  std::lock_guard<std::recursive_mutex> lock(mutex);
  if (fails("allocate", " " + std::to_string(bytes)))
    return injected();
  if (isCaptured(stream))
    return fail(LACUNA_ERROR_FAILED, "allocation inside a capture");
  if (bytes > 1u << 30)
    return fail(LACUNA_ERROR_MEMORY, "the fake has no more than 1 GB");
  void *address =
      mmap(nullptr, bytes + 1, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (address == MAP_FAILED)
    return fail(LACUNA_ERROR_MEMORY, "mmap failed");
  memory[reinterpret_cast<uint64_t>(address)] = {bytes,
                                                 std::vector<char>(bytes + 1)};
  *result = address;
  return LACUNA_OK;
}

lacuna_status release(lacuna_device *, void *address, void *) {
  std::lock_guard<std::recursive_mutex> lock(mutex);
  if (fails("release"))
    return injected();
  auto it = memory.find(reinterpret_cast<uint64_t>(address));
  if (it == memory.end())
    return fail(LACUNA_ERROR_ARGUMENT, "released memory that is not there");
  munmap(address, it->second.bytes + 1);
  memory.erase(it);
  return LACUNA_OK;
}

lacuna_status copy(lacuna_device *, void *target, const void *source,
                   uint64_t bytes, lacuna_copy_kind kind, void *stream) {
  std::lock_guard<std::recursive_mutex> lock(mutex);
  static const char *const kinds[] = {" in ", " out ", " on "};
  if (fails("copy", kinds[kind] + std::to_string(bytes)))
    return injected();
  char *to = kind == LACUNA_COPY_TO_HOST ? static_cast<char *>(target)
                                         : translate(target, bytes);
  const char *from = kind == LACUNA_COPY_TO_DEVICE
                         ? static_cast<const char *>(source)
                         : translate(source, bytes);
  if (!to || !from)
    return fail(LACUNA_ERROR_FAILED, "a copy outside of device memory");
  if (isCaptured(stream))
    static_cast<Stream *>(stream)->capture->work.push_back(
        [=] { std::memmove(to, from, bytes); });
  else
    std::memmove(to, from, bytes);
  return LACUNA_OK;
}

lacuna_status fill(lacuna_device *, void *target, uint32_t value,
                   uint32_t width, uint64_t count, void *) {
  std::lock_guard<std::recursive_mutex> lock(mutex);
  if (fails("fill"))
    return injected();
  char *to = translate(target, width * count);
  if (!to)
    return fail(LACUNA_ERROR_FAILED, "a fill outside of device memory");
  for (uint64_t i = 0; i < count; ++i)
    std::memcpy(to + i * width, &value, width);
  return LACUNA_OK;
}

lacuna_status streamCreate(lacuna_device *, void **stream) {
  *stream = new Stream;
  return LACUNA_OK;
}
void streamDestroy(lacuna_device *, void *stream) {
  delete static_cast<Stream *>(stream);
}
lacuna_status streamSynchronize(lacuna_device *, void *stream) {
  std::lock_guard<std::recursive_mutex> lock(mutex);
  if (fails("synchronize"))
    return injected();
  if (isCaptured(stream))
    return fail(LACUNA_ERROR_FAILED, "synchronization inside a capture");
  return LACUNA_OK;
}
lacuna_status streamWaitEvent(lacuna_device *, void *, void *) {
  return LACUNA_OK;
}
lacuna_status eventCreate(lacuna_device *, void **event) {
  *event = new uint64_t(0);
  return LACUNA_OK;
}
void eventDestroy(lacuna_device *, void *event) {
  delete static_cast<uint64_t *>(event);
}
lacuna_status eventRecord(lacuna_device *, void *event, void *) {
  std::lock_guard<std::recursive_mutex> lock(mutex);
  *static_cast<uint64_t *>(event) = now;
  return LACUNA_OK;
}
lacuna_status eventSynchronize(lacuna_device *, void *) { return LACUNA_OK; }
/// A launch takes a millisecond here.
lacuna_status eventElapsed(lacuna_device *, void *begin, void *end, float *ms) {
  *ms = static_cast<float>(*static_cast<uint64_t *>(end) -
                           *static_cast<uint64_t *>(begin));
  return LACUNA_OK;
}

/// `.visible .entry NAME(`, and how often `.param` stands before the `)`.
lacuna_status moduleLoad(lacuna_device *, const void *image, size_t size,
                         lacuna_module **module) {
  std::lock_guard<std::recursive_mutex> lock(mutex);
  std::string text(static_cast<const char *>(image), size);
  size_t target = text.find(".target ");
  if (target == std::string::npos)
    return fail(LACUNA_ERROR_ARTIFACT, "the module has no .target");
  if (fails("load", " " + text.substr(target + 8,
                                      text.find('\n', target) - target - 8)))
    return injected();
  *module = new lacuna_module{text, {}};
  return LACUNA_OK;
}
void moduleDestroy(lacuna_device *, lacuna_module *module) {
  std::lock_guard<std::recursive_mutex> lock(mutex);
  fails("unload");
  for (lacuna_kernel *kernel : module->kernels)
    delete kernel;
  delete module;
}
lacuna_status moduleKernel(lacuna_device *, lacuna_module *module,
                           const char *name, lacuna_kernel **kernel) {
  std::lock_guard<std::recursive_mutex> lock(mutex);
  if (fails("kernel", std::string(" ") + name))
    return injected();
  size_t at = module->text.find(".entry " + std::string(name) + "(");
  if (at == std::string::npos)
    return fail(LACUNA_ERROR_ARTIFACT,
                "the module has no kernel '" + std::string(name) + "'");
  size_t end = module->text.find(')', at);
  uint32_t params = 0;
  while ((at = module->text.find(".param", at + 1)) < end)
    ++params;
  *kernel = new lacuna_kernel{name, params};
  module->kernels.push_back(*kernel);
  return LACUNA_OK;
}

std::string triple(const uint64_t *v) {
  return " " + std::to_string(v[0]) + "x" + std::to_string(v[1]) + "x" +
         std::to_string(v[2]);
}

lacuna_status launch(lacuna_device *, lacuna_kernel *kernel,
                     const lacuna_launch *sizes, void *stream) {
  std::lock_guard<std::recursive_mutex> lock(mutex);
  uint64_t block[3] = {sizes->block[0], sizes->block[1], sizes->block[2]};
  if (fails("launch", " " + kernel->name + triple(sizes->grid) + triple(block) +
                          " " + std::to_string(sizes->shared_bytes)))
    return injected();
  if (sizes->num_params != kernel->params)
    return fail(LACUNA_ERROR_ARGUMENT,
                "it has " + std::to_string(kernel->params) + " parameters, " +
                    std::to_string(sizes->num_params) + " were given");
  uint64_t count = 1;
  for (int i = 0; i < 3; ++i)
    count *= sizes->grid[i] * block[i];
  if (count == 0)
    return LACUNA_OK;
  auto read = [&](int i, auto &value) {
    std::memcpy(&value, sizes->params[i], sizeof(value));
  };
  float *y = nullptr, *x = nullptr, *bias = nullptr, factor = 0;
  uint64_t n = 0;
  if (kernel->name == "scale") {
    read(0, y), read(1, x), read(2, bias), read(3, n), read(4, factor);
  }
  auto run = [=, name = kernel->name] {
    launches += 1;
    threads += count;
    now += 1;
    return name != "scale" || scale(y, x, bias, n, factor);
  };
  if (isCaptured(stream)) {
    static_cast<Stream *>(stream)->capture->work.push_back(
        [=] { (void)run(); });
    return LACUNA_OK;
  }
  if (!run())
    return fail(LACUNA_ERROR_FAILED, "an access outside of device memory");
  return LACUNA_OK;
}

lacuna_status captureBegin(lacuna_device *, void *stream) {
  static_cast<Stream *>(stream)->capture = new lacuna_graph;
  return LACUNA_OK;
}
lacuna_status captureEnd(lacuna_device *, void *stream, lacuna_graph **graph) {
  *graph = static_cast<Stream *>(stream)->capture;
  static_cast<Stream *>(stream)->capture = nullptr;
  return LACUNA_OK;
}
lacuna_status graphLaunch(lacuna_device *, lacuna_graph *graph, void *) {
  std::lock_guard<std::recursive_mutex> lock(mutex);
  for (auto &work : graph->work)
    work();
  return LACUNA_OK;
}
void graphDestroy(lacuna_device *, lacuna_graph *graph) { delete graph; }

lacuna_status counters(lacuna_device *, lacuna_counter *result, size_t capacity,
                       size_t *count) {
  std::lock_guard<std::recursive_mutex> lock(mutex);
  lacuna_counter all[] = {{"launches", launches}, {"threads", threads}};
  *count = 2;
  for (size_t i = 0; i < 2 && i < capacity; ++i)
    result[i] = all[i];
  return LACUNA_OK;
}
lacuna_status memoryInfo(lacuna_device *, uint64_t *free, uint64_t *total) {
  *free = 1u << 20;
  *total = 1u << 30;
  return LACUNA_OK;
}
void countersReset(lacuna_device *) {
  std::lock_guard<std::recursive_mutex> lock(mutex);
  launches = threads = 0;
}

lacuna_device_table table = {LACUNA_DEVICE_ABI_VERSION,
                             "emulator",
                             kDLExtDev,
                             lastError,
                             openDevice,
                             closeDevice,
                             architecture,
                             description,
                             ordinal,
                             allocate,
                             release,
                             copy,
                             fill,
                             streamCreate,
                             streamDestroy,
                             streamSynchronize,
                             streamWaitEvent,
                             eventCreate,
                             eventDestroy,
                             eventRecord,
                             eventSynchronize,
                             eventElapsed,
                             moduleLoad,
                             moduleDestroy,
                             moduleKernel,
                             launch,
                             captureBegin,
                             captureEnd,
                             graphLaunch,
                             graphDestroy,
                             counters,
                             countersReset,
                             memoryInfo};
} // namespace

EXPORT const lacuna_device_table *lacuna_device_plugin() { return &table; }

// For tests.

/// Takes what was noted since the last call.
EXPORT void lacuna_fake_take_record(std::string *result) {
  std::lock_guard<std::recursive_mutex> lock(mutex);
  result->clear();
  result->swap(record);
}
/// Lets a function fail from now on; "" ends that.
EXPORT void lacuna_fake_fail(const char *function, lacuna_status status) {
  std::lock_guard<std::recursive_mutex> lock(mutex);
  failing = function;
  failure = status;
}
EXPORT void lacuna_fake_set_version(uint32_t version) {
  table.abi_version = version;
}
/// The number of allocations that were not released.
EXPORT size_t lacuna_fake_num_allocations() {
  std::lock_guard<std::recursive_mutex> lock(mutex);
  return memory.size();
}
