// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The device behind the table: memory, modules, launches, streams. Work runs
// when it is given, on the caller's thread and the workers; what is given to a
// stream that captures is recorded.

#ifndef LACUNA_EMULATOR_LIB_DEVICE_H
#define LACUNA_EMULATOR_LIB_DEVICE_H

#include "Architecture.h"
#include "Machine.h"
#include "Memory.h"
#include "Module.h"
#include "Workers.h"
#include "lacuna/DeviceABI.h"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <unordered_set>

namespace lacuna::emulator {

/// What a function of the table fails with.
class DeviceError : public std::runtime_error {
public:
  DeviceError(lacuna_status status, const std::string &message)
      : std::runtime_error(message), status(status) {}
  lacuna_status status;
};

using Work = std::function<void()>;
struct Stream;

/// Streams that record into one graph.
struct Capture {
  Stream *origin = nullptr;
  std::vector<Work> work;
  /// Of a stream that joined: its last work, and up to where the origin has
  /// waited for it.
  struct Joined {
    size_t last = 0, waited = 0;
  };
  std::map<Stream *, Joined> joined;
  /// Why it can no longer end well; empty if it can.
  std::string broken;
};

struct Stream {
  std::recursive_mutex mutex;
  std::shared_ptr<Capture> capture;
};

struct Event {
  bool recorded = false;
  std::chrono::steady_clock::time_point time;
  /// When it was recorded in a capture: which, and where.
  std::weak_ptr<Capture> capture;
  Stream *stream = nullptr;
  size_t position = 0;
};

/// Shared memory of a block, in bytes, that a kernel may ask for.
uint64_t sharedLimit(const runtime::Architecture &architecture);
/// The architectures that can be opened, for messages.
std::string knownArchitectures();
bool isKnownArchitecture(const std::string &name);

} // namespace lacuna::emulator

struct lacuna_kernel {
  std::shared_ptr<lacuna::emulator::LoadedModule> module;
  const lacuna::emulator::Program *program = nullptr;
};

struct lacuna_module {
  std::shared_ptr<lacuna::emulator::LoadedModule> loaded;
  std::mutex mutex;
  std::unordered_map<std::string, std::unique_ptr<lacuna_kernel>> kernels;
};

struct lacuna_graph {
  std::vector<lacuna::emulator::Work> work;
};

struct lacuna_device {
  explicit lacuna_device(const lacuna::runtime::Architecture &architecture);
  ~lacuna_device();

  const lacuna::runtime::Architecture architecture;
  const std::string name;
  lacuna::emulator::GlobalMemory memory;
  lacuna::emulator::Workers workers;

  /// The stream of a handle; null is the default stream. Throws DeviceError.
  lacuna::emulator::Stream &stream(void *handle);
  lacuna::emulator::Event &event(void *handle);
  /// Runs the work now, or records it when the stream captures.
  void submit(void *stream, lacuna::emulator::Work work);
  /// Refuses `what` when the stream captures, and breaks the capture.
  void refuseInCapture(lacuna::emulator::Stream &stream, const char *what);

  void waitForEvent(void *stream, void *event);
  void recordEvent(void *event, void *stream);

  /// Checks a launch; throws DeviceError with what is wrong.
  lacuna::emulator::Work prepare(const lacuna_kernel &kernel,
                                 const lacuna_launch &launch);

  std::mutex mutex;
  lacuna::emulator::Counters counters;
  std::unordered_set<lacuna::emulator::Stream *> streams;
  std::unordered_set<lacuna::emulator::Event *> events;

private:
  lacuna::emulator::Stream defaultStream;
  std::atomic<uint64_t> launches{0};
};

namespace lacuna::emulator {
void beginCapture(lacuna_device &device, void *stream);
std::unique_ptr<lacuna_graph> endCapture(lacuna_device &device, void *stream);
/// The table that the plug-in exports.
const lacuna_device_table &deviceTable();
} // namespace lacuna::emulator

#endif // LACUNA_EMULATOR_LIB_DEVICE_H
