// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// See KernelProfile.h.

#include "KernelProfile.h"

#include <stdexcept>

using namespace lacuna::run;

KernelProfile::~KernelProfile() {
  for (const Launch &launch : launches)
    for (void *event : {launch.begin, launch.end})
      if (event)
        table->event_destroy(device, event);
}

void KernelProfile::check(lacuna_status status) const {
  if (status != LACUNA_OK)
    throw std::runtime_error(table->last_error());
}

void KernelProfile::observe(lacuna_run_options &options) {
  stream = options.stream;
  options.user = this;
  options.on_kernel = [](void *user, const char *kernel, int after) {
    auto *profile = static_cast<KernelProfile *>(user);
    try {
      if (profile->error.empty())
        profile->note(kernel, after);
    } catch (const std::exception &failure) {
      profile->error = failure.what();
    }
  };
}

std::map<std::string, uint64_t> KernelProfile::count() {
  size_t count = 0;
  check(table->counters(device, nullptr, 0, &count));
  std::vector<lacuna_counter> counters(count);
  if (count != 0)
    check(table->counters(device, counters.data(), count, &count));
  std::map<std::string, uint64_t> result;
  for (const lacuna_counter &counter : counters)
    result[counter.name] = counter.value;
  return result;
}

void KernelProfile::note(const char *kernel, bool after) {
  if (!after && used == launches.size()) {
    Launch &launch = launches.emplace_back();
    if (table) {
      check(table->event_create(device, &launch.begin));
      check(table->event_create(device, &launch.end));
    }
  }
  Launch &launch = launches[used];
  launch.kernel = kernel;
  if (!table) {
    (after ? launch.ended : launch.began) = std::chrono::steady_clock::now();
    used += after;
    return;
  }
  (after ? launch.after : launch.before) = count();
  check(table->event_record(device, after ? launch.end : launch.begin, stream));
  used += after;
}

std::vector<KernelRecord> KernelProfile::finish() {
  if (!error.empty())
    throw std::runtime_error(error);
  std::vector<KernelRecord> records;
  std::map<std::string, size_t> places;
  for (size_t i = 0; i < used; ++i) {
    const Launch &launch = launches[i];
    auto [place, isNew] = places.try_emplace(launch.kernel, records.size());
    if (isNew)
      records.emplace_back().name = launch.kernel;
    KernelRecord &record = records[place->second];
    ++record.launches;
    if (!table) {
      record.microseconds +=
          std::chrono::duration<double, std::micro>(launch.ended - launch.began)
              .count();
      continue;
    }
    float milliseconds = 0;
    check(table->event_synchronize(device, launch.end));
    check(
        table->event_elapsed(device, launch.begin, launch.end, &milliseconds));
    record.microseconds += 1e3 * milliseconds;
    for (const auto &[name, value] : launch.after)
      record.counters[name] += value - launch.before.at(name);
  }
  used = 0;
  return records;
}
