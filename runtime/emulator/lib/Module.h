// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A module on the device: its variables in global memory, its kernels decoded.

#ifndef LACUNA_EMULATOR_LIB_MODULE_H
#define LACUNA_EMULATOR_LIB_MODULE_H

#include "Architecture.h"
#include "Memory.h"
#include "Program.h"

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace lacuna::emulator {

class LoadedModule {
public:
  /// Throws LoadError, and std::bad_alloc when its variables do not fit.
  LoadedModule(GlobalMemory &memory, std::string_view ptx,
               const runtime::Architecture &device);
  ~LoadedModule();
  LoadedModule(const LoadedModule &) = delete;

  /// Null when there is none of that name.
  const Program *kernel(std::string_view name) const;
  std::string kernelNames() const;

private:
  void allocateVariables(const ptx::Module &module, SymbolTable &symbols);
  void initialize(const ptx::Module &module, const SymbolTable &symbols);

  GlobalMemory &memory;
  std::vector<uint64_t> variables;
  std::vector<std::unique_ptr<Program>> programs;
};

/// The PTX that a driver of the architecture takes from an image: PTX text
/// itself, or the best of a fatbin. Throws ImageError.
class ImageError : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};
std::string_view choosePtx(const void *image, size_t size,
                           const runtime::Architecture &device);

} // namespace lacuna::emulator

#endif // LACUNA_EMULATOR_LIB_MODULE_H
