// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Opening devices by name, and their functions with errors thrown.

#include "Device.h"

#include "CudaDevice.h"
#include "Error.h"

#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <sys/sysinfo.h>

using namespace lacuna::runtime;

namespace {
std::shared_ptr<void> allocateOnHost(uint64_t bytes) {
  constexpr uint64_t alignment = 64;
  void *memory = nullptr;
  if (bytes <= UINT64_MAX - alignment)
    memory = std::aligned_alloc(alignment,
                                (bytes + alignment) / alignment * alignment);
  if (!memory)
    throw Error(LACUNA_ERROR_MEMORY,
                "no memory for " + std::to_string(bytes) + " bytes");
  return std::shared_ptr<void>(memory, std::free);
}

std::string bytesText(uint64_t bytes) {
  return std::to_string(bytes) + " bytes";
}
} // namespace

std::string lacuna::runtime::describeDevices() {
  return "'cpu', 'cpu:NAME' (code for a processor, such as cpu:x86-64-v3), "
         "'cuda', 'cuda:N' (the GPU of number N), 'emulator' and "
         "'emulator:ARCH' (such as emulator:sm_80)";
}

DeviceName DeviceName::parse(const std::string &name) {
  size_t colon = name.find(':');
  DeviceName result;
  result.kind = name.substr(0, colon);
  if (colon != std::string::npos)
    result.option = name.substr(colon + 1);
  auto bad = [&](const std::string &why) -> Error {
    return Error(LACUNA_ERROR_ARGUMENT,
                 why + ", this runtime has " + describeDevices());
  };
  if (result.kind != "cpu" && result.kind != "cuda" &&
      result.kind != "emulator")
    throw bad("there is no device '" + name + "'");
  if (colon != std::string::npos && result.option.empty())
    throw bad("the device '" + name + "' has nothing after its colon");
  if (result.kind == "cuda") {
    if (result.option.size() > 4 ||
        result.option.find_first_not_of("0123456789") != std::string::npos)
      throw bad("the device '" + name + "' has no number after its colon");
    result.option = std::to_string(std::atoi(result.option.c_str()));
  }
  if (result.kind == "emulator" && !result.option.empty() &&
      !Architecture::parse(result.option))
    throw bad("the device '" + name + "' names no architecture: '" +
              result.option + "' was found, expected one such as sm_80");
  return result;
}

std::shared_ptr<const Device> Device::create(const DeviceName &name) {
  std::shared_ptr<Device> result(new Device);
  result->label = name.text();
  if (name.kind == "cpu")
    return result;
  const lacuna_device_table &table =
      name.kind == "cuda" ? getCudaTable() : getEmulatorTable();
  lacuna_device *handle = nullptr;
  if (lacuna_status status = table.open(name.option.c_str(), &handle);
      status != LACUNA_OK)
    throw Error(status, "'" + result->label +
                            "' cannot be opened: " + table.last_error());
  result->functions = &table;
  result->device = handle;
  result->place = {table.type, table.ordinal(handle)};
  std::string architecture = table.architecture(handle);
  auto parsed = Architecture::parse(architecture);
  if (!parsed)
    throw Error(LACUNA_ERROR_UNSUPPORTED,
                "the device '" + result->label + "' is of the architecture '" +
                    architecture + "', expected one such as sm_80");
  result->arch = *parsed;
  return result;
}

std::shared_ptr<const Device> Device::open(const DeviceName &name) {
  static std::mutex mutex;
  static std::map<std::string, std::weak_ptr<const Device>> opened;
  std::lock_guard<std::mutex> lock(mutex);
  std::weak_ptr<const Device> &entry = opened[name.text()];
  std::shared_ptr<const Device> result = entry.lock();
  if (!result)
    entry = result = create(name);
  return result;
}

Device::~Device() {
  if (device)
    functions->close(device);
}

const char *Device::architectureName() const {
  return isHost() ? "" : functions->architecture(device);
}

const char *Device::description() const {
  return isHost() ? "" : functions->description(device);
}

const char *lacuna::runtime::getDeviceFromEnvironment() {
  const char *name = std::getenv("LACUNA_DEVICE");
  return name && *name ? name : nullptr;
}

std::shared_ptr<const Device> lacuna::runtime::openGpu(const char *name) {
  if (!name)
    name = getDeviceFromEnvironment();
  if (name) {
    DeviceName parsed = DeviceName::parse(name);
    if (parsed.kind == "cpu")
      throw Error(LACUNA_ERROR_ARGUMENT,
                  "the device 'cpu' is no GPU, expected 'cuda' or 'emulator'");
    return Device::open(parsed);
  }
  std::string reason;
  try {
    return Device::open(DeviceName::parse("cuda"));
  } catch (const Error &error) {
    reason = error.what();
  }
  try {
    return Device::open(DeviceName::parse("emulator"));
  } catch (const Error &error) {
    throw Error(error.status(), reason + "; " + error.what());
  }
}

bool lacuna::runtime::isHostMemory(const DLDevice &where) {
  return where.device_type == kDLCPU || where.device_type == kDLCUDAHost;
}

bool Device::reaches(const DLDevice &where) const {
  if (where.device_type == place.device_type)
    return where.device_id == place.device_id;
  return place.device_type == kDLCUDA && where.device_type == kDLCUDAManaged;
}

void Device::check(lacuna_status status, const std::string &what) const {
  if (status != LACUNA_OK)
    throw Error(status,
                what + " on '" + label + "': " + functions->last_error());
}

std::shared_ptr<void> Device::allocateShared(uint64_t bytes) const {
  if (isHost())
    return allocateOnHost(bytes);
  void *memory = allocate(bytes, nullptr);
  return std::shared_ptr<void>(memory, [self = shared_from_this()](void *p) {
    self->release(p, nullptr);
  });
}

void Device::upload(void *target, const void *source, uint64_t bytes) const {
  if (bytes == 0)
    return;
  if (!isHost())
    copy(target, source, bytes, LACUNA_COPY_TO_DEVICE, nullptr);
  else
    std::memcpy(target, source, bytes);
}

void Device::move(void *target, const void *source, uint64_t bytes,
                  void *stream) const {
  if (bytes == 0)
    return;
  if (isHost())
    std::memmove(target, source, bytes);
  else
    copy(target, source, bytes, LACUNA_COPY_ON_DEVICE, stream);
}

void Device::clear(void *target, uint64_t bytes, void *stream) const {
  if (bytes == 0)
    return;
  if (isHost())
    std::memset(target, 0, bytes);
  else
    check(functions->fill(device, target, 0, 1, bytes, stream),
          "clearing " + bytesText(bytes));
}

void *Device::allocate(uint64_t bytes, void *stream) const {
  void *memory = nullptr;
  check(functions->allocate(device, bytes, stream, &memory),
        "allocating " + bytesText(bytes));
  return memory;
}

void Device::release(void *memory, void *stream) const noexcept {
  // Nothing can be done about memory that does not go back.
  (void)functions->release(device, memory, stream);
}

void Device::copy(void *target, const void *source, uint64_t bytes,
                  lacuna_copy_kind kind, void *stream) const {
  if (bytes != 0)
    check(functions->copy(device, target, source, bytes, kind, stream),
          "copying " + bytesText(bytes));
}

void Device::synchronize(void *stream) const {
  check(functions->stream_synchronize(device, stream), "waiting for kernels");
}

void Device::fill(void *target, uint8_t value, uint64_t bytes,
                  void *stream) const {
  if (bytes != 0)
    check(functions->fill(device, target, value, 1, bytes, stream),
          "filling " + bytesText(bytes));
}

std::string Device::describeMemory() const {
  uint64_t free = 0, total = 0;
  if (isHost()) {
    struct sysinfo info;
    if (sysinfo(&info) != 0)
      return "memory of unknown size";
    total = uint64_t(info.totalram + info.totalswap) * info.mem_unit;
    free = uint64_t(info.freeram + info.freeswap) * info.mem_unit;
  } else if (functions->memory_info(device, &free, &total) != LACUNA_OK) {
    return "memory of unknown size";
  }
  return bytesText(total) + " of memory, of which " + std::to_string(free) +
         " are free";
}
