// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Files that appear together or not at all: each is written under a temporary
// name beside its place and renamed when everything has succeeded. A device or
// a pipe (/dev/null, /dev/stdout) gets a copy instead: it must not be replaced.

#ifndef LACUNA_DRIVER_OUTPUTFILES_H
#define LACUNA_DRIVER_OUTPUTFILES_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

#include <string>

namespace lacuna {

class OutputFiles {
public:
  OutputFiles() = default;
  OutputFiles(const OutputFiles &) = delete;
  /// Removes what was not committed; also done when a signal ends the process.
  ~OutputFiles();

  /// The temporary name of the output `path`. Makes the folders above it.
  llvm::Expected<std::string> create(llvm::StringRef path);

  /// As create, with this content.
  llvm::Error write(llvm::StringRef path, llvm::StringRef content);
  /// The same of content that is too large for memory.
  llvm::Error write(llvm::StringRef path,
                    llvm::function_ref<void(llvm::raw_ostream &)> print);

  /// A temporary file that is never renamed; with `beside`, in the folder of
  /// `path`, which is made.
  llvm::Expected<std::string> createScratch(llvm::StringRef path,
                                            bool beside = true);

  /// Renames all outputs to their places.
  llvm::Error commit();

private:
  struct File {
    std::string temporary;
    std::string path;      ///< Empty for scratch.
    bool isRegular = true; ///< What is at `path`, or will be.
  };
  llvm::SmallVector<File> files;
  llvm::SmallVector<std::string> folders; ///< Made here, outermost first.
  bool committed = false;

  llvm::Error makeFolders(llvm::StringRef path);
};

/// Writes to the standard output, at once.
llvm::Error writeStandardOutput(llvm::StringRef content);
/// The same of content that is too large for memory.
llvm::Error
writeStandardOutput(llvm::function_ref<void(llvm::raw_ostream &)> print);

} // namespace lacuna

#endif // LACUNA_DRIVER_OUTPUTFILES_H
