// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Loading model.so: every doubt is settled before code of it is called.

#include "Model.h"

#include "CpuFeatures.h"
#include "Device.h"
#include "Error.h"
#include "lacuna/Packing/Parameters.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <elf.h>
#include <fstream>
#include <link.h>
#include <sys/stat.h>

using namespace lacuna;
using namespace lacuna::runtime;

namespace {

/// Checks that a library has the bytes that its headers promise: the loader
/// maps what is not there, and the process dies when it is touched. Headers
/// that make no sense are left to the loader, which refuses them.
void checkWhole(const std::string &path, std::ifstream &stream, uint64_t size) {
  auto read = [&](uint64_t offset, auto &header) {
    stream.seekg(static_cast<std::streamoff>(offset));
    return bool(stream.read(reinterpret_cast<char *>(&header), sizeof(header)));
  };
  ElfW(Ehdr) file;
  if (!read(0, file))
    return;
  uint64_t end = file.e_shoff + uint64_t(file.e_shnum) * file.e_shentsize;
  for (unsigned i = 0; i < file.e_phnum; ++i) {
    ElfW(Phdr) segment;
    if (!read(file.e_phoff + uint64_t(i) * sizeof(segment), segment))
      return;
    if (segment.p_type == PT_LOAD)
      end = std::max<uint64_t>(end, segment.p_offset + segment.p_filesz);
  }
  if (end > size)
    throw Error(LACUNA_ERROR_ARTIFACT,
                "cannot load '" + path + "': it is cut off, with " +
                    std::to_string(size) + " of " + std::to_string(end) +
                    " bytes: copy it again, or compile the model again");
}

/// The absolute path of a file that begins as a shared library does. The
/// loader's own messages do not tell these cases apart.
std::string checkFile(const std::string &path) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0)
    throw Error(LACUNA_ERROR_FILE,
                "cannot open model '" + path + "': " + std::strerror(errno));
  if (!S_ISREG(info.st_mode))
    throw Error(LACUNA_ERROR_FILE,
                "cannot open model '" + path + "': it is " +
                    (S_ISDIR(info.st_mode) ? "a directory" : "not a file") +
                    ", expected a compiled model such as out/model.so");
  std::ifstream stream(path, std::ios::binary);
  if (!stream)
    throw Error(LACUNA_ERROR_FILE,
                "cannot open model '" + path + "': " + std::strerror(errno));
  char magic[SELFMAG] = {};
  stream.read(magic, SELFMAG);
  if (stream.gcount() != SELFMAG || std::memcmp(magic, ELFMAG, SELFMAG) != 0)
    throw Error(LACUNA_ERROR_ARTIFACT,
                "'" + path + "' is not a compiled model: expected a shared " +
                    "library written by lacuna-compile (model.so)");
  checkWhole(path, stream, static_cast<uint64_t>(info.st_size));
  std::unique_ptr<char, void (*)(void *)> absolute(
      realpath(path.c_str(), nullptr), std::free);
  if (!absolute)
    throw Error(LACUNA_ERROR_FILE,
                "cannot open model '" + path + "': " + std::strerror(errno));
  return absolute.get();
}

/// A symbol of the model and its size; {nullptr, 0} without it.
struct Symbol {
  const char *data = nullptr;
  size_t size = 0;
};

Symbol findSymbol(void *handle, const char *name) {
  Symbol symbol;
  symbol.data = static_cast<const char *>(dlsym(handle, name));
  Dl_info info;
  const ElfW(Sym) *entry = nullptr;
  if (symbol.data &&
      dladdr1(symbol.data, &info,
              reinterpret_cast<void **>(const_cast<ElfW(Sym) **>(&entry)),
              RTLD_DL_SYMENT) &&
      entry && info.dli_saddr == symbol.data)
    symbol.size = entry->st_size;
  return symbol;
}

/// The manifest, bounded by the symbol's size: it may lack its NUL.
std::string readSymbol(void *handle, const std::string &path) {
  Symbol symbol = findSymbol(handle, "lacuna_manifest");
  if (!symbol.data)
    throw Error(LACUNA_ERROR_ARTIFACT,
                "'" + path + "' is not a compiled model: it is a shared " +
                    "library without the symbol 'lacuna_manifest'");
  size_t length = strnlen(symbol.data, symbol.size);
  if (length == symbol.size)
    throw Error(LACUNA_ERROR_ARTIFACT,
                "'" + path + "' has a damaged manifest: it does not end; " +
                    "compile the model again");
  return std::string(symbol.data, length);
}

/// Why this host cannot run the target's code, or "".
std::string checkHost(const Target &target) {
  const TargetSpec &spec = *target.spec;
  if (!spec.isCpu() && !spec.architecture)
    return "the model is compiled for '" + spec.name + "', this runtime has " +
           describeDevices();
  if (target.missing.empty())
    return "";
  std::string cpu = spec.cpu.empty() ? "" : " ('" + spec.cpu + "')";
  return "the model is compiled for a CPU" + cpu + " with " +
         quoteAll(target.missing) +
         ", which this host lacks: compile it here, or with a --cpu= that "
         "this host is one of";
}

/// Why this host runs none of the targets.
std::string describeUnusable(const std::vector<Target> &targets) {
  if (targets.size() == 1)
    return targets.front().unusable;
  std::string text = "this host runs none of the model's targets";
  const char *separator = ": ";
  for (const Target &target : targets) {
    text += separator + ("'" + target.spec->name + "' needs ") +
            (target.missing.empty() ? "a device that is not known here"
                                    : quoteAll(target.missing));
    separator = "; ";
  }
  return text + ". Compile it here, or with one more --cpu= that this host is "
                "one of";
}

} // namespace

DLDataType lacuna::runtime::getDLType(packing::ElementType type) {
  using packing::ElementType;
  uint8_t bits = static_cast<uint8_t>(8 * packing::getByteWidth(type));
  switch (type) {
  case ElementType::F64:
  case ElementType::F32:
  case ElementType::F16:
    return {kDLFloat, bits, 1};
  case ElementType::BF16:
    return {kDLBfloat, bits, 1};
  case ElementType::I64:
  case ElementType::I32:
  case ElementType::I16:
  case ElementType::I8:
    return {kDLInt, bits, 1};
  default:
    return {kDLUInt, bits, 1};
  }
}

void Model::open(const std::string &path) {
  file = path;
  std::string absolute = checkFile(path);
  handle = dlopen(absolute.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle)
    return;
  const char *reason = dlerror();
  throw Error(LACUNA_ERROR_ARTIFACT, "cannot load '" + path + "': " +
                                         (reason ? reason : "unknown reason"));
}

void Model::readManifest() {
  text = readSymbol(handle, file);
  try {
    content = Manifest::parse(text);
    bool usable = false;
    for (const TargetSpec &spec : content.targets) {
      Target &target = table.emplace_back();
      target.spec = &spec;
      target.missing = findMissingFeatures(spec.features);
      target.unusable = checkHost(target);
      usable |= target.unusable.empty();
    }
    if (!usable)
      throw Error(LACUNA_ERROR_UNSUPPORTED, describeUnusable(table));
  } catch (const Error &error) {
    throw Error(error.status(), "'" + file + "': " + error.what());
  }
}

void Model::resolveFunctions() {
  auto find = [&](const std::string &symbol) {
    void *address = dlsym(handle, symbol.c_str());
    if (!address)
      throw Error(LACUNA_ERROR_ARTIFACT,
                  "'" + file +
                      "': the manifest lists a function whose symbol '" +
                      symbol + "' is missing; compile the model again");
    return address;
  };
  for (Target &target : table)
    for (const FunctionSpec &spec : target.spec->functions) {
      std::string name = target.spec->prefix + spec.symbol;
      Function function;
      function.spec = &spec;
      function.entry = reinterpret_cast<EntryFn>(find("lacuna_entry_" + name));
      function.shapes =
          reinterpret_cast<ShapesFn>(find("lacuna_shapes_" + name));
      if (spec.hasArena)
        function.workspace =
            reinterpret_cast<WorkspaceFn>(find("lacuna_workspace_" + name));
      target.functions.push_back(function);
    }
}

void Model::findFatbin() {
  Symbol data = findSymbol(handle, "lacuna_fatbin");
  Symbol size = findSymbol(handle, "lacuna_fatbin_size");
  uint64_t bytes = 0;
  if (size.data && size.size >= sizeof(bytes))
    std::memcpy(&bytes, size.data, sizeof(bytes));
  bool wanted = false;
  for (const TargetSpec &target : content.targets)
    wanted |= !target.kernels.empty();
  if (!data.data && !wanted)
    return;
  if (!data.data || bytes == 0 || bytes > data.size)
    throw Error(LACUNA_ERROR_ARTIFACT,
                "'" + file + "' has a damaged fatbin: the symbols " +
                    "'lacuna_fatbin' and 'lacuna_fatbin_size' give " +
                    std::to_string(bytes) + " of " + std::to_string(data.size) +
                    " bytes; compile the model again");
  fatbinData = data.data;
  fatbinBytes = static_cast<size_t>(bytes);
}

lacuna_tensor_info Model::describe(const TensorSpec &spec) {
  lacuna_tensor_info info = {};
  info.name = spec.name.c_str();
  info.dtype_name = packing::getName(spec.type).data();
  info.dtype = getDLType(spec.type);
  info.ndim = static_cast<int32_t>(spec.shape.size());
  info.shape = spec.shape.data();
  if (!spec.symbols.empty()) {
    std::vector<const char *> &names = symbols.emplace_back();
    for (const std::string &symbol : spec.symbols)
      names.push_back(symbol.empty() ? nullptr : symbol.c_str());
    info.symbols = names.data();
  }
  if (spec.layout)
    info.layout = spec.layoutText.c_str();
  return info;
}

const lacuna_tensor_info *
Model::describe(const std::vector<TensorSpec> &specs) {
  std::vector<lacuna_tensor_info> &list = infos.emplace_back();
  for (const TensorSpec &spec : specs)
    list.push_back(describe(spec));
  return list.data();
}

void Model::describe() {
  for (Target &target : table) {
    for (const std::string &kernel : target.spec->kernels)
      target.kernels.push_back(kernel.c_str());
    target.info = {target.spec->name.c_str(), target.spec->cpu.c_str(),
                   target.kernels.size(), target.kernels.data()};
    for (Function &function : target.functions) {
      const FunctionSpec &spec = *function.spec;
      function.info = {spec.name.c_str(), spec.inputs.size(),
                       describe(spec.inputs), spec.outputs.size(),
                       describe(spec.outputs)};
    }
  }
  for (const TensorSpec &weight : content.weights)
    weightInfos.push_back(describe(weight));
  for (const StateSpec &state : content.state)
    stateInfos.push_back(describe(state.tensor));
}

std::shared_ptr<const Model> Model::load(const std::string &path) {
  std::shared_ptr<Model> model(new Model);
  model->open(path);
  model->readManifest();
  model->resolveFunctions();
  model->findFatbin();
  model->describe();
  return model;
}

Model::~Model() {
  if (handle)
    dlclose(handle);
}

const Function &Target::function(const char *name) const {
  if (!name && functions.size() == 1)
    return functions.front();
  std::string wanted = name ? name : "main";
  std::vector<std::string> names;
  for (const Function &function : functions) {
    if (function.spec->name == wanted)
      return function;
    names.push_back(function.spec->name);
  }
  throw Error(LACUNA_ERROR_ARGUMENT, "the model has no function '" + wanted +
                                         "', it has " + quoteAll(names) +
                                         packing::suggestNames(wanted, names));
}
