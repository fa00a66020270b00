// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The device's table of functions (DeviceABI.h): checks what it is given,
// turns exceptions into status and message.

#include "Device.h"
#include "lacuna/Emulator/Error.h"

#include <cstring>
#include <new>

using namespace lacuna::emulator;

namespace {
std::string &lastError() {
  thread_local std::string message;
  return message;
}

lacuna_status fail(lacuna_status status, const char *message) noexcept {
  try {
    lastError() = message;
  } catch (...) {
    lastError().clear(); // Only when memory has run out.
  }
  return status;
}

template <typename Body> lacuna_status guard(Body &&body) noexcept {
  try {
    body();
    return LACUNA_OK;
  } catch (const DeviceError &error) {
    return fail(error.status, error.what());
  } catch (const LoadError &error) {
    return fail(LACUNA_ERROR_ARTIFACT, error.what());
  } catch (const ImageError &error) {
    return fail(LACUNA_ERROR_ARTIFACT, error.what());
  } catch (const Fault &fault) {
    return fail(LACUNA_ERROR_FAILED, fault.what());
  } catch (const std::bad_alloc &) {
    return fail(LACUNA_ERROR_MEMORY, "memory ran out");
  } catch (const std::exception &error) {
    return fail(LACUNA_ERROR_INTERNAL, error.what());
  } catch (...) {
    return fail(LACUNA_ERROR_INTERNAL, "an unknown exception");
  }
}

template <typename... Pointers> void require(Pointers... pointers) {
  for (const void *pointer : {static_cast<const void *>(pointers)...})
    if (!pointer)
      throw DeviceError(LACUNA_ERROR_ARGUMENT, "an argument is a null pointer");
}

/// `what` of the device must lie within one allocation.
void requireRange(lacuna_device &device, const void *pointer, uint64_t bytes,
                  const char *what) {
  auto address = reinterpret_cast<uint64_t>(pointer);
  if (!device.memory.contains(address, bytes))
    throw DeviceError(LACUNA_ERROR_ARGUMENT,
                      std::string(what) + " of " + std::to_string(bytes) +
                          " bytes at " + hex(address) +
                          " is not in device memory: " +
                          device.memory.describe(address, bytes));
}

lacuna_status openDevice(const char *option, lacuna_device **device) {
  return guard([&] {
    require(option, device);
    std::string name = *option ? option : "sm_90a";
    auto architecture = lacuna::runtime::Architecture::parse(name);
    if (!architecture || !isKnownArchitecture(name))
      throw DeviceError(LACUNA_ERROR_ARGUMENT,
                        "the emulator does not have the architecture '" +
                            excerpt(name, 40) + "', expected one of " +
                            knownArchitectures());
    *device = new lacuna_device(*architecture);
  });
}

void closeDevice(lacuna_device *device) { delete device; }

const char *architectureOf(lacuna_device *device) {
  return device ? device->name.c_str() : "";
}

lacuna_status allocate(lacuna_device *device, uint64_t bytes, void *stream,
                       void **memory) {
  return guard([&] {
    require(device, memory);
    Stream &ordered = device->stream(stream);
    std::lock_guard<std::recursive_mutex> lock(ordered.mutex);
    device->refuseInCapture(ordered, "memory is allocated");
    try {
      *memory = reinterpret_cast<void *>(device->memory.allocate(bytes));
    } catch (const std::bad_alloc &) {
      throw DeviceError(LACUNA_ERROR_MEMORY,
                        "no memory for " + std::to_string(bytes) + " bytes");
    }
  });
}

lacuna_status release(lacuna_device *device, void *memory, void *stream) {
  return guard([&] {
    require(device);
    Stream &ordered = device->stream(stream);
    std::lock_guard<std::recursive_mutex> lock(ordered.mutex);
    device->refuseInCapture(ordered, "memory is released");
    auto address = reinterpret_cast<uint64_t>(memory);
    if (memory && !device->memory.release(address))
      throw DeviceError(LACUNA_ERROR_ARGUMENT,
                        "nothing that is allocated begins at " + hex(address) +
                            ": " + device->memory.describe(address, 1));
  });
}

lacuna_status copy(lacuna_device *device, void *target, const void *source,
                   uint64_t bytes, lacuna_copy_kind kind, void *stream) {
  return guard([&] {
    require(device);
    if (kind != LACUNA_COPY_TO_DEVICE && kind != LACUNA_COPY_TO_HOST &&
        kind != LACUNA_COPY_ON_DEVICE)
      throw DeviceError(LACUNA_ERROR_ARGUMENT,
                        "no kind of copy: " + std::to_string(kind));
    if (bytes)
      require(target, source);
    device->submit(stream, [=] {
      if (bytes == 0)
        return;
      // Holds what is copied while another thread releases it.
      auto held = device->memory.snapshot();
      if (kind != LACUNA_COPY_TO_HOST)
        requireRange(*device, target, bytes, "the target");
      if (kind != LACUNA_COPY_TO_DEVICE)
        requireRange(*device, source, bytes, "the source");
      std::memmove(target, source, bytes);
    });
  });
}

template <typename T> void fillWith(void *target, T value, uint64_t count) {
  T *values = static_cast<T *>(target);
  for (uint64_t i = 0; i < count; ++i)
    values[i] = value;
}

lacuna_status fill(lacuna_device *device, void *target, uint32_t value,
                   uint32_t width, uint64_t count, void *stream) {
  return guard([&] {
    require(device);
    if (width != 1 && width != 2 && width != 4)
      throw DeviceError(LACUNA_ERROR_ARGUMENT,
                        "elements of " + std::to_string(width) +
                            " bytes, expected 1, 2 or 4");
    auto address = reinterpret_cast<uint64_t>(target);
    if (count && address % width)
      throw DeviceError(LACUNA_ERROR_ARGUMENT, hex(address) +
                                                   " is not a multiple of " +
                                                   std::to_string(width));
    if (count > UINT64_MAX / width)
      throw DeviceError(LACUNA_ERROR_ARGUMENT,
                        std::to_string(count) + " elements to fill");
    device->submit(stream, [=] {
      if (count == 0)
        return;
      auto held = device->memory.snapshot();
      requireRange(*device, target, count * width, "the target");
      if (width == 1)
        std::memset(target, static_cast<int>(value & 0xFF), count);
      else if (width == 2)
        fillWith(target, static_cast<uint16_t>(value), count);
      else
        fillWith(target, value, count);
    });
  });
}

lacuna_status streamCreate(lacuna_device *device, void **stream) {
  return guard([&] {
    require(device, stream);
    auto created = std::make_unique<Stream>();
    std::lock_guard<std::mutex> lock(device->mutex);
    device->streams.insert(created.get());
    *stream = created.release();
  });
}

void streamDestroy(lacuna_device *device, void *stream) {
  auto *known = static_cast<Stream *>(stream);
  if (!device || !stream)
    return;
  {
    std::lock_guard<std::mutex> lock(device->mutex);
    if (!device->streams.erase(known))
      return;
  }
  delete known;
}

lacuna_status streamSynchronize(lacuna_device *device, void *stream) {
  return guard([&] {
    require(device);
    Stream &waited = device->stream(stream);
    // Whoever runs work on it has the lock.
    std::lock_guard<std::recursive_mutex> lock(waited.mutex);
    device->refuseInCapture(waited, "synchronization");
  });
}

lacuna_status streamWaitEvent(lacuna_device *device, void *stream,
                              void *event) {
  return guard([&] {
    require(device);
    device->waitForEvent(stream, event);
  });
}

lacuna_status eventCreate(lacuna_device *device, void **event) {
  return guard([&] {
    require(device, event);
    auto created = std::make_unique<Event>();
    std::lock_guard<std::mutex> lock(device->mutex);
    device->events.insert(created.get());
    *event = created.release();
  });
}

void eventDestroy(lacuna_device *device, void *event) {
  auto *known = static_cast<Event *>(event);
  if (!device || !event)
    return;
  {
    std::lock_guard<std::mutex> lock(device->mutex);
    if (!device->events.erase(known))
      return;
  }
  delete known;
}

lacuna_status eventRecord(lacuna_device *device, void *event, void *stream) {
  return guard([&] {
    require(device);
    device->recordEvent(event, stream);
  });
}

lacuna_status eventSynchronize(lacuna_device *device, void *event) {
  return guard([&] {
    require(device);
    Event &awaited = device->event(event);
    if (auto capture = awaited.capture.lock()) {
      if (capture->broken.empty())
        capture->broken = "an event of the capture was synchronized with";
      throw DeviceError(LACUNA_ERROR_ARGUMENT,
                        "synchronization with an event that was recorded in a "
                        "capture: the capture is broken and gives no graph");
    }
  });
}

lacuna_status eventElapsed(lacuna_device *device, void *begin, void *end,
                           float *milliseconds) {
  return guard([&] {
    require(device, milliseconds);
    Event &first = device->event(begin), &second = device->event(end);
    for (Event *event : {&first, &second})
      if (!event->recorded || event->capture.lock())
        throw DeviceError(LACUNA_ERROR_ARGUMENT,
                          "an event that was not recorded, or in a capture, "
                          "has no time");
    *milliseconds =
        std::chrono::duration<float, std::milli>(second.time - first.time)
            .count();
  });
}

lacuna_status moduleLoad(lacuna_device *device, const void *image, size_t size,
                         lacuna_module **module) {
  return guard([&] {
    require(device, image, module);
    auto created = std::make_unique<lacuna_module>();
    created->loaded = std::make_shared<LoadedModule>(
        device->memory, choosePtx(image, size, device->architecture),
        device->architecture);
    *module = created.release();
  });
}

void moduleDestroy(lacuna_device *, lacuna_module *module) { delete module; }

lacuna_status moduleKernel(lacuna_device *device, lacuna_module *module,
                           const char *name, lacuna_kernel **kernel) {
  return guard([&] {
    require(device, module, name, kernel);
    std::lock_guard<std::mutex> lock(module->mutex);
    auto &entry = module->kernels[name];
    if (!entry) {
      const Program *program = module->loaded->kernel(name);
      if (!program) {
        module->kernels.erase(name);
        throw DeviceError(LACUNA_ERROR_ARGUMENT,
                          "no kernel '" + excerpt(name, 200) +
                              "' in the module, it has " +
                              module->loaded->kernelNames());
      }
      entry = std::make_unique<lacuna_kernel>();
      entry->module = module->loaded;
      entry->program = program;
    }
    *kernel = entry.get();
  });
}

lacuna_status launchKernel(lacuna_device *device, lacuna_kernel *kernel,
                           const lacuna_launch *launch, void *stream) {
  return guard([&] {
    require(device, kernel, launch);
    device->submit(stream, device->prepare(*kernel, *launch));
  });
}

lacuna_status captureBegin(lacuna_device *device, void *stream) {
  return guard([&] {
    require(device);
    beginCapture(*device, stream);
  });
}

lacuna_status captureEnd(lacuna_device *device, void *stream,
                         lacuna_graph **graph) {
  return guard([&] {
    require(device, graph);
    *graph = endCapture(*device, stream).release();
  });
}

lacuna_status graphLaunch(lacuna_device *device, lacuna_graph *graph,
                          void *stream) {
  return guard([&] {
    require(device, graph);
    device->submit(stream, [work = graph->work] {
      for (const Work &item : work)
        item();
    });
  });
}

void graphDestroy(lacuna_device *, lacuna_graph *graph) { delete graph; }

lacuna_status readCounters(lacuna_device *device, lacuna_counter *counters,
                           size_t capacity, size_t *count) {
  return guard([&] {
    require(device, count);
    if (capacity)
      require(counters);
    std::lock_guard<std::mutex> lock(device->mutex);
    const Counters &done = device->counters;
    const lacuna_counter all[] = {
        {"instructions", done.instructions},
        {"mma", done.mma},
        {"mma.sp", done.mmaSparse},
        {"global.load.bytes", done.globalLoadBytes},
        {"global.store.bytes", done.globalStoreBytes},
        {"shared.bank.conflicts", done.sharedBankConflicts},
        {"local.bytes", done.localBytes}};
    *count = sizeof(all) / sizeof(all[0]);
    for (size_t i = 0; i < *count && i < capacity; ++i)
      counters[i] = all[i];
  });
}

void resetCounters(lacuna_device *device) {
  if (!device)
    return;
  std::lock_guard<std::mutex> lock(device->mutex);
  device->counters = Counters();
}

lacuna_status memoryInfo(lacuna_device *device, uint64_t *free,
                         uint64_t *total) {
  return guard([&] {
    require(device, free, total);
    *free = device->memory.freeBytes();
    *total = device->memory.totalBytes();
  });
}
} // namespace

lacuna_device::lacuna_device(const lacuna::runtime::Architecture &architecture)
    : architecture(architecture), name(architecture.name()),
      workers(workerThreads()) {}

lacuna_device::~lacuna_device() {
  for (Stream *stream : streams)
    delete stream;
  for (Event *event : events)
    delete event;
}

const lacuna_device_table &lacuna::emulator::deviceTable() {
  static const lacuna_device_table table = [] {
    lacuna_device_table t = {};
    t.abi_version = LACUNA_DEVICE_ABI_VERSION;
    t.name = "emulator";
    t.type = kDLExtDev;
    t.last_error = [] { return lastError().c_str(); };
    t.open = openDevice;
    t.close = closeDevice;
    t.architecture = architectureOf;
    t.description = [](lacuna_device *) { return "emulator of PTX"; };
    t.ordinal = [](lacuna_device *) { return int32_t(0); };
    t.allocate = allocate;
    t.release = release;
    t.copy = copy;
    t.fill = fill;
    t.stream_create = streamCreate;
    t.stream_destroy = streamDestroy;
    t.stream_synchronize = streamSynchronize;
    t.stream_wait_event = streamWaitEvent;
    t.event_create = eventCreate;
    t.event_destroy = eventDestroy;
    t.event_record = eventRecord;
    t.event_synchronize = eventSynchronize;
    t.event_elapsed = eventElapsed;
    t.module_load = moduleLoad;
    t.module_destroy = moduleDestroy;
    t.module_kernel = moduleKernel;
    t.launch = launchKernel;
    t.capture_begin = captureBegin;
    t.capture_end = captureEnd;
    t.graph_launch = graphLaunch;
    t.graph_destroy = graphDestroy;
    t.counters = readCounters;
    t.counters_reset = resetCounters;
    t.memory_info = memoryInfo;
    return t;
  }();
  return table;
}
