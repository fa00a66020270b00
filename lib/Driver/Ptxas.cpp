// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The CUDA toolkit, and its assembler as a function. See Ptxas.h.

#include "Ptxas.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/Regex.h"

using namespace llvm;
using namespace lacuna;

static std::string joinPath(StringRef folder, const Twine &name) {
  SmallString<128> path(folder);
  sys::path::append(path, name);
  return path.str().str();
}

/// Where a toolkit may be installed, the likeliest first. Who names one in the
/// environment wants no other.
static SmallVector<std::string> getFolders(StringRef ptxas,
                                           StringRef toolPath) {
  SmallVector<std::string> folders;
  auto addAbove = [&](StringRef program) {
    SmallString<128> real;
    if (!sys::fs::real_path(program, real))
      folders.push_back(
          sys::path::parent_path(sys::path::parent_path(real)).str());
  };
  if (!ptxas.empty())
    addAbove(ptxas);
  if (ErrorOr<std::string> path = sys::findProgramByName("ptxas"))
    addAbove(*path);
  size_t numBefore = folders.size();
  for (StringRef name : {"CUDA_HOME", "CUDA_PATH", "CUDA_ROOT"})
    if (std::optional<std::string> value = sys::Process::GetEnv(name);
        value && !value->empty())
      folders.push_back(*value);
  if (folders.size() > numBefore)
    return folders;
  folders.push_back("/usr/local/cuda");
  // .lacuna/build/PRESET/bin/lacuna-compile of a source tree.
  StringRef state = toolPath;
  for (unsigned i = 0; i < 4; ++i)
    state = sys::path::parent_path(state);
  if (sys::path::filename(state) == ".lacuna")
    folders.push_back(joinPath(state, "cuda"));
  return folders;
}

Expected<Toolkit> lacuna::findToolkit(const std::string &ptxas,
                                      StringRef toolPath) {
  Toolkit toolkit;
  if (!ptxas.empty()) {
    if (!sys::fs::can_execute(ptxas))
      return createStringError("--ptxas: '" + ptxas +
                               "' is not a program that can be run");
    toolkit.ptxas = ptxas;
  } else if (ErrorOr<std::string> path = sys::findProgramByName("ptxas")) {
    toolkit.ptxas = *path;
  }
  for (const std::string &folder : getFolders(ptxas, toolPath)) {
    std::string program = joinPath(folder, "bin/ptxas");
    if (toolkit.ptxas.empty() && sys::fs::can_execute(program))
      toolkit.ptxas = program;
    std::string library = joinPath(folder, "nvvm/libdevice/libdevice.10.bc");
    if (toolkit.libdevice.empty() && sys::fs::exists(library))
      toolkit.libdevice = library;
  }
  return toolkit;
}

/// The kernel or function that line `number` of the PTX stands in, or "".
static StringRef findKernel(StringRef ptx, unsigned number) {
  static const Regex kHead("^(\\.visible |\\.weak )?\\.(entry|func) "
                           "(\\([^)]*\\) )?([A-Za-z0-9_$%]+)");
  StringRef kernel, line;
  for (unsigned i = 0; i < number && !ptx.empty(); ++i) {
    std::tie(line, ptx) = ptx.split('\n');
    SmallVector<StringRef> groups;
    if (kHead.match(line, &groups))
      kernel = groups.back();
  }
  return kernel;
}

/// Makes of ptxas's output the error that a user reads.
static Error makeError(StringRef output, StringRef ptx, const GPUTarget &target,
                       const std::string &ptxas) {
  static const Regex kPlace("line ([0-9]+); *(error|fatal) *: *(.*)");
  SmallVector<StringRef> lines, groups;
  output.split(lines, '\n', -1, /*KeepEmpty=*/false);
  for (StringRef line : lines) {
    if (!kPlace.match(line, &groups))
      continue;
    unsigned number = 0;
    groups[1].getAsInteger(10, number);
    StringRef kernel = findKernel(ptx, number);
    std::string text =
        "ptxas rejects " +
        (kernel.empty() ? "the PTX" : "kernel '" + kernel.str() + "'") +
        " for " + target.name.str() + ": " + groups[3].str();
    SmallVector<StringRef> source;
    ptx.split(source, '\n');
    if (number && number <= source.size())
      text += ": '" + source[number - 1].trim().str() + "'";
    return createStringError(text);
  }
  return createStringError("'" + ptxas + "' failed for " + target.name + ": " +
                           output.trim() +
                           "; expected the ptxas of a CUDA toolkit of "
                           "version 13 or newer");
}

/// Reads the report of `ptxas -v`.
static std::vector<KernelUsage> parseUsage(StringRef output) {
  static const Regex kKernel("Compiling entry function '([^']*)'");
  static const Regex kStack("([0-9]+) bytes stack frame, ([0-9]+) bytes spill "
                            "stores, ([0-9]+) bytes spill loads");
  static const Regex kRegisters("Used ([0-9]+) registers");
  static const Regex kShared("([0-9]+) bytes smem");
  std::vector<KernelUsage> kernels;
  auto number = [](StringRef text) {
    unsigned value = 0;
    text.getAsInteger(10, value);
    return value;
  };
  SmallVector<StringRef> lines, groups;
  output.split(lines, '\n', -1, /*KeepEmpty=*/false);
  for (StringRef line : lines) {
    if (kKernel.match(line, &groups))
      kernels.push_back({groups[1].str()});
    if (kernels.empty())
      continue;
    KernelUsage &usage = kernels.back();
    if (kStack.match(line, &groups)) {
      usage.stackBytes = number(groups[1]);
      usage.spillBytes = number(groups[2]) + number(groups[3]);
    }
    if (kRegisters.match(line, &groups))
      usage.registers = number(groups[1]);
    if (kShared.match(line, &groups))
      usage.sharedBytes = number(groups[1]);
  }
  return kernels;
}

Expected<Assembly> lacuna::assemble(StringRef ptx, const GPUTarget &target,
                                    const std::string &ptxas) {
  SmallString<128> files[3];
  std::vector<std::unique_ptr<FileRemover>> removers;
  static constexpr StringLiteral kSuffixes[] = {"ptx", "cubin", "log"};
  for (auto [file, suffix] : zip(files, kSuffixes)) {
    if (std::error_code code =
            sys::fs::createTemporaryFile("lacuna-kernels", suffix, file))
      return createStringError("cannot make a temporary file: " +
                               code.message());
    removers.push_back(std::make_unique<FileRemover>(file));
  }
  auto &[source, cubin, log] = files;
  std::error_code code;
  raw_fd_ostream os(source, code);
  os << ptx;
  os.close();
  if (os.has_error()) {
    code = os.error();
    os.clear_error();
    return createStringError("cannot write '" + source.str() +
                             "': " + code.message());
  }
  std::string failure;
  int status = sys::ExecuteAndWait(
      ptxas,
      {ptxas, "-v", "-O3", ("-arch=" + target.name).str(), source, "-o", cubin},
      std::nullopt, {std::nullopt, StringRef(log), StringRef(log)}, 0, 0,
      &failure);
  auto output = MemoryBuffer::getFile(log);
  StringRef text = output ? (*output)->getBuffer() : StringRef(failure);
  if (status != 0)
    return makeError(failure.empty() ? text : StringRef(failure), ptx, target,
                     ptxas);
  auto bytes = MemoryBuffer::getFile(cubin, /*IsText=*/false,
                                     /*RequiresNullTerminator=*/false);
  if (!bytes)
    return createStringError("cannot read '" + cubin.str() +
                             "': " + bytes.getError().message());
  return Assembly{(*bytes)->getBuffer().str(), parseUsage(text)};
}
