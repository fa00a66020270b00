// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The one symbol of the plug-in library.

#include "Device.h"

extern "C" __attribute__((visibility("default"))) const lacuna_device_table *
lacuna_device_plugin(void) {
  return &lacuna::emulator::deviceTable();
}
