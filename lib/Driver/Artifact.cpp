// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The files of an artifact. See Artifact.h.

#include "Artifact.h"

#include "Linker.h"
#include "ManifestView.h"

#include "lacuna/Packing/Weights.h"

#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/WithColor.h"

using namespace llvm;
using namespace lacuna;

static Error toError(const packing::Status &status) {
  return status.ok() ? Error::success() : createStringError(status.message());
}

static Error writeLibrary(StringRef object, const Processor &processor,
                          const CompileOptions &options, OutputFiles &outputs) {
  LinkOptions link;
  link.runtimeDir = options.runtimeDir;
  link.toolPath = options.toolPath;
  link.triple = processor.machine->getTargetTriple();
  link.verbose = options.verbose;
  Expected<std::string> temporary =
      outputs.createScratch(options.output + ".o");
  if (!temporary)
    return temporary.takeError();
  link.object = *temporary;
  std::error_code code;
  raw_fd_ostream os(link.object, code);
  os << object;
  os.close();
  if (os.has_error()) {
    code = os.error();
    os.clear_error();
    return createStringError("cannot write '" + link.object +
                             "': " + code.message());
  }
  Expected<std::string> library = outputs.create(options.output + ".so");
  if (!library)
    return library.takeError();
  link.output = *library;
  return linkSharedLibrary(link);
}

/// Says in verbose mode which tensors of the files the model does not read.
static void printUnused(const packing::WeightStore &store,
                        const std::vector<packing::WeightSpec> &specs) {
  StringSet<> used;
  for (const packing::WeightSpec &spec : specs)
    used.insert(spec.name);
  unsigned unused = 0;
  for (const auto &entry : store.source().files().tensors())
    unused += !used.contains(entry.first);
  if (unused)
    errs() << "lacuna-compile: " << unused
           << " tensors of the weight files are not weights of this model "
              "under their own names\n";
}

static Error writeParams(const json::Value &manifest,
                         const CompileOptions &options, OutputFiles &outputs) {
  std::string path = options.output + ".safetensors";
  if (options.params.empty()) {
    if (sys::fs::exists(path))
      WithColor::warning(errs(), "lacuna-compile")
          << "'" << path << "' is left from an earlier compilation; without "
          << "--params no weights are written\n";
    return Error::success();
  }
  Expected<std::vector<packing::WeightSpec>> specs = getWeightSpecs(manifest);
  if (!specs)
    return specs.takeError();
  packing::Result<packing::WeightStore> store =
      packing::WeightStore::open(options.params, options.parametersFile);
  if (!store.ok())
    return toError(store.status());
  if (options.verbose)
    printUnused(*store, *specs);
  Expected<std::string> temporary = outputs.create(path);
  if (!temporary)
    return temporary.takeError();
  packing::Status written = packing::writeWeights(*temporary, *store, *specs);
  if (written.ok())
    return Error::success();
  // The user knows the file by the name it would have had.
  std::string message = written.message();
  for (size_t at; (at = message.find(*temporary)) != std::string::npos;)
    message.replace(at, temporary->size(), path);
  return createStringError(message);
}

Error lacuna::writeArtifact(const json::Value &manifest, StringRef object,
                            const Processor &processor,
                            const CompileOptions &options,
                            OutputFiles &outputs) {
  if (Error error = writeLibrary(object, processor, options, outputs))
    return error;
  StringRef stem = sys::path::filename(options.output);
  if (Error error =
          outputs.write(options.output + ".h", makeHeader(manifest, stem)))
    return error;
  return writeParams(manifest, options, outputs);
}
