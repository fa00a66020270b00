// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Matching devices and targets.

#include "Choice.h"

#include "Error.h"

using namespace lacuna::runtime;

namespace {
/// The best GPU target, of those that `device` takes where it is given.
const Target *findGpuTarget(const Model &model, const Architecture *device) {
  const Target *best = nullptr;
  for (const Target &target : model.targets()) {
    const auto &architecture = target.spec->architecture;
    if (architecture && (!device || architecture->ptxRunsOn(*device)) &&
        (!best || *best->spec->architecture < *architecture))
      best = &target;
  }
  return best;
}

const Target *findTarget(const Model &model, const Device &device) {
  if (!device.isHost())
    return findGpuTarget(model, &device.architecture());
  for (const Target &target : model.targets())
    if (target.spec->name == "cpu")
      return &target;
  return nullptr;
}

std::string describeTargets(const Model &model) {
  std::vector<std::string> names;
  for (const Target &target : model.targets())
    names.push_back(target.spec->name);
  return quoteAll(names);
}

Choice choose(const Model &model, DeviceName name) {
  // An emulator of no particular architecture is one that takes the model.
  const Target *best = findGpuTarget(model, nullptr);
  if (name.kind == "emulator" && name.option.empty() && best)
    name.option = best->spec->name;
  Choice choice = {Device::open(name), nullptr};
  const Device &device = *choice.device;
  choice.target = findTarget(model, device);
  if (!choice.target)
    throw Error(
        LACUNA_ERROR_UNSUPPORTED,
        "the model is compiled for " + describeTargets(model) +
            " and cannot run on '" + device.name() + "'" +
            (device.isHost() ? "" : " (" + device.architecture().name() + ")"));
  if (!choice.target->unusable.empty())
    throw Error(LACUNA_ERROR_UNSUPPORTED, choice.target->unusable);
  return choice;
}

} // namespace

Choice lacuna::runtime::chooseDevice(const Model &model, const char *name) {
  if (!name)
    name = getDeviceFromEnvironment();
  if (name)
    return choose(model, DeviceName::parse(name));
  std::string reason;
  if (findGpuTarget(model, nullptr))
    try {
      return choose(model, DeviceName::parse("cuda"));
    } catch (const Error &error) {
      reason = error.what();
    }
  if (findTarget(model, *Device::open({"cpu", ""})) || reason.empty())
    return choose(model, {"cpu", ""});
  throw Error(LACUNA_ERROR_UNSUPPORTED,
              "the model is compiled for " + describeTargets(model) +
                  ", and no device for that is here: " + reason +
                  " (the device 'emulator' runs it on any machine)");
}
