// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Streams, events and captures, with the driver's meaning: a stream that
// waits for an event of a capture joins it; the capture ends on the stream
// that began it, once the others' work was waited for.

#include "Device.h"

using namespace lacuna::emulator;

Stream &lacuna_device::stream(void *handle) {
  if (!handle)
    return defaultStream;
  std::lock_guard<std::mutex> lock(mutex);
  auto *stream = static_cast<Stream *>(handle);
  if (!streams.count(stream))
    throw DeviceError(LACUNA_ERROR_ARGUMENT,
                      "the stream is none of this device");
  return *stream;
}

Event &lacuna_device::event(void *handle) {
  std::lock_guard<std::mutex> lock(mutex);
  auto *event = static_cast<Event *>(handle);
  if (!handle || !events.count(event))
    throw DeviceError(LACUNA_ERROR_ARGUMENT,
                      "the event is none of this device");
  return *event;
}

void lacuna_device::submit(void *handle, Work work) {
  Stream &target = stream(handle);
  std::lock_guard<std::recursive_mutex> lock(target.mutex);
  if (!target.capture)
    return work();
  Capture &capture = *target.capture;
  capture.work.push_back(std::move(work));
  if (&target != capture.origin)
    capture.joined[&target].last = capture.work.size();
}

void lacuna_device::refuseInCapture(Stream &target, const char *what) {
  if (!target.capture)
    return;
  std::string message = std::string(what) +
                        " on a stream that is capturing: the capture is "
                        "broken and gives no graph";
  if (target.capture->broken.empty())
    target.capture->broken = message;
  throw DeviceError(LACUNA_ERROR_ARGUMENT, message);
}

void lacuna_device::recordEvent(void *eventHandle, void *streamHandle) {
  Event &recorded = event(eventHandle);
  Stream &source = stream(streamHandle);
  std::lock_guard<std::recursive_mutex> lock(source.mutex);
  recorded.capture = source.capture;
  recorded.stream = &source;
  recorded.position = source.capture ? source.capture->work.size() : 0;
  recorded.recorded = true;
  recorded.time = std::chrono::steady_clock::now();
}

void lacuna_device::waitForEvent(void *streamHandle, void *eventHandle) {
  Event &awaited = event(eventHandle);
  Stream &waiting = stream(streamHandle);
  std::lock_guard<std::recursive_mutex> lock(waiting.mutex);
  std::shared_ptr<Capture> capture = awaited.capture.lock();
  if (!capture) {
    // All work has run by now. A capture cannot wait for what is outside.
    if (waiting.capture && awaited.recorded)
      throw DeviceError(LACUNA_ERROR_ARGUMENT,
                        "a stream that is capturing waits for an event that "
                        "was recorded outside of the capture");
    return;
  }
  if (waiting.capture && waiting.capture != capture)
    throw DeviceError(LACUNA_ERROR_ARGUMENT,
                      "the event and the stream belong to different captures");
  if (&waiting == capture->origin) {
    auto it = capture->joined.find(awaited.stream);
    if (it != capture->joined.end() && it->second.waited < awaited.position)
      it->second.waited = awaited.position;
    return;
  }
  if (!waiting.capture) {
    waiting.capture = capture;
    capture->joined[&waiting];
  }
  // Waiting for a third stream passes its work on to this one.
  auto it = capture->joined.find(awaited.stream);
  if (it != capture->joined.end() && awaited.stream != &waiting) {
    if (it->second.waited < awaited.position)
      it->second.waited = awaited.position;
    capture->joined[&waiting].last = capture->work.size();
  }
}

namespace lacuna::emulator {

void beginCapture(lacuna_device &device, void *handle) {
  Stream &stream = device.stream(handle);
  std::lock_guard<std::recursive_mutex> lock(stream.mutex);
  if (stream.capture)
    throw DeviceError(LACUNA_ERROR_ARGUMENT, "the stream is capturing already");
  stream.capture = std::make_shared<Capture>();
  stream.capture->origin = &stream;
}

std::unique_ptr<lacuna_graph> endCapture(lacuna_device &device, void *handle) {
  Stream &stream = device.stream(handle);
  std::lock_guard<std::recursive_mutex> lock(stream.mutex);
  std::shared_ptr<Capture> capture = stream.capture;
  if (!capture)
    throw DeviceError(LACUNA_ERROR_ARGUMENT, "the stream is not capturing");
  if (capture->origin != &stream)
    throw DeviceError(LACUNA_ERROR_ARGUMENT,
                      "a capture ends on the stream that it began on");
  stream.capture.reset();
  for (auto &[other, joined] : capture->joined) {
    {
      std::lock_guard<std::mutex> deviceLock(device.mutex);
      if (!device.streams.count(other))
        continue;
    }
    std::lock_guard<std::recursive_mutex> otherLock(other->mutex);
    other->capture.reset();
    if (joined.last > joined.waited && capture->broken.empty())
      capture->broken = "the capture has work on another stream that its own "
                        "stream did not wait for";
  }
  if (!capture->broken.empty())
    throw DeviceError(LACUNA_ERROR_ARGUMENT, capture->broken);
  auto graph = std::make_unique<lacuna_graph>();
  graph->work = std::move(capture->work);
  return graph;
}

} // namespace lacuna::emulator
