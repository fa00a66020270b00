// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Finding and loading the emulator. It is a library of its own, so that
// programs that need none do not carry it.

#include "Device.h"
#include "Error.h"

#include <dlfcn.h>
#include <unistd.h>

using namespace lacuna::runtime;

namespace {
constexpr char library[] = "liblacuna_emulator.so.1";

/// The path of this library, whatever it is called.
std::string getOwnPath() {
  Dl_info info;
  static const char anchor = 0;
  if (dladdr(&anchor, &info) && info.dli_fname)
    return info.dli_fname;
  return "";
}

std::string getError() {
  const char *reason = dlerror();
  return reason ? reason : "unknown reason";
}

/// One that the program has loaded itself, else that beside this library, else
/// what the loader finds. It stays loaded: memory that it gave may outlive
/// every device.
void *openLibrary() {
  constexpr int mode = RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE;
  if (void *handle = dlopen(library, mode | RTLD_NOLOAD))
    return handle;
  std::string own = getOwnPath();
  std::string beside = own.substr(0, own.rfind('/') + 1) + library;
  if (access(beside.c_str(), F_OK) == 0) {
    if (void *handle = dlopen(beside.c_str(), mode))
      return handle;
    throw Error(LACUNA_ERROR_UNSUPPORTED,
                "the device 'emulator' cannot be loaded: " + getError());
  }
  if (void *handle = dlopen(library, mode))
    return handle;
  throw Error(LACUNA_ERROR_UNSUPPORTED,
              "the device 'emulator' is the library " + std::string(library) +
                  ", which is neither beside the runtime ('" + own +
                  "') nor found by the loader (" + getError() +
                  "): install it there");
}
} // namespace

const lacuna_device_table &lacuna::runtime::getEmulatorTable() {
  void *handle = openLibrary();
  auto plugin = reinterpret_cast<lacuna_device_plugin_fn>(
      dlsym(handle, LACUNA_DEVICE_PLUGIN_SYMBOL));
  const lacuna_device_table *table = plugin ? plugin() : nullptr;
  if (!table)
    throw Error(LACUNA_ERROR_UNSUPPORTED,
                "the library " + std::string(library) +
                    " is no device: expected the function "
                    "'" LACUNA_DEVICE_PLUGIN_SYMBOL "', which gives a table");
  if (table->abi_version != LACUNA_DEVICE_ABI_VERSION)
    throw Error(LACUNA_ERROR_UNSUPPORTED,
                "the library " + std::string(library) + " has device ABI " +
                    std::to_string(table->abi_version) + ", this runtime (" +
                    lacuna_version() + ") has " +
                    std::to_string(LACUNA_DEVICE_ABI_VERSION) +
                    ": install both from the same release");
  return *table;
}
