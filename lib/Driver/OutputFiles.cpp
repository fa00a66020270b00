// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Files that appear together or not at all. See OutputFiles.h.

#include "OutputFiles.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Signals.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace lacuna;

static Error fileError(StringRef what, StringRef path, std::error_code code) {
  return createStringError("cannot " + what + " '" + path +
                           "': " + code.message());
}

OutputFiles::~OutputFiles() {
  for (const File &file : files) {
    if (!committed || file.path.empty() || !file.isRegular)
      sys::fs::remove(file.temporary);
    sys::DontRemoveFileOnSignal(file.temporary);
  }
  // Only those that are still empty can be removed.
  if (!committed)
    for (const std::string &folder : reverse(folders))
      sys::fs::remove(folder);
}

Error OutputFiles::makeFolders(StringRef path) {
  StringRef parent = sys::path::parent_path(path);
  if (parent.empty() || sys::fs::is_directory(parent))
    return Error::success();
  if (Error error = makeFolders(parent))
    return error;
  // An existing file of this name is an error, and must never count as made
  // here: what was made here is removed on failure.
  if (std::error_code code = sys::fs::create_directory(
          parent, /*IgnoreExisting=*/false, sys::fs::all_all))
    return fileError("make the folder", parent, code);
  folders.push_back(parent.str());
  return Error::success();
}

Expected<std::string> OutputFiles::createScratch(StringRef path, bool beside) {
  SmallString<128> temporary;
  int descriptor;
  std::error_code code;
  if (beside) {
    if (Error error = makeFolders(path))
      return std::move(error);
    code = sys::fs::createUniqueFile(path + ".tmp-%%%%%%%%", descriptor,
                                     temporary);
  } else {
    code = sys::fs::createTemporaryFile("lacuna", "tmp", descriptor, temporary);
  }
  if (code)
    return fileError("write", path, code);
  raw_fd_ostream(descriptor, /*shouldClose=*/true).flush();
  sys::RemoveFileOnSignal(temporary);
  files.push_back({temporary.str().str(), ""});
  return temporary.str().str();
}

Expected<std::string> OutputFiles::create(StringRef path) {
  sys::fs::file_status status;
  bool exists = !sys::fs::status(path, status) && sys::fs::exists(status);
  if (exists && sys::fs::is_directory(status))
    return fileError("write", path,
                     std::make_error_code(std::errc::is_a_directory));
  // A link stays one: the file behind it is replaced.
  SmallString<128> place(path);
  bool isRegular = !exists || sys::fs::is_regular_file(status);
  if (exists && isRegular)
    if (std::error_code code = sys::fs::real_path(path, place))
      return fileError("write", path, code);
  if (any_of(files,
             [&](const File &file) { return file.path == place && isRegular; }))
    return createStringError(
        "'" + path +
        "' is the name of two outputs; expected a file of its own for each");
  Expected<std::string> temporary = createScratch(place, /*beside=*/isRegular);
  if (!temporary)
    return temporary;
  files.back().path = place.str().str();
  files.back().isRegular = isRegular;
  return temporary;
}

Error OutputFiles::write(StringRef path, StringRef content) {
  return write(path, [&](raw_ostream &os) { os << content; });
}

Error OutputFiles::write(StringRef path,
                         function_ref<void(raw_ostream &)> print) {
  Expected<std::string> temporary = create(path);
  if (!temporary)
    return temporary.takeError();
  std::error_code code;
  raw_fd_ostream os(*temporary, code);
  if (code)
    return fileError("write", path, code);
  print(os);
  os.close();
  if (os.has_error()) {
    code = os.error();
    os.clear_error();
    return fileError("write", path, code);
  }
  return Error::success();
}

Error lacuna::writeStandardOutput(StringRef content) {
  return writeStandardOutput([&](raw_ostream &os) { os << content; });
}

Error lacuna::writeStandardOutput(function_ref<void(raw_ostream &)> print) {
  raw_fd_ostream &os = outs();
  print(os);
  os.flush();
  if (!os.has_error())
    return Error::success();
  std::error_code code = os.error();
  os.clear_error();
  return createStringError("cannot write to the standard output: " +
                           code.message());
}

Error OutputFiles::commit() {
  for (const File &file : files)
    if (!file.path.empty())
      if (std::error_code code =
              file.isRegular ? sys::fs::rename(file.temporary, file.path)
                             : sys::fs::copy_file(file.temporary, file.path))
        return fileError("write", file.path, code);
  committed = true;
  return Error::success();
}
