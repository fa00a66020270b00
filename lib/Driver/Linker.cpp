// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From an object file to a shared library. See Linker.h.

#include "Linker.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace lacuna;

static constexpr StringLiteral kRuntime = "liblacuna_runtime.so.1";

static std::string joinPath(StringRef folder, const Twine &name) {
  SmallString<128> path(folder);
  sys::path::append(path, name);
  sys::path::remove_dots(path, /*remove_dot_dot=*/true);
  return path.str().str();
}

/// Where libraries of the host may be, below a prefix.
static SmallVector<std::string> getLibraryFolders(const Triple &triple) {
  return {"lib", ("lib/" + triple.getArchName() + "-linux-gnu").str(), "lib64"};
}

static Expected<std::string> findRuntime(const LinkOptions &options) {
  SmallVector<std::string> folders;
  if (!options.runtimeDir.empty()) {
    folders.push_back(options.runtimeDir);
  } else {
    StringRef bin = sys::path::parent_path(options.toolPath);
    for (const std::string &folder : getLibraryFolders(options.triple))
      folders.push_back(joinPath(bin, "../" + folder));
  }
  for (const std::string &folder : folders) {
    SmallString<128> path(joinPath(folder, kRuntime));
    if (sys::fs::exists(path) && !sys::fs::make_absolute(path))
      return path.str().str();
  }
  return createStringError("cannot find " + kRuntime + " in " +
                           join(folders, ", ") +
                           "; build or install the runtime, or say where it "
                           "is with --runtime-dir");
}

namespace {
struct Linker {
  std::string path;
  /// A compiler that calls a linker, not a linker itself.
  bool isCompiler;
};
} // namespace

static Expected<Linker> findLinker() {
  std::string beside = joinPath(LACUNA_LLVM_TOOLS_DIR, "ld.lld");
  if (sys::fs::can_execute(beside))
    return Linker{beside, false};
  for (StringRef name : {"ld.lld-22", "ld.lld", "ld"})
    if (ErrorOr<std::string> path = sys::findProgramByName(name))
      return Linker{*path, false};
  for (StringRef name : {"cc", "clang-22", "clang", "gcc"})
    if (ErrorOr<std::string> path = sys::findProgramByName(name))
      return Linker{*path, true};
  return createStringError("found no linker: neither ld.lld-22, ld.lld nor ld, "
                           "and no C compiler; install lld-22");
}

/// Compiler-rt's archive of functions that code generation calls, such as
/// conversions to bf16 on processors without them; empty where it is not
/// installed. Only what is called is taken from it.
static std::string findBuiltins(const Triple &triple) {
  std::string path =
      joinPath(LACUNA_LLVM_TOOLS_DIR, "../lib/clang/" LACUNA_CLANG_VERSION
                                      "/lib/linux/libclang_rt.builtins-" +
                                          triple.getArchName().str() + ".a");
  return sys::fs::exists(path) ? path : "";
}

static SmallVector<std::string> getArguments(const LinkOptions &options,
                                             const Linker &linker,
                                             StringRef runtime) {
  SmallVector<std::string> arguments{linker.path, "-shared", "-o",
                                     options.output, options.object};
  auto pass = [&](std::initializer_list<StringRef> flags) {
    if (linker.isCompiler)
      arguments.push_back("-Wl," + join(flags, ","));
    else
      for (StringRef flag : flags)
        arguments.push_back(flag.str());
  };
  pass({"-z", "noexecstack"});
  pass({"--gc-sections"});
  pass({"--enable-new-dtags"});
  pass({"-rpath", "$ORIGIN"});
  pass({"-rpath", sys::path::parent_path(runtime)});
  arguments.push_back(runtime.str());
  if (std::string builtins = findBuiltins(options.triple); !builtins.empty()) {
    pass({"--exclude-libs", "ALL"});
    arguments.push_back(builtins);
  }
  pass({"--as-needed"});
  if (linker.isCompiler) {
    arguments.push_back("-lm");
    return arguments;
  }
  // By path, as a host without development files has no libm.so. Functions of
  // libc come with the runtime, which needs it in any case.
  for (StringRef prefix : {"/", "/usr"})
    for (const std::string &folder : getLibraryFolders(options.triple)) {
      std::string libm = joinPath(joinPath(prefix, folder), "libm.so.6");
      if (sys::fs::exists(libm)) {
        arguments.push_back(libm);
        return arguments;
      }
    }
  return arguments;
}

Error lacuna::linkSharedLibrary(const LinkOptions &options) {
  Expected<std::string> runtime = findRuntime(options);
  if (!runtime)
    return runtime.takeError();
  Expected<Linker> linker = findLinker();
  if (!linker)
    return linker.takeError();
  SmallVector<std::string> arguments = getArguments(options, *linker, *runtime);
  if (options.verbose)
    errs() << "lacuna-compile: " << join(arguments, " ") << "\n";

  SmallString<128> log;
  if (std::error_code code =
          sys::fs::createTemporaryFile("lacuna-link", "log", log))
    return createStringError("cannot make a temporary file: " + code.message());
  SmallVector<StringRef> views(arguments.begin(), arguments.end());
  std::string failure;
  int status = sys::ExecuteAndWait(
      linker->path, views, std::nullopt,
      {std::nullopt, StringRef(log), StringRef(log)}, 0, 0, &failure);
  auto output = MemoryBuffer::getFile(log);
  sys::fs::remove(log);
  if (status == 0)
    return Error::success();
  if (failure.empty() && output)
    failure = (*output)->getBuffer().trim().str();
  return createStringError("linking with " + linker->path +
                           " failed: " + failure);
}
