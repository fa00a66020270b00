// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Matching devices and targets.

#include "Choice.h"

#include "Error.h"
#include "lacuna/Packing/Parameters.h"

using namespace lacuna;
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

/// The first target of the CPU that this host can run, or else its first: of
/// `processor` where it is given.
const Target *findCpuTarget(const Model &model, const std::string &processor) {
  const Target *best = nullptr;
  for (const Target &target : model.targets())
    if (target.spec->isCpu() &&
        (processor.empty() || target.spec->cpu == processor)) {
      if (target.unusable.empty())
        return &target;
      best = best ? best : &target;
    }
  return best;
}

/// Throws where the model has code for the CPU, but not for `processor`.
void checkProcessor(const Model &model, const std::string &processor) {
  std::vector<std::string> known;
  for (const Target &target : model.targets())
    if (target.spec->isCpu())
      known.push_back(target.spec->cpu);
  if (!known.empty())
    throw Error(LACUNA_ERROR_ARGUMENT,
                "the model has no code for the processor '" + processor +
                    "', it has code for " + quoteAll(known) +
                    packing::suggestNames(processor, known));
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
  // What follows "cpu:" is the model's affair, not the device's.
  std::string processor;
  if (name.kind == "cpu")
    std::swap(processor, name.option);
  Choice choice = {Device::open(name), nullptr};
  const Device &device = *choice.device;
  choice.target = device.isHost()
                      ? findCpuTarget(model, processor)
                      : findGpuTarget(model, &device.architecture());
  if (!choice.target && !processor.empty())
    checkProcessor(model, processor);
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
  if (findCpuTarget(model, "") || reason.empty())
    return choose(model, {"cpu", ""});
  throw Error(LACUNA_ERROR_UNSUPPORTED,
              "the model is compiled for " + describeTargets(model) +
                  ", and no device for that is here: " + reason +
                  " (the device 'emulator' runs it on any machine)");
}
