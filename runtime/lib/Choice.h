// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which device a session runs on, and which of the model's targets there.

#ifndef LACUNA_RUNTIME_LIB_CHOICE_H
#define LACUNA_RUNTIME_LIB_CHOICE_H

#include "Device.h"
#include "Model.h"

namespace lacuna::runtime {

struct Choice {
  std::shared_ptr<const Device> device;
  const Target *target;
};

/// `name`: a device, or null for the environment's LACUNA_DEVICE, or else for
/// the best that is here: a GPU that takes one of the targets, else the CPU.
/// Of several targets of the CPU the first that this host can run, or the one
/// that the device names, "cpu:x86-64-v3". Throws when nothing fits.
Choice chooseDevice(const Model &model, const char *name);

} // namespace lacuna::runtime

#endif // LACUNA_RUNTIME_LIB_CHOICE_H
