// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Opening a GPU; memory, copies, streams and events.

#include "CudaDevice.h"

#include <algorithm>

using namespace lacuna::runtime;
using namespace lacuna::runtime::cuda;

namespace {
CUdeviceptr address(const void *pointer) {
  return reinterpret_cast<CUdeviceptr>(pointer);
}
std::string bytesText(uint64_t bytes) {
  return " of " + std::to_string(bytes) + " bytes";
}
CUstream asStream(void *stream) { return static_cast<CUstream>(stream); }
CUevent asEvent(void *event) { return static_cast<CUevent>(event); }
} // namespace

Current::Current(const lacuna_device &device) {
  const Driver &driver = Driver::get();
  driver.check(driver.cuCtxPushCurrent_v2(device.context), "cuCtxPushCurrent");
}

Current::~Current() {
  CUcontext context;
  (void)Driver::get().cuCtxPopCurrent_v2(&context);
}

namespace {

int getAttribute(const Driver &driver, CUdevice device, int attribute) {
  int value = 0;
  driver.check(driver.cuDeviceGetAttribute(&value, attribute, device),
               "cuDeviceGetAttribute");
  return value;
}

/// The architecture with the features of its own, which NVIDIA's GPUs have
/// from 9.0 on.
std::string getArchitecture(const Driver &driver, CUdevice device) {
  int major = getAttribute(driver, device,
                           CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR);
  int minor = getAttribute(driver, device,
                           CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
  return "sm_" + std::to_string(10 * major + minor) + (major >= 9 ? "a" : "");
}

/// A pool of our own: it keeps what is freed, which the default one, shared
/// with the rest of the program, gives back at each synchronization.
CUmemoryPool createPool(const Driver &driver, const lacuna_device &device) {
  if (!getAttribute(driver, device.device,
                    CU_DEVICE_ATTRIBUTE_MEMORY_POOLS_SUPPORTED))
    return nullptr;
  CUmemPoolProps properties = {};
  properties.allocType = CU_MEM_ALLOCATION_TYPE_PINNED;
  properties.locationType = CU_MEM_LOCATION_TYPE_DEVICE;
  properties.locationId = device.ordinal;
  CUmemoryPool pool = nullptr;
  driver.check(driver.cuMemPoolCreate(&pool, &properties), "cuMemPoolCreate");
  uint64_t keepAll = UINT64_MAX;
  (void)driver.cuMemPoolSetAttribute(pool, CU_MEMPOOL_ATTR_RELEASE_THRESHOLD,
                                     &keepAll);
  return pool;
}

void closeDevice(lacuna_device *device) {
  if (!device)
    return;
  const Driver &driver = Driver::get();
  if (device->pool)
    (void)with(device, [&](const Driver &) {
      (void)driver.cuMemPoolDestroy(device->pool);
    });
  if (device->context)
    (void)driver.cuDevicePrimaryCtxRelease_v2(device->device);
  delete device;
}

void openContext(const Driver &driver, lacuna_device &device) {
  driver.check(driver.cuDeviceGet(&device.device, device.ordinal),
               "cuDeviceGet");
  char name[256] = {};
  driver.check(driver.cuDeviceGetName(name, sizeof(name) - 1, device.device),
               "cuDeviceGetName");
  device.description = name;
  device.architecture = getArchitecture(driver, device.device);
  driver.check(driver.cuDevicePrimaryCtxRetain(&device.context, device.device),
               "cuDevicePrimaryCtxRetain of '" + device.description + "'");
  Current current(device);
  device.pool = createPool(driver, device);
}

lacuna_status openDevice(const char *option, lacuna_device **result) {
  return guard([&] {
    *result = nullptr;
    const Driver &driver = Driver::get();
    int count = 0;
    driver.check(driver.cuDeviceGetCount(&count), "cuDeviceGetCount");
    if (count == 0)
      throw Error(
          LACUNA_ERROR_UNSUPPORTED,
          "the device 'cuda' needs a GPU, and NVIDIA's driver finds "
          "none here; the device 'emulator' (--device=emulator) runs here");
    int ordinal = *option ? std::atoi(option) : 0;
    if (ordinal >= count)
      throw Error(LACUNA_ERROR_UNSUPPORTED,
                  "there is no 'cuda:" + std::string(option) +
                      "': the last GPU here is 'cuda:" +
                      std::to_string(count - 1) + "'");
    auto *device = new lacuna_device;
    device->ordinal = ordinal;
    try {
      openContext(driver, *device);
    } catch (...) {
      closeDevice(device);
      throw;
    }
    *result = device;
  });
}

lacuna_status allocate(lacuna_device *device, uint64_t bytes, void *stream,
                       void **memory) {
  return with(device, [&](const Driver &driver) {
    CUdeviceptr pointer = 0;
    // The driver has no allocations of 0 bytes.
    size_t size = std::max<uint64_t>(bytes, 1);
    if (device->pool)
      driver.check(driver.cuMemAllocFromPoolAsync(&pointer, size, device->pool,
                                                  asStream(stream)),
                   "cuMemAllocFromPoolAsync" + bytesText(bytes));
    else
      driver.check(driver.cuMemAlloc_v2(&pointer, size),
                   "cuMemAlloc" + bytesText(bytes));
    *memory = reinterpret_cast<void *>(pointer);
  });
}

lacuna_status release(lacuna_device *device, void *memory, void *stream) {
  return with(device, [&](const Driver &driver) {
    if (!memory)
      return;
    if (device->pool)
      driver.check(driver.cuMemFreeAsync(address(memory), asStream(stream)),
                   "cuMemFreeAsync");
    else
      driver.check(driver.cuMemFree_v2(address(memory)), "cuMemFree");
  });
}

lacuna_status copy(lacuna_device *device, void *target, const void *source,
                   uint64_t bytes, lacuna_copy_kind kind, void *stream) {
  return with(device, [&](const Driver &driver) {
    if (bytes == 0)
      return;
    switch (kind) {
    case LACUNA_COPY_TO_DEVICE:
      driver.check(driver.cuMemcpyHtoDAsync_v2(address(target), source, bytes,
                                               asStream(stream)),
                   "cuMemcpyHtoDAsync" + bytesText(bytes));
      return;
    case LACUNA_COPY_TO_HOST:
      driver.check(driver.cuMemcpyDtoHAsync_v2(target, address(source), bytes,
                                               asStream(stream)),
                   "cuMemcpyDtoHAsync" + bytesText(bytes));
      return;
    case LACUNA_COPY_ON_DEVICE:
      driver.check(driver.cuMemcpyDtoDAsync_v2(address(target), address(source),
                                               bytes, asStream(stream)),
                   "cuMemcpyDtoDAsync" + bytesText(bytes));
      return;
    }
    throw Error(LACUNA_ERROR_ARGUMENT, "the kind of a copy is " +
                                           std::to_string(kind) +
                                           ", expected a lacuna_copy_kind");
  });
}

lacuna_status fill(lacuna_device *device, void *target, uint32_t value,
                   uint32_t width, uint64_t count, void *stream) {
  return with(device, [&](const Driver &driver) {
    if (count == 0)
      return;
    CUresult result;
    switch (width) {
    case 1:
      result = driver.cuMemsetD8Async(address(target), uint8_t(value), count,
                                      asStream(stream));
      break;
    case 2:
      result = driver.cuMemsetD16Async(address(target), uint16_t(value), count,
                                       asStream(stream));
      break;
    case 4:
      result = driver.cuMemsetD32Async(address(target), value, count,
                                       asStream(stream));
      break;
    default:
      throw Error(LACUNA_ERROR_ARGUMENT, "the width of a fill is " +
                                             std::to_string(width) +
                                             " bytes, expected 1, 2 or 4");
    }
    driver.check(result, "cuMemsetAsync of " + std::to_string(count) +
                             " elements of " + std::to_string(width) +
                             " bytes");
  });
}

lacuna_status createStream(lacuna_device *device, void **stream) {
  return with(device, [&](const Driver &driver) {
    CUstream created = nullptr;
    driver.check(driver.cuStreamCreate(&created, CU_STREAM_NON_BLOCKING),
                 "cuStreamCreate");
    *stream = created;
  });
}
void destroyStream(lacuna_device *device, void *stream) {
  (void)with(device, [&](const Driver &driver) {
    driver.check(driver.cuStreamDestroy_v2(asStream(stream)),
                 "cuStreamDestroy");
  });
}
lacuna_status synchronizeStream(lacuna_device *device, void *stream) {
  return with(device, [&](const Driver &driver) {
    driver.check(driver.cuStreamSynchronize(asStream(stream)),
                 "cuStreamSynchronize");
  });
}
lacuna_status waitEvent(lacuna_device *device, void *stream, void *event) {
  return with(device, [&](const Driver &driver) {
    driver.check(driver.cuStreamWaitEvent(asStream(stream), asEvent(event), 0),
                 "cuStreamWaitEvent");
  });
}
lacuna_status createEvent(lacuna_device *device, void **event) {
  return with(device, [&](const Driver &driver) {
    CUevent created = nullptr;
    driver.check(driver.cuEventCreate(&created, 0), "cuEventCreate");
    *event = created;
  });
}
void destroyEvent(lacuna_device *device, void *event) {
  (void)with(device, [&](const Driver &driver) {
    driver.check(driver.cuEventDestroy_v2(asEvent(event)), "cuEventDestroy");
  });
}
lacuna_status recordEvent(lacuna_device *device, void *event, void *stream) {
  return with(device, [&](const Driver &driver) {
    driver.check(driver.cuEventRecord(asEvent(event), asStream(stream)),
                 "cuEventRecord");
  });
}
lacuna_status synchronizeEvent(lacuna_device *device, void *event) {
  return with(device, [&](const Driver &driver) {
    driver.check(driver.cuEventSynchronize(asEvent(event)),
                 "cuEventSynchronize");
  });
}
lacuna_status getElapsed(lacuna_device *device, void *begin, void *end,
                         float *milliseconds) {
  return with(device, [&](const Driver &driver) {
    driver.check(
        driver.cuEventElapsedTime(milliseconds, asEvent(begin), asEvent(end)),
        "cuEventElapsedTime");
  });
}

const char *getArchitecture(lacuna_device *device) {
  return device->architecture.c_str();
}
const char *getDescription(lacuna_device *device) {
  return device->description.c_str();
}
int32_t getOrdinal(lacuna_device *device) { return device->ordinal; }

lacuna_status getCounters(lacuna_device *, lacuna_counter *, size_t,
                          size_t *count) {
  *count = 0;
  return LACUNA_OK;
}
void resetCounters(lacuna_device *) {}

lacuna_status getMemory(lacuna_device *device, uint64_t *free,
                        uint64_t *total) {
  return with(device, [&](const Driver &driver) {
    size_t unused = 0, all = 0;
    driver.check(driver.cuMemGetInfo_v2(&unused, &all), "cuMemGetInfo");
    *free = unused;
    *total = all;
  });
}

constexpr lacuna_device_table table = {LACUNA_DEVICE_ABI_VERSION,
                                       "cuda",
                                       kDLCUDA,
                                       lacuna_last_error,
                                       openDevice,
                                       closeDevice,
                                       getArchitecture,
                                       getDescription,
                                       getOrdinal,
                                       allocate,
                                       release,
                                       copy,
                                       fill,
                                       createStream,
                                       destroyStream,
                                       synchronizeStream,
                                       waitEvent,
                                       createEvent,
                                       destroyEvent,
                                       recordEvent,
                                       synchronizeEvent,
                                       getElapsed,
                                       loadModule,
                                       destroyModule,
                                       getKernel,
                                       launchKernel,
                                       beginCapture,
                                       endCapture,
                                       launchGraph,
                                       destroyGraph,
                                       getCounters,
                                       resetCounters,
                                       getMemory};
} // namespace

const lacuna_device_table &lacuna::runtime::getCudaTable() { return table; }
