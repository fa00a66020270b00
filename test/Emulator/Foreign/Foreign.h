// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the checks of foreign PTX work with: a device behind its table, a
// module, buffers, launches. A failed call ends the program with its reason.

#ifndef LACUNA_TEST_EMULATOR_FOREIGN_H
#define LACUNA_TEST_EMULATOR_FOREIGN_H

#include "lacuna/DeviceABI.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace foreign {

class Device {
public:
  explicit Device(const std::string &option);
  ~Device();
  Device(const Device &) = delete;

  void load(const std::string &image);
  /// Null when the module has no such kernel.
  lacuna_kernel *kernel(const char *name);

  void *allocate(size_t bytes);
  void copyIn(void *to, const void *from, size_t bytes);
  void copyOut(void *to, const void *from, size_t bytes);
  void launch(lacuna_kernel *kernel, std::vector<uint64_t> grid,
              std::vector<uint32_t> block, uint32_t shared,
              std::vector<void *> params);

private:
  void demand(lacuna_status status, const char *what);

  const lacuna_device_table *table;
  lacuna_device *device = nullptr;
  lacuna_module *module = nullptr;
  std::vector<void *> allocated;
};

/// An array on the device. Fresh ones are filled with a poison value.
template <class T> class Array {
public:
  Array(Device &device, const std::vector<T> &values)
      : device(device), size(values.size()),
        memory(device.allocate(size * sizeof(T))) {
    device.copyIn(memory, values.data(), size * sizeof(T));
  }
  Array(Device &device, size_t size)
      : Array(device, [size] {
          std::vector<T> poison(size);
          for (size_t i = 0; i < size * sizeof(T); ++i)
            reinterpret_cast<unsigned char *>(poison.data())[i] = 0xA5;
          return poison;
        }()) {}

  std::vector<T> get() const {
    std::vector<T> values(size);
    device.copyOut(values.data(), memory, size * sizeof(T));
    return values;
  }
  /// What a launch's parameter points to.
  void *param() { return &memory; }

private:
  Device &device;
  size_t size;
  void *memory;
};

/// Seeded by LACUNA_TEST_SEED or anew, printed.
std::mt19937_64 &engine();
std::vector<float> randomFloats(size_t count, float scale);

/// Whether the check held; prints where it did not.
template <class T>
bool equal(const std::vector<T> &got, const std::vector<T> &want,
           double relative = 0, double absolute = 0) {
  for (size_t i = 0; i < want.size(); ++i) {
    double g = double(got[i]), w = double(want[i]);
    bool bothNaN = g != g && w != w;
    bool same = got[i] == want[i] || bothNaN ||
                std::fabs(g - w) <= std::fabs(w) * relative + absolute;
    if (same)
      continue;
    std::printf("  [%zu]: got %.9g, expected %.9g\n", i, g, w);
    return false;
  }
  return true;
}

/// A kernel's name, and the check that launches it.
using Check = std::function<bool(Device &, lacuna_kernel *)>;
using Checks = std::map<std::string, Check>;
void addPrograms(Checks &checks);
void addMath(Checks &checks);
void addMatrices(Checks &checks);

} // namespace foreign

#endif // LACUNA_TEST_EMULATOR_FOREIGN_H
