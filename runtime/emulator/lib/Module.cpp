// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Module.h"
#include "Fatbin.h"
#include "lacuna/Emulator/Error.h"

#include <algorithm>
#include <cstring>

using namespace lacuna::emulator;

LoadedModule::LoadedModule(GlobalMemory &memory, std::string_view ptx,
                           const runtime::Architecture &device)
    : memory(memory) {
  ptx::Module module = ptx::parse(ptx);
  auto target = runtime::Architecture::parse(module.target);
  if (!target)
    throw LoadError(1, "",
                    "the target '" + excerpt(module.target, 40) +
                        "' is no architecture, expected one such as "
                        "sm_80 or sm_90a");
  // A device is called by its own name here, with the 'a' or without.
  runtime::Architecture own = device;
  if (target->number == device.number && target->suffix)
    own.suffix = target->suffix;
  if (!target->ptxRunsOn(own))
    throw LoadError(1, "",
                    "the PTX is for " + target->name() +
                        ", and does not run on " + device.name());
  try {
    SymbolTable symbols;
    allocateVariables(module, symbols);
    programs = decode(module, symbols);
    initialize(module, symbols);
  } catch (...) {
    for (uint64_t address : variables)
      memory.release(address);
    throw;
  }
}

LoadedModule::~LoadedModule() {
  for (uint64_t address : variables)
    memory.release(address);
}

void LoadedModule::allocateVariables(const ptx::Module &module,
                                     SymbolTable &symbols) {
  for (const ptx::Variable &variable : module.variables) {
    if (variable.isExtern ||
        (variable.space != Space::Global && variable.space != Space::Const) ||
        symbols.count(variable.name))
      continue;
    if (variable.align > 256)
      throw LoadError(variable.line, variable.name,
                      "an alignment of more than 256 bytes");
    uint64_t address =
        memory.allocate(variable.bytes, variable.space == Space::Const);
    variables.push_back(address);
    symbols[variable.name] = address;
    std::memset(reinterpret_cast<void *>(address), 0, variable.bytes);
    if (!variable.data.empty())
      std::memcpy(reinterpret_cast<void *>(address), variable.data.data(),
                  std::min<uint64_t>(variable.data.size(), variable.bytes));
  }
}

/// Addresses in initializers, now that all symbols have theirs.
void LoadedModule::initialize(const ptx::Module &module,
                              const SymbolTable &symbols) {
  std::unordered_map<std::string_view, uint64_t> functions;
  for (uint64_t i = 0; i < module.functions.size(); ++i)
    if (module.functions[i].hasBody)
      functions[module.functions[i].name] = functionWindow | i << 4;
  for (const ptx::Variable &variable : module.variables) {
    auto own = symbols.find(variable.name);
    if (variable.isExtern || own == symbols.end())
      continue;
    for (const ptx::Relocation &relocation : variable.relocations) {
      uint64_t value;
      if (auto it = symbols.find(relocation.symbol); it != symbols.end())
        value = it->second;
      else if (auto f = functions.find(relocation.symbol); f != functions.end())
        value = f->second;
      else
        throw LoadError(variable.line, variable.name,
                        "the initializer's symbol '" +
                            excerpt(relocation.symbol, 60) +
                            "' is no global variable and no function");
      if (relocation.offset + relocation.bytes > variable.bytes)
        throw LoadError(variable.line, variable.name,
                        "more initializers than the variable has elements");
      value += static_cast<uint64_t>(relocation.addend);
      value >>= relocation.shift;
      std::memcpy(reinterpret_cast<uint8_t *>(own->second) + relocation.offset,
                  &value, std::min(relocation.bytes, 8u));
    }
  }
}

const Program *LoadedModule::kernel(std::string_view name) const {
  for (const auto &program : programs)
    if (program->name == name)
      return program.get();
  return nullptr;
}

std::string LoadedModule::kernelNames() const {
  std::string names;
  for (const auto &program : programs) {
    if (names.size() > 400)
      return names + ", ...";
    names += (names.empty() ? "'" : ", '") + excerpt(program->name, 100) + "'";
  }
  return names.empty() ? "no kernels" : names;
}

std::string_view
lacuna::emulator::choosePtx(const void *image, size_t size,
                            const runtime::Architecture &device) {
  const char *text = static_cast<const char *>(image);
  if (!runtime::isFatbin(image, size)) {
    if (size >= 4 && std::memcmp(image, "\177ELF", 4) == 0)
      throw ImageError("the image is a cubin: the emulator executes PTX, not "
                       "machine code; load PTX or a fatbin that has some");
    return {text, size};
  }
  std::vector<runtime::Image> images;
  std::string error;
  if (!runtime::readFatbin(image, size, images, error))
    throw ImageError("the fatbin is damaged: " + error);
  runtime::Architecture own = device;
  own.suffix = 0;
  const runtime::Image *best = nullptr;
  for (const runtime::Image &candidate : images) {
    // With an 'a' or 'f' a device of that number is meant, whose name then
    // has it, too.
    own.suffix = candidate.architecture.number <= device.number
                     ? candidate.architecture.suffix
                     : device.suffix;
    if (candidate.kind == runtime::ImageKind::Ptx &&
        candidate.architecture.ptxRunsOn(own) &&
        (!best || best->architecture < candidate.architecture))
      best = &candidate;
  }
  if (!best)
    throw ImageError("the fatbin has no PTX that runs on " + device.name() +
                     ", it has: " + runtime::describeImages(images));
  if (best->compressed)
    throw ImageError("the PTX for " + best->architecture.name() +
                     " in the fatbin is compressed: build it with "
                     "'fatbinary --compress=false'");
  return {reinterpret_cast<const char *>(best->data), best->size};
}
