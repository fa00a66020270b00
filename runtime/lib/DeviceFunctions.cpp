// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The C functions about devices: that of a session, its counters, and devices
// that programs open themselves.

#include "Session.h"

#include "Error.h"

#include <map>

using namespace lacuna::runtime;

namespace {
template <typename T> void require(const T *pointer, const char *name) {
  if (!pointer)
    throw Error(LACUNA_ERROR_ARGUMENT,
                std::string(name) + " is a null pointer");
}

/// Devices that programs have opened, and how often.
struct Opened {
  std::shared_ptr<const Device> device;
  size_t count = 0;
};
std::mutex openedMutex;
std::map<lacuna_device *, Opened> &getOpened() {
  // Not destroyed at exit: other libraries' ends may still close theirs.
  static auto *opened = new std::map<lacuna_device *, Opened>;
  return *opened;
}
} // namespace

lacuna_status lacuna_session_device(const lacuna_session *session,
                                    lacuna_device_info *info) {
  return guard([&] {
    require(session, "session");
    require(info, "info");
    *info = session->session.deviceInfo();
  });
}

lacuna_status lacuna_session_device_table(const lacuna_session *session,
                                          const lacuna_device_table **table,
                                          lacuna_device **device) {
  return guard([&] {
    require(session, "session");
    require(table, "table");
    require(device, "device");
    *table = session->session.device().table();
    *device = session->session.device().handle();
  });
}

lacuna_status lacuna_session_counters(const lacuna_session *session,
                                      lacuna_counter *counters, size_t capacity,
                                      size_t *count) {
  return guard([&] {
    require(session, "session");
    require(count, "count");
    if (capacity != 0)
      require(counters, "counters");
    *count = 0;
    const Device &device = session->session.device();
    if (!device.isHost())
      device.check(
          device.table()->counters(device.handle(), counters, capacity, count),
          "reading counters");
  });
}

lacuna_status lacuna_session_counters_reset(const lacuna_session *session) {
  return guard([&] {
    require(session, "session");
    const Device &device = session->session.device();
    if (!device.isHost())
      device.table()->counters_reset(device.handle());
  });
}

lacuna_status lacuna_device_open(const char *name,
                                 const lacuna_device_table **table,
                                 lacuna_device **device) {
  return guard([&] {
    require(table, "table");
    require(device, "device");
    *table = nullptr;
    *device = nullptr;
    std::shared_ptr<const Device> opened = openGpu(name);
    std::lock_guard<std::mutex> lock(openedMutex);
    Opened &entry = getOpened()[opened->handle()];
    ++entry.count;
    *table = opened->table();
    *device = opened->handle();
    entry.device = std::move(opened);
  });
}

void lacuna_device_close(lacuna_device *device) {
  std::shared_ptr<const Device> last; // Closed without the lock.
  std::lock_guard<std::mutex> lock(openedMutex);
  auto it = getOpened().find(device);
  if (it == getOpened().end() || --it->second.count != 0)
    return;
  last = std::move(it->second.device);
  getOpened().erase(it);
}
